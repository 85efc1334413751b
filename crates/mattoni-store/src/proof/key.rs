//! Keys and signatures (Ed25519, RFC 8032), as hexadecimal text outside.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer;
use mattoni_core::{Digest, Problem, Problems};
use serde::{Deserialize, Serialize};

/// The secret with which an ente signs. It does not show itself.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of 32 random bytes, which the caller draws and keeps.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// What everybody may know, to verify.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    pub(super) fn sign(&self, digest: Digest) -> Signature {
        Signature(self.0.sign(digest.as_bytes()).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

/// The key with which everybody verifies: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub(super) fn signed(&self, digest: Digest, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        ed25519_dalek::VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(digest.as_bytes(), &signature).is_ok())
    }
}

/// A signature: 128 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature([u8; 64]);

macro_rules! hexadecimal {
    ($name:ident, $what:literal, $digits:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Problems;

            fn from_str(text: &str) -> Result<Self, Problems> {
                let read = || {
                    let digit = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
                    let bytes: Option<Vec<u8>> = text
                        .as_bytes()
                        .chunks(2)
                        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))
                        .collect();
                    bytes?.try_into().ok().map(Self)
                };
                read().ok_or_else(|| {
                    Problem::new(
                        concat!("proof.", $what, ".form"),
                        $what,
                        concat!("a ", $what, " is ", $digits, " hexadecimal digits"),
                        "copy it whole from where it was published",
                    )
                    .into()
                })
            }
        }

        impl TryFrom<String> for $name {
            type Error = Problems;

            fn try_from(text: String) -> Result<Self, Problems> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

hexadecimal!(PublicKey, "key", "64");
hexadecimal!(Signature, "signature", "128");
