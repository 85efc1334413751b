//! SHA-256 digests: of plugins, inputs, runs, journal rows.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
///
/// ```
/// use mattoni_core::Digest;
///
/// let d = Digest::of(b"abc");
/// assert_eq!(d.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// assert_eq!(d.short(), "ba7816bf8f01");
/// assert_eq!(d.to_string().parse::<Digest>()?, d);
/// # Ok::<(), mattoni_core::ParseDigestError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// 32 zero bytes: what stands before the first link of a chain.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits, enough for people to tell two apart on a screen.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A digest is written for every ticket and every row: one string beats 32 formats.
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        // Hexadecimal digits are always UTF-8.
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct ParseDigestError;

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 64 || !text.is_ascii() {
            return Err(ParseDigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| ParseDigestError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ParseDigestError)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseDigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// Digests a sequence of fields so that no two different sequences collide by concatenation:
/// each field is preceded by its length as eight little-endian bytes, and the whole by a name
/// for what is digested.
///
/// ```
/// use mattoni_core::DigestBuilder;
///
/// let one = DigestBuilder::new("demo").field(b"ab").field(b"c").finish();
/// let two = DigestBuilder::new("demo").field(b"a").field(b"bc").finish();
/// assert_ne!(one, two);
/// ```
#[derive(Clone)]
pub struct DigestBuilder(Sha256);

impl DigestBuilder {
    /// Begins the digest of a thing called `domain`, e.g. `mattoni.journal.row.v1`.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self(Sha256::new()).field(domain.as_bytes())
    }

    /// Adds one field.
    #[must_use]
    pub fn field(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds one field that `write` writes piece by piece: the same digest as of all its bytes in
    /// one [`field`](Self::field), without ever holding them. The length goes first, so `write`
    /// is called twice and must write the same both times.
    ///
    /// ```
    /// use std::io::Write as _;
    /// use mattoni_core::DigestBuilder;
    ///
    /// let whole = DigestBuilder::new("demo").field(b"1 2 3 ").finish();
    /// let pieces = DigestBuilder::new("demo")
    ///     .field_written(|field| (1..=3).try_for_each(|n| write!(field, "{n} ")))?
    ///     .finish();
    /// assert_eq!(pieces, whole);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `write` answers, or [`io::ErrorKind::InvalidData`] when the second time it wrote
    /// more or less than the first.
    pub fn field_written(
        mut self,
        write: impl Fn(&mut FieldWriter) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut first = FieldWriter { length: 0, into: None };
        write(&mut first)?;
        self.0.update(first.length.to_le_bytes());
        let buffer = Vec::with_capacity(FieldWriter::PIECE);
        let mut second = FieldWriter { length: 0, into: Some((self.0, buffer)) };
        write(&mut second)?;
        second.flush()?;
        match second.into {
            Some((sha, _)) if second.length == first.length => Ok(Self(sha)),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a field was written differently the second time",
            )),
        }
    }

    /// Adds a number as one field of eight little-endian bytes.
    #[must_use]
    pub fn number(self, n: i64) -> Self {
        self.field(&n.to_le_bytes())
    }

    /// The digest of all fields.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// Where [`DigestBuilder::field_written`] has a field written to.
#[derive(Debug)]
pub struct FieldWriter {
    length: u64,
    /// The digest so far and bytes on their way into it; none while the length is counted.
    into: Option<(Sha256, Vec<u8>)>,
}

impl FieldWriter {
    /// Bytes digested at a time: what is written comes in crumbs.
    const PIECE: usize = 1 << 14;
}

impl Write for FieldWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if let Some((sha, buffer)) = &mut self.into {
            if buffer.len() + bytes.len() > Self::PIECE {
                sha.update(&buffer);
                buffer.clear();
            }
            if bytes.len() > Self::PIECE {
                sha.update(bytes);
            } else {
                buffer.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some((sha, buffer)) = &mut self.into {
            sha.update(&buffer);
            buffer.clear();
        }
        Ok(())
    }
}
