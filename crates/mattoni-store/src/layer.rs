//! Stores around a store: how what a layer does not do itself reaches the one below.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::Span;
use mattoni_core::{Digest, EnteId, Id, Person};

use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, Head, IndexAudit, Journal,
    Key, Keys, ListRow, Lists, Outbox, Placed, Pseudonyms, Recorded, RecordedStream, Reprojected,
    Rewrapped, Sequences, Spot, Store, StoredBlob, StoredEffect, StoredKey, StoredState, Stream,
    Version,
};

/// From one table of the ports' methods: [`Layer`], with each of them handed on to the store
/// below, and each port for every layer. So a layer says what it does and nothing else, and a new
/// method of a port is handed on by one line here.
macro_rules! layer {
    (
        $(#[$about:meta])*
        trait Layer;
        $($port:ident { $(fn $method:ident($($arg:ident: $of:ty),*) -> $answer:ty;)* })*
    ) => {
        $(#[$about])*
        #[async_trait]
        pub trait Layer: Send + Sync {
            /// The store this one stands around.
            type Below: Store + ?Sized;

            /// The store this one stands around.
            fn below(&self) -> &Self::Below;

            $($(
                #[doc = concat!("[`", stringify!($port), "::", stringify!($method), "`],")]
                /// answered by the store below unless the layer does it otherwise.
                ///
                /// # Errors
                /// Those of the port.
                async fn $method(&self, $($arg: $of),*) -> $answer {
                    $port::$method(self.below(), $($arg),*).await
                }
            )*)*
        }

        $(
            #[async_trait]
            impl<L: Layer> $port for L {
                $(
                    async fn $method(&self, $($arg: $of),*) -> $answer {
                        Layer::$method(self, $($arg),*).await
                    }
                )*
            }
        )*
    };
}

layer! {
    /// A store around a store, as [`Vault`](crate::Vault) and [`WithBlobs`](crate::WithBlobs) are.
    ///
    /// It has every method of every port, and hands each on to the store below; a layer writes
    /// those that it does otherwise, and is a whole [`Store`] by that. A layer that must see
    /// *everything* of some kind, like every state that is read, has to write every method that
    /// gives it.
    ///
    /// Both a layer and its ports have the methods, so in a module that imports both, a call on a
    /// layer has to say which it means. Implement it by its path, as here, and there is no
    /// question.
    ///
    /// ```
    /// use async_trait::async_trait;
    /// use mattoni_store::{
    ///     Batch, CommitError, Committed, Error, ErrorKind, Journal, Memory, Store,
    /// };
    ///
    /// /// A store that can only be read while another takes its place.
    /// struct Closed<S>(S);
    ///
    /// #[async_trait]
    /// impl<S: Store> mattoni_store::Layer for Closed<S> {
    ///     type Below = S;
    ///
    ///     fn below(&self) -> &S {
    ///         &self.0
    ///     }
    ///
    ///     async fn commit(&self, _: Batch) -> Result<Committed, CommitError> {
    ///         Err(Error::new(ErrorKind::ReadOnly, "the store has moved").into())
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let store = Closed(Memory::new());
    /// let ente = "c_f051".parse()?;
    /// assert!(store.commit(Batch::new("c_f051".parse()?, [])).await.is_err());
    /// assert_eq!(store.head(&ente).await?, None);
    /// let _any: &dyn Store = &store;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    trait Layer;

    Journal {
        fn commit(batch: Batch) -> Result<Committed, CommitError>;
        fn load(ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error>;
        fn history(
            ente: &EnteId, stream: &Stream, after: Version, limit: usize
        ) -> Result<Vec<Recorded>, Error>;
        fn scan(ente: &EnteId, after_seq: u64, limit: usize) -> Result<Vec<Recorded>, Error>;
        fn follow(ente: &EnteId, start: Head, limit: usize) -> Result<Head, Error>;
        fn streams(
            ente: &EnteId, kind: &str, after: Option<Id<Stream>>, limit: usize
        ) -> Result<Vec<StoredState>, Error>;
        fn load_many(
            ente: &EnteId, streams: &[Stream]
        ) -> Result<Vec<StoredState>, Error>;
        fn holder(
            ente: &EnteId, kind: &str, name: &str, value: &str
        ) -> Result<Option<StoredState>, Error>;
        fn head(ente: &EnteId) -> Result<Option<Head>, Error>;
        fn kinds(ente: &EnteId) -> Result<Vec<String>, Error>;
        fn recorded_streams(
            ente: &EnteId, kind: &str, after: Option<Id<Stream>>, limit: usize
        ) -> Result<Vec<RecordedStream>, Error>;
        fn entes() -> Result<Vec<EnteId>, Error>;
    }

    Lists {
        fn page(
            ente: &EnteId, kind: &str, span: &Span, after: Option<&Spot>, limit: usize
        ) -> Result<Vec<Placed>, Error>;
        fn rows(
            ente: &EnteId, kind: &str, span: &Span, after: Option<&Spot>, limit: usize
        ) -> Result<Vec<ListRow>, Error>;
        fn tally(ente: &EnteId, kind: &str, list: &str, bucket: &str) -> Result<u64, Error>;
        fn projection_versions(
            ente: &EnteId, kind: &str
        ) -> Result<BTreeMap<u32, u64>, Error>;
        fn reproject(ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError>;
        fn audit_index(ente: &EnteId, kind: &str) -> Result<IndexAudit, Error>;
        fn mend_index(ente: &EnteId, kind: &str) -> Result<(), Error>;
    }

    Sequences {
        fn last(ente: &EnteId, sequence: &str) -> Result<u64, Error>;
    }

    Outbox {
        fn due(
            ente: &EnteId, now: DateTime<Utc>, limit: usize
        ) -> Result<Vec<StoredEffect>, Error>;
        fn delivered(ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error>;
        fn failed(
            ente: &EnteId, id: EffectId, error: &str, then: AfterFailure
        ) -> Result<bool, Error>;
        fn dead(
            ente: &EnteId, after: Option<EffectId>, limit: usize
        ) -> Result<Vec<StoredEffect>, Error>;
        fn replay(ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error>;
    }

    Blobs {
        fn put(ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error>;
        fn get(ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error>;
        fn blobs(
            ente: &EnteId, after: Option<Digest>, limit: usize
        ) -> Result<Vec<StoredBlob>, Error>;
        fn stored_blobs(ente: &EnteId, digests: &[Digest]) -> Result<Vec<StoredBlob>, Error>;
        fn set_aside(ente: &EnteId, digest: Digest, now: DateTime<Utc>) -> Result<bool, Error>;
        fn take_back(ente: &EnteId, digest: Digest) -> Result<bool, Error>;
        fn discard(ente: &EnteId, digest: Digest, since: DateTime<Utc>) -> Result<bool, Error>;
        fn forget(ente: &EnteId, digest: Digest) -> Result<bool, Error>;
    }

    Keys {
        fn keys(ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error>;
        fn keys_of(ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error>;
        fn keys_of_person(ente: &EnteId, person: Id<Person>) -> Result<Vec<StoredKey>, Error>;
        fn keys_of_blobs(ente: &EnteId, blobs: &[Digest]) -> Result<Vec<StoredKey>, Error>;
        fn keys_of_sealed(ente: &EnteId, sealed: &[Digest]) -> Result<Vec<StoredKey>, Error>;
        fn blob_keys(
            ente: &EnteId, after: Option<Digest>, limit: usize
        ) -> Result<Vec<StoredKey>, Error>;
        fn all_keys(
            ente: &EnteId, after: Option<Id<Key>>, limit: usize
        ) -> Result<Vec<StoredKey>, Error>;
        fn put_keys(ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error>;
        fn rewrap(ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error>;
        fn touch_key(ente: &EnteId, key: &Rewrapped) -> Result<bool, Error>;
        fn erase_key(ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error>;
        fn pseudonyms(ente: &EnteId) -> Result<Option<Pseudonyms>, Error>;
    }
}

/// A shared store is the store itself: an `Arc<dyn Store>` stands wherever a [`Store`] is wanted.
impl<S: Store + ?Sized> Layer for Arc<S> {
    type Below = S;

    fn below(&self) -> &S {
        self
    }
}
