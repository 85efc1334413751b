//! Ids that cannot be mixed up.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of a `K`: 128 bits, written as a UUID (RFC 9562).
///
/// Typed, so that the id of a practice is not the id of a payment. The core never draws one: the
/// shell hands them in (see `mattoni-desk`).
///
/// ```
/// use mattoni_core::Id;
///
/// struct Practice;
/// let id: Id<Practice> = Id::from_u128(7);
/// assert_eq!(id.to_string(), "00000000-0000-0000-0000-000000000007");
/// assert_eq!("00000000-0000-0000-0000-000000000007".parse(), Ok(id));
/// ```
pub struct Id<K: ?Sized> {
    value: Uuid,
    kind: PhantomData<fn() -> Box<K>>,
}

impl<K: ?Sized> Id<K> {
    /// The id with this number.
    #[must_use]
    pub const fn from_u128(value: u128) -> Self {
        Self { value: Uuid::from_u128(value), kind: PhantomData }
    }

    /// The number.
    #[must_use]
    pub const fn as_u128(&self) -> u128 {
        self.value.as_u128()
    }
}

/// A text that is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID of 32 hexadecimal digits in five groups")]
pub struct ParseIdError;

impl<K: ?Sized> FromStr for Id<K> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value = Uuid::try_parse(text).map_err(|_| ParseIdError)?;
        Ok(Self { value, kind: PhantomData })
    }
}

// Written by hand because a derive would ask the same of `K`, which is only a label.
impl<K: ?Sized> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: ?Sized> Copy for Id<K> {}
impl<K: ?Sized> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<K: ?Sized> Eq for Id<K> {}
impl<K: ?Sized> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: ?Sized> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}
impl<K: ?Sized> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
impl<K: ?Sized> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.hyphenated().fmt(f)
    }
}
impl<K: ?Sized> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: ?Sized> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: ?Sized> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Uuid::deserialize(deserializer)?;
        Ok(Self { value, kind: PhantomData })
    }
}
