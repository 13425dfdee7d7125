//! One log line: a stable code and a fixed set of harmless fields, written as JSON by `tracing`.

use std::io;

use tracing::Level;
use tracing_subscriber::EnvFilter;

/// A type whose text names nobody: no address, no name, no key, no digest, no id of a letter.
///
/// A marker to be earned, one `impl` at a time; never implement it for `String` or `&str` of
/// unknown origin.
pub trait LogSafe {
    /// The text for the log.
    fn log_text(&self) -> String;
}

/// A literal in our own source.
impl LogSafe for &'static str {
    fn log_text(&self) -> String {
        (*self).to_owned()
    }
}

impl LogSafe for u64 {
    fn log_text(&self) -> String {
        self.to_string()
    }
}

/// The kind only: the message of an I/O error may hold a path.
impl LogSafe for io::ErrorKind {
    fn log_text(&self) -> String {
        self.to_string()
    }
}

/// SQLite's numbers; its messages may quote values.
impl LogSafe for rusqlite::Error {
    fn log_text(&self) -> String {
        match self.sqlite_error() {
            Some(error) => format!("SQLite code {}", error.extended_code),
            None => "the statement and its program disagree".to_owned(),
        }
    }
}

impl LogSafe for crate::store::StoreError {
    fn log_text(&self) -> String {
        match self {
            Self::Statement(error) => error.log_text(),
            other => other.code().to_owned(),
        }
    }
}

/// The pattern a request was matched by (`/v1/letters/{id}`), never its path. It comes from our
/// own routing table.
#[derive(Debug, Clone)]
pub struct RouteTemplate(String);

impl RouteTemplate {
    /// The template of a request, or `unmatched`.
    #[must_use]
    pub fn of(matched: Option<&axum::extract::MatchedPath>) -> Self {
        Self(matched.map_or("unmatched", |matched| matched.as_str()).to_owned())
    }

    /// The template's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LogSafe for RouteTemplate {
    fn log_text(&self) -> String {
        self.0.clone()
    }
}

/// A log line being put together. Nothing is written before [`Line::write`].
#[must_use = "a line is written by `write`"]
pub struct Line {
    level: Level,
    code: &'static str,
    transition: Option<&'static str>,
    reason: Option<&'static str>,
    method: Option<&'static str>,
    route: Option<String>,
    status: Option<u16>,
    count: Option<u64>,
    millis: Option<u64>,
    port: Option<u16>,
    detail: Option<String>,
}

/// Something happened as it should.
pub fn info(code: &'static str) -> Line {
    Line::new(Level::INFO, code)
}

/// Something did not work now and will be tried again, or was refused.
pub fn warn(code: &'static str) -> Line {
    Line::new(Level::WARN, code)
}

/// Somebody has to look.
pub fn error(code: &'static str) -> Line {
    Line::new(Level::ERROR, code)
}

impl Line {
    fn new(level: Level, code: &'static str) -> Self {
        Self {
            level,
            code,
            transition: None,
            reason: None,
            method: None,
            route: None,
            status: None,
            count: None,
            millis: None,
            port: None,
            detail: None,
        }
    }

    /// Which operation of the house.
    pub fn transition(mut self, name: &'static str) -> Self {
        self.transition = Some(name);
        self
    }

    /// The stable code of the error or refusal behind this line.
    pub fn reason(mut self, code: &'static str) -> Self {
        self.reason = Some(code);
        self
    }

    /// Method, route template and status of an HTTP answer.
    pub fn answer(mut self, method: &'static str, route: &RouteTemplate, status: u16) -> Self {
        self.method = Some(method);
        self.route = Some(route.log_text());
        self.status = Some(status);
        self
    }

    /// The status another provider answered.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// How many.
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count as u64);
        self
    }

    /// How long it took.
    pub fn took(mut self, time: std::time::Duration) -> Self {
        self.millis = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// The own port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Anything else that is safe.
    pub fn detail(mut self, detail: &impl LogSafe) -> Self {
        self.detail = Some(detail.log_text());
        self
    }

    /// Writes the line.
    pub fn write(self) {
        // `tracing` wants the level as a constant; the fields stay in one place.
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    target: TARGET,
                    $level,
                    code = self.code,
                    transition = self.transition,
                    reason = self.reason,
                    method = self.method,
                    route = self.route,
                    status = self.status,
                    count = self.count,
                    millis = self.millis,
                    port = self.port,
                    detail = self.detail,
                )
            };
        }
        match self.level {
            Level::ERROR => line!(Level::ERROR),
            Level::WARN => line!(Level::WARN),
            _ => line!(Level::INFO),
        }
    }
}

/// Starts the JSON log on stderr. Only our own target passes: what libraries log (peer addresses,
/// host names, certificate subjects) is theirs, not checked by us, and stays out at any level.
pub fn start_logging(level: Level) {
    let filter = EnvFilter::new(format!("off,{TARGET}={level}"));
    let installed = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    // A second start in one process (tests) keeps the first.
    drop(installed);
}

/// The names a log line may carry, for the knowledge budget (docs/knowledge-budget.toml).
pub const FIELDS: &[&str] = &[
    "timestamp",
    "level",
    "target",
    "code",
    "transition",
    "reason",
    "method",
    "route",
    "status",
    "count",
    "millis",
    "port",
    "detail",
];

const TARGET: &str = "sealpost";
