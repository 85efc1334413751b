//! Where a page ended, as a text to be handed back for the next one.

use std::fmt;
use std::str::FromStr;

use mattoni_core::{Digest, DigestBuilder, Id, Problem, Problems, Refusal};

use crate::{MAX_VALUE, Spot};

/// Where a page of a list ended. Whoever reads on hands it back as the text it is written as.
///
/// It names a spot, not a count of rows: what is added or removed meanwhile makes no row come twice
/// and none be missed that was there all the time. It is good for the question it was made for and
/// for no other, and a text that was shortened or changed is refused. This detects accidents, not
/// forgery: the rights of the reader are checked again for every row.
///
/// ```
/// use mattoni_core::{Digest, Id};
/// use mattoni_store::{Cursor, Spot};
///
/// let question = Digest::of(b"work of the school office");
/// let spot = Spot { sort: "2027-03-31".to_owned(), id: Id::from_u128(7) };
/// let text = Cursor::new(question, spot.clone()).to_string();
///
/// assert_eq!(text.parse::<Cursor>()?.spot(question)?, spot);
/// assert!(text[..text.len() - 1].parse::<Cursor>().is_err());
/// assert!(text.parse::<Cursor>()?.spot(Digest::of(b"another question")).is_err());
/// # Ok::<(), mattoni_store::CursorRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    question: [u8; 8],
    spot: Spot,
}

/// The form of the text. A later one begins with another.
const FORM: &str = "m1.";
const CHECK: usize = 8;

impl Cursor {
    /// A page of `question` ended at `spot`.
    #[must_use]
    pub fn new(question: Digest, spot: Spot) -> Self {
        Self { question: first(question), spot }
    }

    /// Where the next page of `question` begins after.
    ///
    /// # Errors
    /// [`CursorRefusal::OtherList`] when the cursor was made for another question.
    pub fn spot(&self, question: Digest) -> Result<Spot, CursorRefusal> {
        if self.question == first(question) {
            Ok(self.spot.clone())
        } else {
            Err(CursorRefusal::OtherList)
        }
    }

    fn check(&self) -> [u8; CHECK] {
        let digest = DigestBuilder::new("mattoni.cursor.v1")
            .field(&self.question)
            .field(&self.spot.id.as_u128().to_be_bytes())
            .field(self.spot.sort.as_bytes())
            .finish();
        first(digest)
    }
}

fn first(digest: Digest) -> [u8; CHECK] {
    let mut bytes = [0; CHECK];
    bytes.copy_from_slice(&digest.as_bytes()[..CHECK]);
    bytes
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.spot.id.as_u128().to_be_bytes();
        let check = self.check();
        let parts: [&[u8]; 4] = [&check, &self.question, &id, self.spot.sort.as_bytes()];
        f.write_str(FORM)?;
        parts.concat().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = CursorRefusal;

    fn from_str(text: &str) -> Result<Self, CursorRefusal> {
        let hex = text.strip_prefix(FORM).ok_or(CursorRefusal::Form)?;
        let bytes = bytes(hex).ok_or(CursorRefusal::Altered)?;
        let (check, rest) = bytes.split_first_chunk().ok_or(CursorRefusal::Altered)?;
        let (question, rest) = rest.split_first_chunk().ok_or(CursorRefusal::Altered)?;
        let (id, sort) = rest.split_first_chunk().ok_or(CursorRefusal::Altered)?;
        let sort = std::str::from_utf8(sort).map_err(|_| CursorRefusal::Altered)?.to_owned();
        let spot = Spot { sort, id: Id::from_u128(u128::from_be_bytes(*id)) };
        let cursor = Self { question: *question, spot };
        if cursor.check() == *check { Ok(cursor) } else { Err(CursorRefusal::Altered) }
    }
}

/// The bytes that small hexadecimal digits stand for.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    // A cursor is three parts of fixed length and a sort key: longer ones are not decoded.
    if hex.len() > 2 * (MAX_VALUE + 64) || !hex.len().is_multiple_of(2) {
        return None;
    }
    let small = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if !hex.as_bytes().iter().all(small) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// Why a text is no cursor for this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorRefusal {
    /// It is not one of ours, or of a later form.
    #[error("a cursor begins with {FORM}")]
    Form,
    /// It was shortened or changed on its way.
    #[error("the cursor is not as it was given")]
    Altered,
    /// It was given for another list, another filter or another order.
    #[error("the cursor belongs to another list")]
    OtherList,
}

impl Refusal for CursorRefusal {
    fn problems(&self) -> Problems {
        let (code, remedy) = match self {
            Self::Form => ("store.cursor.form", "begin at the first page"),
            Self::Altered => ("store.cursor.altered", "hand it back exactly as it was given"),
            Self::OtherList => {
                ("store.cursor.other-list", "begin at the first page when the question changes")
            }
        };
        Problem::new(code, "cursor", self.to_string(), remedy).into()
    }
}
