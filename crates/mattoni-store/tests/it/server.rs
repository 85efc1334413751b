//! A private PostgreSQL for one test.

use mattoni_postgres_cluster::{Binaries, Cluster, Options};
use mattoni_store::{Postgres, postgres};

use crate::manual;

/// A server with a role `mattoni` without privileges and its database `town`.
pub(crate) struct Server {
    pub(crate) cluster: Cluster,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(Options::default())
    }

    pub(crate) fn start_with(options: Options) -> Self {
        // These tests kill processes, not machines: what the system holds for the disk stays.
        let options = options.with_setting("fsync", "off");
        let binaries = Binaries::find().unwrap_or_else(|why| panic!("{why}"));
        let cluster = Cluster::start_with(&binaries, options).unwrap_or_else(|why| panic!("{why}"));
        let server = Self { cluster };
        for statement in manual::sql("PostgreSQL") {
            server.admin(&statement);
        }
        server
    }

    /// How the store's role reaches its database.
    pub(crate) fn conninfo(&self) -> String {
        self.cluster.conninfo("town").replace("user=admin", "user=mattoni")
    }

    pub(crate) async fn store(&self) -> Postgres {
        Postgres::open(&self.conninfo()).await.unwrap()
    }

    pub(crate) async fn store_in(&self, schema: &str) -> Postgres {
        let options = postgres::Options::default().with_schema(schema).with_connections(8);
        Postgres::open_with(&self.conninfo(), &options).await.unwrap()
    }

    /// Runs SQL as whoever may do anything, in the server's first database.
    pub(crate) fn admin(&self, sql: &str) {
        self.cluster.sql("postgres", sql).unwrap();
    }

    /// Runs SQL on the store's tables as whoever may do anything: row-level security does not
    /// hold a superuser.
    pub(crate) fn by_hand(&self, sql: &str) -> String {
        self.cluster.sql("town", &format!("SET search_path = mattoni; {sql}")).unwrap()
    }

    /// Runs SQL as the store's own role; what it answers, or why not.
    pub(crate) fn as_store(&self, sql: &str) -> String {
        let sql = format!("SET ROLE mattoni; SET search_path = mattoni; {sql}");
        self.cluster.sql("town", &sql).unwrap_or_else(|why| why.to_string())
    }
}
