//! Updates of the policy: their form, whose they are, and which one counts.

use super::*;
use crate::testing::{NOW, World};
use sealpost_cms::keys::SignatureScheme;
use sealpost_cms::policy::{KeyKind, SignatureAlgorithm};
use sealpost_cms::time::LocalTime;
use sealpost_cms::verdict::SubIndication;

const DAY: i64 = 86_400;

fn time(unix: i64) -> ClaimedTime {
    ClaimedTime::from_unix(unix)
}

fn end(name: &str, until: i64) -> End {
    End { name: name.to_owned(), until: time(until) }
}

fn update(id: &str, since: i64) -> PolicyUpdate {
    PolicyUpdate {
        version: POLICY_VERSION.to_owned(),
        domain: Domain::parse("south.example").unwrap(),
        id: id.to_owned(),
        since: time(since),
        next_update: time(NOW + 7 * DAY),
        restrictions: Restrictions {
            algorithms: vec![end("ecdh-p256", NOW), end("rsa-pkcs1-sha256", NOW)],
            suites: vec![end("smime-legacy", NOW)],
            floor_for_agents: Some("quantum-resistant".to_owned()),
            floor_for_mail_clients: None,
            rsa: Some(Rsa { bits_min: 4096, from: time(NOW) }),
        },
    }
}

#[test]
fn an_update_is_written_as_it_is_read() {
    let update = update("2027-1", NOW);
    let json = update.to_json();
    assert_eq!(PolicyUpdate::from_json(&json), Ok(update.clone()));
    assert_eq!(update.name(), "south.example/2027-1@2026-11-22T10:00:00Z");
    let policy = update.effective(AlgorithmPolicy::current()).unwrap();
    let id = "sealpost-2026-11+south.example/2027-1@2026-11-22T10:00:00Z";
    assert_eq!(policy.id().as_str(), id);
}

#[test]
fn upd_001_upd_006_there_is_one_form_and_its_names_are_names() {
    let good = update("2027-1", NOW);
    let changed = |change: fn(&mut PolicyUpdate)| {
        let mut changed = good.clone();
        change(&mut changed);
        PolicyUpdate::from_json(&changed.to_json())
    };
    assert!(changed(|_| {}).is_ok());
    assert!(changed(|it| it.restrictions = Restrictions::default()).is_ok());
    // A newer release may know more algorithms; this one denies them without being told.
    assert!(changed(|it| it.restrictions.suites = vec![end("hybrid-2040", NOW)]).is_ok());
    let wrong: [fn(&mut PolicyUpdate); 10] = [
        |it| it.version = "sealpost-policy/2".to_owned(),
        |it| it.id = String::new(),
        |it| it.id = "Zwei".to_owned(),
        |it| it.id = "2027 1".to_owned(),
        |it| it.id = "x".repeat(POLICY_NAME_CHARS_MAX + 1),
        |it| it.restrictions.algorithms.reverse(),
        |it| it.restrictions.suites.push(end("smime-legacy", NOW)),
        |it| it.restrictions.suites = vec![end("\u{1b}[2J", NOW)],
        |it| it.restrictions.floor_for_agents = Some("strong".to_owned()),
        |it| {
            let many = (0..=POLICY_ENDS_MAX).map(|i| end(&format!("a{i:03}"), NOW));
            it.restrictions.algorithms = many.collect();
        },
    ];
    for change in wrong {
        assert!(changed(change).is_err());
    }
    let text = String::from_utf8(good.to_json()).unwrap();
    for other in [
        text.replace(',', ", "),
        text.replace("\"id\"", "\"allows\":[\"sha1\"],\"id\""),
        text.replace("\"since\"", "\"since\":\"2026-11-22T10:00:00Z\",\"since\""),
        text.replace("10:00:00Z", "11:00:00+01:00"),
        text.replace("\"rsa\":{", "\"rsa\":{\"note\":1,"),
        format!("{text}\n"),
    ] {
        assert_ne!(other, text);
        assert!(PolicyUpdate::from_json(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn upd_003_upd_004_upd_005_dates_only_go_forward() {
    let known = update("2027-1", NOW - DAY);
    let replaces = |new: &PolicyUpdate, known: Option<&PolicyUpdate>| new.replaces(known, NOW);
    assert_eq!(replaces(&known, None), Ok(true));
    assert_eq!(replaces(&known, Some(&known)), Ok(false), "the same once more");
    let renewed = PolicyUpdate { next_update: time(NOW + 8 * DAY), ..known.clone() };
    assert_eq!(replaces(&renewed, Some(&known)), Ok(true));
    assert_eq!(replaces(&known, Some(&renewed)), Ok(false));
    // A newer one counts, and may lift what the one before forbade: it is the operator's word.
    let mut newer = update("2027-2", NOW - 60);
    newer.restrictions = Restrictions::default();
    assert_eq!(replaces(&newer, Some(&known)), Ok(true));
    assert_eq!(replaces(&known, Some(&newer)), Err(PolicyRefusal::RolledBack));
    let other = PolicyUpdate { since: known.since, ..newer };
    assert_eq!(replaces(&other, Some(&known)), Err(PolicyRefusal::Changed));
    let tolerated = update("2027-3", NOW + CLOCK_TOLERANCE_SECONDS);
    assert_eq!(replaces(&tolerated, Some(&known)), Ok(true));
    let ahead = update("2027-3", NOW + CLOCK_TOLERANCE_SECONDS + 1);
    assert_eq!(replaces(&ahead, Some(&known)), Err(PolicyRefusal::FromTheFuture));
    let stale = PolicyUpdate { next_update: time(NOW - 1), ..update("2027-3", NOW - 60) };
    assert_eq!(replaces(&stale, None), Err(PolicyRefusal::OutOfDate));
    assert!(!known.is_out_of_date(NOW + 7 * DAY) && known.is_out_of_date(NOW + 7 * DAY + 1));
}

#[test]
fn upd_007_an_update_is_of_the_provider_that_sealed_it() {
    let south = World::new("south.example");
    let update = update("2027-1", NOW);
    let sealed = south.sign(&update.to_json(), &south.seal, NOW);
    let verify = |signed: &[u8], domain: &str| {
        let domain = Domain::parse(domain).unwrap();
        verify_policy_update(signed, &domain, &south.verification()).passed()
    };
    assert_eq!(verify(&sealed, "south.example").unwrap().get(), &update);
    assert_eq!(claimed_policy_update(&sealed), Ok(update.clone()));
    assert_eq!(verify(&sealed, "north.example").err().unwrap().sub, SubIndication::Mismatch);
    let northern =
        PolicyUpdate { domain: Domain::parse("north.example").unwrap(), ..update.clone() };
    let usurped = south.sign(&northern.to_json(), &south.seal, NOW);
    assert!(verify(&usurped, "north.example").is_err());
    assert!(verify(&usurped, "south.example").is_err());
    let anna = south.person("anna@south.example", KeyPurpose::LetterSignature);
    let of_a_person = south.sign(&update.to_json(), &anna, NOW);
    assert!(verify(&of_a_person, "south.example").is_err());
    for at in (0..sealed.len()).step_by(97) {
        let mut flipped = sealed.clone();
        flipped[at] ^= 4;
        // The revocation list is inside twice: one of them may be broken.
        let same = verify(&flipped, "south.example").map_or(true, |read| *read.get() == update);
        assert!(same, "octet {at}");
    }
}

#[test]
fn upd_002_an_effective_policy_judges_signatures_at_their_proven_time() {
    let south = World::new("south.example");
    let mut update = update("2027-1", NOW);
    update.restrictions.algorithms = vec![end("ecdsa-p384-sha384", NOW + 600)];
    let policy = update.effective(AlgorithmPolicy::current()).unwrap();
    let seal = south.seal_of_kind(SignatureScheme::P384);
    let signed = |at| south.sign(b"{}", &seal, at);
    let verified = |signed: &[u8], policy: &AlgorithmPolicy| {
        let now = LocalTime::from_unix(NOW + 3600);
        let verification = Verification { policy, now, ..south.verification() };
        verify_attached(signed, &verification).passed()
    };
    // Proven to be older than the withdrawal, it stays good.
    let before = verified(&signed(NOW), &policy).unwrap();
    assert_eq!(before.finding().policy, policy.id());
    let after = verified(&signed(NOW + 601), &policy).err().unwrap();
    assert!(after.sub.code().starts_with("CRYPTO_CONSTRAINTS_FAILURE"), "{after}");
    // [TSP-018] What the time-stamp itself rests on must still count: else nothing is proven, or refuted.
    update.restrictions.algorithms = vec![end("ecdsa-p256-sha256", NOW + 600)];
    let policy = update.effective(AlgorithmPolicy::current()).unwrap();
    let unproven = verified(&signed(NOW), &policy).err().unwrap();
    assert_eq!(unproven.sub, SubIndication::CryptoConstraintsFailureNoPoe);
    let alone = AlgorithmPolicy::current();
    let p256 = (SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256);
    assert!(alone.check_kind(p256.0, p256.1, NOW + 601).is_ok());
    assert!(policy.check_kind(p256.0, p256.1, NOW + 601).is_err());
}
