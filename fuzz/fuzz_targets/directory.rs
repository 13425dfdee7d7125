//! Directory questions and answers. The first octet of an input says what the rest is: something
//! sealed, or the plaintext that the target seals itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::hpke::{ResponseKey, RoutingKey, open_query, seal_query};
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::limits::{ANSWER_OCTETS, QUERY_OCTETS};
use sealpost_fuzz::{Repeatable, padded, routing_key};
use std::sync::LazyLock;

static KEY: LazyLock<RoutingKey> = LazyLock::new(|| routing_key("south.example"));
const QUERY: &[u8] = b"sealpost/directory-query/v1";

fuzz_target!(|octets: &[u8]| {
    let Some((kind, rest)) = octets.split_first() else {
        return;
    };
    match kind {
        0 => open_question(rest),
        1 => open_answer(rest),
        2 => open_question(&sealed(rest).0),
        3 => open_sealed_answer(rest),
        4 => padded(rest, QUERY_OCTETS).iter().for_each(|text| open_question(&sealed(text).0)),
        5 => padded(rest, ANSWER_OCTETS).iter().for_each(|text| open_sealed_answer(text)),
        _ => {}
    }
});

fn sealed(plaintext: &[u8]) -> (Vec<u8>, ResponseKey) {
    seal_query(&KEY.public(), QUERY, plaintext, &mut Repeatable::of("query"))
        .expect("the key is not degenerate")
}

fn open_question(sealed: &[u8]) {
    if let Ok((query, _)) = DirectoryQuery::open(&KEY, sealed) {
        let (again, _) =
            query.seal(&KEY.public(), &mut Repeatable::of("again")).expect("it fitted");
        let (read, _) = DirectoryQuery::open(&KEY, &again).expect("it is our own");
        assert_eq!(read, query);
    }
}

fn open_answer(octets: &[u8]) {
    let (_, key) = sealed(b"");
    assert!(DirectoryAnswer::open(key, octets).is_err(), "a forged answer");
}

fn open_sealed_answer(plaintext: &[u8]) {
    let (query, mine) = sealed(b"");
    let (_, theirs) = open_query(&KEY, QUERY, &query).expect("it is our own");
    if let Ok(answer) =
        DirectoryAnswer::open(mine, &theirs.seal(plaintext, &mut Repeatable::of("answer")))
    {
        let (query, mine) = sealed(b"");
        let (_, theirs) = open_query(&KEY, QUERY, &query).expect("it is our own");
        let again = answer.seal(theirs, &mut Repeatable::of("again")).expect("it fitted before");
        assert_eq!(DirectoryAnswer::open(mine, &again), Ok(answer));
    }
}
