//! Time-stamps (RFC 3161): how long an authority takes for a reply, and a reader to verify it.

use std::hint::black_box;
use std::io::Write;

use const_oid::ObjectIdentifier;
use sealpost_cms::kdf::sha256;
use sealpost_cms::time::LocalTime;
use sealpost_cms::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response, verify_token};

use super::hierarchy::{Hierarchy, now};
use super::small::{Result, timed};

/// The policy that the authority stamps under; the peer uses the same.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.3");

/// Prints `case microseconds octets` lines.
pub fn measure(house: &Hierarchy, out: &mut dyn Write) -> Result<()> {
    let authority = TimeStampAuthority {
        certificate: &house.tsa,
        chain: &[],
        key: &house.tsa_key,
        policy_oid: POLICY,
        crls: &[],
    };
    let imprint = sha256(b"what is stamped");
    let request = TimeStampRequest::new(imprint, 7);
    let asked = request.to_der();
    let stamp = |serial| authority.respond(&asked, serial, LocalTime::from_unix(now()));
    let mut serial = 0;
    let micros = timed(|| {
        serial += 1;
        black_box(stamp(serial));
        Ok(())
    })?;
    let response = stamp(serial + 1);
    writeln!(out, "stamp {micros:.1} {}", response.len())?;
    let micros = timed(|| {
        let token = token_from_response(&response, &request)?;
        let verified =
            verify_token(&token, imprint, &house.verification(&house.anchors())).passed();
        black_box(verified.map_err(|shortfall| shortfall.to_string())?.proven());
        Ok(())
    })?;
    writeln!(out, "verify-stamp {micros:.1} {}", response.len())?;
    Ok(())
}
