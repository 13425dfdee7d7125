//! A revocation list put beside a token, by whoever hands it on.
//!
//! Many authorities send no list with their tokens. Then the token can be judged only as long as
//! somebody has one; with a list inside it proves its time alone, for as long as its algorithms hold.

use crate::decode::{self, DecodeError};
use crate::limits;
use crate::path::Crl;
use crate::tlv::{self, Reader, Tlv};

/// The same response, with a list in its token, see [`token_with_list`]. A response without a token
/// stays as it is.
pub fn response_with_list(response_der: &[u8], list: &Crl) -> Result<Vec<u8>, DecodeError> {
    decode::bounded(WHAT, response_der, limits::TIME_STAMP_OCTETS_MAX)?;
    tlv::check(response_der)?;
    let mut response = Reader::new(tlv::only(response_der, tlv::SEQUENCE, WHAT)?);
    let status = response.tlv(tlv::SEQUENCE, "PKIStatusInfo")?;
    let Some(token) = response.optional(tlv::SEQUENCE, "timeStampToken")? else {
        return Ok(response_der.to_vec());
    };
    response.finish(WHAT)?;
    let token = token_with_list(token.octets, list)?;
    Ok(tlv::nested(tlv::SEQUENCE, |response| {
        response.raw(status.octets);
        response.raw(&token);
    }))
}

/// The same token, with a list beside those that it holds already.
///
/// RFC 5652 §5.1: `crls` of a SignedData is outside of what is signed, so that the signature verifies
/// exactly as before. The list is not looked at: a verification does that.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE { version, digestAlgorithms SET OF, encapContentInfo,
///     certificates [0] IMPLICIT SET OF OPTIONAL, crls [1] IMPLICIT SET OF OPTIONAL,
///     signerInfos SET OF }
/// ```
pub fn token_with_list(token: &[u8], list: &Crl) -> Result<Vec<u8>, DecodeError> {
    decode::bounded("ContentInfo", token, limits::TIME_STAMP_OCTETS_MAX)?;
    tlv::check(token)?;
    let mut content_info = Reader::new(tlv::only(token, tlv::SEQUENCE, "ContentInfo")?);
    let content_type = content_info.tlv(tlv::OBJECT_IDENTIFIER, "contentType")?;
    let mut explicit = content_info.enter(tlv::context(0), "content")?;
    content_info.finish("ContentInfo")?;
    let mut fields = explicit.enter(tlv::SEQUENCE, "SignedData")?;
    explicit.finish("content")?;
    let version = fields.tlv(tlv::INTEGER, "SignedData version")?;
    let digest_algorithms = fields.tlv(tlv::SET, "digestAlgorithms")?;
    let encapsulated = fields.tlv(tlv::SEQUENCE, "encapContentInfo")?;
    let certificates = fields.optional(tlv::context(0), "certificates")?;
    let lists = lists_and(fields.optional(tlv::context(1), "crls")?, list)?;
    let signer_infos = fields.tlv(tlv::SET, "signerInfos")?;
    fields.finish("SignedData")?;
    Ok(tlv::nested(tlv::SEQUENCE, |content_info| {
        content_info.raw(content_type.octets);
        content_info.nest(tlv::context(0), |explicit| {
            explicit.nest(tlv::SEQUENCE, |signed_data| {
                let before = [version, digest_algorithms, encapsulated];
                before.iter().chain(&certificates).for_each(|field| signed_data.raw(field.octets));
                signed_data.set_of(tlv::context(1), lists);
                signed_data.raw(signer_infos.octets);
            });
        });
    }))
}

fn lists_and(inside: Option<Tlv<'_>>, list: &Crl) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut lists = vec![list.der().to_vec()];
    let mut reader = Reader::new(inside.map_or(&[], |inside| inside.value));
    while !reader.is_empty() {
        let other = reader.any("crls")?;
        if other.octets != list.der() {
            lists.push(other.octets.to_vec());
        }
    }
    Ok(lists)
}

const WHAT: &str = "TimeStampResp";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::kdf::sha256;
    use crate::signed::Verification;
    use crate::testing::{DAY, HOUSE, NOW, openssl_agrees};
    use crate::time::LocalTime;
    use crate::tsp::{TimeStampRequest, token_from_response, verify_token};

    const IMPRINT: [u8; 32] = [0xab; 32];

    #[test]
    fn a_token_with_a_list_put_beside_it_proves_its_time_alone() {
        let request = TimeStampRequest::new(IMPRINT, 7);
        let response = HOUSE.authority().respond(&request.to_der(), 1, LocalTime::from_unix(NOW));
        let verdict = |response: &[u8]| {
            let token = token_from_response(response, &request).unwrap();
            let v = Verification { crls: &[], ..HOUSE.verification() };
            verify_token(&token, IMPRINT, &v).passed().map_or_else(|s| s.sub.code(), |_| "passed")
        };
        assert_eq!(verdict(&response), "TRY_LATER");
        let with = response_with_list(&response, &HOUSE.crls[0]).unwrap();
        assert_eq!(verdict(&with), "passed");
        assert_eq!(response_with_list(&with, &HOUSE.crls[0]).unwrap(), with, "it is in there");
        let revoking = HOUSE.list(NOW - 60, NOW + DAY, &[(&HOUSE.tsa, NOW - 120)]);
        let with = response_with_list(&with, &revoking).unwrap();
        assert_eq!(verdict(&with), "REVOKED_NO_POE", "of two lists the newer one counts");
    }

    #[test]
    fn what_holds_no_token_stays_as_it_is_and_what_is_no_response_is_refused() {
        let rejection = HOUSE.authority().respond(b"no request", 1, LocalTime::from_unix(NOW));
        assert_eq!(response_with_list(&rejection, &HOUSE.crls[0]).unwrap(), rejection);
        for broken in [&b""[..], b"0", &rejection[1..], &[0x30, 0x80, 0, 0]] {
            assert!(response_with_list(broken, &HOUSE.crls[0]).is_err());
        }
    }

    #[test]
    #[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
    fn openssl_reads_a_token_with_a_list() {
        let folder = tempfile::tempdir().unwrap();
        HOUSE.moves_into(folder.path());
        let request = TimeStampRequest::new(sha256(b"content"), 7);
        let response = HOUSE.authority().respond(&request.to_der(), 1, LocalTime::from_unix(NOW));
        let with = response_with_list(&response, &HOUSE.crls[0]).unwrap();
        fs::write(folder.path().join("reply.tsr"), with).unwrap();
        fs::write(folder.path().join("data"), b"content").unwrap();
        let verify = format!("ts -verify -in reply.tsr -data data -CAfile root.pem -attime {NOW}");
        openssl_agrees(folder.path(), &verify);
    }
}
