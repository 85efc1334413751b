//! `mattoni store`, and the operator's guide as it is written.

use mattoni_postgres_cluster::{Binaries, Cluster, Options};

use crate::call::{drawn_up, town, town_in};
use crate::command::Place;

pub(crate) const GUIDE: &str = include_str!("../../../../docs/store.md");

/// The commands under a heading of the guide.
pub(crate) fn commands(heading: &str) -> Vec<&'static str> {
    let section = GUIDE
        .split("\n#")
        .find(|s| s.trim_start_matches('#').lines().next().is_some_and(|l| l.trim() == heading));
    let section = section.unwrap_or_else(|| panic!("docs/store.md has no section {heading}"));
    section.lines().filter_map(|line| line.strip_prefix("$ ")).collect()
}

/// Does what the guide says under the heading, and answers with what each command said.
pub(crate) fn follow(place: &Place, heading: &str) -> Vec<String> {
    let follow = |command: &'static str| {
        let (words, file) = match command.split_once(" > ") {
            Some((words, file)) => (words, Some(file)),
            None => (command, None),
        };
        let said = match words.strip_prefix("mattoni ") {
            Some(words) => place.run(words).well(),
            None => {
                assert_eq!(words, "openssl rand -hex 32", "another command in the guide");
                "0123456789abcdef".repeat(4)
            }
        };
        if let Some(file) = file {
            place.write(file, &said);
        }
        said
    };
    commands(heading).into_iter().map(follow).collect()
}

#[test]
fn a_store_is_copied_brought_back_and_proved_as_the_guide_says() {
    let place = drawn_up();
    let said = follow(&place, "Back up and restore SQLite");
    assert!(said[0].contains("monday.db: ") && said[0].contains("c_h223: "), "{said:?}");
    let proof = place.run("verify --db town.sqlite").well();
    // No backup holds keys.
    std::fs::copy(place.path("town.sqlite.key"), place.path("again.sqlite.key")).unwrap();
    place.run("keys copy town.keys --db town.sqlite").well();
    place.run("keys restore town.keys --db again.sqlite").well();
    assert_eq!(place.run("verify --db again.sqlite").well(), proof);
    let again = place.run("store restore monday.db --db town.sqlite");
    assert_eq!(again.code, 3, "nothing is overwritten: {again:?}");
    assert!(
        place
            .run("store backup x.db --db none.sqlite")
            .refused()
            .contains("dev'essere un database che c'è")
    );

    let said = follow(&place, "Verify");
    assert_eq!(said[0], proof);
    assert!(said[1].starts_with("c_h223: "), "{said:?}");
    let entes = place.run("--json store entes --db again.sqlite").json();
    assert_eq!(entes["entes"][0]["ente"], "c_h223");
    let raw = rusqlite::Connection::open(place.path("again.sqlite")).unwrap();
    raw.execute("UPDATE journal SET at = at + 1 WHERE seq = 5", []).unwrap();
    let found = place.run("store verify --db again.sqlite");
    assert_eq!(found.code, 1);
    assert!(found.out.contains("TROVATO row 5"), "{}", found.out);
}

#[test]
fn the_end_of_the_journal_is_signed_and_confirmed_as_the_guide_says() {
    let place = drawn_up();
    let said = follow(&place, "Checkpoints");
    let last = said.last().unwrap();
    assert!(last.contains("il giornale di c_h223 passa per"), "{last}");
    assert!(last.contains("firmato con la chiave"), "{last}");
    place.write("short.key", "0123");
    let refused = place.run("store checkpoint --key short.key --db town.sqlite --ente c_h223");
    assert!(refused.refused().contains("64 cifre esadecimali"));
    let bare = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    bare.execute_batch("DELETE FROM journal; DELETE FROM head").unwrap();
    let cut = place.run("store confirm tuesday.json --db town.sqlite");
    assert_eq!(cut.code, 1);
    assert!(cut.out.contains("TROVATO Cut"), "{}", cut.out);
}

#[test]
fn lists_are_made_anew_as_the_guide_says() {
    let place = drawn_up();
    let raw = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    // As a store is that software without lists made.
    raw.execute_batch(
        "DELETE FROM list_entry; DELETE FROM tally; UPDATE state SET projection = '';
         INSERT INTO tally SELECT ente, kind, '', '0', count(*) FROM state GROUP BY ente, kind",
    )
    .unwrap();
    let states = |kind: &str| {
        let count = "SELECT count(*) FROM state WHERE kind = ?";
        raw.query_row(count, [kind], |row| row.get::<_, i64>(0)).unwrap()
    };
    let behind = place.run("store lists --db town.sqlite");
    assert_eq!(behind.code, 1);
    assert!(behind.out.contains("pratica (practice): 30 da rimettere\n"), "{}", behind.out);
    assert!(behind.out.contains("graduatoria (ranking-run): 1 da rimettere\n"), "{}", behind.out);
    let told: serde_json::Value =
        serde_json::from_str(&place.run("--json store lists --db town.sqlite").out).unwrap();
    for of in told["kinds"].as_array().unwrap() {
        let kind = of["kind"].as_str().unwrap();
        assert_eq!(of["behind"].as_u64(), Some(states(kind).cast_unsigned()), "{kind}");
    }
    let said = follow(&place, "Lists");
    assert!(said[0].contains("pratica (practice): 30 rimessi in elenco su 30\n"), "{said:?}");
    assert_eq!(said[1], "gli elenchi sono aggiornati\n");
    let told = place.run("--json store lists --db town.sqlite").json();
    assert_eq!(told["behind"], 0);
}

#[test]
fn what_changes_a_store_is_for_one_that_is_there() {
    let place = drawn_up();
    for words in [
        "store lists --rebuild",
        "store collect",
        "outbox replay",
        "person erase RSSMRA80A01H501U --reason art.17",
    ] {
        let refused = place.run(&format!("{words} --db none.sqlite")).refused();
        assert!(refused.contains("none.sqlite: dev'essere un database che c'è"), "{refused}");
        assert!(!place.path("none.sqlite").exists());
    }
}

#[test]
fn a_server_is_spoken_to_over_tls_or_not_at_all_once_its_authority_is_named() {
    let authority = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let started = |options: Options| {
        let options = options.with_tcp().unwrap();
        let cluster = Cluster::start_with(&Binaries::find().unwrap(), options).unwrap();
        cluster.sql("postgres", "CREATE ROLE mattoni LOGIN").unwrap();
        cluster.sql("postgres", "CREATE DATABASE town OWNER mattoni").unwrap();
        cluster
    };
    let sealed = Options::default()
        .with_setting("ssl", "on")
        .with_file("server.crt", authority.cert.pem())
        .with_file("server.key", authority.signing_key.serialize_pem());
    let (sealed, clear) = (started(sealed), started(Options::default()));
    let place = town();
    place.write("ca.pem", authority.cert.pem());
    place.write("none.pem", "no certificate");
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    place.write("stranger.pem", stranger.cert.pem());
    let entes_of = |cluster: &Cluster, host: &str, authority: &str| {
        let port = cluster.port();
        let words = format!("store entes --db postgres://mattoni@{host}:{port}/town");
        place.run_with(&[("MATTONI_DB_CA", authority)], &words)
    };
    let entes = |host: &str, authority: &str| entes_of(&sealed, host, authority);
    entes("localhost", "ca.pem").well();
    assert_eq!(entes("127.0.0.1", "ca.pem").code, 3, "the certificate is for another name");
    assert_eq!(entes("localhost", "stranger.pem").code, 3, "nobody named who signed it");
    assert!(entes("localhost", "none.pem").refused().contains("[cli.db.authorities]"));
    assert!(entes("localhost", "missing.pem").refused().contains("missing.pem"));
    let said = entes_of(&clear, "localhost", "ca.pem");
    assert_eq!(said.code, 3, "in the clear it says nothing: {said:?}");
}

#[test]
fn the_same_commands_work_on_a_postgresql_server() {
    let cluster = Cluster::start(&Binaries::find().unwrap()).unwrap();
    cluster.sql("postgres", "CREATE ROLE mattoni LOGIN").unwrap();
    cluster.sql("postgres", "CREATE DATABASE town OWNER mattoni").unwrap();
    let of = |key: &str| {
        let conninfo = cluster.conninfo("town");
        let value = conninfo.split(' ').find_map(|part| part.strip_prefix(key));
        value.unwrap_or_default().replace('/', "%2F")
    };
    let url = format!("postgres://mattoni@{}:{}/town", of("host="), of("port="));
    let place = town();
    place.run(&format!("keys new --db {url}")).well();
    let call = format!(
        "call --service nido --db {url} --new-ente --at 2027-03-20T10:00:00Z import families.csv"
    );
    let said = place.run(&call).well();
    assert!(said.contains("30 domande acquisite"), "{said}");
    let page = place.run(&format!("explain 2027/0000007 --db {url}")).well();
    assert!(page.contains("Pratica 2027/0000007"), "{page}");
    for words in ["verify", "store verify", "store entes", "store lists"] {
        place.run(&format!("{words} --db {url}")).well();
    }
    let refused = place.run(&format!("store backup x.db --db {url}")).refused();
    assert!(refused.contains("pg_dump"), "{refused}");
    let down = place.run("verify --db postgres://mattoni@127.0.0.1:1/town");
    assert_eq!(down.code, 3, "{down:?}");
}

#[test]
fn attachments_in_a_folder_are_found_there_and_what_nothing_refers_to_is_collected() {
    let place = town_in(Place::new());
    std::fs::create_dir(place.path("attachments")).unwrap();
    // In the clear, so that a file can be laid beside the others by hand.
    let clear = |words: &str| format!("--unsealed {words}");
    let folder = [("MATTONI_ATTACHMENTS", "attachments")];
    let with = |words: &str| place.run_with(&folder, &clear(words));
    let call = "call --service nido --db town.sqlite --new-ente --at";
    with(&format!("{call} 2027-03-20T10:00:00Z import families.csv")).well();
    with(&format!("{call} 2027-05-03T08:00:00Z score")).well();
    with(&format!("{call} 2027-05-04T08:00:00Z draw-up")).well();
    let kept = place.path("attachments/c_h223/kept");
    assert!(kept.is_dir(), "the ranking's document is a blob as well");
    with("verify --db town.sqlite").well();
    assert_eq!(place.run(&clear("verify --db town.sqlite")).code, 1, "nobody said where they are");
    let slip = [("MATTONI_ATTACHMENTS", "atachments")];
    let refused = place.run_with(&slip, &clear("verify --db town.sqlite")).refused();
    assert!(refused.contains("[cli.attachments.folder]"), "{refused}");

    // As somebody leaves one behind who takes it out of a draft.
    let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    std::fs::create_dir_all(kept.join("2c")).unwrap();
    std::fs::write(kept.join("2c").join(digest), "hello").unwrap();
    let collect = &commands("Collect what nothing refers to")[0]["mattoni ".len()..];
    let said = with(&format!("{collect} --at 2027-05-05T08:00:00Z")).well();
    assert!(said.contains("messi da parte: 1, ripresi: 0, tolti: 0 "), "{said}");
    let said = with(&format!("{collect} --at 2027-05-05T20:00:00Z")).well();
    assert!(said.contains("messi da parte: 0, ripresi: 0, tolti: 0 "), "{said}");
    let said = with(&format!("{collect} --at 2027-05-06T09:00:00Z")).well();
    assert!(said.contains("tolti: 1 (5 byte)"), "{said}");
    with("verify --db town.sqlite").well();
    let missing = place.run(&clear(&format!("{collect} --at 2027-05-06T09:00:00Z")));
    assert_eq!(missing.code, 1);
    assert!(missing.out.contains("TROVATO manca "), "{}", missing.out);
}
