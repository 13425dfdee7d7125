//! Where things are in a dossier: names of parts, and back.

use sealpost_erds::DispatchId;
use sealpost_erds::event::Event;

/// EN 319 162-1 §A.1: the first part.
pub const MIMETYPE: &str = "mimetype";
/// EN 319 162-1 §A.4: what belongs to the container.
pub const MANIFEST: &str = "META-INF/ASiCManifest.xml";
/// The signature over the manifest.
pub const MANIFEST_SIGNATURE: &str = "META-INF/signature.p7s";
/// Which letter the dossier is about, and whose it is.
pub const HEAD: &str = "dossier.json";
/// The signed content, verbatim.
pub const CONTENT: &str = "letter/content.p7m";
/// The content alone, for mail programs.
pub const CONTENT_ENTITY: &str = "letter/content.eml";
/// The locked body.
pub const BODY: &str = "letter/body.p7m";
/// Keys that open what the providers saw.
pub const OPENING: &str = "letter/opening.json";
/// Who sender and recipients are.
pub const DISCLOSURES: &str = "disclosures.json";
/// How to check the dossier without this program, in English.
pub const GUIDE_ENGLISH: &str = "README.txt";
/// The same in German.
pub const GUIDE_GERMAN: &str = "LIESMICH.txt";

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartKind {
    /// What one recipient decided, signed by him.
    Decision(DispatchId),
    /// Who the parties are.
    Disclosures,
    /// What travelled to one recipient.
    Enveloped(DispatchId),
    /// One evidence.
    Evidence,
    /// Text for people.
    Guide,
    /// Which letter, whose dossier.
    Head,
    /// The locked body.
    Body,
    /// The signed content.
    Content,
    /// The content alone.
    ContentEntity,
    /// The list of parts.
    Manifest,
    /// The signature over the list.
    ManifestSignature,
    /// The media type of the container.
    MediaType,
    /// What one recipient saw before deciding.
    Notice(DispatchId),
    /// Keys.
    Opening,
    /// One recipient's encryption certificate.
    RecipientCertificate(DispatchId),
    /// A certificate revocation list.
    RevocationList,
}

impl PartKind {
    /// What the part of this name is; nothing if no part of a dossier has such a name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            MIMETYPE => Self::MediaType,
            MANIFEST => Self::Manifest,
            MANIFEST_SIGNATURE => Self::ManifestSignature,
            HEAD => Self::Head,
            CONTENT => Self::Content,
            CONTENT_ENTITY => Self::ContentEntity,
            BODY => Self::Body,
            OPENING => Self::Opening,
            DISCLOSURES => Self::Disclosures,
            GUIDE_ENGLISH | GUIDE_GERMAN => Self::Guide,
            _ => return Self::of_many(name),
        })
    }

    fn of_many(name: &str) -> Option<Self> {
        let dispatch = |prefix: &str, suffix: &str| {
            name.strip_prefix(prefix)?.strip_suffix(suffix).and_then(DispatchId::parse)
        };
        let evidence = name.starts_with("evidence/") && name.ends_with(".p7m");
        let revocation = name.starts_with("certificates/revocation-") && name.ends_with(".crl");
        dispatch("letter/enveloped-", ".p7m")
            .map(Self::Enveloped)
            .or_else(|| dispatch("letter/notice-", ".p7m").map(Self::Notice))
            .or_else(|| dispatch("decision/", ".p7m").map(Self::Decision))
            .or_else(|| dispatch("certificates/recipient-", ".pem").map(Self::RecipientCertificate))
            .or_else(|| evidence.then_some(Self::Evidence))
            .or_else(|| revocation.then_some(Self::RevocationList))
    }

    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Body => "locked-body",
            Self::Content => "content",
            Self::ContentEntity => "content-entity",
            Self::Decision(_) => "decision",
            Self::Disclosures => "disclosures",
            Self::Enveloped(_) => "enveloped",
            Self::Evidence => "evidence",
            Self::Guide => "guide",
            Self::Head => "head",
            Self::Manifest => "manifest",
            Self::ManifestSignature => "manifest-signature",
            Self::MediaType => "media-type",
            Self::Notice(_) => "notice",
            Self::Opening => "opening",
            Self::RecipientCertificate(_) => "recipient-certificate",
            Self::RevocationList => "revocation-list",
        }
    }
}

/// The media type that the manifest states for a part, by the ending of its name.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("p7m") => "application/pkcs7-mime",
        Some("eml") => "message/rfc822",
        Some("json") => "application/json",
        Some("pem") => "application/x-pem-file",
        Some("crl") => "application/pkix-crl",
        _ => "text/plain",
    }
}

/// What travelled to one recipient.
pub fn enveloped(dispatch: DispatchId) -> String {
    format!("letter/enveloped-{}.p7m", dispatch.hex())
}

/// What one recipient saw before deciding.
pub fn notice(dispatch: DispatchId) -> String {
    format!("letter/notice-{}.p7m", dispatch.hex())
}

/// What one recipient decided.
pub fn decision(dispatch: DispatchId) -> String {
    format!("decision/{}.p7m", dispatch.hex())
}

/// One recipient's encryption certificate.
pub fn recipient_certificate(dispatch: DispatchId) -> String {
    format!("certificates/recipient-{}.pem", dispatch.hex())
}

/// A revocation list; `number` counts from one.
pub fn revocation_list(number: usize) -> String {
    format!("certificates/revocation-{number:04}.crl")
}

/// An evidence; `number` counts from one.
pub fn evidence(number: usize, event: Event, dispatch: DispatchId) -> String {
    format!("evidence/{number:02}-{}", evidence_suffix(event, dispatch))
}

/// How the name of an evidence must end.
pub fn evidence_suffix(event: Event, dispatch: DispatchId) -> String {
    format!("{}-{}.p7m", event.name(), &dispatch.hex()[..8])
}
