//! Many clients that hand in letters at the same time, each over one kept TLS connection.

use crate::{fault, milliseconds};
use anyhow::{Context, Result, bail};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use sealpost_agent::{Agent, Certificate};
use sealpost_erds::relay::SubmissionHead;
use sealpost_letter::Draft;
use sealpost_wire::api::{SubmissionAnswer, Taken};
use sealpost_wire::{framing, paths};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Pool = Arc<Mutex<VecDeque<Vec<u8>>>>;

/// The clients and what they have to hand in.
pub(crate) struct Load {
    runtime: tokio::runtime::Runtime,
    tls: ClientConfig,
    domain: String,
    endpoint: SocketAddr,
    clients: Vec<reqwest::Client>,
    sealed: Pool,
}

impl Load {
    pub(crate) fn new(sender: &Agent, endpoint: &str) -> Result<Self> {
        let identity = sender.identity();
        let mut certificates = identity.certificates.iter();
        let own = certificates.find(|(purpose, _)| *purpose == "authentication");
        let (_, certificate) = own.expect("every person has one");
        let key = sender.keys().authentication_key().to_pkcs8_der();
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            tls: tls(&identity.root, certificate, &key)?,
            domain: identity.provider,
            endpoint: endpoint.parse()?,
            clients: Vec::new(),
            sealed: Pool::default(),
        })
    }

    /// Seals letters that differ in everything but their document.
    pub(crate) fn prepare(&mut self, sender: &Agent, draft: &Draft, count: usize) -> Result<Value> {
        let began = Instant::now();
        let mut octets = 0;
        let mut sealed = self.sealed.lock().map_err(|_| anyhow::anyhow!("poisoned"))?;
        for _ in 0..count {
            let messages = sender.sealed_only(draft).map_err(fault)?;
            octets += messages.iter().map(Vec::len).sum::<usize>();
            sealed.extend(messages);
        }
        let took = began.elapsed();
        let example = sealed.back().context("nothing was sealed")?;
        let (head, _) = framing::split_head(example)?;
        let parts = SubmissionHead::from_json(head).ok().context("no head")?.parts();
        Ok(json!({
            "octets": octets,
            "head_octets": head.len(),
            "part_octets": parts.iter().map(|part| part.octets).collect::<Vec<_>>(),
            "ms": milliseconds(took),
        }))
    }

    /// Opens connections until there are `count`, and uses each once.
    pub(crate) fn connect(&mut self, count: usize) -> Result<Value> {
        while self.clients.len() < count {
            let client = reqwest::Client::builder()
                .tls_backend_preconfigured(self.tls.clone())
                .https_only(true)
                .no_proxy()
                .pool_idle_timeout(Duration::from_secs(3600))
                .resolve(&self.domain, self.endpoint)
                .build()?;
            self.runtime.block_on(fetch(&client, &self.url(paths::HEALTH)))?;
            self.clients.push(client);
        }
        Ok(json!({ "connections": self.clients.len() }))
    }

    /// `count` letters by `clients` clients; each begins the next when the last was answered.
    pub(crate) fn submit(&mut self, clients: usize, count: usize) -> Result<Value> {
        let url = self.url(paths::SUBMISSIONS);
        let batch =
            self.sealed.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.drain(..count).collect();
        let batch: Pool = Arc::new(Mutex::new(batch));
        let clients = self.clients.get(..clients).context("too few connections")?.to_vec();
        let (took, handed_in) = self.runtime.block_on(async {
            let began = Instant::now();
            let mut running = JoinSet::new();
            for client in clients {
                running.spawn(hand_in(client, url.clone(), Arc::clone(&batch)));
            }
            let ended = running.join_all().await;
            (began.elapsed(), ended)
        });
        let (mut latencies, mut octets) = (Vec::new(), 0);
        for ended in handed_in {
            for letter in ended? {
                let answer: SubmissionAnswer = serde_json::from_slice(&letter.answer)?;
                if answer.outcome != Taken::Accepted || answer.evidence.is_empty() {
                    bail!("a letter was refused");
                }
                latencies.push(milliseconds(letter.took));
                octets += letter.octets;
            }
        }
        Ok(json!({ "ms": milliseconds(took), "octets": octets, "latencies_ms": latencies }))
    }

    /// Commits of the provider's database since it started.
    pub(crate) fn commits(&self) -> Result<Value> {
        let client = self.clients.first().context("not connected")?;
        let text = self.runtime.block_on(fetch(client, &self.url(paths::METRICS)))?;
        let text = String::from_utf8(text)?;
        let count =
            text.lines().find_map(|line| line.strip_prefix("sealpost_store_commits_total "));
        Ok(json!({ "commits": count.context("no count of commits")?.parse::<f64>()? }))
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}:{}{path}", self.domain, self.endpoint.port())
    }
}

struct HandedIn {
    took: Duration,
    octets: usize,
    answer: Vec<u8>,
}

async fn hand_in(client: reqwest::Client, url: String, batch: Pool) -> Result<Vec<HandedIn>> {
    let mut done = Vec::new();
    while let Some(message) = batch.lock().ok().and_then(|mut batch| batch.pop_front()) {
        let octets = message.len();
        let began = Instant::now();
        let request = client.post(&url).header("content-type", paths::MEDIA_FRAMED).body(message);
        let answer = request.send().await?.error_for_status()?.bytes().await?.to_vec();
        done.push(HandedIn { took: began.elapsed(), octets, answer });
    }
    Ok(done)
}

async fn fetch(client: &reqwest::Client, url: &str) -> Result<Vec<u8>> {
    Ok(client.get(url).send().await?.error_for_status()?.bytes().await?.to_vec())
}

/// As the agent speaks: TLS 1.3, one pinned root, the person's authentication key.
fn tls(root: &Certificate, certificate: &Certificate, key: &[u8]) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.der().to_vec()))?;
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, PrivatePkcs8KeyDer::from(key.to_vec()).into())?;
    tls.alpn_protocols = vec![b"h2".to_vec()];
    Ok(tls)
}
