//! Files as they come in: looked at before they are kept.
//!
//! [`Records::hand_in`](crate::counter::Records::hand_in) takes them. A file passes when the record
//! takes it (its limits, the verb), its bytes are what its media type says, and the [`Scanner`],
//! where there is one, finds nothing. What was found is on record ([`Inspection`]) before the file
//! is accepted; the bytes are in the store before the event that names them.

#[cfg(feature = "clamav")]
mod clamd;
mod inspection;
mod scan;
mod sniff;

use mattoni_core::{Digest, Problem};

#[cfg(feature = "clamav")]
pub use clamd::Clamd;
pub use inspection::{Inspected, Inspection, InspectionEvent, ScanFinding, inspection_id};
pub use scan::{Scan, ScanError, Scanner, Verdict};
pub use sniff::sniff;

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// File name as the person gave it.
    pub name: String,
    /// Media type (RFC 6838) that came with it: what it claims to be.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file as a record knows it, once it was sent: without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// File name as the person gave it.
    pub name: String,
    /// Its media type, by its registered name: the one that came with it or, where that says
    /// nothing (`application/octet-stream`), the one its bytes speak of.
    pub media_type: String,
    /// Media type that came with it, as it was written.
    pub claimed: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The digest of its bytes, by which the store finds them.
    pub digest: Digest,
}

impl Upload {
    /// What a record knows of it.
    #[must_use]
    pub fn received(&self) -> Received {
        Received {
            name: self.name.clone(),
            media_type: sniff::known_as(&self.media_type, &self.bytes),
            claimed: self.media_type.clone(),
            bytes: self.bytes.len() as u64,
            digest: Digest::of(&self.bytes),
        }
    }

    /// Why its bytes are not what it claims to be. Every name in use for a format is understood, with
    /// any parameters; a file that claims nothing is what its bytes say.
    ///
    /// ```
    /// use mattoni_desk::intake::Upload;
    ///
    /// let upload = |media_type: &str, bytes: &[u8]| Upload {
    ///     name: "carta".into(),
    ///     media_type: media_type.into(),
    ///     bytes: bytes.into(),
    /// };
    /// assert_eq!(upload("application/pdf", b"%PDF-1.7\n").mismatch(), None);
    /// assert_eq!(upload("image/jpg", b"\xFF\xD8\xFF\xE0").received().media_type, "image/jpeg");
    /// assert_eq!(upload("", b"%PDF-1.7\n").received().media_type, "application/pdf");
    /// let problem = upload("application/pdf", b"\x89PNG\r\n\x1a\n").mismatch().expect("it is none");
    /// assert_eq!(problem.code, "desk.intake.other-type");
    /// ```
    #[must_use]
    pub fn mismatch(&self) -> Option<Problem> {
        // The practice says what is wrong with no bytes at all.
        if self.bytes.is_empty() || sniff::is(&self.media_type, &self.bytes) {
            return None;
        }
        let claimed = &self.media_type;
        Some(match sniff(&self.bytes) {
            Some(found) => Problem::new(
                "desk.intake.other-type",
                &self.name,
                format!("is said to be {claimed} and is {found}"),
                "send the file in the format it is said to be in",
            ),
            None => Problem::new(
                "desk.intake.unrecognised",
                &self.name,
                format!("is said to be {claimed} and does not look like it"),
                "open the file, and save it again in that format",
            ),
        })
    }
}

/// The problem of a file in which something harmful was found.
pub(crate) fn infected(upload: &Upload, signature: &str) -> Problem {
    Problem::new(
        "desk.intake.infected",
        &upload.name,
        format!("holds something harmful: {signature}"),
        "clean the computer it comes from, and make the file anew",
    )
}
