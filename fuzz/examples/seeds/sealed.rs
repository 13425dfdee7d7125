//! Slips, reply paths, questions to a directory and its answers: sealed, and as plaintext.

use crate::Seeds;
use crate::world::World;
use sealpost_erds::Octets;
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::format::to_json;
use sealpost_erds::slip::{RelaySlip, ReplyPath, Share};
use sealpost_fuzz::{Way, padded};

pub fn make(seeds: &Seeds, world: &World) {
    let (way, key) = (Way::new(), &world.south.routing);
    let random = &mut *world.random();
    let path = ReplyPath { mailbox: world.anna.address.clone() };
    let sealed_path = path.seal(&key.public(), way.dispatch_id, random).expect("it is short");
    let slip = RelaySlip {
        recipient: Disclosure::identifier(&world.bert.address, random),
        carrier_key: Share::from_array([1; 32]),
        release_share: Some(Share::from_array([2; 32])),
        reply_path: sealed_path.clone(),
    };
    let sealed_slip = slip.seal(&key.public(), &way.binding(), random).expect("it is short");
    seeds.put_kind("slip", "slip_sealed.bin", 0, &sealed_slip.0);
    seeds.put_kind("slip", "reply_path_sealed.bin", 1, &sealed_path.0);
    let raw = padded(&to_json(&path), 512).expect("it is short");
    seeds.put_kind("slip", "reply_path_plaintext.bin", 3, &raw);
    seeds.put_kind("slip", "slip.bin", 4, &to_json(&slip));
    let basic = RelaySlip { release_share: None, ..slip };
    seeds.put_kind("slip", "slip_basic.bin", 4, &to_json(&basic));
    seeds.put_kind("slip", "reply_path.bin", 5, &to_json(&path));

    let query = DirectoryQuery { address: world.bert.address.clone() };
    let (sealed_query, _) = query.seal(&key.public(), random).expect("it is short");
    let (_, response_key) = DirectoryQuery::open(key, &sealed_query).expect("it is our own");
    let answer = DirectoryAnswer {
        encryption_certificates: [&world.bert.hybrid_encryption, &world.bert.encryption]
            .map(|certificate| Octets(certificate.der().to_vec()))
            .to_vec(),
        revocation_list: Some(Octets(world.south.crl.der().to_vec())),
    };
    seeds.put_kind("directory", "query_sealed.bin", 0, &sealed_query);
    let sealed_answer = answer.seal(response_key, random).expect("it is short");
    seeds.put_kind("directory", "answer_sealed.bin", 1, &sealed_answer);
    let raw = padded(&to_json(&query), 512).expect("it is short");
    seeds.put_kind("directory", "query_plaintext.bin", 2, &raw);
    seeds.put_kind("directory", "query.bin", 4, &to_json(&query));
    seeds.put_kind("directory", "answer.bin", 5, &to_json(&answer));
    let nobody = DirectoryAnswer { encryption_certificates: Vec::new(), revocation_list: None };
    seeds.put_kind("directory", "answer_nobody.bin", 5, &to_json(&nobody));
}
