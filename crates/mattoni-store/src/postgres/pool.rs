//! Connections that remember the ente they were last used for.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleResult};
use deadpool_postgres::ClientWrapper;

pub(super) type Pool = managed::Pool<Manager>;
pub(super) type Client = Object<Manager>;

/// Opens connections with the settings that the store needs.
pub(super) struct Manager {
    inner: deadpool_postgres::Manager,
    settings: String,
}

impl Manager {
    pub(super) fn new(inner: deadpool_postgres::Manager, settings: String) -> Self {
        Self { inner, settings }
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, Self::Error> {
        let client = self.inner.create().await?;
        client.batch_execute(&self.settings).await?;
        Ok(Connection { client, wall: Mutex::default(), warm: true })
    }

    async fn recycle(
        &self,
        connection: &mut Connection,
        metrics: &Metrics,
    ) -> RecycleResult<Self::Error> {
        connection.warm = metrics.last_used() < WARM;
        self.inner.recycle(&mut connection.client, metrics).await
    }

    fn detach(&self, connection: &mut Connection) {
        self.inner.detach(&mut connection.client);
    }
}

/// A connection.
pub(super) struct Connection {
    client: ClientWrapper,
    /// The ente that was set last, outside of a transaction.
    wall: Mutex<Option<String>>,
    warm: bool,
}

/// For how long after its last use a connection is expected to be alive.
const WARM: Duration = Duration::from_secs(1);

impl Connection {
    /// Whether it was in use a moment ago. One that was not may have died unnoticed: whoever sends
    /// a commit as the first thing never learns whether it arrived.
    pub(super) fn is_warm(&self) -> bool {
        self.warm
    }

    /// Whether row-level security is set to this ente. If not, the caller sets it, and calls
    /// [`told`](Self::told) once that has worked.
    pub(super) fn knows(&self, wall: &str) -> bool {
        let mut known = self.wall.lock().unwrap_or_else(PoisonError::into_inner);
        let knows = known.as_deref() == Some(wall);
        if !knows {
            *known = None;
        }
        knows
    }

    /// Row-level security is set to this ente now.
    pub(super) fn told(&self, wall: &str) {
        *self.wall.lock().unwrap_or_else(PoisonError::into_inner) = Some(wall.to_owned());
    }
}

impl Deref for Connection {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}
