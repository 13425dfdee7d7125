//! What takes effect of a provider's updates, and when.

use super::*;
use crate::testing::{Provider, now, person};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::issue::Profile as Kind;
use sealpost_cms::keys::AgreementKey;
use sealpost_cms::policy::KeyEstablishment;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::policy::{End, POLICY_VERSION, Restrictions};
use tempfile::TempDir;

const DAY: i64 = 86_400;

/// Anna, and her provider.
struct World {
    provider: Provider,
    anna: Agent,
    _place: TempDir,
}

fn world() -> World {
    let place = tempfile::tempdir().unwrap();
    let provider = Provider::new("north.example");
    let anna = person(&place, &provider, "anna@north.example");
    World { provider, anna, _place: place }
}

/// An update of a day of age that ends these algorithms an hour ago.
fn update(domain: &str, id: &str, since: i64, ended: &[&str]) -> PolicyUpdate {
    let time = ClaimedTime::from_unix;
    let end = |name: &&str| End { name: (*name).to_owned(), until: time(now() - 3600) };
    PolicyUpdate {
        version: POLICY_VERSION.to_owned(),
        domain: sealpost_erds::Domain::parse(domain).unwrap(),
        id: id.to_owned(),
        since: time(since),
        next_update: time(now() + DAY),
        restrictions: Restrictions {
            algorithms: ended.iter().map(end).collect(),
            ..Restrictions::default()
        },
    }
}

impl World {
    fn publishes(&self, update: &PolicyUpdate) -> Result<Option<String>, &'static str> {
        let sealed = self.provider.seals_text(&update.to_json());
        let trust = self.anna.trust_in(&self.provider.domain).unwrap();
        self.anna.take_policy(sealed, &trust).map_err(|error| error.code())
    }

    fn encryption_certificate(&self) -> Certificate {
        let key = AgreementKey::generate(&mut crate::system_random());
        let (name, address, organisation) = ("Bert", "bert@north.example", None);
        let profile = Kind::PersonEncryption { name, address, organisation };
        self.provider.certifies(profile, &key.spki_der())
    }
}

#[test]
fn agt_031_an_update_counts_from_the_next_operation_on_and_after_the_next_start() {
    let world = world();
    let recipient = world.encryption_certificate();
    let suite = |agent: &Agent| agent.suite_for(&recipient, &agent.policy());
    let before = suite(&world.anna).unwrap();
    assert_eq!(before.suite.id, SuiteId::Smime2019);
    assert_eq!(before.establishment, KeyEstablishment::EcdhP256);
    let update = update("north.example", "1", now() - DAY, &["ecdh-p256"]);
    let name = world.publishes(&update).unwrap().unwrap();
    assert!(name.starts_with("sealpost-2026-11+north.example/1@"), "{name}");
    // Trust that is made from now on judges by it; the release's own policy is not touched.
    let trust = world.anna.trust_in(&world.provider.domain).unwrap();
    assert_eq!(trust.policy().id().as_str(), name);
    trust.certificate(&recipient, KeyPurpose::Encryption).err();
    let refused = suite(&world.anna).unwrap_err();
    assert_eq!(refused.code(), "suite-withdrawn");
    let said = refused.to_string();
    assert!(said.contains("smime-2019: ecdh-p256 counts until") && said.contains(&name), "{said}");
    // The same once more is nothing new.
    assert_eq!(world.publishes(&update), Ok(None));
    let again = InForce::read(&world.anna.vault).unwrap();
    assert_eq!(again.policy.id().as_str(), name);
}

#[test]
fn agt_031_an_older_one_another_ones_or_a_future_one_does_not_take_effect() {
    let world = world();
    let newest = update("north.example", "2", now() - 60, &["ecdh-p256"]);
    world.publishes(&newest).unwrap();
    let in_force = world.anna.policy().id();
    let older = update("north.example", "1", now() - DAY, &[]);
    assert_eq!(world.publishes(&older), Err("policy-rolled-back"));
    let changed = update("north.example", "2", newest.since.unix(), &[]);
    assert_eq!(world.publishes(&changed), Err("policy-changed"));
    let ahead = update("north.example", "3", now() + DAY, &[]);
    assert_eq!(world.publishes(&ahead), Err("policy-from-the-future"));
    let mut stale = update("north.example", "3", now() - 30, &[]);
    stale.next_update = ClaimedTime::from_unix(now() - 10);
    assert_eq!(world.publishes(&stale), Err("policy-out-of-date"));
    assert_eq!(
        world.publishes(&update("south.example", "3", now() - 30, &[])),
        Err("not-verified")
    );
    let south = Provider::new("south.example");
    let forged = south.seals_text(&update("north.example", "3", now() - 30, &[]).to_json());
    let trust = world.anna.trust_in(&world.provider.domain).unwrap();
    let refused = world.anna.take_policy(forged, &trust).unwrap_err();
    assert!(is_about_policy(&refused), "{refused}");
    assert_eq!(world.anna.policy().id(), in_force, "what was in force stays");
    // A newer one counts, also if it lifts what the one before has ended.
    let lifted = update("north.example", "3", now() - 30, &[]);
    assert!(world.publishes(&lifted).unwrap().is_some());
    let recipient = world.encryption_certificate();
    assert!(world.anna.suite_for(&recipient, &world.anna.policy()).is_ok());
}

#[test]
fn agt_032_with_an_update_that_is_out_of_date_nothing_is_encrypted() {
    let world = world();
    let mut short = update("north.example", "1", now() - DAY, &["ecdh-p256"]);
    short.next_update = ClaimedTime::from_unix(now() + 1);
    world.publishes(&short).unwrap();
    assert!(!world.anna.policy_view().out_of_date);
    while now() <= short.next_update.unix() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let view = world.anna.policy_view();
    assert!(view.out_of_date);
    // It restricts all the same.
    assert!(view.name.contains("north.example/1"), "{}", view.name);
    // Nobody answers here, as for an agent whose provider withholds its update.
    let refused = world.anna.in_force().may_encrypt().unwrap_err();
    assert_eq!(refused.code(), "policy-out-of-date");
    let code = world.anna.wait(world.anna.policy_for_encrypting()).unwrap_err().code();
    assert_eq!(code, "provider-unreachable");
}

#[test]
fn agt_033_suites_are_shown_for_what_they_are_worth_here() {
    let world = world();
    let codes = |view: &PolicyView| {
        let code = |suite: &SuiteView| suite.obstacle.as_ref().map(Obstacle::code);
        view.suites.iter().map(code).collect::<Vec<_>>()
    };
    let not_written = Some("suite-not-written");
    let view = world.anna.policy_view();
    assert_eq!(codes(&view), [None, None, not_written, None]);
    assert!(view.suites[1].reaches_us && view.suites[0].reaches_us);
    assert!(view.since.is_none() && !view.out_of_date);
    world.publishes(&update("north.example", "1", now() - DAY, &["aes-256-gcm"])).unwrap();
    let view = world.anna.policy_view();
    assert_eq!(codes(&view)[1], Some("suite-withdrawn"));
    assert!(view.suites[1].reaches_us, "what others have encrypted is opened");
    let release = PolicyView::of_the_release();
    assert_eq!(release.name, "sealpost-2026-11");
    assert_eq!(codes(&release)[1], None);
}
