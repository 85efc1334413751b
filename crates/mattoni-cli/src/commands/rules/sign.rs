//! `mattoni rules key` and `sign`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use mattoni_core::{Digest, Problem, Problems};
use mattoni_rules::SecretKey;
use serde_json::json;

use crate::output::{Failure, Reader, print_json, print_text};
use crate::store_access::{files, plugins};

pub(crate) fn key(file: &Path, reader: Reader) -> Result<(), Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::broken("la macchina non dà numeri casuali", &error))?;
    let text: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let written = private(file).and_then(|mut file| writeln!(file, "{text}"));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::from(Problems::from(Problem::new(
            "cli.rules.key",
            file.display().to_string(),
            "there is such a file already, and a lost key cannot be drawn again",
            "name another file",
        ))),
        _ => Failure::file("non si può scrivere la chiave", file, &error),
    })?;
    let publisher = SecretKey::from_seed(seed).publisher();
    match reader {
        Reader::Machine => print_json(&json!({ "publisher": publisher.to_string() })),
        Reader::Person => print_text(&format!("editore {publisher}")),
    }
    Ok(())
}

#[cfg(unix)]
fn private(file: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

#[cfg(not(unix))]
fn private(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(file)
}

pub(crate) fn sign(plugin: &Path, key: &Path, reader: Reader) -> Result<(), Failure> {
    let secret: SecretKey = files::hexadecimal(key)?;
    let digest = Digest::of(&files::bytes(plugin)?);
    let signature = secret.sign(digest);
    let to = plugins::signature_path(plugin);
    std::fs::write(&to, format!("{signature}\n"))
        .map_err(|error| Failure::file("non si può scrivere la firma", &to, &error))?;
    match reader {
        Reader::Machine => print_json(&json!({
            "digest": digest, "publisher": secret.publisher().to_string(), "signature": to,
        })),
        Reader::Person => {
            print_text(&format!("{}\neditore {}", to.display(), secret.publisher()));
        }
    }
    Ok(())
}
