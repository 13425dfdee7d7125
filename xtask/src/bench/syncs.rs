//! Counts the calls that wait for the disk, by attaching strace.

use anyhow::{Context, Result, bail};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Time for attaching to all threads.
const ATTACHING: Duration = Duration::from_millis(500);

/// strace at work on one process.
pub struct Count {
    strace: Child,
}

impl Count {
    pub fn begin(process: u32) -> Result<Self> {
        let strace = Command::new("strace")
            .args(["-f", "-c", "-q", "-e", "trace=fsync,fdatasync", "-p", &process.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("strace is not installed")?;
        let mut count = Self { strace };
        sleep(ATTACHING);
        if count.strace.try_wait()?.is_some() {
            bail!("strace may not attach to processes here");
        }
        Ok(count)
    }

    /// fsync and fdatasync together.
    pub fn end(self) -> Result<u64> {
        sealpost_tests::provider::signal("-INT", self.strace.id());
        let said = self.strace.wait_with_output()?;
        Ok(calls(&String::from_utf8_lossy(&said.stderr)))
    }
}

/// The column `calls` of strace's table, for both calls.
fn calls(table: &str) -> u64 {
    let of_line = |line: &str| -> Option<u64> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let known = matches!(words.last()?, &"fsync" | &"fdatasync");
        known.then(|| words.get(3)?.parse().ok()).flatten()
    };
    table.lines().filter_map(of_line).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn calls_are_added_up() {
        let table = "% time     seconds  usecs/call     calls    errors syscall\n\
                     ------ ----------- ----------- --------- --------- ----------------\n \
                     99.00    0.100000         123       800           fdatasync\n  \
                     1.00    0.001000          12        20           fsync\n\
                     100.00    0.101000                   820           total\n";
        assert_eq!(super::calls(table), 820);
        assert_eq!(super::calls(""), 0);
    }
}
