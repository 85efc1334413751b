//! The sealed form of a blob, version 1.
//!
//! `mattoni.blob.v1` and a line feed, the id of the key in 16 bytes, and AES-256-GCM-SIV (RFC
//! 8452) of the bytes. Nonce and associated data come of a digest of ente, blob and key, so that
//! it opens nowhere else, and so that sealing the same bytes under the same key again gives the
//! same form. No other bytes are ever sealed under that key.

use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce, Tag};
use mattoni_core::{Digest, DigestBuilder, EnteId, Id};

use crate::blob::{self, SEALED, SEALING};
use crate::keys::Key;
use crate::vault::master::Secret;
use crate::{Error, ErrorKind};

const HEAD: usize = SEALED.len() + 16;
const TAG: usize = SEALING - HEAD;

/// Which blob, under which key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealing<'a> {
    pub(super) ente: &'a EnteId,
    pub(super) blob: Digest,
    pub(super) key: Id<Key>,
}

impl Sealing<'_> {
    /// What the form is bound to.
    fn label(&self) -> [u8; 32] {
        let label = DigestBuilder::new("mattoni.sealed-blob.v1")
            .field(self.ente.as_str().as_bytes())
            .field(self.blob.as_bytes())
            .field(&self.key.as_u128().to_be_bytes());
        *label.finish().as_bytes()
    }

    fn head(&self) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[..SEALED.len()].copy_from_slice(SEALED);
        head[SEALED.len()..].copy_from_slice(&self.key.as_u128().to_be_bytes());
        head
    }

    /// The bytes' sealed form.
    pub(super) fn seal(&self, secret: &Secret, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let label = self.label();
        let mut form = Vec::with_capacity(bytes.len() + SEALING);
        form.extend_from_slice(&self.head());
        form.extend_from_slice(bytes);
        // Fails for blobs of more than 64 GiB only.
        let tag = Aes256GcmSiv::new(&(**secret).into())
            .encrypt_inout_detached(&nonce(&label), &label, (&mut form[HEAD..]).into())
            .map_err(|_| Error::new(ErrorKind::TooLarge, "failed to seal a blob"))?;
        form.extend_from_slice(&tag);
        Ok(form)
    }

    /// The bytes of a sealed form.
    pub(super) fn open(&self, secret: &Secret, mut form: Vec<u8>) -> Result<Vec<u8>, Error> {
        let altered = || {
            Error::new(ErrorKind::Corrupt, "failed to open a blob: it was altered or moved")
                .with("ente", self.ente)
                .with("digest", self.blob)
        };
        if !form.starts_with(&self.head()) || form.len() < SEALING {
            return Err(altered());
        }
        let (label, sealed) = (self.label(), form.split_off(form.len() - TAG));
        let tag = Tag::try_from(sealed.as_slice()).map_err(|_| altered())?;
        Aes256GcmSiv::new(&(**secret).into())
            .decrypt_inout_detached(&nonce(&label), &label, (&mut form[HEAD..]).into(), &tag)
            .map_err(|_| altered())?;
        form.drain(..HEAD);
        blob::whole(self.ente, self.blob, form)
    }
}

fn nonce(label: &[u8; 32]) -> Nonce {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&label[..12]);
    Nonce::from(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_opens_for_its_ente_its_blob_and_its_key_only() {
        let codes: [EnteId; 2] = ["c_f051", "c_h501"].map(|code| code.parse().unwrap());
        let bytes = b"certificato".to_vec();
        let (secret, blob, key) = (Secret::new([7; 32]), Digest::of(&bytes), Id::from_u128(9));
        let own = Sealing { ente: &codes[0], blob, key };
        let form = own.seal(&secret, &bytes).unwrap();
        assert_eq!(form.len(), bytes.len() + SEALING);
        assert_eq!(own.open(&secret, form.clone()).unwrap(), bytes);
        let others = [
            Sealing { ente: &codes[1], ..own },
            Sealing { blob: Digest::ZERO, ..own },
            Sealing { key: Id::from_u128(8), ..own },
        ];
        for other in others {
            // Also where the form names that key.
            let mut form = form.clone();
            form[..HEAD].copy_from_slice(&other.head());
            assert_eq!(other.open(&secret, form).unwrap_err().kind(), ErrorKind::Corrupt);
        }
        let stranger = Secret::new([8; 32]);
        assert_eq!(own.open(&stranger, form.clone()).unwrap_err().kind(), ErrorKind::Corrupt);
        for len in 0..form.len() {
            let short = own.open(&secret, form[..len].to_vec());
            assert_eq!(short.unwrap_err().kind(), ErrorKind::Corrupt, "{len} bytes of it");
        }
    }
}
