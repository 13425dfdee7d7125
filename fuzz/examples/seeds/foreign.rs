//! What other programs write: OpenSSL's BER, its options, and what it makes by default.

use crate::Seeds;
use crate::world::World;
use sealpost_fuzz::CONTENT;
use std::path::Path;
use std::process::Command;

pub fn make(seeds: &Seeds, world: &World) {
    let folder = std::env::temp_dir().join(format!("sealpost-seeds-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
    let write = |name: &str, octets: &[u8]| {
        std::fs::write(folder.join(name), octets).expect("the folder can be written");
    };
    write("content", CONTENT);
    write("anna.pem", world.anna.signature.certificate.to_pem().as_bytes());
    write("anna.key", &world.anna.signature.key.to_pkcs8_der());
    write("bert.pem", world.bert.encryption.to_pem().as_bytes());
    let openssl = |arguments: &str| openssl(&folder, arguments);
    let sign = "cms -sign -binary -in content -signer anna.pem -inkey anna.key -keyform DER \
                -outform DER -out out";
    let self_made = "-nodes -days 3650 -subj /CN=Somebody -out other.pem -keyout other.key";
    for (name, options) in [
        ("attached.der", "-nodetach -cades"),
        ("streamed.ber", "-nodetach -cades -stream"),
        ("without_cades.ber", "-nodetach -stream"),
        ("without_attributes.der", "-nodetach -noattr"),
        ("by_key_identifier.der", "-nodetach -keyid"),
        ("without_certificates.der", "-nodetach -cades -nocerts"),
    ] {
        openssl(&format!("{sign} {options}"));
        put(seeds, &folder, "cms_foreign", name);
    }
    openssl(&format!("{sign} -nodetach -cades -stream"));
    put(seeds, &folder, "cms_signed", "indefinite.ber");
    for (name, key, options) in [
        ("rsa.der", "rsa:2048", ""),
        ("rsa_pss.der", "rsa:2048", "-keyopt rsa_padding_mode:pss"),
        ("p384.der", "ec -pkeyopt ec_paramgen_curve:P-384", "-md sha384"),
    ] {
        openssl(&format!("req -x509 -newkey {key} {self_made}"));
        openssl(&format!(
            "cms -sign -binary -nodetach -in content -signer other.pem -inkey other.key {options} \
             -outform DER -out out"
        ));
        put(seeds, &folder, "cms_foreign", name);
    }
    openssl("cms -encrypt -binary -aes-256-cbc -in content -outform DER -out out bert.pem");
    put(seeds, &folder, "cms_enveloped", "foreign_cbc.der");
    put(seeds, &folder, "cms_foreign", "enveloped.der");
    openssl("cms -encrypt -binary -stream -aes-256-gcm -in content -outform DER -out out bert.pem");
    put(seeds, &folder, "cms_enveloped", "foreign_gcm.ber");
    put(seeds, &folder, "cms_foreign", "authenticated.ber");
    std::fs::remove_dir_all(&folder).ok();
}

fn put(seeds: &Seeds, folder: &Path, target: &str, name: &str) {
    seeds.put(target, name, &std::fs::read(folder.join("out")).expect("OpenSSL wrote it"));
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    let output = command.current_dir(folder).args(arguments.split_whitespace()).output();
    let output = output.expect("openssl is on the PATH");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {complaint}");
}
