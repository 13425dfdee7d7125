//! Counters and histograms, in the text format of Prometheus. Labels are words of our own:
//! transition, method, route template, status. Never anything that came in from outside.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::RouteTemplate;

/// Every metric with its labels, for the knowledge budget (docs/knowledge-budget.toml).
pub const METRICS: &[(&str, &[&str])] = &[
    (REQUESTS, &["method", "route", "status"]),
    (REQUEST_SECONDS, &["method", "route"]),
    (CONNECTIONS, &[]),
    (HANDSHAKES_FAILED, &[]),
    (TURNED_AWAY, &[]),
    (CUT_OFF, &[]),
    (COMMITS, &[]),
    (BATCH, &[]),
    (WRITES, &["transition"]),
    (WRITE_SECONDS, &["transition"]),
    (BLOB_OCTETS, &["direction"]),
    (BLOB_FILES, &["act"]),
    (EVIDENCE, &["event"]),
    (RELAY_TRIES, &["outcome"]),
    (RECEIPT_TRIES, &["outcome"]),
];

const REQUESTS: &str = "sealpost_requests_total";
const REQUEST_SECONDS: &str = "sealpost_request_seconds";
const CONNECTIONS: &str = "sealpost_connections";
const HANDSHAKES_FAILED: &str = "sealpost_handshakes_failed_total";
const TURNED_AWAY: &str = "sealpost_connections_turned_away_total";
const CUT_OFF: &str = "sealpost_connections_cut_off_total";
const COMMITS: &str = "sealpost_store_commits_total";
const BATCH: &str = "sealpost_store_batch_operations";
const WRITES: &str = "sealpost_store_operations_total";
const WRITE_SECONDS: &str = "sealpost_store_operation_seconds";
const BLOB_OCTETS: &str = "sealpost_blob_octets_total";
const BLOB_FILES: &str = "sealpost_blob_files_total";
const EVIDENCE: &str = "sealpost_evidence_total";
const RELAY_TRIES: &str = "sealpost_relay_tries_total";
const RECEIPT_TRIES: &str = "sealpost_receipt_tries_total";

/// From a tenth of a millisecond (a read) to ten seconds (a time-out near).
const SECONDS: &[f64] =
    &[0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Powers of two up to the largest batch.
const OPERATIONS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Starts counting, once per process; later calls give the same handle.
pub fn start() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
                .and_then(|builder| {
                    builder.set_buckets_for_metric(Matcher::Full(BATCH.to_owned()), OPERATIONS)
                })
                .expect("the bucket lists are not empty")
                .build_recorder();
            let handle = recorder.handle();
            // Fails only if somebody else counts in this process already (a test).
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}

/// An HTTP request was answered.
pub fn answered(method: &'static str, route: &RouteTemplate, status: u16, took: Duration) {
    let route = route.as_str().to_owned();
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!(REQUEST_SECONDS, "method" => method, "route" => route).record(took);
}

/// A connection was opened or closed.
pub fn connections(open: usize) {
    gauge!(CONNECTIONS).set(open as f64);
}

/// A TLS handshake did not come about.
pub fn handshake_failed() {
    counter!(HANDSHAKES_FAILED).increment(1);
}

/// A stranger came when there were too many already.
pub fn turned_away() {
    counter!(TURNED_AWAY).increment(1);
}

/// A connection ended because its answers were not read.
pub fn cut_off() {
    counter!(CUT_OFF).increment(1);
}

/// One COMMIT (one sync) for `operations` operations.
pub fn committed(operations: usize) {
    counter!(COMMITS).increment(1);
    histogram!(BATCH).record(operations as f64);
}

/// One operation was answered, `took` after it was queued.
pub fn written(transition: &'static str, took: Duration) {
    counter!(WRITES, "transition" => transition).increment(1);
    histogram!(WRITE_SECONDS, "transition" => transition).record(took);
}

/// Ciphertext came in.
pub fn blob_taken_in(octets: u64) {
    counter!(BLOB_OCTETS, "direction" => "in").increment(octets);
}

/// A blob file was made durable.
pub fn blob_file_written() {
    counter!(BLOB_FILES, "act" => "written").increment(1);
}

/// A blob file was deleted.
pub fn blob_file_deleted() {
    counter!(BLOB_FILES, "act" => "deleted").increment(1);
}

/// Evidence was signed; the label is the standard's name of the event.
pub fn evidence_issued(event: &'static str) {
    counter!(EVIDENCE, "event" => event).increment(1);
}

/// A dispatch was tried; the label is `relayed`, `rejected` or the code of the failure.
pub fn relay_tried(outcome: &'static str) {
    counter!(RELAY_TRIES, "outcome" => outcome).increment(1);
}

/// A batch of receipts was tried; the label is `delivered` or the code of the failure.
pub fn receipts_tried(outcome: &'static str) {
    counter!(RECEIPT_TRIES, "outcome" => outcome).increment(1);
}
