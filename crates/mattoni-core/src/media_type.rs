//! Media types (RFC 6838) as browsers, mail programs and scanners write them.

/// The one name of a media type: in small letters, without parameters (`; charset=utf-8`), and
/// the registered name where a file is called by another one.
///
/// ```
/// use mattoni_core::media_type;
///
/// assert_eq!(media_type("image/JPG"), "image/jpeg");
/// assert_eq!(media_type("text/csv; charset=utf-8"), "text/csv");
/// assert_eq!(media_type("application/x-pdf"), "application/pdf");
/// ```
#[must_use]
pub fn media_type(claimed: &str) -> String {
    let essence = claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match SYNONYMS.iter().find(|(other, _)| *other == essence) {
        Some((_, name)) => (*name).to_owned(),
        None => essence,
    }
}

/// Whether a claimed media type says nothing of the file: left out, or any bytes whatever.
///
/// ```
/// assert!(mattoni_core::is_any_media_type("application/octet-stream"));
/// assert!(!mattoni_core::is_any_media_type("application/pdf"));
/// ```
#[must_use]
pub fn is_any_media_type(claimed: &str) -> bool {
    matches!(
        media_type(claimed).as_str(),
        "" | "application/octet-stream"
            | "application/x-download"
            | "application/force-download"
            | "binary/octet-stream"
            | "application/unknown"
            | "unknown/unknown"
    )
}

/// Names in use, and the registered one (IANA) that each stands for.
const SYNONYMS: [(&str, &str); 24] = [
    ("application/acrobat", "application/pdf"),
    ("application/csv", "text/csv"),
    ("application/text", "text/plain"),
    ("application/vnd.pdf", "application/pdf"),
    ("application/x-csv", "text/csv"),
    ("application/x-jpg", "image/jpeg"),
    ("application/x-pdf", "application/pdf"),
    ("application/x-pkcs7-mime", "application/pkcs7-mime"),
    ("application/x-png", "image/png"),
    ("application/x-zip", "application/zip"),
    ("application/x-zip-compressed", "application/zip"),
    ("application/xml", "text/xml"),
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/tif", "image/tiff"),
    ("image/x-citrix-jpeg", "image/jpeg"),
    ("image/x-citrix-png", "image/png"),
    ("image/x-png", "image/png"),
    ("image/x-tiff", "image/tiff"),
    ("multipart/x-zip", "application/zip"),
    ("text/comma-separated-values", "text/csv"),
    ("text/json", "application/json"),
    ("text/pdf", "application/pdf"),
    ("text/x-pdf", "application/pdf"),
];
