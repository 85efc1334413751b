//! Who published a plugin.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use mattoni_core::{Digest, Problem};

/// What is signed: the digest of the plugin's bytes, in a sentence of its own so that a signature
/// made for this is good for nothing else.
fn message(digest: Digest) -> Vec<u8> {
    [b"mattoni.rules.plugin.v1\0".as_slice(), digest.to_string().as_bytes()].concat()
}

/// The public key of somebody who publishes plugins (Ed25519, RFC 8032); 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublisherKey(VerifyingKey);

impl PublisherKey {
    /// Whether this publisher signed the plugin with this digest.
    #[must_use]
    pub fn verifies(&self, digest: Digest, signature: &Signature) -> bool {
        // The strict check also refuses weak keys, under which many signatures verify.
        self.0.verify_strict(&message(digest), &signature.0).is_ok()
    }
}

/// A publisher's signature of a plugin; 128 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(ed25519_dalek::Signature);

/// The secret half of a [`PublisherKey`], for those who publish.
///
/// ```
/// use mattoni_core::Digest;
/// use mattoni_rules::SecretKey;
///
/// let secret = SecretKey::from_seed([7; 32]); // 32 random bytes in production
/// let digest = Digest::of(b"the component's bytes");
/// let signature = secret.sign(digest);
/// assert!(secret.publisher().verifies(digest, &signature));
/// assert!(!secret.publisher().verifies(Digest::ZERO, &signature));
/// ```
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key out of 32 bytes of chance, which are the secret.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public half.
    #[must_use]
    pub fn publisher(&self) -> PublisherKey {
        PublisherKey(self.0.verifying_key())
    }

    /// Signs the plugin with this digest.
    #[must_use]
    pub fn sign(&self, digest: Digest) -> Signature {
        Signature(self.0.sign(&message(digest)))
    }
}

impl FromStr for SecretKey {
    type Err = Problem;

    /// The key of 64 hexadecimal digits, as whoever publishes keeps it.
    fn from_str(text: &str) -> Result<Self, Problem> {
        unhex(text.trim()).map(Self::from_seed).ok_or_else(|| {
            Problem::new(
                "rules.secret-key",
                "",
                "a secret key has 64 hexadecimal digits",
                "take the file that `mattoni rules key` wrote",
            )
        })
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.publisher())
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

macro_rules! written_in_hex {
    ($type:ident, |$own:ident| $bytes:expr, |$read:ident| $from:expr, $code:literal, $rule:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $own = self;
                hex(&$bytes, f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }

        impl FromStr for $type {
            type Err = Problem;

            fn from_str(text: &str) -> Result<Self, Problem> {
                let read = unhex(text.trim()).and_then(|$read| $from);
                read.map(Self).ok_or_else(|| Problem::new($code, "", $rule, "copy it again"))
            }
        }
    };
}

written_in_hex!(
    PublisherKey,
    |key| key.0.to_bytes(),
    |bytes| VerifyingKey::from_bytes(&bytes).ok(),
    "rules.publisher-key",
    "a publisher's key is a point of the curve in 64 hexadecimal digits"
);
written_in_hex!(
    Signature,
    |signature| signature.0.to_bytes(),
    |bytes| Some(ed25519_dalek::Signature::from_bytes(&bytes)),
    "rules.signature",
    "a signature has 128 hexadecimal digits"
);
