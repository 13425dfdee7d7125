//! What this library writes, and what it makes of what others wrote.

use std::io::Write as _;

use sealpost_cms::cades::{ArchiveRequest, verify_archived, with_validation_data};
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::digest::DigestAlgorithm;
use sealpost_cms::enveloped::{ContentAlgorithm, ContentKey, RecipientSlot, seal_with};
use sealpost_cms::issue;
use sealpost_cms::path::{Crl, TrustAnchors, verify_certificate};
use sealpost_cms::pkcs12;
use sealpost_cms::policy::{AlgorithmPolicy, KeyKind};
use sealpost_cms::receipt::{ReceiptDraft, ReceiptRequest, ReceiptsFrom, SentMessage};
use sealpost_cms::signed::{
    ContentRef, Signature, digests_for, request_signature, request_signature_with, verify_attached,
    verify_foreign,
};
use sealpost_cms::stream::{
    self, EnvelopedHead, SealedReader, SealingWriter, SigningWriter, UnprotectedReader,
    UnprotectedWriter,
};
use sealpost_cms::time::{ClaimedTime, LocalTime};
use sealpost_cms::tsp::{Imprint, TimeStampRequest, token_from_response, verify_token};

use crate::house::{self, ANNA, BERT, House, KEK_ID, NOW, PASSWORD, TEXT, rng};
use crate::matrix::{No, Sample};
use crate::rows::{Form, Key, Level, Opener, Place, Recipient, Signer, Signers};

const LARGE: u64 = 1 << 20;

/// Us, with what has to be the same for all who take part.
pub struct Ours {
    pub house: House,
    /// What is stamped in replies.
    pub request: TimeStampRequest,
    /// The letter that receipts are for.
    pub letter: Vec<u8>,
    /// What stands inside of an envelope that notices no change: the text, signed.
    pub inner: Vec<u8>,
}

impl Ours {
    pub fn new() -> Self {
        let house = House::new();
        let request = TimeStampRequest::with_imprint(text_imprint(), 0x5ea1);
        let letter = letter(&house);
        let mut ours = Self { house, request, letter, inner: Vec::new() };
        ours.inner = ours.cades(Signers::One(crate::rows::SIGNERS[0]), Level::Signed);
        ours
    }

    pub fn writes(&self, form: Form) -> Result<Sample, No> {
        Ok(match form {
            Form::Cades(signers, level) => self.cades(signers, level).into(),
            Form::Certified(opener) => self.certified(opener),
            Form::KeyFile(key) => self.key_file(key).into(),
            Form::Path(signer) => path(signer),
            Form::Receipt => self.receipt().into(),
            Form::Sealed(Recipient::RsaPkcs1, _) => return Err(No::Untried),
            Form::Sealed(recipient, content) => self.sealed(recipient, content).into(),
            Form::SealedStreamed(opener) => self.sealed_in_pieces(opener).into(),
            Form::Signed(signers, place) => self.signed(signers, place).into(),
            Form::TimeStampReply => self.reply(&self.request.to_der()).into(),
            Form::TimeStampRequest => self.request.to_der().into(),
        })
    }

    /// Whether we take what somebody else wrote for the same thing.
    pub fn reads(&self, form: Form, sample: &Sample) -> Result<(), No> {
        match form {
            Form::Cades(_, level) => self.reads_cades(level, &sample.message),
            Form::Certified(opener) => self.reads_certified(opener, sample),
            Form::KeyFile(key) => self.reads_key_file(key, &sample.message),
            Form::Path(_) => reads_path(sample),
            Form::Receipt => self.reads_receipt(&sample.message),
            Form::Sealed(recipient, content) if content.encryption().is_authenticated() => {
                self.reads_authenticated(recipient, content, &sample.message)
            }
            Form::Sealed(recipient, _) => self.reads_signed_inside(recipient, &sample.message),
            Form::SealedStreamed(opener) => {
                let recipient = Recipient::Holder(opener);
                self.reads_authenticated(recipient, ContentAlgorithm::COMMON, &sample.message)
            }
            Form::Signed(_, place) => self.reads_signed(place, &sample.message),
            Form::TimeStampReply => self.reads_reply(&sample.message),
            Form::TimeStampRequest => self.answers(&sample.message),
        }
    }

    fn signed(&self, signers: Signers, place: Place) -> Vec<u8> {
        let certificates = self.certificates(signers);
        if place == Place::Streamed {
            let mut writer = SigningWriter::begin_for(Vec::new(), &certificates).unwrap();
            writer.write_all(TEXT).unwrap();
            let unsigned = writer.finish_content().unwrap();
            let signature = self.signature(signers.all()[0], unsigned.content());
            return unsigned.finish(&signature, &[], &[]).unwrap();
        }
        let whole = self.together(signers, |signature| signature);
        match place {
            Place::Detached => whole.detached(&[], &[]),
            _ => whole.attached(TEXT, &[], &[]),
        }
    }

    fn certificates(&self, signers: Signers) -> Vec<&Certificate> {
        signers.all().into_iter().map(|it| &self.house.signer(it).certificate).collect()
    }

    /// The signatures of all, each with something done to it before.
    fn together(&self, signers: Signers, done: impl Fn(Signature) -> Signature) -> Signature {
        let content = ContentRef::with(TEXT, &digests_for(&self.certificates(signers)));
        let each = signers.all().into_iter().map(|signer| done(self.signature(signer, content)));
        each.reduce(|one, other| one.together_with(other).unwrap()).unwrap()
    }

    fn signature(&self, signer: Signer, content: ContentRef) -> Signature {
        let person = self.house.signer(signer);
        let (algorithm, at) = (Some(signer.algorithm), ClaimedTime::from_unix(NOW));
        let asked = request_signature_with(algorithm, content, None, &person.certificate, at, &[]);
        let asked = asked.unwrap();
        let answer = person.key.answer(&asked);
        asked.answered(answer).unwrap()
    }

    fn reads_signed(&self, place: Place, message: &[u8]) -> Result<(), No> {
        let v = self.house.verification();
        if place == Place::Detached {
            let content =
                ContentRef::with(TEXT, &[DigestAlgorithm::Sha384, DigestAlgorithm::Sha512]);
            let passed = verify_archived(message, Some(content), &v).passed();
            return passed.map(drop).map_err(No::refused);
        }
        let passed = verify_foreign(message, &v).passed().map_err(No::refused)?;
        is_text(passed.get().content())?;
        // The reader of streams is another one, and must say the same.
        let streamed = stream::verify(message, Vec::new(), LARGE, &v).map_err(No::refused)?;
        is_text(&streamed.passed().map_err(No::refused)?.into_parts().0.into_sink())
    }

    fn sealed(&self, recipient: Recipient, content: ContentAlgorithm) -> Vec<u8> {
        let (kek, password) = (house::kek(), house::password());
        let slot = match self.house.reader(recipient) {
            Some(reader) => RecipientSlot::Certificate(&reader.certificate),
            None if matches!(recipient, Recipient::Password) => RecipientSlot::Password(&password),
            None => RecipientSlot::KeyEncryption { id: KEK_ID, kek: &kek },
        };
        let mut slots = vec![slot];
        if matches!(recipient, Recipient::Many(_)) {
            let others = self.house.others();
            slots.extend(others.map(|other| RecipientSlot::Certificate(&other.certificate)));
        }
        let key = ContentKey::generate_for(content.encryption(), &mut rng());
        if content.encryption().is_authenticated() {
            return seal_with(content, TEXT, &slots, &key, &mut rng()).unwrap();
        }
        let begun =
            UnprotectedWriter::begin(Vec::new(), content, &slots, &key, permitted(), &mut rng());
        let mut writer = begun.unwrap();
        writer.write_all(&self.inner).unwrap();
        writer.finish().unwrap()
    }

    fn sealed_in_pieces(&self, opener: Opener) -> Vec<u8> {
        let slots = [RecipientSlot::Certificate(&self.house.opener(opener).certificate)];
        let key = ContentKey::generate(&mut rng());
        let begun = SealingWriter::begin(Vec::new(), &slots, &key, &mut rng());
        let mut writer = begun.unwrap();
        writer.write_all(TEXT).unwrap();
        writer.finish().unwrap()
    }

    fn content_key(&self, recipient: Recipient, head: &EnvelopedHead) -> Result<ContentKey, No> {
        let key = match (self.house.reader(recipient), recipient) {
            (Some(holder), _) => {
                let request = head.key_request(&holder.certificate);
                let request = request.ok_or_else(|| No::refused("no recipient that we read"))?;
                let answer = holder.key.answer(&request).map_err(No::refused)?;
                head.content_key(&request, &answer)
            }
            (None, Recipient::Password) => head.content_key_from_password(&house::password()),
            (None, _) => head.content_key_from_kek(KEK_ID, &house::kek()),
        };
        key.map_err(No::refused)
    }

    fn reads_authenticated(
        &self,
        recipient: Recipient,
        content: ContentAlgorithm,
        message: &[u8],
    ) -> Result<(), No> {
        let reader = SealedReader::new(message).map_err(No::refused)?;
        let inside = reader.head().content_algorithm();
        if inside != content {
            return Err(No::refused(format!("{} inside", inside.label())));
        }
        let key = self.content_key(recipient, reader.head())?;
        let opened = reader.open(&key, |plaintext| {
            let mut text = Vec::new();
            plaintext.read_to_end(&mut text)?;
            Ok(text)
        });
        is_text(&opened.map_err(No::refused)?)
    }

    fn reads_signed_inside(&self, recipient: Recipient, message: &[u8]) -> Result<(), No> {
        let reader = UnprotectedReader::new(message, permitted()).map_err(No::refused)?;
        let key = self.content_key(recipient, reader.head())?;
        let v = self.house.verification();
        let opened =
            reader.open_signed(&key, |plaintext| stream::verify(plaintext, Vec::new(), LARGE, &v));
        let passed = opened.map_err(No::refused)?.into_outcome().passed().map_err(No::refused)?;
        is_text(&passed.into_parts().0.into_sink())
    }

    fn cades(&self, signers: Signers, level: Level) -> Vec<u8> {
        if level == Level::Signed {
            return self.signed(signers, Place::Attached);
        }
        let stamped = self.together(signers, |signature| {
            let token = self.stamps(&signature.time_stamp_request(7));
            signature.with_time_stamp(token)
        });
        let stamped = stamped.attached(TEXT, &[], &[]);
        if level == Level::TimeStamped {
            return stamped;
        }
        let root = std::slice::from_ref(&self.house.root);
        let complete = with_validation_data(&stamped, root, &self.house.crls).unwrap();
        if level == Level::LongTerm {
            return complete;
        }
        let digest = DigestAlgorithm::Sha256;
        let asked = ArchiveRequest::new(&complete, None, digest, &mut rng()).unwrap();
        let tokens: Vec<_> = asked.time_stamp_requests().map(|it| self.stamps(it)).collect();
        asked.answered(&tokens).unwrap()
    }

    fn reads_cades(&self, level: Level, message: &[u8]) -> Result<(), No> {
        let passed = verify_archived(message, None, &self.house.verification()).passed();
        let passed = passed.map_err(No::refused)?;
        let wanted = match level {
            Level::Signed => sealpost_cms::cades::Level::Signed,
            Level::TimeStamped => sealpost_cms::cades::Level::TimeStamped,
            Level::LongTerm => sealpost_cms::cades::Level::LongTerm,
            Level::Archived => sealpost_cms::cades::Level::Archived,
        };
        if passed.get().level().name() != wanted.name() {
            return Err(No::refused(format!("it is {}", passed.get().level().name())));
        }
        is_text(passed.get().signed().content())
    }

    fn reply(&self, request: &[u8]) -> Vec<u8> {
        self.house.authority().respond(request, 11, LocalTime::from_unix(NOW))
    }

    fn stamps(&self, request: &TimeStampRequest) -> Vec<u8> {
        token_from_response(&self.reply(&request.to_der()), request).unwrap()
    }

    fn reads_reply(&self, reply: &[u8]) -> Result<(), No> {
        let token = token_from_response(reply, &self.request).map_err(No::refused)?;
        let verified = verify_token(&token, self.request.imprint(), &self.house.verification());
        verified.passed().map(drop).map_err(No::refused)
    }

    /// A request of somebody else is read if our authority stamps what it names.
    fn answers(&self, request: &[u8]) -> Result<(), No> {
        let request = TimeStampRequest::from_der(request).map_err(No::refused)?;
        if *request.stamped() != text_imprint() {
            return Err(No::refused("it names another digest"));
        }
        let token = token_from_response(&self.reply(&request.to_der()), &request);
        token.map(drop).map_err(No::refused)
    }

    fn receipt(&self) -> Vec<u8> {
        let letter = verify_attached(&self.letter, &self.house.verification()).passed().unwrap();
        let draft = ReceiptDraft::new(&letter, BERT).unwrap();
        let bert = &self.house.bert;
        let asked = draft.request_signature(&bert.certificate, ClaimedTime::from_unix(NOW));
        let answer = bert.key.answer(&asked);
        asked.answered(answer).unwrap().attached(draft.content(), &[], &[])
    }

    fn reads_receipt(&self, receipt: &[u8]) -> Result<(), No> {
        let v = self.house.verification();
        let letter = verify_attached(&self.letter, &v).passed().unwrap();
        let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
        sent.verify(receipt, &v).passed().map(drop).map_err(No::refused)
    }

    /// The private key, its certificate and its kind.
    fn keyed(&self, key: Key) -> (Vec<u8>, &Certificate, Option<KeyKind>) {
        match key {
            Key::Signs(signer) => {
                let person = self.house.signer(signer);
                let kind = person.certificate.key_kind();
                (person.key.to_pkcs8_der().to_vec(), &person.certificate, kind)
            }
            Key::Opens(opener) => {
                let reader = self.house.opener(opener);
                (reader.key.to_pkcs8_der().to_vec(), &reader.certificate, Some(reader.key.kind()))
            }
        }
    }

    fn key_file(&self, key: Key) -> Vec<u8> {
        let (pkcs8, certificate, _) = self.keyed(key);
        let root = std::slice::from_ref(&self.house.root);
        let iterations = pkcs12::Iterations::default();
        pkcs12::write(&pkcs8, certificate, root, PASSWORD, iterations, &mut rng()).unwrap()
    }

    fn reads_key_file(&self, key: Key, file: &[u8]) -> Result<(), No> {
        let file = pkcs12::read(file, PASSWORD).map_err(No::refused)?;
        let (_, certificate, _) = self.keyed(key);
        let entry = file.entries.first().ok_or_else(|| No::refused("no key inside"))?;
        if entry.certificates().first() != Some(certificate) {
            return Err(No::refused("another certificate inside"));
        }
        let public = match key {
            Key::Signs(_) => entry.signing_key().map_err(No::refused)?.spki_der(),
            Key::Opens(_) => entry.decryption_key().map_err(No::refused)?.spki_der(),
        };
        if public == certificate.spki_der() { Ok(()) } else { Err(No::refused("another key")) }
    }

    fn certified(&self, opener: Opener) -> Sample {
        let reader = self.house.opener(opener);
        Sample {
            message: reader.certificate.der().to_vec(),
            beside: vec![self.house.root.der().to_vec(), self.house.crls[0].der().to_vec()],
        }
    }

    fn reads_certified(&self, opener: Opener, sample: &Sample) -> Result<(), No> {
        let certificate = Certificate::from_der(&sample.message).map_err(No::refused)?;
        if certificate.key_kind() != Some(self.house.opener(opener).key.kind()) {
            return Err(No::refused("a key that we do not know"));
        }
        judged(&certificate, sample, KeyPurpose::Encryption)
    }
}

fn letter(house: &House) -> Vec<u8> {
    let (at, anna) = (ClaimedTime::from_unix(NOW), house.anna());
    let to = vec![ANNA.to_owned()];
    let request = ReceiptRequest::new(&anna.certificate, at, ReceiptsFrom::All, to, &mut rng());
    let attributes = [request.unwrap().attribute()];
    let content = ContentRef::of(TEXT);
    let asked = request_signature(content, None, &anna.certificate, at, &attributes);
    let answer = anna.key.answer(&asked);
    asked.answered(answer).unwrap().attached(TEXT, &[], &[])
}

fn path(signer: Signer) -> Sample {
    let key = sealpost_cms::keys::SigningKey::generate_for(signer.scheme, &mut rng()).unwrap();
    let root = house::root_of(&key);
    let issuer = issue::Issuer { certificate: &root, key: &key };
    let leaf = house::person(issuer, signer.scheme, ANNA).certificate;
    let list = house::list_of(issuer);
    Sample { message: leaf.der().to_vec(), beside: vec![root.der().to_vec(), list.der().to_vec()] }
}

fn reads_path(sample: &Sample) -> Result<(), No> {
    let leaf = Certificate::from_der(&sample.message).map_err(No::refused)?;
    judged(&leaf, sample, KeyPurpose::LetterSignature)
}

/// Root and list are beside the certificate.
fn judged(leaf: &Certificate, sample: &Sample, purpose: KeyPurpose) -> Result<(), No> {
    let root = Certificate::from_der(&sample.beside[0]).map_err(No::refused)?;
    let crl = Crl::from_der(&sample.beside[1]).map_err(No::refused)?;
    let mut anchors = TrustAnchors::new();
    anchors.add(root);
    let (now, policy) = (LocalTime::from_unix(NOW + 3600), AlgorithmPolicy::current());
    let outcome = verify_certificate(leaf, &[], &[crl], now, purpose, &anchors, policy);
    outcome.passed().map(drop).map_err(No::refused)
}

fn text_imprint() -> Imprint {
    Imprint::of(DigestAlgorithm::Sha256, TEXT)
}

fn permitted() -> stream::Permission<'static> {
    stream::Permission { policy: AlgorithmPolicy::legacy(), at: NOW }
}

fn is_text(octets: &[u8]) -> Result<(), No> {
    if octets == TEXT { Ok(()) } else { Err(No::refused("another content")) }
}
