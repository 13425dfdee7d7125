//! A small SMTP client: sessions that stay open and hand in one message after the other.

use anyhow::{Context, Result, bail};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// An open session.
pub struct Session {
    reader: BufReader<TcpStream>,
}

impl Session {
    pub fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut session = Self { reader: BufReader::new(stream) };
        session.expect("220")?;
        session.say(b"EHLO bench.invalid\r\n")?;
        session.expect("250")?;
        Ok(session)
    }

    /// One message, its envelope pipelined (RFC 2920); back when it is on the disk over there.
    fn hand_in(&mut self, message: &[u8]) -> Result<()> {
        self.say(b"MAIL FROM:<a@bench.invalid>\r\nRCPT TO:<b@other.invalid>\r\nDATA\r\n")?;
        for code in ["250", "250", "354"] {
            self.expect(code)?;
        }
        self.say(message)?;
        self.expect("250")
    }

    fn say(&mut self, octets: &[u8]) -> Result<()> {
        Ok(self.reader.get_mut().write_all(octets)?)
    }

    /// Reads a reply of any number of lines.
    fn expect(&mut self, code: &str) -> Result<()> {
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            if !line.starts_with(code) {
                bail!("Postfix said {line:?} where {code} was expected");
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}

/// What a round took.
pub struct Round {
    pub took: Duration,
    pub latencies_ms: Vec<f64>,
}

/// Hands in `count` messages, each session the next one as soon as the last was answered.
pub fn round(sessions: &mut [Session], count: usize, message: &[u8]) -> Result<Round> {
    let left = Mutex::new(count);
    let began = Instant::now();
    let latencies = std::thread::scope(|scope| {
        let left = &left;
        let running: Vec<_> = sessions
            .iter_mut()
            .map(|session| scope.spawn(move || work(session, left, message)))
            .collect();
        running
            .into_iter()
            .map(|it| it.join().ok().context("a session panicked")?)
            .collect::<Result<Vec<_>>>()
    })?;
    Ok(Round { took: began.elapsed(), latencies_ms: latencies.concat() })
}

fn work(session: &mut Session, left: &Mutex<usize>, message: &[u8]) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    while take_one(left) {
        let began = Instant::now();
        session.hand_in(message)?;
        latencies.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(latencies)
}

fn take_one(left: &Mutex<usize>) -> bool {
    let Ok(mut left) = left.lock() else { return false };
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

/// A plain message of about `octets`, ended as SMTP ends it.
pub fn message(octets: usize) -> Vec<u8> {
    let head =
        "From: <a@bench.invalid>\r\nTo: <b@other.invalid>\r\nSubject: Measured message\r\n\r\n";
    let line = "The quick brown fox jumps over the lazy dog and over forty more of them.\r\n";
    let lines = octets.saturating_sub(head.len()).div_ceil(line.len());
    format!("{head}{}.\r\n", line.repeat(lines)).into_bytes()
}
