//! TLS to the server, through rustls.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Error, ErrorKind};

/// The authorities that are trusted to certify the server. Its certificate is always checked, with
/// the host's name, whatever `sslmode` says.
#[derive(Clone)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Trusts servers with a certificate of the authorities in `pem`, as a rule the ente's own.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] when there is no certificate in `pem`, or one that does not read.
    pub fn trusting(pem: &[u8]) -> Result<Self, Error> {
        let unreadable =
            || Error::new(ErrorKind::Unreadable, "failed to read the authorities to be trusted");
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|e| unreadable().caused_by(e))?;
            roots.add(certificate).map_err(|e| unreadable().caused_by(e))?;
        }
        if roots.is_empty() {
            return Err(unreadable());
        }
        // The provider is named, because rustls chooses none when a process holds several.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| unreadable().caused_by(e))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn connector(&self) -> MakeRustlsConnect {
        MakeRustlsConnect::new(ClientConfig::clone(&self.0))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").finish_non_exhaustive()
    }
}
