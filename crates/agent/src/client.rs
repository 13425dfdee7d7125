//! Speaking with the own provider: TLS 1.3, one pinned root, the person's authentication key.

use crate::errors::{AgentError, PostError};
use crate::limits::{
    ANSWER_OCTETS_MAX, CODE_OCTETS_MAX, CONNECT_TIMEOUT, READ_TIMEOUT, UPLOAD_OCTETS_PER_SECOND_MIN,
};
use crate::transfer::Framed;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::keys::SigningKey;
use sealpost_erds::Domain;
use sealpost_wire::paths;
use sealpost_wire::problem::Problem;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A kept HTTP/2 connection to one provider.
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client that trusts `root` and nothing else.
    pub(crate) fn pinned(
        endpoint: &str,
        domain: &Domain,
        root: &Certificate,
        identity: Option<(&Certificate, &SigningKey)>,
    ) -> Result<Self, AgentError> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(root.der().to_vec()))
            .map_err(|_| not_trusted("root-unusable"))?;
        let builder = builder()?.with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = vec![CertificateDer::from(certificate.der().to_vec())];
                let key = PrivatePkcs8KeyDer::from(key.to_pkcs8_der().to_vec());
                builder
                    .with_client_auth_cert(chain, key.into())
                    .map_err(|_| not_trusted("identity-unusable"))?
            }
        };
        Self::with(config, endpoint, domain)
    }

    /// A client that believes no one: only for fetching a root whose digest is known.
    pub(crate) fn dangerously_unverified(
        endpoint: &str,
        domain: &Domain,
    ) -> Result<Self, AgentError> {
        let config = builder()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(BelievesNothing))
            .with_no_client_auth();
        Self::with(config, endpoint, domain)
    }

    fn with(mut config: ClientConfig, endpoint: &str, domain: &Domain) -> Result<Self, AgentError> {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let endpoint = Endpoint::parse(endpoint).ok_or(PostError::Unreachable)?;
        let base = format!("https://{}:{}", domain.as_str(), endpoint.port);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(endpoint)
            .build()
            .map_err(|_| not_trusted("tls-unusable"))?;
        Ok(Self { http, base })
    }

    /// GET, and the body.
    pub(crate) async fn get(&self, path: &str) -> Result<Vec<u8>, AgentError> {
        self.answered(self.http.request(Method::GET, format!("{}{path}", self.base)), 0).await
    }

    /// POST, and the body of the answer.
    pub(crate) async fn post(
        &self,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, AgentError> {
        let request = self.http.request(Method::POST, format!("{}{path}", self.base));
        let octets = body.len() as u64;
        self.answered(request.header(CONTENT_TYPE, media_type).body(body), octets).await
    }

    /// POST of ciphertexts from their files, and the body of the answer.
    pub(crate) async fn upload(&self, path: &str, message: Framed) -> Result<Vec<u8>, AgentError> {
        let octets = message.octets();
        let request = self
            .http
            .request(Method::POST, format!("{}{path}", self.base))
            .header(CONTENT_TYPE, paths::MEDIA_FRAMED)
            .header(CONTENT_LENGTH, octets)
            .body(message.into_body());
        self.answered(request, octets).await
    }

    /// PUT of what has a name of its own.
    pub(crate) async fn put(
        &self,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Result<(), AgentError> {
        let request = self.http.request(Method::PUT, format!("{}{path}", self.base));
        let octets = body.len() as u64;
        let request = request.header(CONTENT_TYPE, media_type).body(body);
        self.answered(request, octets).await.map(drop)
    }

    /// GET of a ciphertext; `take` gets it piece by piece and says when it is enough.
    pub(crate) async fn download(
        &self,
        path: &str,
        mut take: impl FnMut(&[u8]) -> Result<(), AgentError>,
    ) -> Result<(), AgentError> {
        let request = self.http.request(Method::GET, format!("{}{path}", self.base));
        let mut response = self.responded(request, 0).await?;
        while let Some(piece) = piece(&mut response).await? {
            take(&piece)?;
        }
        Ok(())
    }

    /// POST of JSON, and JSON back.
    pub(crate) async fn post_json<Q, A>(&self, path: &str, question: &Q) -> Result<A, AgentError>
    where
        Q: serde::Serialize,
        A: serde::de::DeserializeOwned,
    {
        let body = serde_json::to_vec(question).map_err(|_| PostError::Archive)?;
        read(&self.post(path, "application/json", body).await?)
    }

    async fn answered(
        &self,
        request: reqwest::RequestBuilder,
        octets_sent: u64,
    ) -> Result<Vec<u8>, AgentError> {
        collect(self.responded(request, octets_sent).await?).await
    }

    /// The response, if it is no refusal.
    async fn responded(
        &self,
        request: reqwest::RequestBuilder,
        octets_sent: u64,
    ) -> Result<Response, AgentError> {
        let response = tokio::time::timeout(patience(octets_sent), request.send()).await;
        let response = response.map_err(|_| PostError::Unreachable)?;
        let response = response.map_err(|error| network(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(refused(status, &collect(response).await?).into())
    }
}

/// Where the provider is dialled, whatever name is verified. It is looked up at each connection and
/// not before: what lies in the archive is read without a network. [AGT-021]
#[derive(Clone)]
struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    /// Reads `host:port`; an IPv6 address stands in brackets.
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_host = !bare.is_empty() && (bare.len() < host.len() || !bare.contains(':'));
        Some(Self { host: bare.to_owned(), port: port.parse().ok()? }).filter(|_| is_host)
    }
}

impl Resolve for Endpoint {
    fn resolve(&self, _name: Name) -> Resolving {
        let Self { host, port } = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// How long to wait for the beginning of an answer to so many octets.
fn patience(octets_sent: u64) -> Duration {
    READ_TIMEOUT + Duration::from_secs(octets_sent / UPLOAD_OCTETS_PER_SECOND_MIN)
}

/// The next octets of a body; none at its end.
async fn piece(response: &mut Response) -> Result<Option<impl Deref<Target = [u8]>>, PostError> {
    let piece = tokio::time::timeout(READ_TIMEOUT, response.chunk()).await;
    piece.map_err(|_| PostError::Unreachable)?.map_err(|error| network(&error))
}

async fn collect(mut response: Response) -> Result<Vec<u8>, AgentError> {
    let mut octets = Vec::new();
    while let Some(chunk) = piece(&mut response).await? {
        if octets.len() + chunk.len() > ANSWER_OCTETS_MAX {
            return Err(PostError::Nonsense { expected: "answer of a bounded size" }.into());
        }
        octets.extend_from_slice(&chunk);
    }
    Ok(octets)
}

/// JSON of the wire room.
pub(crate) fn read<A: serde::de::DeserializeOwned>(octets: &[u8]) -> Result<A, AgentError> {
    serde_json::from_slice(octets)
        .map_err(|_| PostError::Nonsense { expected: "answer of this API" }.into())
}

/// A refusal by its code alone. What a provider writes for people is not repeated, and its code is
/// held to the form of ours: nothing from the network steers a terminal or enters a log. [AGT-007]
fn refused(status: StatusCode, octets: &[u8]) -> PostError {
    #[derive(serde::Deserialize)]
    struct Particulars {
        sub_indication: Option<String>,
    }
    let is_code = |code: &&str| {
        let form =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        (1..=CODE_OCTETS_MAX).contains(&code.len()) && code.bytes().all(form)
    };
    let is_indication = |said: &String| {
        let form =
            |octet: u8| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'_';
        (1..=CODE_OCTETS_MAX).contains(&said.len()) && said.bytes().all(form)
    };
    let problem = serde_json::from_slice::<Problem>(octets).ok();
    let code = problem.as_ref().map(Problem::code).filter(is_code).unwrap_or("unknown").to_owned();
    let particulars = serde_json::from_slice::<Particulars>(octets).ok();
    let sub_indication = particulars.and_then(|it| it.sub_indication).filter(is_indication);
    PostError::Refused { code, status: status.as_u16(), sub_indication }
}

fn network(error: &reqwest::Error) -> PostError {
    in_handshake(error).map_or(PostError::Unreachable, tls)
}

/// The TLS error among the causes of an error. Layers below wrap it in I/O errors, more than once,
/// and the source of such an error is the source of what it wraps.
fn in_handshake<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(wrapped) => in_handshake(wrapped),
        None => in_handshake(error.source()?),
    }
}

/// What a failed handshake says about the provider, and about the clock of this machine.
fn tls(error: &rustls::Error) -> PostError {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    let code = match error {
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. },
        ) => "provider-certificate-not-valid-now",
        rustls::Error::AlertReceived(_) => "provider-refused-connection",
        _ => "provider-not-trusted",
    };
    PostError::NotTrusted { code }
}

fn not_trusted(code: &'static str) -> AgentError {
    PostError::NotTrusted { code }.into()
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, AgentError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| not_trusted("tls-unusable"))
}

/// Accepts every certificate, because what is fetched is checked by its digest.
#[derive(Debug)]
struct BelievesNothing;

impl ServerCertVerifier for BelievesNothing {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

#[cfg(test)]
mod tests;
