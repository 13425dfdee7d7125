//! What providers and people say of themselves: discovery, registration, invitations,
//! configuration, addresses, disclosures, and the messages of the API.

use crate::Seeds;
use crate::world::World;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::disclosure::{Assurance, Disclosure, PartyReference};
use sealpost_erds::discovery::{
    DISCOVERY_VERSION, Discovery, EVIDENCE_MODE_PRIVATE, ProviderCertificates, RoutingKeyEntry,
};
use sealpost_erds::format::to_json;
use sealpost_erds::policy::{End, POLICY_VERSION, PolicyUpdate, Restrictions, Rsa};
use sealpost_erds::registration::{
    REGISTRATION_VERSION, RENEWAL_VERSION, RegistrationStatement, RenewalStatement,
};
use sealpost_erds::{ConsignmentMode, Digest, Octets};
use sealpost_fuzz::NOW;
use sealpost_wire::api::{
    HybridCertificates, HybridRequests, RegistrationAnswer, RegistrationChallenge,
    RegistrationRequest, RenewalRequest,
};
use sealpost_wire::invitation::Invitation;
use sealpost_wire::problem::Problem;

pub fn make(seeds: &Seeds, world: &World) {
    discovery(seeds, world);
    policy(seeds, world);
    registration(seeds, world);
    renewal(seeds, world);
    identities(seeds, world);
    configuration(seeds);
}

fn discovery(seeds: &Seeds, world: &World) {
    let south = &world.south;
    let document = Discovery {
        version: DISCOVERY_VERSION.to_owned(),
        domain: south.details.domain.clone(),
        organisation: south.details.organisation.clone(),
        evidence_mode: EVIDENCE_MODE_PRIVATE.to_owned(),
        consignment_modes: vec![
            ConsignmentMode::Basic,
            ConsignmentMode::Consent,
            ConsignmentMode::Signed,
        ],
        expiry_supported: true,
        scheduled_delivery_supported: false,
        relay_endpoint: "south.example:443".to_owned(),
        certificates: ProviderCertificates {
            electronic_seal: Octets(south.seal.certificate.der().to_vec()),
            time_stamping: Some(Octets(south.tsa.certificate.der().to_vec())),
            time_stamping_root: None,
        },
        routing_key: RoutingKeyEntry::of(&south.routing.public()),
        log_origin: "south.example/log".to_owned(),
        letter_octets_max: 64 << 20,
        objects_octets_max: 5 << 30,
        issued: world.claimed(),
        next_update: ClaimedTime::from_unix(NOW + 3600),
    };
    let json = document.to_json();
    seeds.put("discovery", "payload.json", &json);
    seeds.put("discovery", "sealed.p7m", &world.attached(south, &south.seal, &json));
    let old = Discovery { next_update: world.claimed(), ..document };
    seeds.put("discovery", "old.p7m", &world.attached(south, &south.seal, &old.to_json()));
}

fn policy(seeds: &Seeds, world: &World) {
    let south = &world.south;
    let end = |name: &str| End { name: name.to_owned(), until: world.claimed() };
    let update = PolicyUpdate {
        version: POLICY_VERSION.to_owned(),
        domain: south.details.domain.clone(),
        id: "2027-1".to_owned(),
        since: world.claimed(),
        next_update: ClaimedTime::from_unix(NOW + 3600),
        restrictions: Restrictions {
            algorithms: vec![end("ecdh-p256"), end("sha384")],
            suites: vec![end("smime-legacy")],
            floor_for_agents: Some("quantum-resistant".to_owned()),
            floor_for_mail_clients: Some("authenticated".to_owned()),
            rsa: Some(Rsa { bits_min: 4096, from: world.claimed() }),
        },
    };
    let json = update.to_json();
    seeds.put("policy", "payload.json", &json);
    seeds.put("policy", "sealed.p7m", &world.attached(south, &south.seal, &json));
    let nothing = PolicyUpdate { restrictions: Restrictions::default(), ..update };
    seeds.put("policy", "nothing.json", &nothing.to_json());
}

fn renewal(seeds: &Seeds, world: &World) {
    let renewal = RenewalStatement {
        version: RENEWAL_VERSION.to_owned(),
        provider: world.north.details.domain.clone(),
        address: world.anna.address.clone(),
        requests_sha256: RegistrationStatement::digest_of_requests(&[
            b"one", b"two", b"three", b"four", b"five", b"six",
        ]),
        signed_at: world.claimed(),
    };
    seeds.put("registration", "renewal.json", &renewal.to_json());
    let octets = |octets: &[u8]| Octets(octets.to_vec());
    let renewal = RenewalRequest {
        signature_request: octets(b"one"),
        authentication_request: octets(b"two"),
        encryption_request: octets(b"three"),
        hybrid: HybridRequests {
            signature_request: octets(b"four"),
            encryption_request: octets(b"five"),
        },
        static_dh_request: Some(octets(b"six")),
        statement: octets(b"statement"),
    };
    seeds.put("api", "renewal_request.json", &to_json(&renewal));
}

fn registration(seeds: &Seeds, world: &World) {
    let anna = &world.anna;
    let statement = RegistrationStatement {
        version: REGISTRATION_VERSION.to_owned(),
        provider: world.south.details.domain.clone(),
        address: anna.address.clone(),
        challenge: Octets(vec![9; 32]),
        requests_sha256: RegistrationStatement::digest_of_requests(&[
            b"one", b"two", b"three", b"four", b"five", b"six",
        ]),
        signed_at: world.claimed(),
    };
    let json = statement.to_json();
    let signed = world.attached(&world.north, &anna.signature, &json);
    seeds.put("registration", "statement.json", &json);
    seeds.put("registration", "signed.p7m", &signed);
    let octets = |octets: &[u8]| Octets(octets.to_vec());
    let request = RegistrationRequest {
        address: anna.address.clone(),
        invitation: None,
        identity: Some(Octets(signed)),
        signature_request: octets(b"one"),
        authentication_request: octets(b"two"),
        encryption_request: octets(b"three"),
        hybrid: Some(HybridRequests {
            signature_request: octets(b"four"),
            encryption_request: octets(b"five"),
        }),
        static_dh_request: Some(octets(b"six")),
    };
    seeds.put("api", "registration_request.json", &to_json(&request));
    let invited = RegistrationRequest {
        invitation: Some("0123456789abcdef0123456789abcdef".to_owned()),
        identity: None,
        hybrid: None,
        static_dh_request: None,
        ..request
    };
    seeds.put("api", "registration_invited.json", &to_json(&invited));
    let answer = RegistrationAnswer {
        address: anna.address.clone(),
        name: anna.name.to_owned(),
        assurance: Assurance::Low,
        signature_certificate: octets(anna.signature.certificate.der()),
        authentication_certificate: octets(anna.authentication.certificate.der()),
        encryption_certificate: octets(anna.encryption.der()),
        hybrid: Some(HybridCertificates {
            signature_certificate: octets(anna.signature.certificate.der()),
            encryption_certificate: octets(anna.hybrid_encryption.der()),
        }),
        static_dh_certificate: Some(octets(anna.encryption.der())),
        root_certificate: octets(world.north.root.certificate.der()),
    };
    seeds.put("api", "registration_answer.json", &to_json(&answer));
    let challenge = RegistrationChallenge { challenge: octets(&[9; 32]) };
    seeds.put("api", "registration_challenge.json", &to_json(&challenge));
    let problem = Problem::new("unknown-letter", 404, "No such letter").with_detail("it is gone");
    seeds.put("api", "problem.json", &to_json(&problem));
}

fn identities(seeds: &Seeds, world: &World) {
    let invitation = Invitation {
        address: world.anna.address.clone(),
        endpoint: "127.0.0.1:8443".to_owned(),
        root_sha256: Digest::of(world.north.root.certificate.der()),
        token: "0123456789abcdef0123456789abcdef".to_owned(),
    };
    seeds.put("invitation", "invitation.txt", invitation.to_text().as_bytes());
    seeds.put("invitation", "pasted.txt", format!("  {}\n", invitation.to_text()).as_bytes());
    seeds.put("address", "address.txt", world.anna.address.as_str().as_bytes());
    seeds.put("address", "unusual.txt", b"A!#$%&'*+-/=?^_`{|}~.b@a-1.north.EXAMPLE");
    seeds.put("address", "domain.txt", b"north.example");
    seeds.put("address", "digest.txt", Digest::of(b"digest").hex().as_bytes());
    let random = &mut *world.random();
    let name = Disclosure::new("name", world.anna.name, random);
    let identifier = Disclosure::identifier(&world.anna.address, random);
    seeds.put("disclosure", "name.txt", name.encoded().as_bytes());
    seeds.put("disclosure", "identifier.txt", identifier.encoded().as_bytes());
    let party = PartyReference::to(&[name, identifier], Some(Assurance::Substantial));
    seeds.put("disclosure", "party.json", &to_json(&party));
}

fn configuration(seeds: &Seeds) {
    seeds.put("configuration", "least.toml", LEAST.as_bytes());
    seeds.put("configuration", "most.toml", format!("{LEAST}{MORE}").as_bytes());
}

const LEAST: &str = r#"domain = "north.example"
organisation = "North Post GmbH"
public_endpoint = "north.example:443"
"#;

const MORE: &str = r#"data_dir = "data"
listen = "[::1]:8443"

[time_stamp]
authority = "https://tsa.example/"
root = "tsa.pem"

[limits]
letter_octets_max = 67108864

[deadline]
min = "1h"
max = "90d"
grace = "60s"

[relay]
give_up_after = "72h"
first_retry = "2s"
retry_max = "15m"
receipts_give_up_after = "30d"

[retention]
after_handover = "7d"
idempotency = "7d"

[metrics]
allow = ["127.0.0.1", "::1"]

[log]
level = "info"

[registration]
identity_issuers = ["south.example"]
identity_assurance = "substantial"

[[peer]]
domain = "south.example"
root = "peers/south.example.pem"
endpoint = "127.0.0.1:8444"
"#;
