//! The words in English.

use super::Texts;
use crate::documents::letter::{Mode, State};
use crate::shown::shown;

pub(super) static TEXTS: Texts = Texts {
    error: "error",
    help: "help",
    warning: "warning",
    secret_open_to_others: |path| {
        let name = shown(&path.to_string_lossy());
        format!("others may read '{name}'; close it with chmod 600")
    },
    ask_pin: "PIN",
    ask_new_pin: "New PIN",
    ask_identity_pin: "PIN of the profile that vouches for you",
    ask_passphrase: "Passphrase for the key",
    pin_again: "The same PIN again",
    passphrase_again: "The same passphrase again",
    not_the_same: "That was not the same.",
    choose_pin: "Choose a PIN of 6 to 64 characters. It protects your keys and letters on this \
                 computer. Nobody can recover it, and after ten wrong PINs the keys are wiped.",
    letter_without_text: "The letter has no text. It would come from --text, --text-file or stdin.",
    accept_question: "To accept this letter type yes:",
    refuse_question: "To refuse this letter type yes:",
    profile_in_use: |process| {
        let which = process.map_or_else(String::new, |process| format!(" (process {process})"));
        format!("Waiting for another sealpost command{which} that uses this profile.")
    },

    unlocking: "Unlocking your keys",
    registering: "Having your keys certified",
    looking_up: "Looking up the recipients",
    signing: "Signing",
    encrypting: "Encrypting",
    handing_in: "Handing in",
    sealing: "Encrypting attachments",
    uploading: "Sending attachments",
    downloading: "Fetching attachments",
    not_here_yet: "(not here yet: sealpost sync)",
    fetching: "Fetching",
    waiting: "Waiting for something new",
    deciding: "Telling your provider",
    collecting: "Collecting what proves the letter",
    verifying: "Verifying",
    reading: "Reading and verifying what is kept here",
    protecting: "Protecting the key",
    asking_peer: "Asking for the provider's root",
    certifying: "Having the new keys certified",
    moving: "Encrypting the archive anew",
    trying_cipher: "Trying the plug-in in its sandbox",

    address: "Address",
    blind_copy: "Blind copy",
    by_provider: "Sender's provider",
    cc: "Copy to",
    claimed_time: "Signer's own time",
    date: "Date",
    deadline: "Deadline",
    decided: "Decided",
    documents: "Documents",
    experiment: "Experimental",
    file: "File",
    former_keys: "Former keys kept",
    from: "From",
    identified: "Identified",
    issued_by: "Issued by",
    letter: "Letter",
    mode: "Consignment",
    suite: "Encryption",
    name: "Name",
    organisation: "Organisation",
    policy: "Algorithm policy",
    profile: "Profile",
    proven_time: "Proven since",
    provider: "Provider",
    reason: "Reason",
    recipient: "Recipient",
    recipients: "Recipients",
    reference: "Reference",
    remaining: "Remaining",
    result: "Result",
    serial: "Serial number",
    signed_by: "Signed by",
    size: "Size",
    stated_by: "Stated by",
    subject: "Subject",
    to: "To",
    subject_of_certificate: "Subject",
    valid_from: "Valid from",
    valid_until: "Valid until",
    vouched_by: "Vouched for by",

    inbox_empty: "No letters. Fetch with: sealpost sync",
    inbox_headings: ["ID", "STATE", "REMAINING", "FROM", "SUBJECT"],
    state_title: |state, mode| match state {
        State::Waiting => "A registered letter waits for your decision.",
        State::Available => "A letter is there for you; nothing has been opened yet.",
        State::Opened if mode == Mode::Basic => "A letter to you, arrived.",
        State::Opened => "A letter to you, opened.",
        State::Experimental => {
            "A letter is there under an experimental cipher; it is not open yet."
        }
        State::Refused => "You refused this letter. It stays closed.",
        State::Expired => "The deadline for this letter has passed. It stays closed.",
        State::Unverified => "BEWARE: what came cannot be verified.",
    },
    state_word: |state, mode| match state {
        State::Waiting => "waits",
        State::Available => "available",
        State::Opened if mode == Mode::Basic => "arrived",
        State::Opened => "opened",
        State::Experimental => "experimental",
        State::Refused => "refused",
        State::Expired => "expired",
        State::Unverified => "NOT VERIFIED",
    },
    hidden: "(hidden by the sender until you accept)",
    not_shown: "(not shown)",
    no_time_left: "none",
    blind_copy_meaning: "the other recipients do not know that you receive this letter",
    mode_meaning: |mode| match mode {
        Mode::Basic => "basic: available at once",
        Mode::Consent => "consent: opens after acceptance",
        Mode::Signed => "signed: opens after a signed acceptance",
    },
    assurance: |word| match word {
        "low" => "by the provider, with low assurance",
        "substantial" => "by the provider, with substantial assurance",
        "high" => "by the provider, with high assurance",
        _ => "unknown",
    },
    accepting_means: |mode| match mode {
        Mode::Signed => {
            "Accepting means: you sign, with the legal effect of your own electronic signature, \
             that you accept this letter. The time of your acceptance is proven, and the sender \
             receives the evidence. Only then can you open the letter, and from then on the \
             sender can prove that you had it at your disposal, whether you read it or not. \
             Accepting is not agreeing: you do not consent to what the letter says. You cannot \
             take it back. If you refuse, or let the deadline pass, the letter stays closed and \
             the sender receives evidence of that; the law may attach consequences to it, \
             sometimes the same as if you had accepted."
        }
        Mode::Basic | Mode::Consent => {
            "Accepting means: you declare, with the key that you log in with, that you accept \
             this letter. The time of your acceptance is proven, and the sender receives the \
             evidence. Only then can you open the letter, and from then on the sender can prove \
             that you had it at your disposal, whether you read it or not. Accepting is not \
             agreeing: you do not consent to what the letter says. You cannot take it back. If \
             you refuse, or let the deadline pass, the letter stays closed and the sender \
             receives evidence of that; the law may attach consequences to it, sometimes the \
             same as if you had accepted."
        }
    },
    to_decide: "To accept or to refuse:",
    signature_title: "The sender's signature",
    not_verified: "Nothing of this letter is shown, because it is not proven who wrote it. Do not \
                   act on it. Fetch again later; if this stays, ask the sender on another way.",
    documents_title: "Documents",
    to_save: "To save the letter with its documents:",
    accepted: "You accepted the letter.",
    refused: "You refused the letter. It stays closed.",
    to_read: "To read it:",

    sent_empty: "You have sent no letters.",
    sent_headings: ["ID", "DATE", "TO", "REACHED", "SUBJECT"],
    sent_title: "A letter from you",
    handed_in: "Your provider took the letter.",
    handed_back: "Your provider refused the letter. It was not sent.",
    not_handed_in_yet: "The letter is stored here and was not handed in yet.",
    not_taken: "Your provider refused the letter and states no evidence. It was not sent.",
    handing_in_title: "Handing in",
    waits_here: "waits here, not handed in yet",
    waits_here_brief: "WAITS HERE",
    refused_for_good: "refused by your provider, not sent",
    refused_for_good_brief: "NOT TAKEN",
    to_hand_in: "Do not send it again. To hand it in:",
    blind_copy_of: "blind copy",
    what_next: "What becomes of it, you learn with:",
    no_event: "nothing is proven yet",
    not_proven: "not proven",
    event,
    reached,
    reason_meaning,

    registered: "Your keys are made and certified.",
    identity_title: "Your identity",
    certificate_for: |purpose| match purpose {
        "signature" => "Certificate for your signature",
        "authentication" => "Certificate for logging in",
        "hybrid-signature" => "Second certificate for your signature (hybrid-2026)",
        "hybrid-encryption" => "Certificate for letters to you (hybrid-2026)",
        "static-dh" => "Certificate for letters to you and from you (static-dh-cbc-hmac)",
        "encryption" => "Certificate for letters to you",
        _ => "Certificate",
    },
    pin_changed: "The new PIN holds from now on. Copies of the old keystore still open with the \
                  old one.",
    rotated: |records| {
        format!(
            "Your new keys are in use. Records of the archive encrypted anew: {records}. Former \
             keys are kept for letters that are still under way, until you run sealpost rotate \
             --forget-former."
        )
    },
    forgotten: |sets| match sets {
        0 => "There were no former keys to forget.".to_owned(),
        _ => "The former keys are wiped. Letters that were encrypted for them and have not come \
              yet cannot be opened any more."
            .to_owned(),
    },
    rotation_due: |end| {
        format!(
            "Your first certificate ends on {end}. Run sealpost rotate before; after that your \
             provider has to invite you again."
        )
    },
    rotation_under_way: "The move to new keys was interrupted. Run sealpost rotate to finish it.",
    root_known: "The root that you have believed so far",
    root_presented: "The root that is presented now",
    root_confirmed: "You believe this root from now on. What the one before provably vouched for \
                     until now stays proven; for anything later it counts no more.",
    root_unchanged: "This is the root that you believe.",
    ciphers_none: "No experimental cipher is installed.",
    cipher_installed: "The experimental cipher is installed.",
    cipher_removed: "The experimental cipher was removed.",
    experiment_meaning: "An experimental cipher is inside the encryption that every letter has. The protection of a letter does not rest on it.",
    experiment_needed: |cipher| {
        format!(
            "The recipients need this plug-in to open the letter: {cipher}. Tell them on another way; the letter is as safe as any other without it."
        )
    },
    policy_in_force: |name| format!("Algorithm policy in force from now on: {name}"),
    root_to_confirm: "Nothing was changed, and letters to this domain are not sent. Ask the \
                      operator of that provider for the SHA-256 of its root, on a way that does \
                      not pass through your own provider: on the telephone, on paper, in person. \
                      Only if it is the one above, confirm it:",
    written: "Written:",
    synced: |letters, evidence, handed_in| {
        let letters = count(letters, "letter", "letters");
        let mut said = format!("New: {letters}, {evidence} evidence.");
        if handed_in > 0 {
            let late = count(handed_in, "letter", "letters");
            said.push_str(&format!(" Handed in only now: {late}."));
        }
        said
    },
    unreadable: |letters| {
        let letters = count(letters, "letter stays", "letters stay");
        format!("{letters} with your provider: what came does not open or does not verify")
    },
    these_wait: "These letters wait for your decision:",
    evidence_left_out: |number| {
        format!("left out: {number} evidence that does not verify; see 'sealpost evidence'")
    },
    dossier_note: "Whoever gets the dossier can read the letter.",
    key_note: "Whoever gets this file and its passphrase can read the letters to you.",
};

fn count(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

fn reason_meaning(code: &str) -> &'static str {
    match code {
        "RA02" => "what was handed in is malformed",
        "RA03" => "malware was found",
        "RA04" => "the sender's certificate has expired or is revoked",
        "RA05" => "the rules of the sender's provider forbid it",
        "RB02" => "the recipient's provider rejects the message",
        "RB04" => "the recipient's provider found a signature that does not verify",
        "RB05" => "the recipient's provider does not believe a certificate",
        "RB06" => "the rules of the recipient's provider forbid it",
        "RB07" => "the recipient's provider does not work at present",
        "RB08" => "the recipient's provider could not be found or identified",
        "RB09" => "the recipient's provider cannot be reached",
        "RB10" => "the recipient's provider knows nobody with this address",
        "RC03" => "no notice could be given to the recipient",
        "RD03" => "the recipient's provider says nothing about the delivery",
        "RD04" => "the recipient's mailbox is full",
        "RD05" | "RE04" => "it did not succeed in time",
        "RD06" | "RE03" => "this kind of content is not allowed there",
        _ => "",
    }
}

fn event(code: &str) -> &'static str {
    match code {
        "A.1" => "the sender's provider took the letter",
        "A.2" => "the sender's provider refused the letter",
        "B.1" => "the recipient's provider took the letter over",
        "B.2" => "the recipient's provider refused the letter",
        "B.3" => "the recipient's provider could not be reached in time",
        "C.1" => "a notice was put into the recipient's mailbox; that he fetched it is not proven",
        "C.2" => "no notice could be given to the recipient",
        "C.3" => "the recipient accepted the letter",
        "C.4" => "the recipient refused the letter",
        "C.5" => "the deadline passed without a decision",
        "D.1" => "the letter was put at the recipient's disposal",
        "D.2" => "the letter could not be put at the recipient's disposal",
        "D.3" => "a notice that the letter is there was sent to the recipient",
        "D.4" => "no notice that the letter is there could be given to the recipient",
        "E.1" => "the letter was handed over to the recipient",
        "E.2" => "the letter could not be handed over",
        "F.1" => "the letter left to another network",
        "F.2" => "the letter could not leave to another network",
        "F.3" => "the letter came from another network",
        _ => "an unknown event",
    }
}

fn reached(code: &str) -> &'static str {
    match code {
        "A.1" => "submitted",
        "A.2" => "NOT SUBMITTED",
        "B.1" => "relayed",
        "B.2" => "NOT RELAYED",
        "B.3" => "NOT REACHED",
        "C.1" => "announced",
        "C.3" => "accepted",
        "C.4" => "REFUSED",
        "C.5" => "EXPIRED",
        "D.1" => "at disposal",
        "E.1" => "handed over",
        _ => event(code),
    }
}
