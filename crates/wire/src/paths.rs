//! Paths and media types of the HTTP API, named once for both ends.

/// The sealed discovery document (ERDSMetadata).
pub const DISCOVERY: &str = "/.well-known/sealpost";
/// The OpenAPI document.
pub const OPENAPI: &str = "/v1/openapi.json";
/// The provider's root certificate (PEM).
pub const ROOT: &str = "/v1/root";
/// The newest revocation list (DER).
pub const REVOCATION_LIST: &str = "/v1/revocation-list";
/// The newest update of the algorithm policy.
pub const POLICY: &str = "/v1/policy";
/// RFC 3161 over HTTP.
pub const TIME_STAMP: &str = "/v1/time-stamp";
/// A challenge for registration by certified identity.
pub const REGISTRATION_CHALLENGE: &str = "/v1/registrations/challenge";
/// Registration.
pub const REGISTRATIONS: &str = "/v1/registrations";
/// Certificates for new keys of an account.
pub const ACCOUNT_CERTIFICATES: &str = "/v1/account/certificates";
/// The new keys are in use.
pub const ACCOUNT_CERTIFICATES_CONFIRMATION: &str = "/v1/account/certificates/confirmation";
/// What the own provider knows of another: its root and its discovery document.
pub const PEER: &str = "/v1/peers/{domain}";
/// A sealed directory query, forwarded to another provider.
pub const PEER_LOOKUP: &str = "/v1/peers/{domain}/lookup";
/// Submission (interface ERDS MSI).
pub const SUBMISSIONS: &str = "/v1/submissions";
/// Which objects of a letter to come have to be sent.
pub const OBJECTS_MISSING: &str = "/v1/objects/missing";
/// One object of a letter to come.
pub const OBJECT: &str = "/v1/objects/{sha256}";
/// What waits for the account (interface ERDS MERI).
pub const MAILBOX: &str = "/v1/mailbox";
/// Evidence that arrived at the agent may be deleted.
pub const MAILBOX_ACKNOWLEDGEMENT: &str = "/v1/mailbox/acknowledgement";
/// The enveloped part of a letter.
pub const LETTER_ENVELOPED: &str = "/v1/letters/{dispatch_id}/enveloped";
/// The locked body of a letter.
pub const LETTER_BODY: &str = "/v1/letters/{dispatch_id}/body";
/// The signed acceptance.
pub const LETTER_ACCEPTANCE: &str = "/v1/letters/{dispatch_id}/acceptance";
/// The signed refusal.
pub const LETTER_REFUSAL: &str = "/v1/letters/{dispatch_id}/refusal";
/// One object beside a letter; two parameters to [`fill`], one after the other.
pub const LETTER_OBJECT: &str = "/v1/letters/{dispatch_id}/objects/{sha256}";
/// The agent's confirmation that the letter arrived.
pub const LETTER_HANDOVER: &str = "/v1/letters/{dispatch_id}/handover";
/// Provider to provider: a sealed directory query.
pub const RELAY_LOOKUP: &str = "/v1/relay/lookup";
/// Provider to provider: a dispatch (interface ERDS RI).
pub const RELAY_DISPATCHES: &str = "/v1/relay/dispatches";
/// Provider to provider: which objects of a dispatch to come have to be sent.
pub const RELAY_OBJECTS_MISSING: &str = "/v1/relay/objects/missing";
/// Provider to provider: one object of a dispatch to come.
pub const RELAY_OBJECT: &str = "/v1/relay/objects/{sha256}";
/// Provider to provider: evidence on its way back.
pub const RELAY_RECEIPTS: &str = "/v1/relay/receipts";
/// Whether the process runs.
pub const HEALTH: &str = "/healthz";
/// Whether it can take work.
pub const READY: &str = "/readyz";
/// Prometheus metrics.
pub const METRICS: &str = "/metrics";

/// A JSON head followed by ciphertexts; see [`crate::framing`].
pub const MEDIA_FRAMED: &str = "application/vnd.sealpost.framed";
/// A CMS object.
pub const MEDIA_CMS: &str = "application/pkcs7-mime";
/// Sealed octets.
pub const MEDIA_SEALED: &str = "application/octet-stream";
/// RFC 3161 §3.4.
pub const MEDIA_TIME_STAMP_QUERY: &str = "application/timestamp-query";
/// RFC 3161 §3.4.
pub const MEDIA_TIME_STAMP_REPLY: &str = "application/timestamp-reply";
/// RFC 9457 §3.
pub const MEDIA_PROBLEM: &str = "application/problem+json";
/// RFC 2585 §4.2.
pub const MEDIA_REVOCATION_LIST: &str = "application/pkix-crl";
/// RFC 8555 §9.1.
pub const MEDIA_PEM: &str = "application/pem-certificate-chain";

/// Fills the first parameter of a path template.
pub fn fill(template: &str, value: &str) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(open), Some(close)) => {
            format!("{}{value}{}", &template[..open], &template[close + 1..])
        }
        _ => template.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_template_is_filled_in_place() {
        assert_eq!(
            super::fill(super::PEER_LOOKUP, "south.example"),
            "/v1/peers/south.example/lookup"
        );
        let half = super::fill(super::LETTER_OBJECT, "01");
        assert_eq!(super::fill(&half, "02"), "/v1/letters/01/objects/02");
    }
}
