//! What the program says to the shell.

use crate::verdict::RunReport;

/// The exit codes of `weni-conformance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything that was judged passed, and something was.
    Passed = 0,
    /// Something failed.
    Failed = 1,
    /// Bad usage, or an input file with a mistake.
    Usage = 2,
    /// The target is out of reach, a case could not be judged, or none was.
    NotJudged = 3,
    /// Interrupted by the user.
    Interrupted = 130,
}

impl From<&RunReport> for ExitCode {
    /// A failure outweighs a case that could not be judged; a skipped case counts neither way. A run that left something
    /// of its own is no success.
    fn from(report: &RunReport) -> Self {
        let tally = report.tally();
        if report.interrupted {
            Self::Interrupted
        } else if tally.failed > 0
            || report.about.sweep
            || report.about.harmed
            || (report.about.strict && tally.deviating > 0)
        {
            Self::Failed
        } else if tally.errors > 0
            || report.about.unlooked
            || tally.passed + tally.deviating + tally.accepted == 0
        {
            Self::NotJudged
        } else {
            Self::Passed
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
