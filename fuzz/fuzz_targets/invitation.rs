//! Invitations, as a person pastes them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_wire::invitation::{Invitation, PREFIX};

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    if let Ok(invitation) = Invitation::parse(text) {
        assert!(text.trim().starts_with(PREFIX));
        assert_eq!(Invitation::parse(&invitation.to_text()).as_ref(), Ok(&invitation));
        let debug = format!("{invitation:?}");
        let (token, endpoint) = (&invitation.token, &invitation.endpoint);
        let told = token.len() > 24 && !endpoint.contains(token.as_str());
        assert!(!told || !debug.contains(token.as_str()), "a token in a log");
    }
});
