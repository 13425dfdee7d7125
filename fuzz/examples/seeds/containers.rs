//! Archived signatures, key files, receipts and protected mail.

use crate::Seeds;
use crate::world::World;
use sealpost_cms::cades::{ArchiveRequest, with_validation_data};
use sealpost_cms::digest::DigestAlgorithm;
use sealpost_cms::receipt::{ReceiptRequest, ReceiptsFrom};
use sealpost_fuzz::{CONTENT, PASSWORD};
use sealpost_letter::protected::{Confidentiality, Field, Payload, Protection, protect};
use std::path::Path;
use std::process::Command;

pub fn make(seeds: &Seeds, world: &World) {
    archives(seeds, world);
    key_files(seeds, world);
    receipts(seeds, world);
    mails(seeds);
}

fn archives(seeds: &Seeds, world: &World) {
    let north = &world.north;
    let one = || world.stamped(north, &world.anna.signature, CONTENT);
    let two = world.stamped(north, &world.anna_of_the_future(), CONTENT);
    let two = one().together_with(two).expect("one content, two keys");
    for (signature, by) in [(one(), ""), (two, "_by_two")] {
        let stamped = signature.attached(CONTENT, &[], &[]);
        let complete = with_validation_data(
            &stamped,
            std::slice::from_ref(&north.root.certificate),
            std::slice::from_ref(&north.crl),
        );
        let complete = complete.expect("it is short");
        let archived = |message: &[u8], digest| {
            let asked = ArchiveRequest::new(message, None, digest, &mut *world.random());
            let asked = asked.expect("it is B-T");
            let tokens = asked.time_stamp_requests().map(|it| world.token(north, it));
            let tokens: Vec<_> = tokens.collect();
            asked.answered(&tokens).expect("the tokens are for it")
        };
        let once = archived(&complete, DigestAlgorithm::Sha256);
        let twice = archived(&once, DigestAlgorithm::Sha512);
        for (name, message) in
            [("stamped", &stamped), ("complete", &complete), ("once", &once), ("twice", &twice)]
        {
            seeds.put("cms_archived", &format!("{name}{by}.der"), message);
        }
    }
}

fn key_files(seeds: &Seeds, world: &World) {
    let folder = std::env::temp_dir().join(format!("sealpost-keys-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
    let write = |name: &str, octets: &[u8]| {
        std::fs::write(folder.join(name), octets).expect("the folder can be written");
    };
    write("anna.pem", world.anna.signature.certificate.to_pem().as_bytes());
    write("anna.der", &world.anna.signature.key.to_pkcs8_der());
    write("root.pem", world.north.root.certificate.to_pem().as_bytes());
    openssl(&folder, "pkcs8 -topk8 -nocrypt -inform DER -in anna.der -out anna.key");
    let export = format!(
        "pkcs12 -export -inkey anna.key -in anna.pem -certfile root.pem -iter 1 \
         -passout pass:{PASSWORD} -out out"
    );
    for (name, options) in [
        ("aes.p12", ""),
        ("certificates_in_the_clear.p12", "-certpbe NONE"),
        ("sha512.p12", "-macalg sha512"),
        ("legacy.p12", "-legacy -macalg sha256"),
        ("no_code.p12", "-nomac"),
    ] {
        openssl(&folder, &format!("{export} {options}"));
        let file = std::fs::read(folder.join("out")).expect("OpenSSL wrote it");
        seeds.put("pkcs12", name, &file);
        seeds.put("pkcs12", &name.replace("p12", "safe"), inside(&file));
    }
    std::fs::remove_dir_all(&folder).ok();
}

/// The octets under the code: the first long OCTET STRING of the file, behind id-data.
fn inside(file: &[u8]) -> &[u8] {
    const DATA: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let at = file.windows(11).position(|window| window == DATA).expect("a PKCS#12 file") + 11;
    // [0] and OCTET STRING, with lengths of two octets each.
    let length = usize::from(file[at + 6]) << 8 | usize::from(file[at + 7]);
    &file[at + 8..at + 8 + length]
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    let output = command.current_dir(folder).args(arguments.split_whitespace()).output();
    let output = output.expect("openssl is on the PATH");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {complaint}");
}

fn receipts(seeds: &Seeds, world: &World) {
    let anna = &world.anna.signature.certificate;
    let to = || vec!["anna@north.example".to_owned()];
    let list = ReceiptsFrom::List(vec!["bert@south.example".to_owned()]);
    for (name, from) in
        [("all", ReceiptsFrom::All), ("first", ReceiptsFrom::FirstTier), ("list", list)]
    {
        let random = &mut *world.random();
        let request = ReceiptRequest::new(anna, world.claimed(), from, to(), random);
        let request = request.expect("good addresses").to_der();
        seeds.put("receipt", &format!("request_{name}.der"), &request);
    }
}

fn mails(seeds: &Seeds) {
    let field = |name: &str, value: &str| Field::new(name, value).expect("a plain line");
    let fields = [
        field("From", "Anna Adler <anna@north.example>"),
        field("To", "Bert <bert@south.example>"),
        field("Subject", "The lease"),
        field("Keywords", "flat"),
        field("Date", "Tue, 01 Dec 2026 00:00:00 +0000"),
    ];
    let payload = Payload {
        content_type: "text/plain; charset=utf-8",
        structural: &[],
        body: b"It ends.\r\n",
    };
    for (name, protection) in [
        ("clear.eml", Protection::Signature),
        ("cipher.eml", Protection::Encryption(Confidentiality::Baseline)),
        ("open.eml", Protection::Encryption(Confidentiality::Nothing)),
    ] {
        let composed = protect(&fields, &payload, protection).expect("good fields");
        let outer: String =
            composed.outer.iter().map(|it| format!("{}: {}\r\n", it.name(), it.value())).collect();
        seeds.put("mail_header", name, &[outer.as_bytes(), &[0], &composed.payload].concat());
    }
    let wrapped = "From: eve@x.example\r\nSubject: [...]\r\n\0Content-Type: message/rfc822\r\n\r\n\
                   From: anna@north.example\r\nSubject: The lease\r\n\r\nIt ends.\r\n";
    seeds.put("mail_header", "wrapped.eml", wrapped.as_bytes());
    // Senders that nobody can read, in lines too long: a fold may change nothing in them.
    let blanks = " ".repeat(60);
    for (name, sender) in [
        ("spaces.eml", format!("Anna; x=\"cipher\"{blanks}\"p")),
        ("unclosed.eml", format!("Anna <anna@nor.; hp=\"cipher{blanks}Adler")),
        ("broken.eml", format!("Anna Adler <anna{blanks}@north.example")),
    ] {
        let inside = format!("Content-Type: text/plain; hp=\"cipher\"\r\nFrom: {sender}\r\n\r\nx");
        let mail = format!("From: Anna\r\n\0{inside}");
        seeds.put("mail_header", name, mail.as_bytes());
    }
    let kind = "application/pkcs7-mime; smime-type=compressed-data; name=\"smime.p7z\"";
    seeds.put("mail_header", "kind.txt", kind.as_bytes());
}
