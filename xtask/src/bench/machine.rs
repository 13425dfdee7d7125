//! What the kernel says about this machine and about processes (`/proc`).

use anyhow::{Context, Result, ensure};
use std::fs;
use std::ops::Range;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Memory of a process in octets.
pub struct Memory {
    pub rss: u64,
    pub pss: u64,
}

/// Kernel ticks in a second, as seen in `/proc`: 100 on every Linux.
const TICKS: f64 = 100.0;

pub fn memory(process: u32) -> Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let octets =
        |name: &str| value_of(&text, name, ':').map(|kib| kib * 1024).context("no memory figures");
    Ok(Memory { rss: octets("Rss")?, pss: octets("Pss")? })
}

/// Milliseconds of user and system time of a process; with `children` also of those it has waited for.
pub fn cpu_ms(process: u32, children: bool) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    times_ms(&text, if children { 11..15 } else { 11..13 })
}

/// The same of all processes that this one has started and waited for.
fn waited_for_ms() -> Result<f64> {
    times_ms(&fs::read_to_string("/proc/self/stat")?, 13..15)
}

/// proc(5): utime, stime, cutime and cstime are fields 14 to 17; the third is the first here.
fn times_ms(stat: &str, wanted: Range<usize>) -> Result<f64> {
    let fields = fields_after_name(stat).context("no times of the process")?;
    let ticks =
        fields.get(wanted).context("no times of the process")?.iter().map(|it| it.parse::<f64>());
    Ok(ticks.sum::<Result<f64, _>>()? * 1000.0 / TICKS)
}

/// A process and its direct children.
pub fn family(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |id: &u32| {
        let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        fields_after_name(&text).and_then(|fields| fields.get(1)?.parse().ok()) == Some(parent)
    };
    ids.filter(|id| *id == parent || is_child(id)).collect()
}

/// Octets that a process caused to be written to the disk.
pub fn written(process: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/io"))?;
    value_of(&text, "write_bytes", ':').context("no figures about writing")
}

/// What a command used from its start to its end.
#[derive(Clone, Copy)]
pub struct Usage {
    pub wall_ms: f64,
    /// Of the command and all that it started.
    pub cpu_ms: f64,
    /// The largest process at its largest, in octets.
    pub peak_octets: u64,
}

/// Runs a command so many times in a row; times are of one of them, on average.
pub fn usage(repeats: u32, command: impl Fn() -> Command) -> Result<Usage> {
    let (began, cpu_before) = (Instant::now(), waited_for_ms()?);
    let mut peak_octets = 0;
    for _ in 0..repeats {
        let mut command = command();
        let words = format!("{command:?}");
        let mut process = command.spawn().with_context(|| format!("{words} did not start"))?;
        let status = loop {
            peak_octets = peak_octets.max(peak(process.id()));
            if let Some(status) = process.try_wait()? {
                break status;
            }
            sleep(LOOK_AGAIN);
        };
        ensure!(status.success(), "{words} ended with {status}");
    }
    let each = |total: f64| total / f64::from(repeats);
    Ok(Usage {
        wall_ms: each(began.elapsed().as_secs_f64() * 1000.0),
        cpu_ms: each(waited_for_ms()? - cpu_before),
        peak_octets,
    })
}

/// Between two looks at a running process. What it needed in its last moments may be missed.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// The largest memory so far of the largest among a process and its children.
fn peak(parent: u32) -> u64 {
    let of = |id: u32| {
        let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        value_of(&text, "VmHWM", ':').map(|kib| kib * 1024)
    };
    let children = format!("/proc/{parent}/task/{parent}/children");
    let children = fs::read_to_string(children).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    children.chain([parent]).filter_map(of).max().unwrap_or(0)
}

/// The load average of the last minute.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN)
}

/// Processor, cores and kernel in one line.
pub fn description() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("an unknown processor");
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gib = value_of(&memory, "MemTotal", ':').unwrap_or(0) as f64 / f64::from(1 << 20);
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{cores} cores of {model}, {gib:.0} GiB, Linux {}", kernel.trim())
}

fn value_of(text: &str, name: &str, separator: char) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(separator))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The fields after the program's name, which may contain spaces and brackets.
fn fields_after_name(stat: &str) -> Option<Vec<&str>> {
    stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_a_name_with_brackets() {
        let fields = fields_after_name("12 (a ) b) S 7 8").expect("it has a name");
        assert_eq!(fields, ["S", "7", "8"]);
    }

    #[test]
    fn values_are_found_by_their_whole_name() {
        assert_eq!(value_of("Pss_Dirty: 1 kB\nPss:   42 kB\n", "Pss", ':'), Some(42));
    }
}
