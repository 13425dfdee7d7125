//! The choice of a suite, as a table.

use super::*;
use crate::policy::{ContentEncryption, Tightening};

const AT: i64 = 1_800_000_000; // 2027-01-15
const ALL: &[SuiteId] = &SuiteId::ALL;
const RSA: KeyKind = KeyKind::Rsa { bits: 3072 };
const COMPOSITE: KeyKind = KeyKind::MlKem768X25519;
const P256: KeyKind = KeyKind::P256;
const NOTHING: &[KeyKind] = &[];

/// The keys of a sender who has moved to post-quantum signatures, and of one who has not.
const BOTH: &[KeyKind] = &[KeyKind::P256, KeyKind::MlDsa65, KeyKind::X25519];
const CLASSICAL: &[KeyKind] = &[KeyKind::P256];

fn chosen(
    policy: &AlgorithmPolicy,
    own: &[KeyKind],
    audience: Audience,
    keys: &[KeyKind],
    capabilities: Option<&SmimeCapabilities>,
) -> Result<(&'static str, &'static str), &'static str> {
    let sender = Sender { keys: own, writes: ALL };
    let partner = Partner { audience, keys, capabilities };
    match choose(policy, sender, partner, AT) {
        Ok(choice) => Ok((choice.suite.id.name(), choice.establishment.name())),
        Err(none) => Err(none.code()),
    }
}

#[test]
fn the_best_common_suite_is_chosen() {
    let policy = AlgorithmPolicy::current();
    let (agents, mail) = (Audience::Agents, Audience::MailClients);
    let hybrid = Ok(("hybrid-2026", "ml-kem-768-x25519"));
    let smime = Ok(("smime-2019", "ecdh-p256"));
    let x25519 = Ok(("smime-2019", "x25519"));
    let static_dh = Ok(("static-dh-cbc-hmac", "x25519"));
    let legacy = Ok(("smime-legacy", "rsa-oaep-sha256"));
    let no_key = Err("suite-recipient-key");
    let table: [(&[KeyKind], Audience, &[KeyKind], Result<_, _>); 14] = [
        (BOTH, agents, &[COMPOSITE, P256], hybrid),
        (BOTH, agents, &[P256, COMPOSITE], hybrid),
        // Without the second signature key there is no hybrid letter.
        (CLASSICAL, agents, &[COMPOSITE, P256], smime),
        (CLASSICAL, agents, &[COMPOSITE], Err("suite-own-key")),
        (BOTH, agents, &[P256], smime),
        (BOTH, agents, &[KeyKind::X25519], x25519),
        (&[KeyKind::Ed25519], agents, &[P256], smime),
        (BOTH, agents, &[RSA], no_key),
        (BOTH, agents, &[], no_key),
        (NOTHING, agents, &[P256], Err("suite-own-key")),
        // Nobody who knows nothing of us is written to in our own forms.
        (BOTH, mail, &[COMPOSITE, P256], smime),
        (BOTH, mail, &[RSA], legacy),
        (BOTH, mail, &[COMPOSITE], no_key),
        (BOTH, mail, &[KeyKind::Rsa { bits: 2048 }], Err("suite-ended")),
    ];
    for (own, audience, keys, expected) in table {
        for _ in 0..2 {
            assert_eq!(chosen(policy, own, audience, keys, None), expected, "{own:?} {keys:?}");
        }
    }
    // Static keys come last: only where nothing with forward secrecy is left.
    let mut without = Tightening { name: "t".into(), ..Tightening::default() };
    without.suite_ends.insert("smime-2019".into(), AT - 1);
    let policy = AlgorithmPolicy::current().tightened(without);
    assert_eq!(chosen(&policy, BOTH, agents, &[KeyKind::X25519], None), static_dh);
    let withdrawn = Err("suite-withdrawn");
    assert_eq!(chosen(&policy, CLASSICAL, agents, &[KeyKind::X25519], None), withdrawn);
}

#[test]
fn pol_024_what_the_recipient_announces_decides() {
    let policy = AlgorithmPolicy::current();
    let announcing = SmimeCapabilities::announcing;
    let mail =
        |keys, announced| chosen(policy, CLASSICAL, Audience::MailClients, keys, Some(announced));
    let gcm = announcing(&[ContentEncryption::Aes256Gcm], &[]);
    let cbc = announcing(&[ContentEncryption::Aes256Cbc], &[]);
    assert_eq!(mail(&[P256], &gcm), Ok(("smime-2019", "ecdh-p256")));
    assert_eq!(mail(&[P256], &cbc), Ok(("smime-legacy", "ecdh-p256")));
    assert_eq!(mail(&[RSA], &gcm), Err("suite-not-announced"));
    // Who announces ways for keys gets them in one of those.
    let by = |way| announcing(&[ContentEncryption::Aes256Cbc], &[way]);
    let oaep = by(KeyEstablishment::RsaOaepSha256);
    assert_eq!(mail(&[P256, RSA], &oaep), Ok(("smime-legacy", "rsa-oaep-sha256")));
    // PKCS #1 v1.5 is only for reading, whatever somebody announces.
    assert_eq!(mail(&[RSA], &by(KeyEstablishment::RsaPkcs1)), Err("suite-ended"));
    // An agent that announces no more than CBC gets nothing: it has a floor.
    assert_eq!(
        chosen(policy, CLASSICAL, Audience::Agents, &[P256], Some(&cbc)),
        Err("suite-not-announced")
    );
}

#[test]
fn pol_023_pol_025_below_the_floor_there_is_nothing() {
    let raised = |agents, mail_clients| {
        AlgorithmPolicy::current().tightened(Tightening {
            name: "floor".into(),
            floor_for_agents: agents,
            floor_for_mail_clients: mail_clients,
            ..Tightening::default()
        })
    };
    let (agents, mail) = (Audience::Agents, Audience::MailClients);
    let quantum = raised(Some(Protection::QuantumResistant), None);
    assert_eq!(chosen(&quantum, BOTH, agents, &[P256], None), Err("suite-below-floor"));
    assert!(chosen(&quantum, BOTH, agents, &[COMPOSITE], None).is_ok());
    // Of two, the recipient hears of the one that nearly did.
    let sender = Sender { keys: BOTH, writes: ALL };
    let partner = Partner { audience: agents, keys: &[P256], capabilities: None };
    let none = choose(&quantum, sender, partner, AT).unwrap_err();
    assert_eq!(none.nearest().1.at_fault(), AtFault::Recipient);
    let said = none.to_string();
    assert!(
        said.contains("smime-2019: suite-below-floor (authenticated < quantum-resistant)"),
        "{said}"
    );

    let authenticated = raised(None, Some(Protection::Authenticated));
    assert_eq!(chosen(&authenticated, BOTH, mail, &[RSA], None), Err("suite-below-floor"));
    assert!(chosen(&authenticated, BOTH, mail, &[P256], None).is_ok());
    // Nobody lowers a floor.
    let lowered = raised(Some(Protection::Encrypted), Some(Protection::Encrypted));
    assert_eq!(lowered.floor(agents), Protection::Authenticated);
    assert_eq!(lowered.floor(mail), Protection::Encrypted);
    for (policy, audience) in [(&quantum, agents), (&authenticated, mail)] {
        assert!(policy.floor(audience) > AlgorithmPolicy::current().floor(audience));
    }
}

#[test]
fn pol_026_a_suite_ends_with_its_first_part() {
    let sender = Sender { keys: BOTH, writes: ALL };
    let partner = |keys| Partner { audience: Audience::Agents, keys, capabilities: None };
    for suite in AlgorithmPolicy::current().suites() {
        let keys: Vec<KeyKind> = match suite.id {
            SuiteId::Hybrid2026 => vec![COMPOSITE],
            SuiteId::SmimeLegacy => vec![RSA],
            _ => vec![KeyKind::X25519],
        };
        let partner = Partner { audience: suite.audiences[0], keys: &keys, capabilities: None };
        let policy = AlgorithmPolicy::current();
        assert!(policy.judge_suite(suite, sender, partner, suite.until).is_ok(), "{suite:?}");
        let after = policy.judge_suite(suite, sender, partner, suite.until + 1).unwrap_err();
        assert_eq!((after.code(), after.at_fault()), ("suite-ended", AtFault::Release));
        let mut parts = vec![suite.id.name().to_owned(), suite.content.name().to_owned()];
        parts.extend(suite.mac.map(|mac| mac.name().to_owned()));
        parts.extend(suite.signatures[0].iter().map(|it| it.name().to_owned()));
        for part in parts {
            let mut tightening = Tightening { name: "t".into(), ..Tightening::default() };
            match SuiteId::of_name(&part) {
                Some(_) => tightening.suite_ends.insert(part.clone(), AT),
                None => tightening.algorithm_ends.insert(part.clone(), AT),
            };
            let policy = AlgorithmPolicy::current().tightened(tightening);
            assert!(policy.judge_suite(suite, sender, partner, AT).is_ok(), "{part}");
            let gone = policy.judge_suite(suite, sender, partner, AT + 1).unwrap_err();
            assert_eq!((gone.code(), gone.at_fault()), ("suite-withdrawn", AtFault::Provider));
            let detail = gone.detail().unwrap();
            assert!(detail.starts_with(&part) && detail.ends_with("+t"), "{detail}");
        }
    }
    // What nobody writes is not chosen, and said to be so.
    let nobody = Sender { keys: BOTH, writes: &[] };
    let none = choose(AlgorithmPolicy::current(), nobody, partner(&[P256]), AT).unwrap_err();
    assert_eq!(none.code(), "suite-not-written");
}

#[test]
fn every_suite_has_its_name_and_protects_what_it_says() {
    for suite in AlgorithmPolicy::current().suites() {
        assert_eq!(SuiteId::of_name(suite.id.name()), Some(suite.id));
        let authenticated = suite.content.is_authenticated() || suite.mac.is_some();
        assert_eq!(suite.protection >= Protection::Authenticated, authenticated);
        assert_eq!(Protection::of_name(suite.protection.name()), Some(suite.protection));
        let policy = AlgorithmPolicy::current();
        assert_eq!(policy.suite(suite.id), Some(suite));
        assert_eq!(policy.end_of_suite(suite), suite.until);
    }
    assert_eq!(SuiteId::of_name("hybrid"), None);
    assert_eq!(Protection::of_name("strong"), None);
}
