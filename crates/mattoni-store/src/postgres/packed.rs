//! Rows that the server packed, many into one value, read where they lie.
//!
//! A message with a vector of its fields for every row costs more than hashing the row, and so does
//! a composite (`record_send`), which costs the server a call and a copy for each field. So rows
//! that are only looked at once come as two values: their bodies, one after the other, and all else
//! of them, as it is sent in binary. Numbers are big-endian and as long as their types; before the
//! texts stands how long the body is; a text ends with a zero, which no text has in PostgreSQL.

/// The rows not yet read. `None` is what is not there, or not what it is asked for as.
pub(super) struct Packed<'r> {
    rows: &'r [u8],
    bodies: &'r [u8],
}

impl<'r> Packed<'r> {
    pub(super) fn new(rows: &'r [u8], bodies: &'r [u8]) -> Self {
        Self { rows, bodies }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The next body, as long as is said here.
    pub(super) fn body(&mut self) -> Option<&'r [u8]> {
        let length = usize::try_from(i32::from_be_bytes(self.array()?)).ok()?;
        take(&mut self.bodies, length)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        take(&mut self.rows, N)?.try_into().ok()
    }

    pub(super) fn text(&mut self) -> Option<&'r str> {
        let length = self.rows.iter().position(|byte| *byte == 0)?;
        let text = take(&mut self.rows, length + 1)?;
        std::str::from_utf8(&text[..length]).ok()
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    pub(super) fn count(&mut self) -> Option<u64> {
        u64::try_from(self.int()?).ok()
    }
}

fn take<'r>(from: &mut &'r [u8], length: usize) -> Option<&'r [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `int8send(-2) || int4send(3) || textsend('è') || '\x00'`, as the server writes it.
    const ROW: &[u8] = b"\xff\xff\xff\xff\xff\xff\xff\xfe\0\0\0\x03\xc3\xa8\0";

    #[test]
    fn rows_are_read_one_after_the_other() {
        let two = [ROW, ROW].concat();
        let mut rows = Packed::new(&two, b"onetwo");
        for body in [b"one", b"two"] {
            assert!(!rows.is_empty());
            assert_eq!(rows.int(), Some(-2));
            assert_eq!((rows.body(), rows.text()), (Some(&body[..]), Some("è")));
        }
        assert!(rows.is_empty());
    }

    #[test]
    fn what_is_not_as_asked_for_is_not_read() {
        assert_eq!(Packed::new(ROW, b"").count(), None, "a negative count");
        assert_eq!(Packed::new(ROW, b"").body(), None, "a negative length");
        assert_eq!(Packed::new(&ROW[8..], b"on").body(), None, "a body that is not all there");
        assert_eq!(Packed::new(&ROW[12..14], b"").text(), None, "a text without its end");
        assert_eq!(Packed::new(b"\xc3\0", b"").text(), None, "no UTF-8");
        for cut in 0..ROW.len() {
            let mut rows = Packed::new(&ROW[..cut], b"one");
            let whole = rows.int().and_then(|_| rows.body()).and_then(|_| rows.text());
            assert_eq!(whole, None, "{cut} bytes");
        }
    }
}
