//! The exit codes, the same for every verb.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done; what was verified is TOTAL-PASSED.
    Passed,
    /// What was verified is TOTAL-FAILED, or what was asked for was refused by rule.
    Failed,
    /// A mistake in the arguments, or a fault: no verdict was reached.
    Fault,
    /// What was verified is INDETERMINATE.
    Indeterminate,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Fault => 2,
            Self::Indeterminate => 3,
        }
    }

    /// The exit that belongs to an exit code of a report.
    pub(crate) const fn of_report(code: u8) -> Self {
        match code {
            0 => Self::Passed,
            1 => Self::Failed,
            3 => Self::Indeterminate,
            _ => Self::Fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_has_its_number_and_comes_back_from_it() {
        for (exit, code) in
            [(Exit::Passed, 0), (Exit::Failed, 1), (Exit::Fault, 2), (Exit::Indeterminate, 3)]
        {
            assert_eq!(exit.code(), code);
            assert_eq!(Exit::of_report(code), exit);
        }
        assert_eq!(Exit::of_report(77), Exit::Fault);
    }
}
