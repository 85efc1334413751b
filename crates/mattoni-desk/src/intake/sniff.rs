//! What a file is, by its bytes.

use mattoni_core::{is_any_media_type, media_type};

/// Begins a signed file (*busta crittografica CAdES*): the object identifier of signed data,
/// 1.2.840.113549.1.7.2, right after the length of the whole.
const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

const PDF: &str = "application/pdf";
const P7M: &str = "application/pkcs7-mime";

/// The media type the bytes speak of, `None` when they speak of none: a text, or unknown.
///
/// ```
/// use mattoni_desk::intake::sniff;
///
/// assert_eq!(sniff(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
/// assert_eq!(sniff(b"Gentile ufficio"), None);
/// ```
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let near = |needle: &[u8], within: usize| {
        bytes[..bytes.len().min(within)].windows(needle.len()).any(|window| window == needle)
    };
    // A sequence, in DER or BER: without this it would pass for a certificate.
    if bytes.first() == Some(&0x30) && near(&SIGNED_DATA, 24) {
        return Some(P7M);
    }
    if bytes.starts_with(b"-----BEGIN PKCS7-----") {
        return Some(P7M);
    }
    match infer::get(bytes) {
        Some(kind) => Some(kind.mime_type()),
        // Readers take a PDF whose header comes within the first kilobyte (ISO 32000-1, H.3).
        None if near(b"%PDF-", 1024) => Some(PDF),
        None => None,
    }
}

/// Whether the bytes are of the media type.
pub(super) fn is(claimed: &str, bytes: &[u8]) -> bool {
    if is_any_media_type(claimed) {
        return true;
    }
    let (claimed, found) = (media_type(claimed), sniff(bytes).map(media_type));
    match found {
        Some(found) => claimed == found || is_kin(&claimed, &found),
        None => is_text(&claimed) && reads_as_text(bytes),
    }
}

/// The media type a file is known as from here on.
pub(super) fn known_as(claimed: &str, bytes: &[u8]) -> String {
    if !is_any_media_type(claimed) {
        return media_type(claimed);
    }
    match sniff(bytes) {
        Some(found) => media_type(found),
        None if !bytes.is_empty() && reads_as_text(bytes) => "text/plain".to_owned(),
        None => "application/octet-stream".to_owned(),
    }
}

fn reads_as_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'))
}

/// A format that is kept inside the other.
fn is_kin(claimed: &str, found: &str) -> bool {
    match found {
        P7M => claimed == "application/pkcs7-signature",
        "application/zip" => {
            claimed.starts_with("application/vnd.openxmlformats-officedocument.")
                || claimed.starts_with("application/vnd.oasis.opendocument.")
        }
        _ => false,
    }
}

fn is_text(claimed: &str) -> bool {
    matches!(claimed, "text/plain" | "text/csv" | "application/json" | "text/xml")
}
