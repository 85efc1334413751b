//! Opening the store: checks its owner, its schema version and row-level security.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::QueueMode;
use tokio_postgres::Config;

use crate::postgres::fault::{fault, no_connection};
use crate::postgres::pool::{Client, Manager, Pool, each_host};
use crate::{Error, ErrorKind};

/// How to get from each version of the schema to the next. Only ever added to.
const MIGRATIONS: [&str; 9] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
];

/// How to open a store.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// The schema that holds the store's tables: small letters, digits and underscores. It is
    /// made if there is none.
    pub schema: String,
    /// The most connections at once. Every read and every ente's writer takes one for as long as
    /// it needs it.
    pub connections: usize,
    /// How long to wait for another writer of the ente, and for a free connection, before
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy).
    pub patience: Duration,
    /// How long one statement may run before it is
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy). A server that has not answered after a quarter
    /// more than that is given up: the connection is closed, and what was sent is
    /// [`ErrorKind::Unreachable`](crate::ErrorKind::Unreachable), or
    /// [`ErrorKind::Unknown`](crate::ErrorKind::Unknown) if it was a commit.
    pub statement_timeout: Duration,
    /// In how many parts at once [`verify`](crate::verify) reads: by default one for every
    /// processor here. Each takes a connection.
    pub parts: NonZeroUsize,
    /// Use TLS, and refuse servers without it.
    #[cfg(feature = "postgres-tls")]
    pub tls: Option<crate::postgres::Tls>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            schema: "mattoni".to_owned(),
            connections: 16,
            patience: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(60),
            parts: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            #[cfg(feature = "postgres-tls")]
            tls: None,
        }
    }
}

impl Options {
    /// Keeps the tables in this schema.
    #[must_use]
    pub fn with_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// Opens at most so many connections.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Waits so long for another writer or a free connection.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Lets one statement run so long.
    #[must_use]
    pub fn with_statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Verifies in so many parts at once.
    #[must_use]
    pub fn with_parts(mut self, parts: NonZeroUsize) -> Self {
        self.parts = parts;
        self
    }

    /// Uses TLS, and refuses servers without it.
    #[cfg(feature = "postgres-tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: crate::postgres::Tls) -> Self {
        self.tls = Some(tls);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .field("statement_timeout", &self.statement_timeout)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

/// How long a host may take to let a connection in, unless `connect_timeout` says otherwise.
const CONNECTING: Duration = Duration::from_secs(10);

const OPENING: &str = "failed to open the store";

/// A pool whose connections keep the store's promises, to a schema that is up to date.
pub(super) async fn open(conninfo: &str, options: &Options) -> Result<Pool, Error> {
    let pool = pool(conninfo, options)?;
    let client = pool.get().await.map_err(no_connection)?;
    check_role(&client).await?;
    migrate(&client, &options.schema).await?;
    Ok(pool)
}

fn pool(conninfo: &str, options: &Options) -> Result<Pool, Error> {
    let well_formed = !options.schema.is_empty()
        && options.schema.len() <= 63
        && options
            .schema
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !well_formed {
        return Err(Error::new(ErrorKind::NotAStore, OPENING).with("schema", &options.schema));
    }
    let mut config: Config =
        conninfo.parse().map_err(|e| Error::new(ErrorKind::Io, OPENING).caused_by(e))?;
    if config.get_application_name().is_none() {
        config.application_name("mattoni");
    }
    let connects_within = *config.get_connect_timeout().unwrap_or(&CONNECTING);
    config
        .connect_timeout(connects_within)
        // Detects a server that vanished without closing the connection.
        .keepalives_idle(Duration::from_secs(30))
        .tcp_user_timeout(options.statement_timeout);
    #[cfg(feature = "postgres-tls")]
    if options.tls.is_some() {
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
    }
    let manager = Manager {
        hosts: each_host(&config),
        #[cfg(feature = "postgres-tls")]
        tls: options.tls.clone(),
        settings: settings(options),
        connects_within,
        answers_within: options.statement_timeout + options.statement_timeout / 4,
    };
    let built = Pool::builder(manager)
        .max_size(options.connections.max(1))
        // Prefers the connection used last: its server process has statements and plans cached.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(options.patience))
        .build();
    built.map_err(|e| Error::new(ErrorKind::Io, OPENING).caused_by(e))
}

/// The settings of every connection.
fn settings(options: &Options) -> String {
    let (patience, statement) =
        (options.patience.as_millis(), options.statement_timeout.as_millis());
    format!(
        "SET search_path = {schema};
         SET lock_timeout = {patience};
         SET statement_timeout = {statement};
         SET idle_in_transaction_session_timeout = {statement};
         -- Committed means on disk, here and at every standby that is waited for, whatever the
         -- server's, the role's or the database's default is. `remote_apply` says even more.
         SELECT set_config('synchronous_commit', 'on', false)
             WHERE current_setting('synchronous_commit') <> 'remote_apply';
         -- Every query goes through an index that the ente leads; statistics of a table that was
         -- empty when somebody last looked must not say otherwise.
         SET enable_seqscan = off;
         -- Nor is any query worth planning twice, or compiling.
         SET plan_cache_mode = force_generic_plan;
         SET jit = off;",
        schema = options.schema,
    )
}

async fn check_role(client: &Client) -> Result<(), Error> {
    const SQL: &str = "SELECT current_user::text, current_setting('server_encoding'),
            rolsuper OR rolbypassrls
        FROM pg_roles WHERE rolname = current_user";
    let row = client.query_one(SQL, &[]).await.map_err(|e| fault(OPENING, e))?;
    let encoding: &str = row.get(1);
    if encoding != "UTF8" {
        return Err(Error::new(ErrorKind::NotAStore, "failed to open the store: it must be UTF8")
            .with("encoding", encoding));
    }
    if row.get(2) {
        return Err(Error::new(
            ErrorKind::Privileged,
            "failed to open the store: the role goes through the wall between entes",
        )
        .with("role", row.get::<_, &str>(0)));
    }
    Ok(())
}

async fn migrate(client: &Client, schema: &str) -> Result<(), Error> {
    if version(client, schema).await? == MIGRATIONS.len() {
        return Ok(());
    }
    let done = migrate_locked(client, schema).await;
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = client.batch_execute(end).await.map_err(|e| fault(MIGRATING, e));
    done.and(ended)
}

const MIGRATING: &str = "failed to bring the store up to date";

async fn migrate_locked(client: &Client, schema: &str) -> Result<(), Error> {
    let lost = |e| fault(MIGRATING, e).with("schema", schema);
    client.batch_execute("BEGIN").await.map_err(lost)?;
    let lock = "SELECT pg_advisory_xact_lock(hashtext('mattoni.' || $1))";
    client.query(lock, &[&schema]).await.map_err(lost)?;
    // Reads the version again under the lock: another process may have migrated meanwhile.
    let from = version(client, schema).await?;
    if from == 0 {
        let exists = "SELECT FROM pg_namespace WHERE nspname = $1";
        if client.query(exists, &[&schema]).await.map_err(lost)?.is_empty() {
            client.batch_execute(&format!("CREATE SCHEMA {schema}")).await.map_err(lost)?;
        }
        let table = "CREATE TABLE schema_version (
            version bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())";
        client.batch_execute(table).await.map_err(lost)?;
    }
    for (to, migration) in (1_i64..).zip(MIGRATIONS).skip(from) {
        client.script(migration).await.map_err(lost)?;
        let note = "INSERT INTO schema_version (version) VALUES ($1)";
        client.execute(note, &[&to]).await.map_err(lost)?;
    }
    Ok(())
}

/// The schema's version, 0 when it is empty.
async fn version(client: &Client, schema: &str) -> Result<usize, Error> {
    let lost = |e| fault(OPENING, e).with("schema", schema);
    let tables = "SELECT count(*), count(*) FILTER (WHERE relname = 'schema_version')
        FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            AND relkind IN ('r', 'p', 'v', 'm')";
    let row = client.query_one(tables, &[&schema]).await.map_err(lost)?;
    match (row.get::<_, i64>(0), row.get::<_, i64>(1)) {
        (0, _) => return Ok(0),
        (_, 0) => return Err(Error::new(ErrorKind::NotAStore, OPENING).with("schema", schema)),
        _ => {}
    }
    let newest = "SELECT coalesce(max(version), 0) FROM schema_version";
    let version: i64 = client.query_one(newest, &[]).await.map_err(lost)?.get(0);
    match usize::try_from(version) {
        Ok(known) if known <= MIGRATIONS.len() => Ok(known),
        _ => Err(Error::new(ErrorKind::NewerSchema, OPENING)
            .with("schema", schema)
            .with("version", version)
            .with("newest_known", MIGRATIONS.len())),
    }
}
