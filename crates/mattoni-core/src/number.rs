//! Numbers as text: read in one way, or refused.

use rust_decimal::Decimal;

/// Why a text is not read as a number.
pub(crate) enum NumberFault {
    /// It has a comma.
    Comma,
    /// A point stands before exactly three digits, as between the thousands of an Italian number.
    ThousandsPoint {
        /// The number it is in Italian notation.
        thousands: String,
        /// The number it is with a decimal point, written so that it can be nothing else; `None`
        /// where there is more than one point, or it would have too many decimals.
        decimal: Option<String>,
    },
    /// It is no number.
    Form,
}

impl NumberFault {
    /// The readings a text with a point before three digits has: rule and remedy.
    pub(crate) fn of_point(
        found: &str,
        thousands: &str,
        decimal: Option<&str>,
    ) -> (String, String) {
        match decimal {
            Some(decimal) => (
                format!(
                    "must be read in one way only, found {found}: in Italian it is {thousands}, \
                     with a decimal point {decimal}"
                ),
                format!("write {thousands} or {decimal}"),
            ),
            None => (
                format!("must have no point between thousands, found {found}"),
                format!("write {thousands}"),
            ),
        }
    }
}

/// Reads digits with at most one decimal point. `decimals` are those that such a number may have: a
/// reading with more is none.
pub(crate) fn plain(text: &str, decimals: u32) -> Result<Decimal, NumberFault> {
    if text.contains(',') {
        return Err(NumberFault::Comma);
    }
    let sober = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    let number = Decimal::from_str_exact(text).ok().filter(|_| sober);
    if let Some(thousands) = thousands(text) {
        let shortest = number.map(|number| number.normalize());
        let decimal = shortest.filter(|number| number.scale() <= decimals).map(|shortest| {
            let zero = if shortest.scale() == 3 { "0" } else { "" };
            format!("{shortest}{zero}")
        });
        return Err(NumberFault::ThousandsPoint { thousands, decimal });
    }
    number.ok_or(NumberFault::Form)
}

/// Reads an Italian number: a comma before the decimals, points between thousands or none.
pub(crate) fn italian(text: &str) -> Result<Decimal, NumberFault> {
    let (whole, decimals) = text.split_once(',').unwrap_or((text, ""));
    let whole = match thousands(whole) {
        Some(joined) => joined,
        None if whole.contains('.') => return Err(NumberFault::Form),
        None => whole.to_owned(),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(&whole);
    let fits = digits(unsigned) && digits(decimals) && !unsigned.is_empty();
    if !fits || text.ends_with(',') {
        return Err(NumberFault::Form);
    }
    let number = match decimals {
        "" => Decimal::from_str_exact(&whole),
        decimals => Decimal::from_str_exact(&format!("{whole}.{decimals}")),
    };
    number.map_err(|_| NumberFault::Form)
}

/// The number without its points, where they stand as between thousands: one to three digits that
/// do not begin with a zero, then groups of exactly three.
pub(crate) fn thousands(text: &str) -> Option<String> {
    let mut groups = text.strip_prefix('-').unwrap_or(text).split('.');
    let first = groups.next()?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let begins = matches!(first.len(), 1..=3) && digits(first) && !first.starts_with('0');
    let mut more = 0;
    let rest = groups.all(|group| {
        more += 1;
        group.len() == 3 && digits(group)
    });
    (begins && rest && more > 0).then(|| text.replace('.', ""))
}
