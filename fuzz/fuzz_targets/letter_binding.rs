//! The signed attribute that binds a letter to its recipients: one encoding for each value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_letter::binding::LetterBinding;
use sealpost_letter::limits::RECIPIENTS_MAX;

fuzz_target!(|octets: &[u8]| {
    if let Ok(binding) = LetterBinding::from_der(octets) {
        assert_eq!(binding.to_der(), octets, "two encodings of one value");
        assert!((1..=RECIPIENTS_MAX).contains(&binding.recipient_count()));
    }
});
