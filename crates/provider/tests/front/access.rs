//! Who may call what: every endpoint, every kind of caller. Deny by default.

use reqwest::Method;
use sealpost_provider::http::endpoint::{Access, Content, Verb};
use sealpost_provider::http::{Endpoint, endpoints};
use sealpost_provider::store::people::{RevocationReason, Revoke};
use sealpost_provider::{clock, limits};
use sealpost_wire::paths;

use super::house::{Caller, House, code, problem};

async fn call(caller: &Caller, endpoint: &Endpoint) -> reqwest::Response {
    let method = match endpoint.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
    };
    let path = match endpoint.path {
        path if path.contains("{domain}") => paths::fill(path, "nowhere.example"),
        path => paths::fill(path, &"00".repeat(16)),
    };
    let media_type = match endpoint.takes {
        Content::Nothing => None,
        Content::Json(_) | Content::SomeJson(_) => Some("application/json"),
        Content::Octets(media_type, _) => Some(media_type),
    };
    let mut request = caller.request(method, &path);
    if let Some(media_type) = media_type {
        request = request.header("content-type", media_type).body("nonsense");
    }
    request.send().await.unwrap()
}

/// What a caller that may not call is told.
async fn denied(caller: &Caller, endpoint: &Endpoint) -> Option<(u16, String)> {
    let response = call(caller, endpoint).await;
    match response.status().as_u16() {
        401 | 403 => Some(code(response).await),
        _ => None,
    }
}

#[tokio::test]
async fn http_001_every_endpoint_asks_who_is_there() {
    let west = House::open("west.example").await;
    let south = House::open("south.example").await;
    let north = House::with_settings("north.example", &south.as_peer()).await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let (south_tls, south_key) = south.tls_identity();
    let (west_tls, west_key) = west.tls_identity();

    let stranger = north.stranger();
    let owner = anna.at(&north);
    let owner_elsewhere = bert.at(&north);
    let trusted = north.caller(Some((&south_tls, &south_key)));
    let untrusted = north.caller(Some((&west_tls, &west_key)));
    // Anna's other certificate proves nothing about who is calling.
    let wrong_key = north.caller(Some((&anna.signature_certificate(), &anna.keys.signature)));

    for endpoint in endpoints() {
        let path = endpoint.path;
        let expect = |status: u16, code: &str| Some((status, code.to_owned()));
        let (anonymous, owned, relayed) = match endpoint.access {
            // The tests come from 127.0.0.1, which the configuration lists.
            Access::Anyone | Access::Operator => (None, None, None),
            Access::Account => (expect(401, "unauthenticated"), None, expect(403, "forbidden")),
            Access::Provider => (expect(401, "unauthenticated"), expect(403, "forbidden"), None),
        };
        let refused = anonymous.as_ref().and(expect(401, "certificate-refused"));
        // A registration without a proof is a refusal of its own, and comes after.
        assert_eq!(denied(&stranger, endpoint).await, anonymous, "{path} a stranger");
        assert_eq!(denied(&owner, endpoint).await, owned, "{path} an account");
        assert_eq!(denied(&trusted, endpoint).await, relayed, "{path} a trusted provider");
        assert_eq!(denied(&untrusted, endpoint).await, refused, "{path} an untrusted provider");
        assert_eq!(
            denied(&owner_elsewhere, endpoint).await,
            refused,
            "{path} somebody else's account"
        );
        assert_eq!(denied(&wrong_key, endpoint).await, refused, "{path} another purpose");
    }
    assert_eq!(endpoints().count(), 31, "a new endpoint: is its access what it should be?");
}

#[tokio::test]
async fn aut_001_revocation_and_blocking_count_from_the_next_request_on() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    let caller = anna.at(&north);
    assert!(caller.get(paths::MAILBOX).send().await.unwrap().status().is_success());

    let store = &north.provider().store;
    assert!(store.block_account(anna.answer.address.clone(), clock::now_unix()).await.unwrap());
    // The same connection, kept open.
    assert_eq!(
        code(caller.get(paths::MAILBOX).send().await.unwrap()).await,
        (403, "account-blocked".to_owned())
    );

    let certificate = anna.authentication_certificate();
    let issuing = {
        let keys = std::sync::Arc::clone(&north.provider().keys);
        let now = clock::now_unix();
        Box::new(move |number, revoked: &[sealpost_cms::issue::RevokedEntry]| {
            let der =
                sealpost_cms::issue::issue_crl(keys.issuer(), number, now, now + 100, revoked);
            Ok(sealpost_provider::store::people::RevocationList {
                number,
                this_update: now,
                next_update: now + 100,
                der: der.unwrap(),
            })
        })
    };
    let serial = Revoke::Serial(certificate.serial().to_vec());
    let revoked = store
        .revoke(serial, RevocationReason::KeyCompromise, clock::now_unix(), issuing)
        .await
        .unwrap();
    assert_eq!(revoked, 1);
    let (status, document) = problem(caller.get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!((status, document["code"].as_str()), (401, Some("certificate-refused")));
    assert_eq!(document["sub_indication"], "REVOKED");
    // And on a new connection, where the handshake's judge says so.
    let (_, document) = problem(anna.at(&north).get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!(document["code"], "certificate-refused");
}

#[tokio::test]
async fn aut_001_a_certificate_that_was_not_issued_to_the_account_is_refused() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    // The authority's own key can sign anything; the database does not know this one.
    let pem = std::fs::read_to_string(north.folder.path().join("keys/ca.key.pem")).unwrap();
    assert!(pem.contains("PRIVATE KEY"));
    let forged = sealpost_cms::issue::issue(
        north.provider().keys.issuer(),
        sealpost_cms::issue::Profile::PersonAuthentication {
            name: "Anna Adler",
            address: "anna@north.example",
            organisation: None,
        },
        &anna.keys.signature.spki_der(),
        sealpost_cms::issue::Validity {
            not_before: clock::now_unix() - 10,
            not_after: clock::now_unix() + 1000,
        },
        &mut super::house::rng(),
    )
    .unwrap();
    let caller = north.caller(Some((&forged, &anna.keys.signature)));
    let answer = code(caller.get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!(answer, (401, "certificate-refused".to_owned()));
}

#[tokio::test]
async fn aut_002_a_certificate_that_ends_while_the_connection_lives_is_refused() {
    let north = House::open("north.example").await;
    let keys = super::house::Keys::generate();
    let now = clock::now_unix();
    let short = sealpost_cms::issue::issue(
        north.provider().keys.issuer(),
        sealpost_cms::issue::Profile::PersonAuthentication {
            name: "Anna Adler",
            address: "anna@north.example",
            organisation: None,
        },
        &keys.authentication.spki_der(),
        sealpost_cms::issue::Validity { not_before: now - 10, not_after: now + 1 },
        &mut super::house::rng(),
    )
    .unwrap();
    let caller = north.caller(Some((&short, &keys.authentication)));
    // The connection is opened while the certificate counts; the account does not exist.
    let (_, document) = problem(caller.get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!(document["sub_indication"], "NO_CERTIFICATE_CHAIN_FOUND");
    tokio::time::sleep(std::time::Duration::from_millis(2200)).await;
    let (_, document) = problem(caller.get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!(document["sub_indication"], "EXPIRED");
}

#[tokio::test]
async fn aut_003_a_provider_speaks_for_its_own_domain_only() {
    let south = House::open("south.example").await;
    let north = House::with_settings("north.example", &south.as_peer()).await;
    // South's root signs a certificate in west's name: trusted for south, not for west.
    let (_, key) = south.tls_identity();
    let now = clock::now_unix();
    let impostor = sealpost_cms::issue::issue(
        south.provider().keys.issuer(),
        sealpost_cms::issue::Profile::Tls { domain: "west.example", also_dns: &[] },
        &key.spki_der(),
        sealpost_cms::issue::Validity { not_before: now - 10, not_after: now + 1000 },
        &mut super::house::rng(),
    )
    .unwrap();
    let caller = north.caller(Some((&impostor, &key)));
    let request = caller.post(paths::RELAY_RECEIPTS, "application/json", "{\"receipts\":[]}");
    assert_eq!(code(request.send().await.unwrap()).await, (401, "certificate-refused".to_owned()));
}

#[tokio::test]
async fn aut_004_numbers_are_for_listed_addresses_only() {
    let north = House::open("north.example").await;
    let answer = north.stranger().get(paths::METRICS).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let closed = House::with_settings("closed.example", "allow = []\n").await;
    let answer = closed.stranger().get(paths::METRICS).send().await.unwrap();
    assert_eq!(code(answer).await, (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let north = House::open("north.example").await;
    let stranger = north.stranger();
    let answer = stranger.get("/v1/letters").send().await.unwrap();
    assert_eq!(code(answer).await, (404, "not-found".to_owned()));
    let answer = stranger.request(Method::DELETE, paths::MAILBOX).send().await.unwrap();
    assert_eq!(code(answer).await, (405, "method-not-allowed".to_owned()));
    let anna = north.register("anna@north.example", "Anna Adler").await.at(&north);
    let answer = anna.get("/v1/letters/not-an-id/body").send().await.unwrap();
    assert_eq!(code(answer).await, (404, "letter-not-found".to_owned()));
    let answer = anna.get("/v1/peers/nowhere.example").send().await.unwrap();
    assert_eq!(code(answer).await, (404, "unknown-domain".to_owned()));
    let answer =
        anna.post(paths::MAILBOX_ACKNOWLEDGEMENT, "text/plain", "{}").send().await.unwrap();
    assert_eq!(code(answer).await, (415, "unsupported-media-type".to_owned()));
    let answer =
        anna.post(paths::MAILBOX_ACKNOWLEDGEMENT, "application/json", "{").send().await.unwrap();
    assert_eq!(code(answer).await, (400, "malformed".to_owned()));
}

#[tokio::test]
async fn http_003_a_body_is_bounded_whether_it_says_how_long_it_is_or_not() {
    let north = House::open("north.example").await;
    let stranger = north.stranger();
    let large = vec![b' '; sealpost_provider::limits::JSON_OCTETS_MAX + 64 * 1024];
    let answer = stranger.post(paths::REGISTRATIONS, "application/json", large.clone());
    assert_eq!(code(answer.send().await.unwrap()).await, (413, "too-large".to_owned()));
    let pieces = large
        .chunks(64 * 1024)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
        .collect::<Vec<_>>();
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let answer = stranger.post(paths::REGISTRATIONS, "application/json", stream);
    assert_eq!(code(answer.send().await.unwrap()).await, (413, "too-large".to_owned()));
}

#[tokio::test]
async fn http_002_strangers_who_take_all_places_are_told_busy_and_hold_up_nobody_else() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    // Requests that wait for their bodies take all the places there are.
    let mut waiting = Vec::new();
    let (hold, _) = tokio::sync::broadcast::channel::<()>(1);
    let (places, streams) =
        (limits::REQUESTS_OF_STRANGERS_MAX, limits::STREAMS_OF_STRANGERS_MAX as usize);
    let callers = vec![(); places / streams + 1].into_iter().map(|()| north.stranger());
    let callers: Vec<Caller> = callers.collect();
    let caller = callers.last().unwrap();
    for number in 0..places {
        let mut held = hold.subscribe();
        let body = futures_util::stream::once(async move {
            let _ = held.recv().await;
            Ok::<_, std::io::Error>(Vec::new())
        });
        let body = reqwest::Body::wrap_stream(Box::pin(body));
        let connection = &callers[number / streams];
        let request = connection.post(paths::REGISTRATIONS, "application/json", body);
        waiting.push(tokio::spawn(request.send()));
    }
    let mut answer = None;
    for _ in 0..100 {
        let response = caller.get(paths::REGISTRATION_CHALLENGE).send().await.unwrap();
        if response.status() == 503 {
            assert_eq!(response.headers()["retry-after"], "1");
            answer = Some(code(response).await.1);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(answer.as_deref(), Some("busy"));
    // Those who are known, and the operator's questions, are answered all the same.
    assert_eq!(anna.at(&north).get(paths::MAILBOX).send().await.unwrap().status(), 200);
    assert_eq!(caller.get(paths::HEALTH).send().await.unwrap().status(), 200);
    waiting.iter().for_each(|request| request.abort());
    drop(hold);
}

#[tokio::test]
async fn http_007_an_account_that_takes_all_its_places_is_told_so_and_holds_up_nobody_else() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await.at(&north);
    let otto = north.register("otto@north.example", "Otto Olsen").await.at(&north);
    // Requests that wait for their bodies take one place of Anna's after the other.
    let (hold, _) = tokio::sync::broadcast::channel::<()>(1);
    let mut waiting = Vec::new();
    let mut answer = None;
    for _ in 0..100 {
        let mut held = hold.subscribe();
        let body = futures_util::stream::once(async move {
            let _ = held.recv().await;
            Ok::<_, std::io::Error>(Vec::new())
        });
        let body = reqwest::Body::wrap_stream(Box::pin(body));
        let request = anna.post(paths::MAILBOX_ACKNOWLEDGEMENT, "application/json", body);
        waiting.push(tokio::spawn(request.send()));
        // It goes ahead of the question, which would take the place otherwise.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let response = anna.get(paths::MAILBOX).send().await.unwrap();
        if response.status() == 429 {
            assert_eq!(response.headers()["retry-after"], "1");
            answer = Some(code(response).await.1);
            break;
        }
        // Its place is free again when it has been read.
        response.bytes().await.unwrap();
    }
    assert_eq!(answer.as_deref(), Some("too-many-requests"));
    assert_eq!(otto.get(paths::MAILBOX).send().await.unwrap().status(), 200);
    let metrics = north.stranger().get(paths::METRICS).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("status=\"429\""), "{metrics}");
    // What ends gives its place back.
    waiting.iter().for_each(|request| request.abort());
    drop(hold);
    for _ in 0..100 {
        if anna.get(paths::MAILBOX).send().await.unwrap().status() == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no place came back");
}

#[tokio::test]
async fn http_004_another_authoritys_time_stamps_are_for_those_who_are_known() {
    let settings = "authority = \"http://127.0.0.1:9/\"\nroot = \"certificates/root.pem\"\n";
    let north = House::with_settings("north.example", settings).await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    let ask = |caller: &Caller| {
        caller.post(paths::TIME_STAMP, paths::MEDIA_TIME_STAMP_QUERY, "query").send()
    };
    assert_eq!(
        code(ask(&north.stranger()).await.unwrap()).await,
        (401, "unauthenticated".to_owned())
    );
    // Known, but the authority is down.
    assert_eq!(
        code(ask(&anna.at(&north)).await.unwrap()).await,
        (503, "time-stamp-unavailable".to_owned())
    );
    // A letter is not taken without a proven time; nothing is dated otherwise.
    let part = super::intake::enveloped(100);
    let digest = sealpost_erds::relay::PartDigest::of(&part);
    let head = super::intake::head("anna@north.example", "north.example", digest);
    let message = super::intake::message(&head, &[&part]);
    let refused = super::intake::submit(&anna.at(&north), message).await;
    assert_eq!(code(refused).await, (503, "time-stamp-unavailable".to_owned()));
}
