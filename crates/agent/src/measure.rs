//! For measurements only: what a submission is before it is handed in, so that a driver can hand in
//! many of them and measure the provider alone (`cargo xtask bench`).

use crate::errors::{AgentError, PostError};
use crate::large::LargeFiles;
use crate::session::Agent;
use sealpost_cms::path::Crl;
use sealpost_letter::{Draft, PreparedSubmission};
use sealpost_wire::framing;

impl Agent {
    /// The messages that [`Agent::send`] would hand in, neither stored nor handed in.
    #[doc(hidden)]
    pub fn sealed_only(&self, draft: &Draft) -> Result<Vec<Vec<u8>>, AgentError> {
        let mut messages = Vec::new();
        self.wait(self.seal(
            draft,
            &[],
            None,
            &mut LargeFiles::new(&[]),
            &mut |_| (),
            |submission: PreparedSubmission, parts: Vec<u8>, _: &[Crl]| {
                let parts = submission.split_parts(&parts).ok_or(PostError::Archive)?;
                messages.push(framing::frame(&submission.head.to_json(), &parts));
                Ok(())
            },
        ))?;
        Ok(messages)
    }
}
