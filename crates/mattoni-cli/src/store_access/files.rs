//! Files the command reads: bytes, lines, TOML; each failure names the file.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::str::FromStr;

use mattoni_core::{Problem, Problems};
use mattoni_desk::intake::Upload;
use mattoni_ranking::{Criteria, CriteriaSource, Facilities, FacilitiesSource, Fund, FundSource};
use serde::de::DeserializeOwned;

use crate::output::{Failure, refused};

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| unreadable(path, &error.to_string()).into())
}

/// What one line of a file says.
pub(crate) fn hexadecimal<T: FromStr<Err = Problem>>(path: &Path) -> Result<T, Problems> {
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(path, &e.to_string()))?;
    let read = text.trim().parse();
    read.map_err(|problem: Problem| problem.in_field(path.display().to_string()).into())
}

/// The largest TOML file that is read, in bytes: `service.toml`, `ente.toml`, criteria, places, funds,
/// rules of retention. The nursery's largest has 20 kB; a reader takes longer than in proportion.
pub(crate) const LARGEST_TOML: u64 = 1 << 20;

/// A TOML file as a `T`. This is the one way in for such files: how large one may be is looked at
/// before anything of it is parsed.
pub(crate) fn toml<T: DeserializeOwned>(path: &Path) -> Result<T, Problems> {
    let text = toml_text(path)?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
        let mut problem = Problem::new(
            "cli.file.toml",
            path.display().to_string(),
            error.message().to_owned(),
            "mend the file",
        );
        problem.line = line;
        problem.into()
    })
}

/// The text of a TOML file, which is not larger than one may be.
fn toml_text(path: &Path) -> Result<String, Problems> {
    let failed = |error: std::io::Error| unreadable(path, &error.to_string());
    let mut bytes = Vec::new();
    // One byte more shows that there is more.
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST_TOML + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST_TOML {
        return Err(Problem::new(
            "cli.file.too-large",
            path.display().to_string(),
            format!("must have at most {LARGEST_TOML} bytes"),
            "leave out what is not needed, or put it into a file that it names",
        )
        .into());
    }
    String::from_utf8(bytes).map_err(|_| unreadable(path, "is not text in UTF-8"))
}

/// The refusal of a file that cannot be read.
pub(crate) fn unreadable(path: &Path, why: &str) -> Problems {
    let field = path.display().to_string();
    Problem::new("cli.file.unreadable", field, why, "check the path and the rights on it").into()
}

/// A file that is not there yet, to be written.
pub(crate) fn create_new(path: &Path) -> Result<File, Failure> {
    File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => refused(
            "cli.file.exists",
            &path.display().to_string(),
            "must not be there yet",
            "choose another name",
        ),
        _ => Failure::file("non si può scrivere", path, &error),
    })
}

/// Writes a new file, to the disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = create_new(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| Failure::file("non si può scrivere", path, &error))
}

/// Problems of a file's contents, named with the file.
pub(crate) fn of_file(path: &Path, problems: Problems) -> Vec<Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let within = |problem: Problem| {
        let field = format!("{name}: {}", problem.field);
        problem.in_field(field)
    };
    problems.into_iter().map(within).collect()
}

/// The criteria in a file; problems go to `found`.
pub(crate) fn criteria(path: &Path, found: &mut Vec<Problem>) -> Option<Criteria> {
    let source: CriteriaSource = toml(path).map_err(|problems| found.extend(problems)).ok()?;
    Criteria::new(source).map_err(|problems| found.extend(of_file(path, problems))).ok()
}

/// The fund in a file; problems go to `found`.
pub(crate) fn fund(path: &Path, found: &mut Vec<Problem>) -> Option<Fund> {
    let source: FundSource = toml(path).map_err(|problems| found.extend(problems)).ok()?;
    Fund::new(source).map_err(|problems| found.extend(of_file(path, problems))).ok()
}

/// The facilities in a file; problems go to `found`.
pub(crate) fn facilities(path: &Path, found: &mut Vec<Problem>) -> Option<Facilities> {
    let source: FacilitiesSource = toml(path).map_err(|problems| found.extend(problems)).ok()?;
    Facilities::new(source).map_err(|problems| found.extend(of_file(path, problems))).ok()
}

/// A file as somebody hands it in: of which kind it is, its name says.
pub(crate) fn upload(path: &Path) -> Result<Upload, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let media_type = match path.extension().and_then(|extension| extension.to_str()) {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("p7m") => "application/pkcs7-mime",
        _ => "text/plain",
    };
    Ok(Upload { name, media_type: media_type.to_owned(), bytes: bytes(path)? })
}
