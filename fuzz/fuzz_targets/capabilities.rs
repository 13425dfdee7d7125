//! SMIMECapabilities. What is read is written back octet for octet, and nothing unannounced is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::capabilities::SmimeCapabilities;
use sealpost_cms::limits::{CAPABILITIES_MAX, CAPABILITIES_OCTETS_MAX};
use sealpost_cms::policy::{
    AlgorithmPolicy, Audience, ContentEncryption, KeyKind, Partner, Sender, SuiteId, choose,
};

const AT: i64 = 1_800_000_000; // 2027-01-15
const KEYS: [KeyKind; 4] =
    [KeyKind::P256, KeyKind::X25519, KeyKind::Rsa { bits: 3072 }, KeyKind::MlKem768X25519];
const OWN: [KeyKind; 3] = [KeyKind::P256, KeyKind::MlDsa65, KeyKind::X25519];

fuzz_target!(|octets: &[u8]| {
    let Ok(capabilities) = SmimeCapabilities::from_der(octets) else { return };
    assert!(octets.len() <= CAPABILITIES_OCTETS_MAX);
    assert!(capabilities.capabilities().len() <= CAPABILITIES_MAX);
    assert_eq!(capabilities.to_der(), octets);
    for audience in [Audience::Agents, Audience::MailClients] {
        let policy = AlgorithmPolicy::current();
        let partner = Partner { audience, keys: &KEYS, capabilities: Some(&capabilities) };
        let sender = Sender { keys: &OWN, writes: &SuiteId::ALL };
        let Ok(choice) = choose(policy, sender, partner, AT) else { continue };
        assert!(choice.suite.protection >= policy.floor(audience), "below the floor");
        assert!(capabilities.reads_content(choice.suite.content), "not announced");
        assert!(capabilities.takes_keys_by(choice.establishment), "not announced");
        let authenticated =
            choice.suite.content != ContentEncryption::Aes256Cbc || choice.suite.mac.is_some();
        assert!(authenticated || audience == Audience::MailClients, "an agent, and CBC alone");
    }
});
