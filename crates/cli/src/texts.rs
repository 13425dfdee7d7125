//! All words that are not errors, once per language.

mod english;
mod german;

use std::path::Path;

use sealpost_agent::Language;

use crate::documents::letter::{Mode, State};

/// The words of one language. A field without a comment is named after what it says in English.
pub(crate) struct Texts {
    // Errors, messages and questions.
    pub(crate) error: &'static str,
    pub(crate) help: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) secret_open_to_others: fn(&Path) -> String,
    pub(crate) ask_pin: &'static str,
    pub(crate) ask_new_pin: &'static str,
    pub(crate) ask_identity_pin: &'static str,
    pub(crate) ask_passphrase: &'static str,
    pub(crate) pin_again: &'static str,
    pub(crate) passphrase_again: &'static str,
    pub(crate) not_the_same: &'static str,
    pub(crate) choose_pin: &'static str,
    pub(crate) letter_without_text: &'static str,
    pub(crate) accept_question: &'static str,
    pub(crate) refuse_question: &'static str,
    /// The process that uses the profile, if it is known.
    pub(crate) profile_in_use: fn(Option<u32>) -> String,

    // What takes a while.
    pub(crate) unlocking: &'static str,
    pub(crate) registering: &'static str,
    pub(crate) looking_up: &'static str,
    pub(crate) signing: &'static str,
    pub(crate) encrypting: &'static str,
    pub(crate) handing_in: &'static str,
    pub(crate) sealing: &'static str,
    pub(crate) uploading: &'static str,
    pub(crate) downloading: &'static str,
    pub(crate) not_here_yet: &'static str,
    pub(crate) fetching: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) deciding: &'static str,
    pub(crate) collecting: &'static str,
    pub(crate) verifying: &'static str,
    pub(crate) reading: &'static str,
    pub(crate) protecting: &'static str,
    pub(crate) asking_peer: &'static str,
    pub(crate) certifying: &'static str,
    pub(crate) moving: &'static str,
    pub(crate) trying_cipher: &'static str,

    // Names of entries.
    pub(crate) address: &'static str,
    pub(crate) blind_copy: &'static str,
    pub(crate) by_provider: &'static str,
    pub(crate) cc: &'static str,
    pub(crate) claimed_time: &'static str,
    pub(crate) date: &'static str,
    pub(crate) deadline: &'static str,
    pub(crate) decided: &'static str,
    pub(crate) documents: &'static str,
    pub(crate) experiment: &'static str,
    pub(crate) file: &'static str,
    pub(crate) former_keys: &'static str,
    pub(crate) from: &'static str,
    pub(crate) identified: &'static str,
    pub(crate) issued_by: &'static str,
    pub(crate) letter: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) suite: &'static str,
    pub(crate) name: &'static str,
    pub(crate) organisation: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) proven_time: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) recipients: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) remaining: &'static str,
    pub(crate) result: &'static str,
    pub(crate) serial: &'static str,
    pub(crate) signed_by: &'static str,
    pub(crate) size: &'static str,
    pub(crate) stated_by: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) to: &'static str,
    pub(crate) subject_of_certificate: &'static str,
    pub(crate) valid_from: &'static str,
    pub(crate) valid_until: &'static str,
    pub(crate) vouched_by: &'static str,

    // Letters to the reader.
    pub(crate) inbox_empty: &'static str,
    pub(crate) inbox_headings: [&'static str; 5],
    pub(crate) state_title: fn(State, Mode) -> &'static str,
    pub(crate) state_word: fn(State, Mode) -> &'static str,
    /// Of a subject or of recipients, while acceptance would show them.
    pub(crate) hidden: &'static str,
    /// Of the same in any other state.
    pub(crate) not_shown: &'static str,
    pub(crate) no_time_left: &'static str,
    pub(crate) blind_copy_meaning: &'static str,
    pub(crate) mode_meaning: fn(Mode) -> &'static str,
    /// By the words of the levels.
    pub(crate) assurance: fn(&str) -> &'static str,
    pub(crate) accepting_means: fn(Mode) -> &'static str,
    pub(crate) to_decide: &'static str,
    pub(crate) signature_title: &'static str,
    pub(crate) not_verified: &'static str,
    pub(crate) documents_title: &'static str,
    pub(crate) to_save: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) to_read: &'static str,

    // Letters from the reader, and evidence.
    pub(crate) sent_empty: &'static str,
    pub(crate) sent_headings: [&'static str; 5],
    pub(crate) sent_title: &'static str,
    pub(crate) handed_in: &'static str,
    pub(crate) handed_back: &'static str,
    pub(crate) not_handed_in_yet: &'static str,
    pub(crate) not_taken: &'static str,
    pub(crate) handing_in_title: &'static str,
    pub(crate) waits_here: &'static str,
    pub(crate) waits_here_brief: &'static str,
    pub(crate) refused_for_good: &'static str,
    pub(crate) refused_for_good_brief: &'static str,
    pub(crate) to_hand_in: &'static str,
    pub(crate) blind_copy_of: &'static str,
    pub(crate) what_next: &'static str,
    pub(crate) no_event: &'static str,
    pub(crate) not_proven: &'static str,
    /// What an event says, by its code.
    pub(crate) event: fn(&str) -> &'static str,
    /// What a reason means, by its code; nothing for reasons that the event says itself.
    pub(crate) reason_meaning: fn(&str) -> &'static str,
    /// How far a letter came with that event, in a word or two.
    pub(crate) reached: fn(&str) -> &'static str,

    // The rest.
    pub(crate) registered: &'static str,
    pub(crate) identity_title: &'static str,
    /// By the words of the purposes.
    pub(crate) certificate_for: fn(&str) -> &'static str,
    pub(crate) pin_changed: &'static str,
    /// Records that were encrypted anew.
    pub(crate) rotated: fn(u64) -> String,
    /// Sets of former keys that were wiped.
    pub(crate) forgotten: fn(usize) -> String,
    /// When the first certificate ends.
    pub(crate) rotation_due: fn(&str) -> String,
    pub(crate) rotation_under_way: &'static str,
    pub(crate) root_known: &'static str,
    pub(crate) root_presented: &'static str,
    pub(crate) root_confirmed: &'static str,
    pub(crate) root_unchanged: &'static str,
    pub(crate) root_to_confirm: &'static str,
    pub(crate) ciphers_none: &'static str,
    pub(crate) cipher_installed: &'static str,
    pub(crate) cipher_removed: &'static str,
    pub(crate) experiment_meaning: &'static str,
    /// By name and digest of the plug-in.
    pub(crate) experiment_needed: fn(&str) -> String,
    pub(crate) policy_in_force: fn(&str) -> String,
    pub(crate) written: &'static str,
    /// Letters and evidence that came, letters that were handed in.
    pub(crate) synced: fn(u64, u64, u64) -> String,
    /// How many letters do not open or do not verify.
    pub(crate) unreadable: fn(u64) -> String,
    pub(crate) these_wait: &'static str,
    /// How many evidence do not verify.
    pub(crate) evidence_left_out: fn(u64) -> String,
    pub(crate) dossier_note: &'static str,
    pub(crate) key_note: &'static str,
}

impl Texts {
    /// The words of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::TEXTS,
            Language::German => &german::TEXTS,
        }
    }
}

#[cfg(test)]
mod tests;
