//! What only PostgreSQL can do wrong: roles, schemas, locks, restarts.

use std::time::Duration;

use expect_test::expect;
use mattoni_core::Id;
use mattoni_postgres_cluster::Options as ServerOptions;
use mattoni_store::postgres::{Options, Tls};
use mattoni_store::{
    Batch, Blobs, CommitError, ErrorKind, Journal, Postgres, Sequences, load, verify, verify_states,
};

use crate::server::Server;
use crate::support::{Lamp, ente, hung, in_hall, lamps, lit};

#[tokio::test]
async fn row_level_security_is_a_second_wall() {
    let server = Server::start();
    let store = server.store().await;
    let change = hung(1, "a").change.with_projection(in_hall("a").unique("plate", "1"));
    store.commit(Batch::new(ente(), [change])).await.unwrap();
    store.put(&ente(), b"paper".to_vec()).await.unwrap();
    let partition = server.by_hand("SELECT tableoid::regclass FROM journal");
    let seen = &format!(
        "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM {partition}),
            (SELECT count(*) FROM state), (SELECT count(*) FROM unique_key),
            (SELECT count(*) FROM blob), (SELECT count(*) FROM head)"
    );
    assert_eq!(server.as_store(seen), "0|0|0|0|0|0", "who names no ente sees none");
    let as_ente =
        |ente: &str, sql: &str| server.as_store(&format!("SET mattoni.ente = '{ente}'; {sql}"));
    assert_eq!(as_ente("c_f051", seen), "1|1|1|1|1|1", "the ente sees its own");
    assert_eq!(as_ente("c_a001", seen), "0|0|0|0|0|0", "and no other does");
    assert_eq!(as_ente("c_a001", "UPDATE state SET version = 9; SELECT 'done'"), "done");
    assert_eq!(as_ente("c_a001", "DELETE FROM journal; SELECT 'done'"), "done");
    let forged = as_ente("c_a001", "INSERT INTO number VALUES ('c_f051', 'protocol', 7)");
    assert!(forged.contains("row-level security"), "{forged}");
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
    let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    assert_eq!(lamp.version.get(), 1, "nothing was touched through the wall");
    assert_eq!(as_ente("*", "SELECT ente FROM head"), "c_f051", "whoever runs it sees the roll");
    store.commit(Batch::new(ente(), [hung(2, "a").change])).await.unwrap();
    assert_eq!(as_ente("*", "SELECT array_agg(seq) FROM journal"), "{1}", "of each its first row");
    assert_eq!(as_ente("*", "SELECT count(*) FROM state"), "0", "and nothing else");
}

#[tokio::test]
async fn a_role_that_goes_through_the_wall_is_refused() {
    let server = Server::start();
    let error = Postgres::open(&server.cluster.conninfo("town")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Privileged);
    assert!(error.to_string().contains("role=admin"), "{error}");
    server.by_hand("ALTER ROLE mattoni BYPASSRLS");
    let error = Postgres::open(&server.conninfo()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Privileged);
}

#[tokio::test]
async fn a_schema_of_something_else_or_of_newer_software_is_left_alone() {
    let server = Server::start();
    let open = async |schema: &str| {
        let options = Options::default().with_schema(schema);
        Postgres::open_with(&server.conninfo(), &options).await.map_err(|e| e.kind())
    };
    server.by_hand("CREATE SCHEMA other AUTHORIZATION mattoni; CREATE TABLE other.journal (x int)");
    assert_eq!(open("other").await.unwrap_err(), ErrorKind::NotAStore);
    assert_eq!(open("no such; name").await.unwrap_err(), ErrorKind::NotAStore);
    drop(open("mattoni").await.unwrap());
    drop(open("mattoni").await.unwrap());
    server.by_hand("INSERT INTO schema_version (version) VALUES (99)");
    assert_eq!(open("mattoni").await.unwrap_err(), ErrorKind::NewerSchema);
    server.admin("CREATE DATABASE old ENCODING 'LATIN1' TEMPLATE template0 OWNER mattoni");
    let latin = server.conninfo().replace("dbname=town", "dbname=old");
    assert_eq!(Postgres::open(&latin).await.unwrap_err().kind(), ErrorKind::NotAStore);
    let nobody = Postgres::open("host=/nowhere user=x dbname=y").await.unwrap_err();
    assert!(nobody.temporary(), "{nobody:?}");
}

#[tokio::test]
async fn many_may_make_the_store_at_once() {
    let server = Server::start();
    let opened = (0..6).map(|_| {
        let conninfo = server.conninfo();
        tokio::spawn(async move { Postgres::open(&conninfo).await.map(drop) })
    });
    for opened in opened.collect::<Vec<_>>() {
        opened.await.unwrap().unwrap();
    }
    let twice = "SELECT count(*) - count(DISTINCT version) FROM schema_version";
    assert_eq!(server.by_hand(twice), "0", "each migration was made once");
}

#[tokio::test]
async fn an_ente_held_by_another_for_too_long_is_a_temporary_error() {
    let server = Server::start();
    let store = server.store().await;
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    let options = Options::default().with_patience(Duration::from_millis(50));
    let hasty = Postgres::open_with(&server.conninfo(), &options).await.unwrap();
    let (other, connection) =
        tokio_postgres::connect(&server.conninfo(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    other
        .batch_execute(
            "SET search_path = mattoni; BEGIN; SET mattoni.ente = 'c_f051';
             SELECT FROM head WHERE ente = 'c_f051' FOR UPDATE",
        )
        .await
        .unwrap();
    let commit = || hasty.commit(Batch::new(ente(), [hung(5, "a").change]));
    match commit().await {
        Err(CommitError::Failed(e)) => assert!(e.temporary(), "{e:?}"),
        other => panic!("{other:?}"),
    }
    // Another ente does not wait.
    let neighbour = "c_a001".parse().unwrap();
    hasty.commit(Batch::new(neighbour, [hung(5, "a").change])).await.unwrap();
    other.batch_execute("ROLLBACK").await.unwrap();
    commit().await.unwrap();
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_stopped() {
    let server = Server::start();
    // Made before, by somebody who has the time.
    let made = server.store().await.commit(Batch::new(ente(), [hung(1, "a").change])).await;
    made.unwrap();
    let options = Options::default().with_statement_timeout(Duration::from_millis(200));
    let store = Postgres::open_with(&server.conninfo(), &options).await.unwrap();
    let (other, connection) =
        tokio_postgres::connect(&server.conninfo(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    other.batch_execute("BEGIN; LOCK TABLE mattoni.state").await.unwrap();
    let error = store.streams(&ente(), "lamp", None, 9).await.unwrap_err();
    assert!(error.temporary(), "{error:?}");
    other.batch_execute("ROLLBACK; BEGIN; LOCK TABLE mattoni.journal").await.unwrap();
    // What was not read is no finding.
    let error = verify(&store, &ente(), |_| {}).await.unwrap_err();
    assert!(error.temporary(), "{error:?}");
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(store.streams(&ente(), "lamp", None, 9).await.unwrap().len(), 1);
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn what_texts_cannot_hold_is_refused_or_not_found() {
    let server = Server::start();
    let store = server.store().await;
    let change = hung(1, "a").change.with_projection(in_hall("a").unique("room", "a\0b"));
    let refused = store.commit(Batch::new(ente(), [change])).await.unwrap_err();
    assert!(matches!(refused, CommitError::Refused(_)), "{refused:?}");
    assert_eq!(store.holder(&ente(), "lamp", "room", "a\0b").await.unwrap(), None);
    assert_eq!(store.last(&ente(), "a\0b").await.unwrap(), 0);
}

#[tokio::test]
async fn a_commit_larger_than_a_message_is_written_in_pieces() {
    let server = Server::start();
    let store = server.store().await;
    let changes = (1..=90_u128).map(|id| {
        let mut change = hung(id, "a").change;
        change.events[0].body = vec![b' '; 1 << 20];
        change
    });
    let done = store.commit(Batch::new(ente(), changes)).await.unwrap();
    assert_eq!(done.head.seq, 90);
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn rows_edited_by_hand_are_found_and_named() {
    let server = Server::start();
    let store = server.store().await;
    store.commit(Batch::new(ente(), (1..=3).map(|id| hung(id, "a").change))).await.unwrap();
    for id in 1..=3 {
        let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(id)).await.unwrap().unwrap();
        store.commit(Batch::new(ente(), [lit(lamp, 40).change])).await.unwrap();
    }
    let bricks = lamps();
    let mut found = String::new();
    for edit in [
        "SELECT 1",
        "UPDATE journal SET at = at + 1 WHERE seq = 2",
        "UPDATE journal SET at = at - 1 WHERE seq = 2; DELETE FROM journal WHERE seq = 4",
        "ALTER TABLE journal DROP CONSTRAINT journal_hash_check;
         UPDATE journal SET hash = 'x' WHERE seq = 2",
        "UPDATE head SET seq = 5",
        r#"UPDATE state SET body = '{"hall":"b","watts":40,"times":1}' WHERE id::text LIKE '%3'"#,
    ] {
        server.by_hand(edit);
        let chain = verify(&store, &ente(), |_| {}).await.unwrap();
        let states = verify_states(&store, &ente(), &bricks, |_| {}).await.unwrap();
        let lines = chain
            .findings
            .iter()
            .map(|finding| format!("  journal: {finding}\n"))
            .chain(states.findings.iter().map(|finding| format!("  states: {finding}\n")));
        found.extend([format!("{edit}\n")].into_iter().chain(lines));
    }
    expect![[r#"
        SELECT 1
        UPDATE journal SET at = at + 1 WHERE seq = 2
          journal: row 2 (lamp.hung of lamp/00000000-0000-0000-0000-000000000002) does not follow from the row before it: it was changed, or that one rewritten
        UPDATE journal SET at = at - 1 WHERE seq = 2; DELETE FROM journal WHERE seq = 4
          journal: row 4 is missing
          states: the state of lamp/00000000-0000-0000-0000-000000000001 is at version 2, its history at 1
        ALTER TABLE journal DROP CONSTRAINT journal_hash_check;
                 UPDATE journal SET hash = 'x' WHERE seq = 2
          journal: row 2 cannot be read: failed to read, ente=c_f051: could not convert slice to array
          journal: row 4 is missing
          states: the state of lamp/00000000-0000-0000-0000-000000000001 is at version 2, its history at 1
          states: lamp/00000000-0000-0000-0000-000000000002 cannot be read: failed to read, ente=c_f051: could not convert slice to array
        UPDATE head SET seq = 5
          journal: row 2 cannot be read: failed to read, ente=c_f051: could not convert slice to array
          journal: row 4 is missing
          journal: row 6 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) was added
          states: the state of lamp/00000000-0000-0000-0000-000000000001 is at version 2, its history at 1
          states: lamp/00000000-0000-0000-0000-000000000002 cannot be read: failed to read, ente=c_f051: could not convert slice to array
        UPDATE state SET body = '{"hall":"b","watts":40,"times":1}' WHERE id::text LIKE '%3'
          journal: row 2 cannot be read: failed to read, ente=c_f051: could not convert slice to array
          journal: row 4 is missing
          journal: row 6 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) was added
          states: the state of lamp/00000000-0000-0000-0000-000000000001 is at version 2, its history at 1
          states: lamp/00000000-0000-0000-0000-000000000002 cannot be read: failed to read, ente=c_f051: could not convert slice to array
          states: the state of lamp/00000000-0000-0000-0000-000000000003 at version 2 is not what its history says
    "#]].assert_eq(&found);
}

#[tokio::test]
async fn every_column_is_held_by_the_hash_and_rows_that_moved_are_named() {
    let server = Server::start();
    let store = server.store().await;
    let neighbour = "c_a001".parse().unwrap();
    for ente in [ente(), neighbour] {
        store.commit(Batch::new(ente, (1..=9).map(|id| hung(id, "a").change))).await.unwrap();
    }
    server.by_hand("CREATE TABLE kept AS SELECT * FROM journal");
    let other = "000000000000000000000000000000ff";
    let changed = [
        "kind = 'lamq'",
        &format!("id = '{other}'"),
        "version = 9",
        "name = 'lamp.lost'",
        "at = at + 1",
        "by = '{}'",
        "body = '{}'",
        "hash = sha256('')",
    ]
    .map(|set| (format!("UPDATE journal SET {set} WHERE ente = 'c_f051' AND seq = 3"), "row 3 ("));
    let mine = "WHERE ente = 'c_f051' AND seq =";
    let moved = [
        (format!("DELETE FROM journal {mine} 3"), "row 3 is missing"),
        (
            format!(
                "UPDATE journal SET seq = 100 {mine} 2; UPDATE journal SET seq = 2 {mine} 4;
                 UPDATE journal SET seq = 4 {mine} 100"
            ),
            "were swapped",
        ),
        (
            format!(
                "INSERT INTO journal SELECT ente, 10, kind, '{other}', version, name, at, by, body,
                     hash FROM journal {mine} 9"
            ),
            "row 10 (lamp.hung of lamp/00000000-0000-0000-0000-0000000000ff) was added",
        ),
        // A row of somebody else in the place of one's own.
        (
            format!(
                "DELETE FROM journal {mine} 3;
                 UPDATE journal SET ente = 'c_f051' WHERE ente = 'c_a001' AND seq = 3"
            ),
            "row 3 (",
        ),
    ];
    for (edit, named) in changed.into_iter().chain(moved) {
        server.by_hand(&edit);
        let found = verify(&store, &ente(), |_| {}).await.unwrap().findings;
        assert_eq!(found.len(), 1, "{edit}: {found:?}");
        assert!(found[0].to_string().contains(named), "{edit}: {}", found[0]);
        server.by_hand("TRUNCATE journal; INSERT INTO journal SELECT * FROM kept");
    }
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn the_store_is_reached_over_tls_and_only_under_its_name() {
    let authority = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let options = ServerOptions::default()
        .with_setting("ssl", "on")
        .with_file("server.crt", authority.cert.pem())
        .with_file("server.key", authority.signing_key.serialize_pem())
        .with_tcp()
        .unwrap();
    let server = Server::start_with(options);
    let over_tcp = |host: &str| {
        let socket = server.cluster.socket().display().to_string();
        server.conninfo().replace(&socket, host)
    };
    let tls = Tls::trusting(authority.cert.pem().as_bytes()).unwrap();
    let options = Options::default().with_tls(tls);
    let store = Postgres::open_with(&over_tcp("localhost"), &options).await.unwrap();
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE usename = 'mattoni'";
    assert_eq!(server.by_hand(encrypted), "t");
    // The certificate is for another name.
    assert!(Postgres::open_with(&over_tcp("127.0.0.1"), &options).await.is_err());
    // Or from an authority nobody named.
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls::trusting(stranger.cert.pem().as_bytes()).unwrap();
    let options = Options::default().with_tls(tls);
    assert!(Postgres::open_with(&over_tcp("localhost"), &options).await.is_err());
    // A server without TLS is not spoken to.
    let error = Postgres::open_with(&server.conninfo(), &options).await.unwrap_err();
    assert_ne!(error.kind(), ErrorKind::Privileged);
    assert_eq!(Tls::trusting(b"").unwrap_err().kind(), ErrorKind::Unreadable);
}
