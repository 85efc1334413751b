//! Running other programs.

use std::process::{Command, Stdio};

use crate::BuildError;

/// What `command` prints on stdout; its stderr is shown as it comes.
pub(crate) fn output(command: &mut Command) -> Result<String, BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BuildError::because(format!("{program} could not be started"), error))?;
    if !output.status.success() {
        return Err(BuildError::new(format!("{program} ended with {}", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|error| BuildError::because(format!("{program} printed no UTF-8"), error))
}
