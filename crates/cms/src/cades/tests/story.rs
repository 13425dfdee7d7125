//! Nine years in the life of a signature.

use super::*;
use crate::cades::parts::Parts;
use crate::kdf::sha256;
use crate::signed::verify_attached;
use crate::tsp::verify_token;

#[test]
fn each_level_is_what_it_says() {
    let world = &WORLD;
    let bare = world.signature.attached(CONTENT, &[], &[]);
    for (message, level) in [
        (bare, Level::Signed),
        (world.stamped(), Level::TimeStamped),
        (world.long_term(), Level::LongTerm),
        (
            world.archives(&world.long_term(), &around(NOW), 0, DigestAlgorithm::Sha256, NOW),
            Level::Archived,
        ),
    ] {
        let verified = at(&message, NOW).passed().unwrap();
        assert_eq!(verified.get().level().name(), level.name());
        assert_eq!(verified.get().signed().content(), CONTENT);
    }
    // A B-LT message is still one of ours, and needs no list from elsewhere.
    let alone = Verification { crls: &[], ..HOUSE.verification() };
    assert_eq!(code(&verify_attached(&world.long_term(), &alone)), PASSED);
    assert_eq!(code(&verify_attached(&world.stamped(), &alone)), ("INDETERMINATE", "TRY_LATER"));
}

#[test]
fn what_has_expired_and_ended_stays_good_at_the_proven_time() {
    let verified = at(&WORLD.archived(), LATER).passed().unwrap();
    let finding = verified.finding();
    assert_eq!(finding.proven_time.map(|time| time.unix()), Some(NOW));
    assert_eq!(finding.signer, WORLD.anna);
    assert_eq!(finding.algorithms, ["ecdsa-p256-sha256", "rsa-pkcs1-sha256-3072", "sha256"]);
    let proofs = verified.get().signers()[0].proofs();
    assert_eq!(proofs.len(), 1);
    assert_eq!((proofs[0].time.unix(), proofs[0].digest), (FIRST, DigestAlgorithm::Sha256));
    assert_eq!(proofs[0].authority, WORLD.tsa[1].certificate);
    assert_eq!(verified.get().level(), Level::Archived);
}

#[test]
fn without_the_archive_time_stamp_the_same_signature_is_in_doubt() {
    let world = &WORLD;
    let bare = world.signature.attached(CONTENT, &[], &[]);
    let ended = ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    assert_eq!(code(&at(&bare, LATER)), ended);
    let expired = ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE");
    assert_eq!(code(&at(&bare, FIRST)), expired);
    assert_eq!(code(&at(&world.long_term(), LATER)), expired);
    // As long as its authority's certificate lasts, the time-stamp is enough.
    assert_eq!(code(&at(&world.long_term(), FIRST)), PASSED);
}

#[test]
fn a_second_archive_time_stamp_carries_on_under_a_newer_digest() {
    let verified = at(&WORLD.renewed(), MUCH_LATER).passed().unwrap();
    let proofs: Vec<_> =
        verified.get().signers()[0].proofs().iter().map(|it| (it.time.unix(), it.digest)).collect();
    assert_eq!(proofs, [(FIRST, DigestAlgorithm::Sha256), (SECOND, DigestAlgorithm::Sha512)]);
    assert_eq!(verified.finding().proven_time.map(|time| time.unix()), Some(NOW));
    // Two in one second have an order too.
    let crl = around(FIRST);
    let at_once = WORLD.archives(&WORLD.archived(), &crl, 1, DigestAlgorithm::Sha512, FIRST);
    assert_eq!(at(&at_once, LATER).passed().unwrap().get().signers()[0].proofs().len(), 2);
    // Whoever forgets to renew loses it.
    let forgotten = at(&WORLD.archived(), MUCH_LATER);
    assert_eq!(code(&forgotten), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
}

#[test]
fn an_authority_is_judged_for_the_time_at_which_its_token_is_proven_to_exist() {
    let world = &WORLD;
    let revoked =
        |since| HOUSE.list(FIRST - DAY, FIRST + DAY, &[(&world.tsa[0].certificate, since)]);
    let archived =
        |crl: &Crl| world.archives(&world.long_term(), crl, 1, DigestAlgorithm::Sha256, FIRST);
    // Revoked before the archive time-stamp: whoever had the key then could have named any time.
    let before = archived(&revoked(FIRST - 100));
    assert_eq!(code(&at(&before, LATER)), ("INDETERMINATE", "REVOKED_NO_POE"));
    // Revoked after it: the token is older than that.
    let after =
        HOUSE.list(FIRST + DAY, FIRST + 3 * DAY, &[(&world.tsa[0].certificate, FIRST + 60)]);
    let renewed =
        world.archives(&world.archived(), &after, 1, DigestAlgorithm::Sha256, FIRST + 2 * DAY);
    assert_eq!(code(&at(&renewed, LATER)), PASSED);
    // The last one must hold today.
    let today = HOUSE.list(LATER - DAY, LATER + DAY, &[(&world.tsa[1].certificate, LATER - 60)]);
    let last = with_list(&world.archived(), LATER, today);
    assert_eq!(code(&last), ("INDETERMINATE", "REVOKED_NO_POE"));
    // Without a list that speaks for the time of the proof nobody knows.
    let silent = world.stamps(&world.long_term(), None, 1, DigestAlgorithm::Sha256, FIRST);
    assert_eq!(code(&at(&silent, LATER)), ("INDETERMINATE", "TRY_LATER"));
}

#[test]
fn a_signer_who_was_revoked_before_the_proven_time_stays_revoked() {
    let world = &WORLD;
    let since = |since| HOUSE.list(NOW - DAY, NOW + DAY, &[(&world.anna, since)]);
    for (crl, expected) in
        [(since(NOW - 60), ("TOTAL-FAILED", "REVOKED")), (since(NOW + 60), PASSED)]
    {
        let message = with_validation_data(&world.stamped(), &[], &[crl]).unwrap();
        let message = world.archives(&message, &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST);
        assert_eq!(code(&at(&message, LATER)), expected);
    }
}

#[test]
fn a_content_elsewhere_is_archived_by_its_digests() {
    let world = &WORLD;
    let detached = world.stamped_signature().detached(&[], &[]);
    let detached = with_validation_data(&detached, &[], &[HOUSE.crls[0].clone(), around(FIRST)]);
    let detached = detached.unwrap();
    let digests = ContentRef::with(CONTENT, &[DigestAlgorithm::Sha512]);
    let short = Some(ContentRef::of(CONTENT));
    let missing = ArchiveRequest::new(&detached, short, DigestAlgorithm::Sha512, &mut rng());
    assert_eq!(missing.err().map(|error| error.code()), Some("archive-content-missing"));
    let message = world.stamps(&detached, Some(digests), 1, DigestAlgorithm::Sha512, FIRST);
    let crls = [around(LATER)];
    let now = LocalTime::from_unix(LATER);
    let v = Verification { crls: &crls, now, ..HOUSE.verification() };
    assert_eq!(code(&verify_archived(&message, Some(digests), &v)), PASSED);
    // [CAD-010]
    let without = verify_archived(&message, Some(ContentRef::of(CONTENT)), &v);
    assert_eq!(code(&without), ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND"));
    let other = ContentRef::with(b"other", &[DigestAlgorithm::Sha512]);
    assert_eq!(code(&verify_archived(&message, Some(other), &v)), ("TOTAL-FAILED", "HASH_FAILURE"));
}

#[test]
fn tsp_018_what_nothing_later_proves_is_judged_for_today_by_every_verification() {
    let world = &WORLD;
    let message = world.long_term();
    let signature = Parts::read(&message).unwrap().only_signer().unwrap().signature;
    let both = |now: i64, crls: &[Crl]| {
        let v = Verification { crls, now: LocalTime::from_unix(now), ..HOUSE.verification() };
        let (attached, archived) =
            (code(&verify_attached(&message, &v)), code(&verify_archived(&message, None, &v)));
        let crls = [crls, &HOUSE.crls].concat();
        let beside = Verification { crls: &crls, ..v };
        let token = verify_token(&world.token(), sha256(signature), &beside);
        assert_eq!(attached, archived, "one rule, {}", now - NOW);
        assert_eq!(code(&token), attached, "the token decides, {}", now - NOW);
        attached
    };
    // The signer's certificate has expired. Nobody offline has the list of the day, and need not.
    assert_eq!(both(FIRST, &[]), PASSED);
    let authority = &world.tsa[0].certificate;
    assert_eq!(both(authority.not_after(), &[]), PASSED);
    assert_eq!(both(authority.not_after() + 1, &[]), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
    // Whoever got hold of the key later could have named any time before.
    let revoked = |since| [HOUSE.list(FIRST - DAY, FIRST + DAY, &[(authority, since)])];
    let doubtful = ("INDETERMINATE", "REVOKED_NO_POE");
    assert_eq!(both(FIRST, &revoked(NOW + YEAR)), doubtful);
    assert_eq!(both(FIRST, &revoked(NOW - 60)), doubtful);
    assert_eq!(both(FIRST, &revoked(FIRST + 60)), PASSED, "not today yet");
    // The archive time-stamp of a day before is all the difference.
    let archived = |at| world.archives(&message, &around(at), 1, DigestAlgorithm::Sha256, at);
    let crls = revoked(FIRST - 60);
    let v = Verification { crls: &crls, now: LocalTime::from_unix(FIRST), ..HOUSE.verification() };
    assert_eq!(code(&verify_archived(&archived(FIRST - 30), None, &v)), doubtful);
    assert_eq!(code(&verify_archived(&archived(FIRST - 2 * DAY), None, &v)), PASSED);
}

#[test]
fn tsp_019_an_authority_that_ended_and_lost_no_key_leaves_good_what_it_stamped() {
    let world = &WORLD;
    let authority = &world.tsa[0].certificate;
    let message = world.long_term();
    let v = Verification { now: LocalTime::from_unix(FIRST), ..HOUSE.verification() };
    let doubtful = ("INDETERMINATE", "REVOKED_NO_POE");
    // affiliationChanged, superseded and cessationOfOperation; unspecified, keyCompromise, no reason.
    for (reason, expected) in [
        (Some(3), PASSED),
        (Some(4), PASSED),
        (Some(5), PASSED),
        (Some(0), doubtful),
        (Some(1), doubtful),
        (None, doubtful),
    ] {
        let list = |since| list_with(FIRST - DAY, FIRST + DAY, (authority, since), reason);
        let crls = [list(NOW + YEAR)];
        let later = Verification { crls: &crls, ..v };
        assert_eq!(code(&verify_attached(&message, &later)), expected, "{reason:?}");
        // An archive time-stamp that came after that changes nothing.
        let archived = world.archives(&message, &crls[0], 1, DigestAlgorithm::Sha256, FIRST);
        assert_eq!(code(&verify_archived(&archived, None, &v)), expected, "{reason:?}, archived");
        // What it stamped when it was over already is no good with any reason.
        let crls = [list(NOW - 60)];
        let before = Verification { crls: &crls, ..v };
        assert_eq!(code(&verify_attached(&message, &before)), doubtful, "{reason:?}, before");
    }
}
