//! Rows edited by hand, as an insider with the file would: each edit is found and named.

use expect_test::{Expect, expect};
use mattoni_store::{Finding, verify, verify_states};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{ente, lamps, town};

/// Nine rows: three lamps hung (1 to 3), lit (4 to 6), lit again (7 to 9). Edits the file with
/// `sql` and shows what both verifications say.
async fn check(sql: &str, expected: Expect) {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 3).await;
    let raw = Connection::open(dir.path().join("town.db")).unwrap();
    // Whoever edits files does not stop at checks either.
    raw.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    raw.execute_batch(sql).unwrap();
    let chain = verify(&store, &ente(), |_| {}).await.unwrap();
    let bricks = lamps();
    let states = verify_states(&store, &ente(), &bricks, |_| {}).await.unwrap();
    let lines = chain
        .findings
        .iter()
        .map(|finding| format!("journal: {finding}\n"))
        .chain(states.findings.iter().map(|finding| format!("states: {finding}\n")));
    expected.assert_eq(&lines.collect::<String>());
}

#[tokio::test]
async fn an_untouched_file_has_no_findings() {
    check("", expect![[r#""#]]).await;
}

#[tokio::test]
async fn a_changed_body_is_found() {
    check(
        r#"UPDATE journal SET body = CAST('{"event":"lit","watts":99}' AS BLOB) WHERE seq = 5"#,
        expect![[r#"
            journal: row 5 (lamp.lit of lamp/00000000-0000-0000-0000-000000000002) does not follow from the row before it: it was changed, or that one rewritten
        "#]],
    )
    .await;
}

#[tokio::test]
async fn every_column_is_held_by_the_hash() {
    for edit in [
        "kind = 'lamq'",
        "id = x'000102030405060708090a0b0c0d0e0f'",
        "version = 9",
        "name = 'lamp.lost'",
        "at = at + 1",
        r#"by = '{"kind":"operator","who":"m.bianchi"}'"#,
    ] {
        let dir = TempDir::new().unwrap();
        let store = town(&dir, 3).await;
        let raw = Connection::open(dir.path().join("town.db")).unwrap();
        raw.execute_batch(&format!("UPDATE journal SET {edit} WHERE seq = 5")).unwrap();
        let report = verify(&store, &ente(), |_| {}).await.unwrap();
        let named = |f: &Finding| matches!(f, Finding::Changed { row } if row.seq == 5);
        assert!(report.findings.len() == 1 && report.findings.iter().all(named), "{edit}");
    }
}

#[tokio::test]
async fn a_changed_hash_is_found() {
    check("UPDATE journal SET hash = zeroblob(32) WHERE seq = 5", expect![[r#"
        journal: row 5 (lamp.lit of lamp/00000000-0000-0000-0000-000000000002) has another hash than it had
    "#]]).await;
}

#[tokio::test]
async fn a_changed_last_row_is_found() {
    check("UPDATE journal SET at = 0 WHERE seq = 9", expect![[r#"
        journal: row 9 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) does not follow from the row before it: it was changed, or that one rewritten
    "#]]).await;
    check("UPDATE journal SET hash = zeroblob(32) WHERE seq = 9", expect![[r#"
        journal: row 9 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) has another hash than it had
    "#]]).await;
}

#[tokio::test]
async fn several_edits_are_all_found() {
    check("UPDATE journal SET at = 0 WHERE seq IN (1, 4, 9)", expect![[r#"
        journal: row 1 (lamp.hung of lamp/00000000-0000-0000-0000-000000000001) does not follow from the row before it: it was changed, or that one rewritten
        journal: row 4 (lamp.lit of lamp/00000000-0000-0000-0000-000000000001) does not follow from the row before it: it was changed, or that one rewritten
        journal: row 9 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) does not follow from the row before it: it was changed, or that one rewritten
    "#]]).await;
}

#[tokio::test]
async fn missing_rows_are_found() {
    check("DELETE FROM journal WHERE seq IN (4, 5)", expect![[r#"
        journal: rows 4 to 5 are missing
        states: the state of lamp/00000000-0000-0000-0000-000000000001 at version 3 is not what its history says
        states: the state of lamp/00000000-0000-0000-0000-000000000002 at version 3 is not what its history says
        states: the history of lamp/00000000-0000-0000-0000-000000000001 has 2 rows up to version 3
        states: the history of lamp/00000000-0000-0000-0000-000000000002 has 2 rows up to version 3
    "#]]).await;
    check("DELETE FROM journal WHERE seq = 9", expect![[r#"
        journal: row 9 is missing
        states: the state of lamp/00000000-0000-0000-0000-000000000003 is at version 3, its history at 2
    "#]]).await;
    check(
        "DELETE FROM journal",
        expect![[r#"
        journal: rows 1 to 9 are missing
        states: lamp/00000000-0000-0000-0000-000000000001 has a state and no history
        states: lamp/00000000-0000-0000-0000-000000000002 has a state and no history
        states: lamp/00000000-0000-0000-0000-000000000003 has a state and no history
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_missing_row_is_found_also_when_the_rest_is_renumbered() {
    check(
        "DELETE FROM journal WHERE seq = 5;
         UPDATE journal SET seq = seq - 1 WHERE seq > 5;",
        expect![[r#"
            journal: from row 5 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) on, all rows were moved by -1
            states: the state of lamp/00000000-0000-0000-0000-000000000002 at version 3 is not what its history says
            states: the history of lamp/00000000-0000-0000-0000-000000000002 has 2 rows up to version 3
        "#]],
    )
    .await;
}

#[tokio::test]
async fn swapped_rows_are_found() {
    let swap = |one, other| {
        format!(
            "UPDATE journal SET seq = 100 WHERE seq = {one};
             UPDATE journal SET seq = {one} WHERE seq = {other};
             UPDATE journal SET seq = {other} WHERE seq = 100;"
        )
    };
    check(&swap(4, 5), expect![[r#"
        journal: row 4 (lamp.lit of lamp/00000000-0000-0000-0000-000000000002) and row 5 (lamp.lit of lamp/00000000-0000-0000-0000-000000000001) were swapped
    "#]]).await;
    check(&swap(3, 7), expect![[r#"
        journal: row 3 (lamp.lit of lamp/00000000-0000-0000-0000-000000000001) and row 7 (lamp.hung of lamp/00000000-0000-0000-0000-000000000003) were swapped
    "#]]).await;
    check(&swap(2, 4), expect![[r#"
        journal: row 2 (lamp.lit of lamp/00000000-0000-0000-0000-000000000001) and row 4 (lamp.hung of lamp/00000000-0000-0000-0000-000000000002) were swapped
    "#]]).await;
    // Nobody comes after the last row who could tell what was done to it.
    check(&swap(3, 8), expect![[r#"
        journal: row 3 (lamp.lit of lamp/00000000-0000-0000-0000-000000000002) and row 8 (lamp.hung of lamp/00000000-0000-0000-0000-000000000003) were swapped
    "#]]).await;
    check(&swap(3, 9), expect![[r#"
        journal: row 3 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) and row 9 (lamp.hung of lamp/00000000-0000-0000-0000-000000000003) were swapped
    "#]]).await;
}

#[tokio::test]
async fn added_rows_are_found() {
    let forged = |seq| {
        format!(
            "INSERT INTO journal SELECT ente, {seq}, kind, x'000102030405060708090a0b0c0d0e0f',
             1, 'lamp.hung', at, by, body, hash FROM journal WHERE seq = 1;"
        )
    };
    check(
        &forged(10),
        expect![[r#"
        journal: row 10 (lamp.hung of lamp/00010203-0405-0607-0809-0a0b0c0d0e0f) was added
        states: lamp/00010203-0405-0607-0809-0a0b0c0d0e0f has a history and no state
    "#]],
    )
    .await;
    let shifted = format!(
        "UPDATE journal SET seq = seq + 100 WHERE seq >= 5;
         UPDATE journal SET seq = seq - 99 WHERE seq >= 105;
         {}",
        forged(5)
    );
    check(
        &shifted,
        expect![[r#"
        journal: row 5 (lamp.hung of lamp/00010203-0405-0607-0809-0a0b0c0d0e0f) was added
        states: lamp/00010203-0405-0607-0809-0a0b0c0d0e0f has a history and no state
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_head_that_was_set_back_or_removed_is_found() {
    check(
        "UPDATE head SET seq = 8, hash = (SELECT hash FROM journal WHERE seq = 8)",
        expect![[r#"
            journal: row 9 (lamp.lit of lamp/00000000-0000-0000-0000-000000000003) was added
        "#]],
    )
    .await;
    check(
        "UPDATE head SET hash = zeroblob(32)",
        expect![[r#"
        journal: the journal ends with row 9 and hash 65ccea4c01a9, not 9 and 000000000000
    "#]],
    )
    .await;
    check(
        "DELETE FROM head",
        expect![[r#"
        journal: the journal has 9 rows and no head
    "#]],
    )
    .await;
}

#[tokio::test]
async fn rows_that_do_not_read_are_found() {
    check("UPDATE journal SET hash = x'00' WHERE seq IN (4, 6)", expect![[r#"
        journal: row 4 cannot be read: failed to read, ente=c_f051: Conversion error from type Blob at index: 8, Cannot read 32 byte value out of 1 byte blob
        journal: row 6 cannot be read: failed to read, ente=c_f051: Conversion error from type Blob at index: 8, Cannot read 32 byte value out of 1 byte blob
        states: lamp/00000000-0000-0000-0000-000000000001 cannot be read: failed to read, ente=c_f051: Conversion error from type Blob at index: 8, Cannot read 32 byte value out of 1 byte blob
        states: lamp/00000000-0000-0000-0000-000000000003 cannot be read: failed to read, ente=c_f051: Conversion error from type Blob at index: 8, Cannot read 32 byte value out of 1 byte blob
    "#]]).await;
}

#[tokio::test]
async fn changed_states_are_found() {
    check(
        r#"UPDATE state SET body = CAST('{"hall":"a","watts":99,"times":2}' AS BLOB)
           WHERE hex(id) LIKE '%2'"#,
        expect![[r#"
            states: the state of lamp/00000000-0000-0000-0000-000000000002 at version 3 is not what its history says
        "#]],
    )
    .await;
    check("UPDATE state SET version = 2 WHERE hex(id) LIKE '%2'", expect![[r#"
        states: the state of lamp/00000000-0000-0000-0000-000000000002 is at version 2, its history at 3
    "#]]).await;
    check("UPDATE state SET body = x'00' WHERE hex(id) LIKE '%2'", expect![[r#"
        states: lamp/00000000-0000-0000-0000-000000000002 cannot be read: failed to read a state, stream=lamp/00000000-0000-0000-0000-000000000002: expected value at line 1 column 1
    "#]]).await;
    check(
        "DELETE FROM state WHERE hex(id) LIKE '%3'",
        expect![[r#"
            states: lamp/00000000-0000-0000-0000-000000000003 has a history and no state
            states: of what lamp is looked up by, 0 are missing, 1 belong to no state and 1 counts are wrong
        "#]],
    )
    .await;
    check(
        "INSERT INTO state (ente, kind, id, version, unique_keys, body) SELECT ente, kind, x'000102030405060708090a0b0c0d0e0f', 1, '', body
         FROM state WHERE hex(id) LIKE '%1';
         INSERT INTO state (ente, kind, id, version, unique_keys, body) SELECT ente, 'fan', id, 1, '', body FROM state WHERE kind = 'lamp';",
        expect![[r#"
            states: fan/00000000-0000-0000-0000-000000000001 has a state and no history
            states: fan/00000000-0000-0000-0000-000000000002 has a state and no history
            states: fan/00000000-0000-0000-0000-000000000003 has a state and no history
            states: fan/00010203-0405-0607-0809-0a0b0c0d0e0f has a state and no history
            states: 4 states of the unknown kind fan could not be folded
            states: of what fan is looked up by, 0 are missing, 0 belong to no state and 1 counts are wrong
            states: lamp/00010203-0405-0607-0809-0a0b0c0d0e0f has a state and no history
            states: of what lamp is looked up by, 0 are missing, 0 belong to no state and 1 counts are wrong
        "#]],
    )
    .await;
}
