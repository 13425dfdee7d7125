//! The house rules, as tests: what can be enforced about the sources is enforced here.
//!
//! Every rule is a test of its own that lists all its failures at once, each as
//! `file:line: rule: what to do`. A rule that is neither here nor in the compiler is advice.

mod checks;
mod failures;
mod graph;
mod invariants;
mod lexer;
mod places;
mod sizes;
mod sources;
mod standards;
mod words;

/// What a rule found. Dropping it unasked would hide failures, hence `must_use`.
#[must_use]
struct Failures {
    rule: &'static str,
    found: Vec<String>,
}

impl Failures {
    fn of(rule: &'static str) -> Self {
        Self { rule, found: Vec::new() }
    }

    fn add(&mut self, file: &str, line: usize, what_to_do: impl AsRef<str>) {
        self.found.push(format!("{file}:{line}: {}: {}", self.rule, what_to_do.as_ref()));
    }

    /// Fails the test with the whole list, without the noise of a backtrace that leads nowhere.
    fn assert_none(self) {
        if !self.found.is_empty() {
            eprintln!("{}", self.found.join("\n"));
            eprintln!("{} found, rule '{}'", self.found.len(), self.rule);
            std::panic::resume_unwind(Box::new(self.rule));
        }
    }
}
