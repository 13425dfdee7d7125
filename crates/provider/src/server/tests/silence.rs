//! Connections that keep a place for nothing. [HTTP-005]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

/// Bounds that a test can wait for.
const QUICK: Bounds = Bounds {
    strangers: 2,
    first_request: Duration::from_millis(300),
    idle: Duration::from_millis(300),
    closing: Duration::from_millis(300),
    answer_silence: Duration::from_millis(500),
    answer: Duration::from_secs(3),
};

/// RFC 9113 §3.4 with an empty SETTINGS frame.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

struct Scene {
    _folder: tempfile::TempDir,
    provider: Arc<Provider>,
    address: SocketAddr,
    stop: Stop,
    serving: tokio::task::JoinHandle<()>,
}

impl Scene {
    async fn open(bounds: Bounds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = quickstart(folder.path(), "north.example", "").await;
        config.metrics_allow.clear();
        let provider = Arc::new(Provider::open(config).await.unwrap());
        let (address, stop, serving) = mirror_with(&provider, bounds).await;
        Self { _folder: folder, provider, address, stop, serving }
    }

    /// A stranger's connection, which says `first` and then nothing.
    async fn stranger(&self, first: &[u8]) -> TlsStream<TcpStream> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.provider.keys.root().der().to_vec().into()).unwrap();
        let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(crypto)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = "north.example".try_into().unwrap();
        let mut stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await.unwrap();
        stream.write_all(first).await.unwrap();
        stream.flush().await.unwrap();
        stream
    }

    /// What somebody who is known here is told.
    async fn known(&self) -> String {
        let tls = crate::tls::client_config(&self.provider.keys, self.provider.keys.root());
        who(tls.unwrap(), self.address).await
    }

    async fn close(self) {
        self.stop.now();
        self.serving.await.unwrap();
    }
}

/// Everything that comes until the connection ends, which it does soon.
async fn until_the_end(mut stream: TlsStream<TcpStream>) -> Vec<u8> {
    let mut octets = Vec::new();
    // A connection that is cut off ends without a farewell.
    let end = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut octets));
    let _ = end.await.expect("the connection ends");
    octets
}

#[tokio::test(flavor = "multi_thread")]
async fn http_005_a_connection_on_which_nothing_is_asked_ends() {
    let scene = Scene::open(QUICK).await;
    assert_eq!(until_the_end(scene.stranger(b"").await).await, b"");
    assert_eq!(until_the_end(scene.stranger(b"PRI * HT").await).await, b"");
    // HTTP/2 says good-bye; one that does not answer is left all the same.
    assert!(!until_the_end(scene.stranger(HTTP2_PREFACE).await).await.is_empty());
    let asked = scene.stranger(b"GET /who HTTP/1.1\r\nhost: north.example\r\n\r\n").await;
    assert!(until_the_end(asked).await.ends_with(b"anonymous"), "asked once, then idle");
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_005_a_request_that_takes_longer_than_silence_may_is_no_silence() {
    let scene = Scene::open(Bounds { idle: Duration::from_millis(100), ..QUICK }).await;
    let asked = scene.stranger(b"GET /slow HTTP/1.1\r\nhost: north.example\r\n\r\n").await;
    assert!(until_the_end(asked).await.ends_with(b"done"));
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_005_strangers_cannot_take_the_places_of_those_who_are_known() {
    let patient = Duration::from_secs(60);
    let scene = Scene::open(Bounds { first_request: patient, idle: patient, ..QUICK }).await;
    let first = scene.stranger(HTTP2_PREFACE).await;
    let second = scene.stranger(b"").await;
    let begun = Instant::now();
    assert_eq!(until_the_end(scene.stranger(HTTP2_PREFACE).await).await, b"");
    assert!(begun.elapsed() < patient / 2, "the third is turned away at once");
    assert_eq!(scene.known().await, "provider north.example");
    drop((first, second));
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_005_an_answer_that_is_not_read_ends_with_its_connection() {
    let scene = Scene::open(QUICK).await;
    let get = b"GET /large HTTP/1.1\r\nhost: north.example\r\n\r\n";
    let unread = scene.stranger(get).await;
    let read = until_the_end(scene.stranger(get).await).await;
    assert!(read.len() > LARGE, "whoever reads gets all of it");
    // Much longer than the bound: this test does not get the processors for itself.
    tokio::time::sleep(QUICK.answer_silence * 8).await;
    let left = until_the_end(unread).await;
    assert!(left.len() < LARGE, "{}", left.len());
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_005_an_answer_that_is_read_too_slowly_ends_too() {
    let scene = Scene::open(QUICK).await;
    let mut slow = scene.stranger(b"GET /large HTTP/1.1\r\nhost: north.example\r\n\r\n").await;
    let (begun, mut read, mut piece) = (Instant::now(), 0, vec![0; 128 * 1024]);
    while let Ok(octets @ 1..) = slow.read(&mut piece).await {
        read += octets;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(begun.elapsed() < Duration::from_secs(30), "it ends");
    }
    assert!(read < LARGE, "{read}");
    scene.close().await;
}
