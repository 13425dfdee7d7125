//! Every refusal has a word, and no word stands for two.

use super::*;
use sealpost_cms::blum::{KeySuspect, ModulusError, NotTheRoot};
use std::collections::BTreeSet;

#[test]
fn codes_are_stable_words_in_kebab_case() {
    let roots = [NotTheRoot::Size, NotTheRoot::Range, NotTheRoot::Jacobi, NotTheRoot::Square];
    let mut codes: Vec<&str> = roots.map(|root| InvalidTan::Root(root).code()).to_vec();
    codes.extend(
        [InvalidTan::OtherKey, InvalidTan::Length, InvalidTan::Signature, InvalidTan::NoElement]
            .map(|it| it.code()),
    );
    codes.extend(
        [LearnError::OtherChain, LearnError::NotOurs, LearnError::Conflict].map(|it| it.code()),
    );
    codes
        .extend([KeyError::UnknownSuite, KeyError::Length, KeyError::TooSmall].map(|it| it.code()));
    codes.extend([ModulusError::Size, ModulusError::NotBlum].map(|it| it.code()));
    codes.push(KeySuspect.code());
    let different: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(different.len(), codes.len());
    for code in codes {
        assert!(
            code.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        );
    }
    let said = [Fate::Accepted.word(), Fate::Void.word(), Chaining::Strict.word()];
    assert_eq!(said, ["accepted", "void", "strict"]);
}
