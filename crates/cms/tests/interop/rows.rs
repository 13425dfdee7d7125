//! The rows of the matrix: everything that is exchanged with others, by name.

use sealpost_cms::enveloped::ContentAlgorithm;
use sealpost_cms::keys::{DecryptionScheme, SignatureScheme};
use sealpost_cms::policy::{ContentEncryption, SignatureAlgorithm};

/// One kind of object.
pub struct Row {
    /// Stable: `differences.tsv` names it, and `judge.py` reads from it what to do.
    pub id: String,
    /// The table's words for it.
    pub title: String,
    /// The heading that it stands under.
    pub chapter: &'static str,
    pub form: Form,
}

#[derive(Clone, Copy)]
pub enum Form {
    Cades(Signers, Level),
    /// A certificate for a key that opens, by the root of the house.
    Certified(Opener),
    KeyFile(Key),
    /// Root, certificate and revocation list, all of one kind of key.
    Path(Signer),
    Receipt,
    Sealed(Recipient, ContentAlgorithm),
    /// In pieces of BER, with AES-256-GCM.
    SealedStreamed(Opener),
    Signed(Signers, Place),
    TimeStampReply,
    TimeStampRequest,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Level {
    Signed,
    TimeStamped,
    LongTerm,
    Archived,
}

/// Where the content of a signature is.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Attached,
    Detached,
    /// Inside, in pieces of BER without a length before them.
    Streamed,
}

#[derive(Clone, Copy)]
pub enum Signers {
    One(Signer),
    Two(Signer, Signer),
}

impl Signers {
    pub fn all(self) -> Vec<Signer> {
        match self {
            Self::One(signer) => vec![signer],
            Self::Two(first, second) => vec![first, second],
        }
    }
}

/// A kind of key that signs, and how.
#[derive(Clone, Copy)]
pub struct Signer {
    pub name: &'static str,
    pub title: &'static str,
    /// The files `KEY.pem` and `KEY.key`: both RSA signatures are by one key.
    pub key: &'static str,
    pub scheme: SignatureScheme,
    pub algorithm: SignatureAlgorithm,
    /// What the signature goes with, as other programs spell it.
    pub digest: &'static str,
}

/// A kind of key that opens.
#[derive(Clone, Copy)]
pub struct Opener {
    pub name: &'static str,
    pub title: &'static str,
    pub scheme: DecryptionScheme,
}

#[derive(Clone, Copy)]
pub enum Recipient {
    Holder(Opener),
    /// Three, of whom the one with ECDH P-256 reads and passes over the others.
    Many(Opener),
    Password,
    /// RSA with the padding that we read and do not write.
    RsaPkcs1,
    SharedKey,
}

#[derive(Clone, Copy)]
pub enum Key {
    Opens(Opener),
    Signs(Signer),
}

const P256: Signer = Signer {
    name: "p256",
    title: "ECDSA P-256",
    key: "signs-p256",
    scheme: SignatureScheme::P256,
    algorithm: SignatureAlgorithm::EcdsaP256Sha256,
    digest: "sha256",
};
const RSA_PSS: Signer = Signer {
    name: "rsa-pss",
    title: "RSA-PSS, 3072 bits",
    key: "signs-rsa",
    scheme: SignatureScheme::Rsa3072,
    algorithm: SignatureAlgorithm::RsaPssSha256,
    digest: "sha256",
};
const RSA_PKCS1: Signer = Signer {
    name: "rsa-pkcs1",
    title: "RSA PKCS #1 v1.5, 3072 bits",
    algorithm: SignatureAlgorithm::RsaPkcs1Sha256,
    ..RSA_PSS
};
const ML_DSA_65: Signer = Signer {
    name: "ml-dsa-65",
    title: "ML-DSA-65",
    key: "signs-ml-dsa-65",
    scheme: SignatureScheme::MlDsa65,
    algorithm: SignatureAlgorithm::MlDsa65,
    digest: "sha512",
};
/// Every kind of signature.
pub const SIGNERS: [Signer; 6] = [
    P256,
    Signer {
        name: "p384",
        title: "ECDSA P-384",
        key: "signs-p384",
        scheme: SignatureScheme::P384,
        algorithm: SignatureAlgorithm::EcdsaP384Sha384,
        digest: "sha384",
    },
    Signer {
        name: "ed25519",
        title: "Ed25519",
        key: "signs-ed25519",
        scheme: SignatureScheme::Ed25519,
        algorithm: SignatureAlgorithm::Ed25519,
        digest: "sha512",
    },
    RSA_PSS,
    RSA_PKCS1,
    ML_DSA_65,
];

const OPENS_P256: Opener =
    Opener { name: "p256", title: "ECDH P-256", scheme: DecryptionScheme::P256 };
/// Every kind of key that opens.
pub const OPENERS: [Opener; 7] = [
    OPENS_P256,
    Opener { name: "p384", title: "ECDH P-384", scheme: DecryptionScheme::P384 },
    Opener { name: "x25519", title: "X25519", scheme: DecryptionScheme::X25519 },
    Opener { name: "rsa", title: "RSA-OAEP, 3072 bits", scheme: DecryptionScheme::Rsa3072 },
    Opener { name: "mlkem768", title: "ML-KEM-768", scheme: DecryptionScheme::MlKem768 },
    Opener { name: "mlkem1024", title: "ML-KEM-1024", scheme: DecryptionScheme::MlKem1024 },
    Opener {
        name: "composite",
        title: "ML-KEM-768 with X25519",
        scheme: DecryptionScheme::MlKem768X25519,
    },
];

const GCM: ContentAlgorithm = ContentAlgorithm::COMMON;
const CBC: ContentAlgorithm = ContentAlgorithm::plain(ContentEncryption::Aes256Cbc);
const BOUND_GCM: ContentAlgorithm = ContentAlgorithm::bound(ContentEncryption::Aes256Gcm);
const BOUND_CBC: ContentAlgorithm = ContentAlgorithm::bound(ContentEncryption::Aes256Cbc);

/// The whole table.
pub fn all() -> Vec<Row> {
    let mut rows = signed();
    rows.extend(sealed());
    rows.extend(preserved());
    rows.extend(key_files());
    rows.extend(certificates());
    rows
}

fn row(chapter: &'static str, id: impl Into<String>, title: impl Into<String>, form: Form) -> Row {
    Row { id: id.into(), title: title.into(), chapter, form }
}

fn signed() -> Vec<Row> {
    const CHAPTER: &str = "SignedData";
    let mut rows = Vec::new();
    for (place, word) in [(Place::Attached, "attached"), (Place::Detached, "detached")] {
        for signer in SIGNERS {
            let id = format!("signed-{}-{word}", signer.name);
            let title = format!("{}, {word}", signer.title);
            rows.push(row(CHAPTER, id, title, Form::Signed(Signers::One(signer), place)));
        }
    }
    let streamed = Form::Signed(Signers::One(P256), Place::Streamed);
    rows.push(row(CHAPTER, "signed-p256-streamed", "ECDSA P-256, in pieces of BER", streamed));
    for other in [RSA_PSS, ML_DSA_65] {
        let id = format!("signed-p256+{}-attached", other.name);
        let title = format!("two signers: ECDSA P-256 and {}", other.title);
        rows.push(row(
            CHAPTER,
            id,
            title,
            Form::Signed(Signers::Two(P256, other), Place::Attached),
        ));
    }
    rows
}

fn sealed() -> Vec<Row> {
    let mut rows = Vec::new();
    let kinds = [
        ("AuthEnvelopedData with AES-256-GCM", "gcm", GCM),
        ("EnvelopedData with AES-256-CBC, signed inside", "cbc", CBC),
    ];
    for (chapter, word, content) in kinds {
        for (name, title, recipient) in recipients() {
            let id = format!("sealed-{name}-{word}");
            rows.push(row(chapter, id, title, Form::Sealed(recipient, content)));
        }
        if word == "gcm" {
            let title = "ECDH P-256, in pieces of BER";
            let form = Form::SealedStreamed(OPENS_P256);
            rows.push(row(chapter, "sealed-p256-streamed-gcm", title, form));
        }
    }
    const SHORT: &str = "AES-128, for ECDH P-256";
    for (title, word, encryption) in [
        ("AuthEnvelopedData with AES-128-GCM", "gcm", ContentEncryption::Aes128Gcm),
        ("EnvelopedData with AES-128-CBC", "cbc", ContentEncryption::Aes128Cbc),
    ] {
        let form = Form::Sealed(Recipient::Holder(OPENS_P256), ContentAlgorithm::plain(encryption));
        rows.push(row(SHORT, format!("sealed-p256-short-{word}"), title, form));
    }
    const BOUND: &str = "CEK-HKDF (RFC 9709)";
    let to = Recipient::Holder(OPENS_P256);
    for (title, word, content) in [
        ("AuthEnvelopedData for ECDH P-256", "bound-gcm", BOUND_GCM),
        ("EnvelopedData for ECDH P-256", "bound-cbc", BOUND_CBC),
    ] {
        rows.push(row(BOUND, format!("sealed-p256-{word}"), title, Form::Sealed(to, content)));
    }
    rows
}

fn recipients() -> Vec<(&'static str, &'static str, Recipient)> {
    let holder = |opener: Opener| (opener.name, opener.title, Recipient::Holder(opener));
    let mut recipients: Vec<_> = OPENERS.into_iter().map(holder).collect();
    recipients.extend([
        ("rsa-pkcs1", "RSA PKCS #1 v1.5, 3072 bits", Recipient::RsaPkcs1),
        ("kek", "a shared key (KEKRecipientInfo)", Recipient::SharedKey),
        ("password", "a password", Recipient::Password),
        ("many", "ECDH P-256 beside others of other kinds", Recipient::Many(OPENS_P256)),
    ]);
    recipients
}

fn preserved() -> Vec<Row> {
    const CADES: &str = "CAdES (EN 319 122-1)";
    const TSP: &str = "Time-stamps (RFC 3161) and signed receipts (RFC 2634)";
    const BOTH: &str = "B-LTA, two signers: ECDSA P-256 and ML-DSA-65";
    let one = |level| Form::Cades(Signers::One(P256), level);
    let both = Form::Cades(Signers::Two(P256, ML_DSA_65), Level::Archived);
    vec![
        row(CADES, "cades-b", "B-B", one(Level::Signed)),
        row(CADES, "cades-t", "B-T", one(Level::TimeStamped)),
        row(CADES, "cades-lt", "B-LT", one(Level::LongTerm)),
        row(CADES, "cades-lta", "B-LTA", one(Level::Archived)),
        row(CADES, "cades-lta-two", BOTH, both),
        row(TSP, "time-stamp-request", "a request", Form::TimeStampRequest),
        row(TSP, "time-stamp-reply", "a reply", Form::TimeStampReply),
        row(TSP, "receipt", "a signed receipt", Form::Receipt),
    ]
}

fn key_files() -> Vec<Row> {
    const CHAPTER: &str = "PKCS #12";
    // RSA has one key for both of its signatures.
    let signers = SIGNERS.into_iter().filter(|signer| signer.name != RSA_PKCS1.name);
    let signing = signers.map(|signer| {
        let title = if signer.name == RSA_PSS.name { "RSA, 3072 bits" } else { signer.title };
        (signer.key.to_owned(), title, Key::Signs(signer))
    });
    let opening = OPENERS
        .into_iter()
        .filter(|opener| opener.name != "rsa")
        .map(|opener| (format!("opens-{}", opener.name), opener.title, Key::Opens(opener)));
    let form = |(name, title, key): (String, &str, Key)| {
        row(CHAPTER, format!("pkcs12-{name}"), title, Form::KeyFile(key))
    };
    signing.chain(opening).map(form).collect()
}

fn certificates() -> Vec<Row> {
    const PATH: &str = "Certificate and revocation list, signed with";
    const CERTIFIED: &str = "Certificate for a key of the kind";
    // A root of ours signs with PSS.
    let signers = SIGNERS.into_iter().filter(|signer| signer.name != RSA_PKCS1.name);
    let path = |signer: Signer| {
        row(PATH, format!("path-{}", signer.name), signer.title, Form::Path(signer))
    };
    let certified = |opener: Opener| {
        let title = if opener.name == "rsa" { "RSA, 3072 bits" } else { opener.title };
        row(CERTIFIED, format!("certified-{}", opener.name), title, Form::Certified(opener))
    };
    signers.map(path).chain(OPENERS.into_iter().map(certified)).collect()
}
