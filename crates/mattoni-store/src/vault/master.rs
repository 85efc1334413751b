//! The master key, which the integrator keeps, and what it wraps.

use std::fmt;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use mattoni_core::{DigestBuilder, EnteId, Id};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::{Key, KeyFor};
use crate::{Error, ErrorKind};

/// 32 secret bytes, overwritten when they are dropped.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// Bytes from the system's generator.
pub(super) fn draw<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).map_err(|e| {
        Error::new(ErrorKind::Io, "failed to draw a key")
            .caused_by(std::io::Error::other(e.to_string()))
    })?;
    Ok(bytes)
}

/// HMAC-SHA-256 (RFC 2104).
pub(super) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let keyed = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message));
    keyed.map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
}

/// The key that wraps all others: 32 bytes that the integrator keeps apart from the store, in a
/// file, in the environment or in whatever keeps their secrets. Overwritten when dropped.
///
/// ```
/// use mattoni_store::MasterKey;
///
/// let key = MasterKey::draw()?;
/// let again: MasterKey = key.to_text().parse()?;
/// assert_eq!(key.name(), again.name());
/// # Ok::<(), mattoni_store::Error>(())
/// ```
#[derive(Clone)]
pub struct MasterKey {
    secret: Secret,
    name: [u8; 8],
}

impl MasterKey {
    /// The key of these bytes: drawn by a generator for secrets, never typed by a person.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let secret = Zeroizing::new(bytes);
        let mut name = [0; 8];
        name.copy_from_slice(&mac(&secret, b"mattoni.master-key.name.v1")[..8]);
        Self { secret, name }
    }

    /// A new key, from the system's generator.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn draw() -> Result<Self, Error> {
        Ok(Self::from_bytes(*draw()?))
    }

    /// What it is called: 16 hexadecimal digits that say nothing about the key itself.
    #[must_use]
    pub fn name(&self) -> String {
        hex(&self.name)
    }

    /// The key as 64 hexadecimal digits, as it stands in a file or in the environment.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(self.secret.as_slice()))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.name())
    }
}

impl std::str::FromStr for MasterKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.trim();
        let form = || Error::new(ErrorKind::Locked, "a master key is 64 hexadecimal digits");
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(form());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| form())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| form())?;
        }
        Ok(Self::from_bytes(*bytes))
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The master key in use, and older ones that still open what they wrapped.
///
/// ```
/// use mattoni_store::{KeyRing, MasterKey};
///
/// let (new, old) = (MasterKey::draw()?, MasterKey::draw()?);
/// let file = format!("{}\n{}\n", *new.to_text(), *old.to_text());
/// let ring: KeyRing = file.parse()?;
/// assert_eq!(ring.current().name(), new.name());
/// assert_eq!(ring.keys().count(), 2);
/// # Ok::<(), mattoni_store::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRing {
    current: MasterKey,
    older: Vec<MasterKey>,
}

/// From the text of a key file: a key a line, the one in use first.
impl std::str::FromStr for KeyRing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let none = || Error::new(ErrorKind::Locked, "there is no master key in the text");
        let mut keys = text.lines().filter(|line| !line.trim().is_empty());
        let current: MasterKey = keys.next().ok_or_else(none)?.parse()?;
        keys.try_fold(Self::new(current), |ring, key| Ok(ring.and_older(key.parse()?)))
    }
}

/// Version, name of the master key, nonce, the key with its tag.
const WRAPPED: usize = 1 + 8 + 12 + 32 + 16;

impl KeyRing {
    /// A ring of one key.
    #[must_use]
    pub fn new(current: MasterKey) -> Self {
        Self { current, older: Vec::new() }
    }

    /// And a key it takes the place of.
    #[must_use]
    pub fn and_older(mut self, older: MasterKey) -> Self {
        self.older.push(older);
        self
    }

    /// The key in use.
    #[must_use]
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// Every key on the ring, the one in use first.
    pub fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    pub(super) fn wrap(
        &self,
        ente: &EnteId,
        id: Id<Key>,
        of: &KeyFor,
        secret: &Secret,
    ) -> Result<Vec<u8>, Error> {
        let nonce: Zeroizing<[u8; 12]> = draw()?;
        let cipher = Aes256GcmSiv::new(&(*self.current.secret).into());
        let payload = Payload { msg: secret.as_slice(), aad: &label(ente, id, of) };
        // Fails only for messages of more than 64 GiB.
        let sealed = cipher
            .encrypt(&Nonce::from(*nonce), payload)
            .map_err(|_| Error::new(ErrorKind::Io, "failed to wrap a key"))?;
        let mut wrapped = Vec::with_capacity(WRAPPED);
        wrapped.push(1);
        wrapped.extend_from_slice(&self.current.name);
        wrapped.extend_from_slice(nonce.as_slice());
        wrapped.extend_from_slice(&sealed);
        Ok(wrapped)
    }

    pub(super) fn unwrap(
        &self,
        ente: &EnteId,
        id: Id<Key>,
        of: &KeyFor,
        wrapped: &[u8],
    ) -> Result<Secret, Error> {
        let corrupt = || {
            Error::new(ErrorKind::Corrupt, "failed to open a key: it was altered").with("key", id)
        };
        let (name, rest) = match wrapped {
            [1, rest @ ..] if wrapped.len() == WRAPPED => rest.split_at(8),
            _ => return Err(corrupt()),
        };
        let (nonce, sealed) = rest.split_at(12);
        let mut ring = std::iter::once(&self.current).chain(&self.older);
        let master = ring.find(|master| master.name == name).ok_or_else(|| {
            Error::new(ErrorKind::Locked, "the records are sealed under another master key")
                .with("needed", hex(name))
                .with("given", self.current.name())
        })?;
        let cipher = Aes256GcmSiv::new(&(*master.secret).into());
        let nonce = <[u8; 12]>::try_from(nonce).map_err(|_| corrupt())?;
        let payload = Payload { msg: sealed, aad: &label(ente, id, of) };
        let opened = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| corrupt())?;
        let opened = Zeroizing::new(opened);
        let secret = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| corrupt())?;
        Ok(Zeroizing::new(secret))
    }

    pub(super) fn is_current(&self, wrapped: &[u8]) -> bool {
        wrapped.get(1..9) == Some(&self.current.name)
    }
}

/// What a wrapped key is bound to: it opens in no other row.
fn label(ente: &EnteId, id: Id<Key>, of: &KeyFor) -> [u8; 32] {
    let label = DigestBuilder::new("mattoni.wrapped-key.v1")
        .field(ente.as_str().as_bytes())
        .field(&id.as_u128().to_be_bytes());
    let label = match of {
        KeyFor::Ente => label,
        KeyFor::Person { person, stream } => label
            .field(stream.kind.as_bytes())
            .field(&stream.id.as_u128().to_be_bytes())
            .field(&person.as_u128().to_be_bytes()),
        KeyFor::Blob { blob, sealed } => label.field(blob.as_bytes()).field(sealed.as_bytes()),
    };
    *label.finish().as_bytes()
}
