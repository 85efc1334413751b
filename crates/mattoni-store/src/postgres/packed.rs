//! Rows that the server packed, many into one value, read where they lie.
//!
//! A message with a vector of its fields for every row costs more than hashing the row. So rows
//! that are only looked at once come as `string_agg(record_send(ROW(…)), NULL)`: each as the
//! server writes a composite in binary, one after the other. That is how many fields there are,
//! and of each its type, its length, and its bytes; numbers are big-endian.

/// The rows not yet read. `None` is what is not there, NULL, or not what it is asked for as.
pub(super) struct Packed<'r>(&'r [u8]);

impl<'r> Packed<'r> {
    pub(super) fn new(rows: &'r [u8]) -> Self {
        Self(rows)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Begins the next row, which has to have so many fields.
    pub(super) fn row(&mut self, fields: u32) -> Option<()> {
        (self.take(4)? == fields.to_be_bytes()).then_some(())
    }

    pub(super) fn bytes(&mut self) -> Option<&'r [u8]> {
        let _type = self.take(4)?;
        // NULL has the length -1.
        let length = i32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes()?.try_into().ok()
    }

    pub(super) fn text(&mut self) -> Option<&'r str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    pub(super) fn count(&mut self) -> Option<u64> {
        u64::try_from(self.int()?).ok()
    }

    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ROW(-2::bigint, 'è', NULL::text)`, as the server writes it.
    const ROW: &[u8] = b"\0\0\0\x03\
        \0\0\0\x14\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xfe\
        \0\0\0\x19\0\0\0\x02\xc3\xa8\
        \0\0\0\x19\xff\xff\xff\xff";

    #[test]
    fn rows_are_read_one_after_the_other() {
        let two = [ROW, ROW].concat();
        let mut rows = Packed::new(&two);
        for _ in 0..2 {
            assert!(!rows.is_empty());
            assert_eq!(rows.row(3), Some(()));
            assert_eq!((rows.int(), rows.text(), rows.bytes()), (Some(-2), Some("è"), None));
        }
        assert!(rows.is_empty());
    }

    #[test]
    fn what_is_not_as_asked_for_is_not_read() {
        assert_eq!(Packed::new(ROW).row(2), None);
        let field = |n: usize| Packed::new(&ROW[n..]);
        assert_eq!(field(4).count(), None);
        assert_eq!(field(4).array::<4>(), None);
        assert_eq!(Packed::new(b"\0\0\0\x19\0\0\0\x01\xc3").text(), None);
        for cut in 0..ROW.len() {
            let mut rows = Packed::new(&ROW[..cut]);
            let read = (rows.row(3), rows.int(), rows.text());
            assert!(cut >= 30 || read != (Some(()), Some(-2), Some("è")), "{cut} bytes: {read:?}");
        }
    }
}
