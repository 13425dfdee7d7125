//! The lines that a person reads: what happened when, who said so, and how long it took.

use serde_json::Value;
use std::time::Instant;

/// What the demo tells, line by line. Headings begin with `## `.
pub struct Timeline {
    began: Instant,
    pub lines: Vec<String>,
}

impl Timeline {
    pub fn new() -> Self {
        Self { began: Instant::now(), lines: Vec::new() }
    }

    /// A heading after an empty line.
    pub fn heading(&mut self, text: &str) {
        self.lines.push(String::new());
        self.lines.push(format!("## {text}"));
    }

    /// Something that a person did, `seconds` after the beginning.
    pub fn act(&mut self, who: &str, what: &str, took: f64) {
        let at = self.began.elapsed().as_secs_f64() - took;
        self.lines.push(format!("  {at:6.1} s  {who:<15} {what}  ({took:.2} s)"));
    }

    /// A plain line.
    pub fn say(&mut self, text: &str) {
        self.lines.push(format!("  {text}"));
    }

    /// The evidence about one recipient, as the sender's program lists it.
    pub fn evidence(&mut self, steps: &[Value]) {
        for step in steps {
            let word = |key: &str| step[key].as_str().unwrap_or("-").to_owned();
            let time = word("proven_time").replace('T', " ").replace('Z', "");
            let time = time.split(' ').nth(1).unwrap_or("-").to_owned();
            self.lines.push(format!(
                "            {:<4}{:<27} stated by {:<14} proven {time} UTC  {}",
                word("code"),
                word("event"),
                word("issuer"),
                word("indication"),
            ));
        }
    }
}
