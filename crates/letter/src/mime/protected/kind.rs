//! What an S/MIME part says that it is (RFC 8551 §3.2.2).

use super::HeaderError;

/// The kinds of application/pkcs7-mime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmimeKind {
    /// Encrypted, and not protected against change.
    Enveloped,
    /// Encrypted and authenticated.
    AuthEnveloped,
    /// Signed, with the content inside.
    Signed,
    /// Certificates and nothing else.
    CertificatesOnly,
    /// A signed receipt (RFC 2634 §2).
    SignedReceipt,
}

/// The kind that a Content-Type names; `None` if it is no S/MIME at all.
///
/// Compressed data is refused by its type and by the ending of its name, before anybody looks inside.
/// [HDR-006]
pub fn smime_kind(content_type: &str) -> Result<Option<SmimeKind>, HeaderError> {
    let (media_type, parameters) = split(content_type);
    let is_ours = ["application/pkcs7-mime", "application/x-pkcs7-mime"]
        .iter()
        .any(|one| media_type.eq_ignore_ascii_case(one));
    if !is_ours {
        return Ok(None);
    }
    let named = parameter(&parameters, "name").unwrap_or_default().to_ascii_lowercase();
    let kind = parameter(&parameters, "smime-type").unwrap_or_default().to_ascii_lowercase();
    // RFC 8551 §3.2.1: `.p7z` is compressed data.
    if kind == "compressed-data" || named.ends_with(".p7z") {
        return Err(HeaderError::Compressed);
    }
    Ok(Some(match kind.as_str() {
        "enveloped-data" => SmimeKind::Enveloped,
        "authenveloped-data" => SmimeKind::AuthEnveloped,
        "signed-data" => SmimeKind::Signed,
        "certs-only" => SmimeKind::CertificatesOnly,
        "signed-receipt" => SmimeKind::SignedReceipt,
        _ => return Err(HeaderError::UnknownKind),
    }))
}

/// Media type and parameters of a Content-Type, as far as they are plain (RFC 2045 §5.1).
pub(super) fn split(content_type: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = Vec::new();
    let (mut piece, mut quoted, mut escaped) = (String::new(), false, false);
    for character in content_type.chars() {
        match character {
            _ if escaped => {
                piece.push(character);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            _ => piece.push(character),
        }
    }
    pieces.push(piece);
    let media_type = pieces.remove(0).trim().to_owned();
    let pair = |piece: String| {
        let (name, value) = piece.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    (media_type, pieces.into_iter().filter_map(pair).collect())
}

/// The one value of a parameter; twice is never.
pub(super) fn parameter<'p>(parameters: &'p [(String, String)], name: &str) -> Option<&'p str> {
    let mut found = parameters.iter().filter(|(other, _)| other == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}
