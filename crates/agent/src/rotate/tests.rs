use super::*;
use crate::records::{CONTENT, RECEIVED};
use crate::system_random;
use crate::testing::{Letter, Provider, meets, person};
use crate::views::State;
use sealpost_cms::issue::Profile as Kind;
use sealpost_wire::api::HybridCertificates;
use std::env;
use std::process::Command;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Bert at south.example, who has a letter of Anna's and to whom another one is under way.
struct House {
    south: Provider,
    kept: Letter,
    under_way: Letter,
    place: TempDir,
}

fn pin() -> Pin {
    Pin::new(Zeroizing::new("274 913 x".to_owned())).unwrap()
}

fn profile(place: &TempDir) -> Profile {
    Profile::open(place.path()).unwrap()
}

fn house() -> House {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let bert = person(&place, &south, "bert@south.example");
    records::put(&bert.vault, ACCOUNT, "account", &bert.account).unwrap();
    meets(&bert, &north);
    let kept = north.delivers(&bert, &south, true);
    kept.is_kept_by(&bert, &kept.content);
    let under_way = north.delivers(&bert, &south, true);
    // Enough that the archive is moved in more than one batch.
    let large = vec![7; crate::limits::MOVED_OCTETS];
    for name in ["ballast", "more"] {
        bert.vault.commit(|tx| tx.put(CONTENT, name, &large).map_err(AgentError::from)).unwrap();
    }
    House { south, kept, under_way, place }
}

impl House {
    fn bert(&self) -> Agent {
        Agent::open(profile(&self.place), &pin()).unwrap()
    }

    /// What must hold at every moment: old letters are shown as verified, and what was encrypted for
    /// the first certificate opens.
    fn loses_nothing(&self, bert: &Agent) {
        let id = self.kept.metadata.letter_id.hex();
        assert_eq!(bert.show(&id).unwrap().entry.state, State::Opened);
        let carried = self.under_way.carried();
        let (key, _) = bert.content_key(&carried, &self.under_way.metadata.sender_erds).unwrap();
        let message = bert.revealed(&carried, &key, true).unwrap().0.unwrap();
        assert_eq!(message.claims().signed_data(), self.under_way.content);
    }

    /// What the provider would answer.
    fn certifies(&self, bert: &Agent) -> RegistrationAnswer {
        let keys = bert.keys.next_keys().unwrap();
        let hybrid = keys.hybrid.as_ref().unwrap();
        let (name, address, organisation) = ("Somebody", "bert@south.example", None);
        let signature = Kind::PersonSignature { name, address, organisation };
        let authentication = Kind::PersonAuthentication { name, address, organisation };
        let encryption = Kind::PersonEncryption { name, address, organisation };
        let der =
            |profile, spki: Vec<u8>| Octets(self.south.certifies(profile, &spki).der().to_vec());
        RegistrationAnswer {
            address: bert.account.address.clone(),
            name: name.to_owned(),
            assurance: bert.account.assurance,
            signature_certificate: der(signature, keys.signature.spki_der()),
            authentication_certificate: der(authentication, keys.authentication.spki_der()),
            encryption_certificate: der(encryption, keys.encryption.spki_der()),
            hybrid: Some(HybridCertificates {
                signature_certificate: der(signature, hybrid.signature.spki_der()),
                encryption_certificate: der(encryption, hybrid.encryption.spki_der()),
            }),
            static_dh_certificate: keys
                .static_dh
                .as_ref()
                .map(|key| der(encryption, key.spki_der())),
            root_certificate: Octets(self.south.root.der().to_vec()),
        }
    }

    /// As if the provider had answered.
    fn is_certified(&self, bert: &Agent) {
        let answer = self.certifies(bert);
        records::put(&bert.vault, RENEWAL, GIVEN, &answer).unwrap();
    }

    /// As if the provider had been told.
    fn is_confirmed(&self) {
        let mut bert = self.bert();
        bert.account.unconfirmed = false;
        records::put(&bert.vault, ACCOUNT, "account", &bert.account).unwrap();
    }

    fn switches(&self) {
        let mut bert = self.bert();
        bert.keys.begin_rotation(&mut system_random()).unwrap();
        self.is_certified(&bert);
        bert.switched(&pin()).unwrap();
    }
}

#[test]
fn agt_057_a_process_that_ends_at_any_step_leaves_a_profile_that_goes_on() {
    let house = house();
    let mut bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Idle);
    house.loses_nothing(&bert);
    let first = bert.certificates.signature.clone();

    bert.keys.begin_rotation(&mut system_random()).unwrap();
    drop(bert);
    let bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Begun);
    house.loses_nothing(&bert);
    let asked = bert.asked_anew().unwrap().request;
    drop(bert);

    let bert = house.bert();
    assert_eq!(bert.asked_anew().unwrap().request, asked, "the same octets are sent again");
    house.is_certified(&bert);
    drop(bert);

    // Certificates without a switch change nothing.
    let bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Certified);
    assert_eq!(bert.certificates.signature, first);
    house.loses_nothing(&bert);
    let next = bert.keys.next_keys().unwrap().signature.spki_der();
    // Killed right after the keystore was replaced, before the vault follows.
    let Agent { profile: closed, keys, vault, .. } = bert;
    drop((closed, vault));
    keys.switch(&pin(), &mut system_random()).unwrap();

    let bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Switched);
    assert_eq!(bert.certificates.signature.spki_der(), next);
    assert!(bert.identity().rotation.under_way);
    house.loses_nothing(&bert);
    drop(bert);
    house.is_confirmed();

    let bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Moving);
    assert!(bert.vault.move_records().unwrap().left > 0, "there is more than one batch");
    house.loses_nothing(&bert);
    drop(bert);
    let bert = house.bert();
    house.loses_nothing(&bert);
    while bert.vault.move_records().unwrap().left > 0 {}
    drop(bert);

    // All were moved, and the former master key was not wiped yet.
    let (bert, rotated) = Agent::rotate(&profile(&house.place), &pin(), &mut |_| {}).unwrap();
    assert_eq!(rotated, Rotated { resumed: true, records: 0 });
    assert_eq!(bert.rotation().unwrap(), Rotation::Idle);
    assert!(!bert.keys.has_former_master());
    house.loses_nothing(&bert);
    drop(bert);
    let bert = house.bert();
    house.loses_nothing(&bert);
    assert_eq!(bert.identity().rotation.former_keys, 1);
}

#[test]
fn a_process_that_is_killed_while_records_move_loses_none() {
    let house = house();
    house.switches();
    house.is_confirmed();
    let killed = Command::new(env::current_exe().unwrap())
        .args(["--exact", "rotate::tests::child_moves_and_dies", "--ignored"])
        .env(CHILD, house.place.path())
        .output()
        .unwrap();
    assert!(!killed.status.success());
    let bert = house.bert();
    assert_eq!(bert.rotation().unwrap(), Rotation::Moving);
    house.loses_nothing(&bert);
    drop(bert);
    let mut stages = Vec::new();
    let profile = profile(&house.place);
    let rotated = Agent::rotate(&profile, &pin(), &mut |stage| stages.push(stage));
    let (bert, rotated) = rotated.unwrap();
    assert!(rotated.resumed && rotated.records > 0);
    let all = rotated.records;
    assert_eq!(stages.last(), Some(&Progress::Moving { moved: all, of: all }));
    house.loses_nothing(&bert);
}

const CHILD: &str = "SEALPOST_TEST_PROFILE";

#[test]
#[ignore = "the killed process of the test above"]
fn child_moves_and_dies() {
    let Some(place) = env::var_os(CHILD) else { return };
    let profile = Profile::open(std::path::Path::new(&place)).unwrap();
    let dies = &mut |stage| {
        if matches!(stage, Progress::Moving { .. }) {
            std::process::abort();
        }
    };
    let _ = Agent::rotate(&profile, &pin(), dies);
}

#[test]
fn agt_054_a_letter_is_read_by_the_certificate_that_it_was_encrypted_for() {
    let house = house();
    let first = house.bert().certificates.encryption.clone();
    house.switches();
    let bert = house.bert();
    assert_ne!(bert.certificates.encryption, first);
    // A record from before certificates could change names none.
    let record: Vec<(String, records::Received)> = records::list(&bert.vault, RECEIVED).unwrap();
    assert!(record[0].1.certificate.is_none());
    assert_eq!(bert.certificates.of_reader(record[0].1.read_by()), Some(&first));
    let (.., by) = bert
        .content_key(&house.under_way.carried(), &house.under_way.metadata.sender_erds)
        .unwrap();
    assert_eq!(bert.certificates.of_reader(by), Some(&first));
}

#[test]
fn a_forgotten_key_is_said_to_be_that_and_letters_that_are_here_stay() {
    let house = house();
    house.switches();
    house.is_confirmed();
    let (mut bert, _) = Agent::rotate(&profile(&house.place), &pin(), &mut |_| {}).unwrap();
    assert_eq!(bert.keys.forget_former_keys().unwrap(), 1);
    let error = bert
        .content_key(&house.under_way.carried(), &house.under_way.metadata.sender_erds)
        .err()
        .unwrap();
    assert_eq!(error.why(), "key-forgotten");
    let id = house.kept.metadata.letter_id.hex();
    assert_eq!(bert.show(&id).unwrap().entry.state, State::Opened);
}

#[test]
fn agt_055_nothing_is_forgotten_while_others_may_still_use_it() {
    let house = house();
    house.switches();
    let mut bert = house.bert();
    let error = bert.forget_former_keys(&mut |_| {}).err().unwrap();
    assert_eq!(error.code(), "rotation-under-way");
    assert_eq!(bert.identity().rotation.former_keys, 1);
    drop(bert);
    house.is_confirmed();
    let (mut bert, _) = Agent::rotate(&profile(&house.place), &pin(), &mut |_| {}).unwrap();
    // Not without looking whether anything waits.
    let error = bert.forget_former_keys(&mut |_| {}).err().unwrap();
    assert_eq!(error.code(), "provider-unreachable");
    assert_eq!(bert.identity().rotation.former_keys, 1);
}

#[test]
fn agt_056_certificates_for_other_keys_never_come_into_use() {
    let house = house();
    let mut bert = house.bert();
    bert.keys.begin_rotation(&mut system_random()).unwrap();
    let good = house.certifies(&bert);
    let judged = |answer: &RegistrationAnswer| {
        let (next, root) = (bert.keys.next_keys().unwrap(), &bert.certificates.root);
        let address = &bert.account.address;
        certify::are_ours(next, answer, address, root, &house.south.list)
            .map_err(|error| error.code())
    };
    assert_eq!(judged(&good), Ok(()));
    let present = Octets(bert.certificates.encryption.der().to_vec());
    let hybrid = good.hybrid.clone().unwrap();
    let swapped = HybridCertificates { encryption_certificate: present.clone(), ..hybrid };
    for bad in [
        RegistrationAnswer { encryption_certificate: present, ..good.clone() },
        RegistrationAnswer {
            signature_certificate: good.authentication_certificate.clone(),
            ..good.clone()
        },
        RegistrationAnswer { hybrid: Some(swapped), ..good.clone() },
        RegistrationAnswer { hybrid: None, ..good.clone() },
    ] {
        assert_eq!(judged(&bad), Err("certificates-not-ours"));
    }
}

#[test]
fn it_is_time_a_month_before_the_first_certificate_ends() {
    let house = house();
    let view = house.bert().identity().rotation;
    assert!(!view.under_way);
    let day = 24 * 3600;
    assert!(!view.is_due(view.first_end - 31 * day));
    assert!(view.is_due(view.first_end - 29 * day));
}
