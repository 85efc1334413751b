//! What holds of every table of PostgreSQL's schema, those that are added later too: it is the
//! ente's in every key, and behind the wall.

use mattoni_core::Id;
use mattoni_store::{
    Batch, Blobs, Effect, Journal, KeyFor, Keys, Postgres, SequenceClaim, StoredKey, verify,
};

use crate::server::Server;
use crate::support::{act, ente, hung, in_hall};

/// The tables that hold rows of entes, the journal's partitions among them.
const TABLES: &str = "SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'mattoni'::regnamespace AND c.relkind IN ('r', 'p')
        AND c.relname <> 'schema_version' ORDER BY 1";

fn tables(server: &Server) -> Vec<String> {
    server.by_hand(TABLES).lines().map(str::to_owned).collect()
}

/// Leaves something of the ente in every table.
async fn fill(store: &Postgres) {
    let key = KeyFor::Person { stream: hung(1, "a").change.stream, person: Id::from_u128(7) };
    let mut change = hung(1, "a")
        .change
        .with_projection(in_hall("a").unique("plate", "1"))
        .with_claim(SequenceClaim::new("lamps", 1))
        .with_effects([Effect::new("k1", "bulb", "{}")]);
    change.keys = vec![StoredKey { id: Id::from_u128(9), of: key, wrapped: Some(vec![1; 69]) }];
    store.commit(Batch::new(ente(), [change])).await.unwrap();
    let digest = store.put(&ente(), b"paper".to_vec()).await.unwrap();
    assert!(store.set_aside(&ente(), digest, act(0).at).await.unwrap());
}

#[tokio::test]
async fn every_key_and_index_begins_with_the_ente_and_the_journal_is_spread_by_it() {
    let server = Server::start();
    let store = server.store().await;
    let elsewhere = "SELECT i.indexrelid::regclass FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE t.relnamespace = 'mattoni'::regnamespace AND t.relname <> 'schema_version'
            AND a.attname IS DISTINCT FROM 'ente'";
    assert_eq!(server.by_hand(elsewhere), "");
    let keyless = format!(
        "SELECT t.relname FROM ({TABLES}) t WHERE NOT EXISTS (SELECT FROM pg_index i
            WHERE i.indrelid = t.relname::regclass AND i.indisprimary)"
    );
    assert_eq!(server.by_hand(&keyless), "");
    for n in 0..64 {
        let ente = format!("c_a{n:03}").parse().unwrap();
        store.commit(Batch::new(ente, [hung(1, "a").change])).await.unwrap();
    }
    let spread = "SELECT count(DISTINCT tableoid), count(*) FROM journal";
    let spread = server.by_hand(spread);
    let (parts, rows) = spread.split_once('|').unwrap();
    assert!(parts.parse::<u32>().unwrap() >= 12 && rows == "64", "{spread}");
}

#[tokio::test]
async fn no_table_shows_or_takes_a_row_through_the_wall() {
    let server = Server::start();
    let store = server.store().await;
    fill(&store).await;
    let tables = tables(&server);
    assert!(tables.len() > 20, "{tables:?}");
    let open = "SELECT relname FROM pg_class WHERE relnamespace = 'mattoni'::regnamespace
        AND relkind IN ('r', 'p') AND relname <> 'schema_version'
        AND NOT (relrowsecurity AND relforcerowsecurity)";
    assert_eq!(server.by_hand(open), "");

    let mut filled = 0;
    for table in &tables {
        let all = server.by_hand(&format!("SELECT count(*) FROM {table}"));
        filled += usize::from(all != "0");
        assert!(all != "0" || table.starts_with("journal_"), "nothing is in {table}");
        let as_ente =
            |ente: &str, sql: &str| server.as_store(&format!("SET mattoni.ente = '{ente}'; {sql}"));
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(as_ente("c_f051", &count), all, "the ente sees its own in {table}");
        // Which entes there are.
        let seen = if matches!(table.as_str(), "head" | "journal") { "1" } else { "0" };
        assert_eq!(as_ente("*", &count), seen, "{table}");
        assert_eq!(as_ente("c_a001", &count), "0", "{table}");
        let copied = as_ente("c_a001", &format!("COPY (SELECT * FROM {table}) TO STDOUT"));
        assert_eq!(copied, "", "{table}");
        for wall in ["c_a001", "*"] {
            for sql in [
                format!("DELETE FROM {table}"),
                format!("UPDATE {table} SET ente = 'c_a001'"),
                format!("UPDATE {table} SET ente = ente"),
            ] {
                as_ente(wall, &sql);
                assert_eq!(server.by_hand(&count), all, "{wall}: {sql}");
                let moved = format!("SELECT count(*) FROM {table} WHERE ente <> 'c_f051'");
                assert_eq!(server.by_hand(&moved), "0", "{wall}: {sql}");
            }
        }
        // Nor does an ente put anything on the other side.
        if all != "0" {
            let moved = as_ente("c_f051", &format!("UPDATE {table} SET ente = 'c_a001'"));
            // A partition has a wall of its own before the other.
            let stopped = ["row-level security", "partition constraint"];
            assert!(stopped.iter().any(|why| moved.contains(why)), "{table}: {moved}");
        }
        let off = as_ente("c_a001", &format!("SET row_security = off; SELECT * FROM {table}"));
        assert!(off.contains("row-level security"), "{table}: {off}");
    }
    assert!(filled >= 12, "{filled} of {tables:?}");
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
    let keys = store.all_keys(&ente(), None, 9).await.unwrap();
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn a_pool_takes_no_more_connections_than_it_was_given() {
    let server = Server::start();
    let options = mattoni_store::postgres::Options::default().with_connections(2);
    let store = Postgres::open_with(&server.conninfo(), &options).await.unwrap();
    // Of different entes, which do not wait for each other.
    let commits = (0..40).map(|n| {
        let ente = format!("c_a{n:03}").parse().unwrap();
        store.commit(Batch::new(ente, [hung(1, "a").change]))
    });
    for committed in futures_util::future::join_all(commits).await {
        committed.unwrap();
    }
    let used = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'mattoni'";
    assert_eq!(server.by_hand(used), "2", "kept for the next");
}

#[tokio::test]
async fn committed_means_on_disk_also_where_the_server_would_not_wait_for_it() {
    // What is not flushed for a commit is flushed ten seconds later, or never.
    let lazy = mattoni_postgres_cluster::Options::default()
        .with_setting("synchronous_commit", "off")
        .with_setting("wal_writer_delay", "10s");
    let mut server = Server::start_with(lazy);
    let store = server.store().await;
    for id in 1..=5 {
        store.commit(Batch::new(ente(), [hung(id, "a").change])).await.unwrap();
        let digest = store.put(&ente(), vec![id as u8; 9]).await.unwrap();
        server.cluster.kill();
        server.cluster.restart().unwrap();
        let head = store.head(&ente()).await.unwrap().unwrap();
        assert_eq!(u128::from(head.seq), id);
        assert!(store.get(&ente(), digest).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn committed_means_at_the_standby_also_where_the_role_would_not_wait_for_it() {
    let server = Server::start();
    server.admin("ALTER ROLE mattoni SET synchronous_commit = 'local'");
    let store = std::sync::Arc::new(server.store().await);
    // No standby of this name ever answers.
    server.admin("ALTER SYSTEM SET synchronous_standby_names = 'elsewhere'");
    server.admin("SELECT pg_reload_conf()");
    let committing = {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { store.commit(Batch::new(ente(), [hung(1, "a").change])).await })
    };
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while server.by_hand(waits) != "1" {
        assert!(!committing.is_finished(), "it was told committed before any standby had it");
        tokio::task::yield_now().await;
    }
    assert!(!committing.is_finished());
    server.admin("ALTER SYSTEM RESET synchronous_standby_names");
    server.admin("SELECT pg_reload_conf()");
    committing.await.unwrap().unwrap();
}
