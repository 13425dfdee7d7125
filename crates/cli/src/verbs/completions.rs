//! `completions`.

use serde::Serialize;

use crate::arguments::{self, Completions};
use crate::printer::Answer;

/// The script for a shell.
pub(crate) fn perform(asked: &Completions) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut arguments::command(), "sealpost", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let fields = Script { shell: asked.shell.to_string(), script: script.clone() };
    Answer::new("completions", &fields, script)
}

#[derive(Serialize)]
struct Script {
    shell: String,
    script: String,
}
