//! An S3-compatible store.

use std::fmt;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;

use crate::object::fault;
use crate::{Error, ObjectBlobs};

/// Where an S3-compatible store is, and who asks.
#[derive(Clone)]
#[non_exhaustive]
pub struct S3 {
    /// The bucket. It must be there.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Where the server is, when it is not Amazon's: `https://s3.example.it`.
    pub endpoint: Option<String>,
    /// Id and secret of the key; from the environment (`AWS_…`) or the machine's role if not
    /// given.
    pub key: Option<(String, String)>,
}

impl S3 {
    /// The bucket in the region, with the key from the environment.
    #[must_use]
    pub fn new(bucket: impl Into<String>, region: impl Into<String>) -> Self {
        Self { bucket: bucket.into(), region: region.into(), endpoint: None, key: None }
    }

    /// On a server of one's own. An endpoint that begins with `http:` is spoken to in clear: for a
    /// server on the same machine.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// With this key.
    #[must_use]
    pub fn with_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.key = Some((id.into(), secret.into()));
        self
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl ObjectBlobs {
    /// Blobs in an S3-compatible store. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the settings do not fit together.
    pub fn s3(settings: &S3) -> Result<Self, Error> {
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region);
        if let Some(endpoint) = &settings.endpoint {
            builder =
                builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http:"));
        }
        if let Some((id, secret)) = &settings.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        let bucket = builder.build().map_err(|e| fault("failed to open the bucket of blobs", e))?;
        Ok(Self { objects: Arc::new(bucket), folder: None })
    }
}
