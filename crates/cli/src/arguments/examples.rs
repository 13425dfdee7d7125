//! The examples in the help of each verb.

pub(super) const SEALPOST: &str = "\
EXAMPLES
  sealpost register anna@north.example --invitation @invitation.txt
  sealpost send --to bert@south.example --subject 'Notice' --text 'See the document.' notice.pdf
  sealpost sync
  sealpost inbox
  sealpost accept 3f2a

EXIT CODES
  0  done; what was verified is TOTAL-PASSED
  1  what was verified is TOTAL-FAILED, or the provider refused the letter
  2  a mistake in the arguments, or a fault: no verdict
  3  what was verified is INDETERMINATE

'sealpost VERB --help' explains each verb.";

pub(super) const REGISTER: &str = "\
EXAMPLES
  With the invitation that your provider gave you:
    sealpost register anna@north.example --invitation @invitation.txt
  At another provider, with an identity that you have already:
    sealpost register anna@south.example --provider south.example:8443 --root south.pem \\
        --home ~/south --identity-from ~/.local/share/sealpost
  Without a terminal:
    sealpost register anna@north.example --invitation @invitation.txt --pin-file pin.txt";

pub(super) const IDENTITY: &str = "\
EXAMPLES
  sealpost identity
  sealpost identity certificates > my-certificates.pem
  sealpost identity change-pin
  Open a letter of mode basic and suite smime-2019 with OpenSSL, without sealpost:
    sealpost identity export-key --out key.pem
    openssl cms -decrypt -in letter.eml -inkey key.pem";

pub(super) const IDENTITY_SHOW: &str = "\
EXAMPLES
  sealpost identity show
  sealpost identity show --json";

pub(super) const IDENTITY_CERTIFICATES: &str = "\
EXAMPLES
  Give your certificates to somebody who wants to send for exactly these:
    sealpost identity certificates > my-certificates.pem";

pub(super) const IDENTITY_EXPORT_KEY: &str = "\
EXAMPLES
  sealpost identity export-key --out key.pem
  Without a terminal:
    sealpost identity export-key --out key.pem --pin-file pin.txt --passphrase-file phrase.txt";

pub(super) const IDENTITY_CHANGE_PIN: &str = "\
EXAMPLES
  sealpost identity change-pin
  Without a terminal:
    sealpost identity change-pin --pin-file old-pin.txt --new-pin-file new-pin.txt";

pub(super) const SEND: &str = "\
EXAMPLES
  Ask for a signed acceptance within two weeks:
    sealpost send --to bert@south.example --subject 'Notice' --text 'See the document.' notice.pdf
  The text from a file, a copy, and three days' time:
    sealpost send --to bert@south.example --cc cara@west.example --subject 'Notice' \\
        --text-file notice.txt --deadline 3d notice.pdf
  Without asking for acceptance:
    sealpost send --to bert@south.example --subject 'Hello' --mode basic < hello.txt
  So that other programs than sealpost can open it:
    sealpost send --to bert@south.example --subject 'Hello' --mode basic --suite smime-2019 < hello.txt
  With an experimental cipher inside, which the recipient must have installed too:
    sealpost send --to bert@south.example --subject 'Trial' --text 'Hello' \\
        --experimental example-chacha20";

pub(super) const SYNC: &str = "\
EXAMPLES
  sealpost sync
  Wait up to a minute for something new:
    sealpost sync --wait 60
  In a script:
    sealpost sync --json --pin-file pin.txt";

pub(super) const INBOX: &str = "\
EXAMPLES
  sealpost inbox
  sealpost inbox --all
  sealpost inbox --json";

pub(super) const SHOW: &str = "\
EXAMPLES
  sealpost show 3f2a
  sealpost show 3f2a --lang de";

pub(super) const ACCEPT: &str = "\
EXAMPLES
  sealpost accept 3f2a
  In a script, where nobody can be asked:
    sealpost accept 3f2a --yes --pin-file pin.txt";

pub(super) const REFUSE: &str = "\
EXAMPLES
  sealpost refuse 3f2a
  In a script, where nobody can be asked:
    sealpost refuse 3f2a --yes --pin-file pin.txt";

pub(super) const SAVE: &str = "\
EXAMPLES
  sealpost save 3f2a --dir letter
  For a mail program:
    sealpost save 3f2a --dir letter --as eml
  As it came, to be opened without sealpost (mode basic, suite smime-2019):
    sealpost identity export-key --out key.pem
    sealpost save 3f2a --dir letter --as smime
    openssl cms -decrypt -in letter/letter-3f2a77aa.eml -inkey key.pem";

pub(super) const SENT: &str = "\
EXAMPLES
  sealpost sent
  sealpost sent 3f2a
  sealpost sent 3f2a --json";

pub(super) const EVIDENCE: &str = "\
EXAMPLES
  sealpost evidence 3f2a
  sealpost evidence 3f2a --out evidence
  Verify one of them:
    sealpost verify evidence/01-A.1-SubmissionAcceptance.p7m --trust trust";

pub(super) const EXPORT: &str = "\
EXAMPLES
  sealpost export 3f2a --out letter.asice
  sealpost verify letter.asice --trust trust";

pub(super) const VERIFY: &str = "\
EXAMPLES
  sealpost verify letter.asice --trust trust
  In German, or for a program:
    sealpost verify letter.asice --trust trust --lang de
    sealpost verify letter.asice --trust trust --json
  As strictly as your provider wants it now:
    sealpost verify letter.asice --trust trust --policy policy.p7m";

pub(super) const TRUST: &str = "\
EXAMPLES
  See which root is believed and which is presented now:
    sealpost trust south.example
  Believe the presented one, if it is the one that its operator told you of on the telephone:
    sealpost trust south.example --root-sha256 \\
        9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08";

pub(super) const ROTATE: &str = "\
EXAMPLES
  sealpost rotate
  Some weeks later, when no letter for the former keys can be under way any more:
    sealpost rotate --forget-former
  Without a terminal:
    sealpost rotate --pin-file pin.txt --json";

pub(super) const SUITES: &str = "\
EXAMPLES
  sealpost suites
  sealpost suites test
  sealpost suites explain smime-legacy";

pub(super) const SUITES_LIST: &str = "\
EXAMPLES
  sealpost suites list
  sealpost suites list --json";

pub(super) const SUITES_TEST: &str = "\
EXAMPLES
  sealpost suites test
  sealpost suites test --json";

pub(super) const SUITES_EXPLAIN: &str = "\
EXAMPLES
  sealpost suites explain hybrid-2026
  sealpost suites explain smime-legacy --lang de";

pub(super) const CIPHERS: &str = "\
EXAMPLES
  sealpost ciphers
  sealpost ciphers install mine.wasm --sha256 HEX
  sealpost ciphers remove example-chacha20";

pub(super) const CIPHERS_INSTALL: &str = "\
EXAMPLES
  The example of docs/experimental-ciphers.md, with the digest that stands there:
    sealpost ciphers install example-chacha20.wasm --sha256 \\
        f4611218fdd0762ef0f93b1ef7b63a9d0bb4bdf3a1c12a49674408facf9b6847";

pub(super) const CIPHERS_LIST: &str = "\
EXAMPLES
  sealpost ciphers list
  sealpost ciphers list --json";

pub(super) const CIPHERS_REMOVE: &str = "\
EXAMPLES
  sealpost ciphers remove example-chacha20
  If several have that name:
    sealpost ciphers remove f4611218fdd0762ef0f93b1ef7b63a9d0bb4bdf3a1c12a49674408facf9b6847";

pub(super) const COMPLETIONS: &str = "\
EXAMPLES
  sealpost completions bash > ~/.local/share/bash-completion/completions/sealpost
  sealpost completions zsh > ~/.zfunc/_sealpost
  sealpost completions fish > ~/.config/fish/completions/sealpost.fish";
