//! What is sealed, kept, shown and erased of people.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mattoni_core::record::{ERASED, Role, Subject};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Digest, Id, Person, TaxCode};
use mattoni_desk::intake::{Received, Upload};
use mattoni_desk::privacy::{Action, BY_RULE, Erasure, Schedule, ScheduleSource};
use mattoni_desk::{Desk, DeskError, begun};
use mattoni_office::{attachment, bricks};
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::*;
use mattoni_store::{
    Batch, Erase, ErrorKind, KeyRing, MasterKey, Memory, Sqlite, Store, Vault, copy_keys,
    restore_keys,
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::practices::{
    Spec, anna, at, calendar, citizen, desk_on, ente, id, life, number, open_all, parts, person,
    service, spec,
};

pub(crate) async fn vault<S: Store>(store: S) -> Vault<S> {
    let ring = KeyRing::new(MasterKey::from_bytes([3; 32]));
    Vault::open(store, mattoni_office::personal(), ring).await.unwrap()
}

pub(crate) async fn sealed(store: impl Store + 'static) -> Desk {
    desk_on(vault(store).await)
}

/// One that was rejected, with a file, a note and a delegate.
pub(crate) fn rejected() -> Spec {
    Spec { service: 0, applicant: 0, filer: 1, reader: Some(2), office: 0, stage: 7, noted: true }
}

/// Whether the bytes stand in any file of the folder.
pub(crate) fn stands_in(folder: &Path, what: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(what.len()).any(|window| window == what.as_bytes())
    })
}

pub(crate) async fn clean(desk: &Desk) {
    let proof = desk.verify(&|_| ()).await.unwrap();
    assert!(proof.is_clean(), "{:?} {:?}", proof.chain.findings, proof.states.findings);
}

/// How many practices of each service and state.
async fn counts(desk: &Desk) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for service in ["nido", "mensa"] {
        for state in State::ALL {
            let value = in_state(service, state);
            let count = desk.store().tally(&ente(), Practice::KIND, STATE.name, &value).await;
            counts.insert(value, count.unwrap());
        }
    }
    counts
}

#[tokio::test]
async fn a_person_is_nowhere_in_the_file_and_erased_from_all_of_it() {
    let dir = TempDir::new().unwrap();
    let store = Arc::new(vault(Sqlite::open(dir.path().join("town.db")).unwrap()).await);
    let desk = Desk::on(store.clone(), ente(), parts()).unwrap();
    let open = Spec { applicant: 1, stage: 3, filer: 0, reader: None, ..rejected() };
    open_all(&desk, &[rejected(), open]).await;
    let code = person(0).fiscal_code.to_string();
    let words = ["Maria", "Rossi", &code, "Bea 0", "nota segreta", "buongiorno", "questi motivi"];
    for word in words {
        assert!(!stands_in(dir.path(), word), "{word}");
    }
    let there = desk.load(id(0)).await.unwrap().unwrap().state;
    assert_eq!(there.applicant(), &person(0));
    assert_eq!(there.answers()["name"], Value::Text("Bea 0".into()));
    clean(&desk).await;
    let before = counts(&desk).await;
    let wrapped: Vec<Vec<u8>> = desk
        .store()
        .keys_of_person(&ente(), person(0).id)
        .await
        .unwrap()
        .into_iter()
        .filter_map(|key| key.wrapped)
        .collect();
    assert_eq!(wrapped.len(), 1);

    let done = desk.erase_person(person(0).id, "art. 17, par. 1, lett. a", &anna(9)).await.unwrap();
    assert_eq!(done.records, 1);
    let shell = desk.load(id(0)).await.unwrap().unwrap().state;
    assert_eq!(shell.applicant().id, person(0).id, "the pseudonym stays");
    assert_eq!(shell.applicant().family_name, ERASED);
    assert_eq!(shell.answers()["name"], Value::Text(ERASED.into()));
    assert_eq!(shell.messages()[1].text, ERASED);
    assert_eq!(shell.state(), State::Rejected);
    assert_eq!(shell.protocol_number(), Some(number(0).as_str()));
    assert_eq!(shell.changes(), there.changes());
    assert_eq!(shell.parties()[0].person, person(2), "who else is on it stays");
    assert_eq!(counts(&desk).await, before, "statistics are what they were");
    clean(&desk).await;

    let again = desk.erase_person(person(0).id, "again", &anna(10)).await.unwrap();
    assert_eq!((again.records, again.files), (0, 0));
    let records = desk.store().streams(&ente(), Erasure::KIND, None, 9).await.unwrap();
    assert_eq!(records.len(), 1, "one erasure is on record");

    let key = &wrapped[0];
    store.store().back_up(dir.path().join("new.backup")).await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_slice()));
    }
    for word in words {
        assert!(!stands_in(dir.path(), word), "{word}");
    }
}

#[tokio::test]
async fn an_office_reads_names_off_a_list_that_holds_none() {
    let dir = TempDir::new().unwrap();
    let desk = sealed(Sqlite::open(dir.path().join("town.db")).unwrap()).await;
    open_all(&desk, &[rejected()]).await;
    let auditor = Subject::new(ente(), vec![Role::Auditor]);
    let auditor = desk.at_counter(auditor).of::<Practice>();
    let list = Screen::InState { service: service(0), state: State::Rejected };
    let told = async || auditor.rows(&list, None, 9).await.unwrap().rows.remove(0).1;
    let mut line = told().await;
    assert_eq!(line.applicant.name, "Maria Rossi");
    assert_eq!(line, PracticeRow::of(&desk.load(id(0)).await.unwrap().unwrap().state));
    assert!(!stands_in(dir.path(), "Rossi"));

    // Listed anew, as by newer software; then erased.
    desk.rebuild_lists(Practice::KIND, &|_| ()).await.unwrap();
    assert_eq!(told().await, line);
    desk.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap();
    line.applicant = RowApplicant { id: person(0).id, name: ERASED.to_owned() };
    assert_eq!(told().await, line);
}

#[tokio::test]
async fn nobody_is_erased_from_what_is_under_way_or_was_never_sealed() {
    let desk = sealed(Memory::new()).await;
    let open = Spec { stage: 3, ..rejected() };
    open_all(&desk, &[rejected(), open.clone(), open]).await;
    let refused = desk.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap_err();
    let problems: Vec<String> =
        refused.problems().unwrap().iter().map(|p| format!("{} {}", p.code, p.field)).collect();
    let mut expected = [1, 2].map(|n| format!("desk.erase.under-way practice/{}", id(n)));
    expected.sort();
    let mut problems = problems;
    problems.sort();
    assert_eq!(problems, expected);
    assert_eq!(desk.load(id(0)).await.unwrap().unwrap().state.applicant(), &person(0));

    let plain = desk_on(Memory::new());
    open_all(&plain, &[rejected()]).await;
    let refused = plain.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap_err();
    assert_eq!(refused.problems().unwrap().iter().next().unwrap().code, "desk.erase.unsealed");
}

#[tokio::test]
async fn ids_of_people_are_made_with_the_entes_key() {
    let code: TaxCode = person(0).fiscal_code;
    let plain = desk_on(Memory::new()).names().await.unwrap();
    let one = sealed(Memory::new()).await;
    let keyed = one.names().await.unwrap();
    let other = sealed(Memory::new()).await.names().await.unwrap();
    assert_eq!(keyed.person(&code), one.names().await.unwrap().person(&code));
    assert_ne!(keyed.person(&code), plain.person(&code));
    assert_ne!(keyed.person(&code), other.person(&code), "every store draws its own");
    let named: Id<Person> = mattoni_core::named_id(&ente(), &["person", code.as_str()]);
    assert_eq!(plain.person(&code), named);
}

fn schedule(text: &str) -> Schedule {
    Schedule::new(toml::from_str::<ScheduleSource>(text).unwrap(), &bricks()).unwrap()
}

const RULES: &str = r#"
    [[rule]]
    code = "nido-refused"
    services = ["ni*"]
    states = ["rejected", "withdrawn"]
    years = 5
    action = "erase"
    source = "Massimario, VII/3"

    [[rule]]
    code = "nido-files"
    services = ["nido"]
    years = 1
    since = "year-after-outcome"
    action = "remove-attachments"
    source = "Massimario, VII/4"

    [[rule]]
    code = "rest"
    services = ["mensa"]
    action = "keep"
    source = "D.Lgs. 42/2004"
"#;

/// The rules of these tests.
pub(crate) fn rules_of_the_tests() -> Schedule {
    schedule(RULES)
}

/// A day as many years after the fixture's practices ended.
pub(crate) fn years_on(years: i32) -> Act {
    let day = format!("{}-03-05T08:00:00Z", 2027 + years);
    Act::new(day.parse().unwrap(), Actor::System("retention".into()))
}

#[tokio::test]
async fn retention_does_what_is_due_once_and_says_so() {
    let desk = sealed(Memory::new()).await;
    let of = |service, stage| Spec { service, stage, filer: 0, reader: None, ..rejected() };
    // Rejected, accepted, draft, in charge; of the other service one that was accepted.
    let specs = [of(0, 7), of(0, 6), of(0, 0), of(0, 3), of(1, 6), of(0, 8)];
    open_all(&desk, &specs).await;
    let schedule = schedule(RULES);
    let brief = |report: &mattoni_desk::privacy::RetentionReport| {
        let line = |r: &mattoni_desk::privacy::RuleReport| {
            (r.earlier, r.due, r.done, r.kept, r.next_on.map(|day| day.to_string()))
        };
        report.rules.iter().map(line).collect::<Vec<_>>()
    };
    let day = |year: i32| years_on(year).at.date_naive();
    let preview = desk.retention_preview(&schedule, day(1), &|_| ()).await.unwrap();
    assert_eq!(
        brief(&preview),
        [
            (0, 0, 0, 2, Some("2032-03-01".into())),
            (0, 0, 0, 1, Some("2029-01-01".into())),
            (0, 0, 0, 1, None)
        ]
    );
    assert_eq!((preview.under_way, preview.without_rule, preview.looked_at()), (2, 0, 6));

    let head = desk.store().head(&ente()).await.unwrap();
    let preview = desk.retention_preview(&schedule, day(6), &|_| ()).await.unwrap();
    assert_eq!(brief(&preview)[0], (0, 2, 0, 0, None));
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head, "a preview changes nothing");

    let done = desk.retain(&schedule, &years_on(6), &|_| ()).await.unwrap();
    assert_eq!(brief(&done), [(0, 2, 2, 0, None), (0, 1, 1, 0, None), (0, 0, 0, 1, None)]);
    let again = desk.retain(&schedule, &years_on(7), &|_| ()).await.unwrap();
    assert_eq!(brief(&again), [(2, 0, 0, 0, None), (1, 0, 0, 0, None), (0, 0, 0, 1, None)]);
    for (place, gone) in [(0, true), (1, false), (2, false), (3, false), (4, false), (5, true)] {
        let there = desk.load(id(place)).await.unwrap().unwrap().state;
        assert_eq!(there.applicant().family_name == ERASED, gone, "{place}");
    }
    let (list, rule) = (BY_RULE.name, "rule/nido-refused");
    let by_rule = desk.store().tally(&ente(), Erasure::KIND, list, rule).await;
    assert_eq!(by_rule.unwrap(), 2);
    clean(&desk).await;
}

#[test]
fn rules_of_retention_are_checked_all_at_once() {
    let source = r#"
        [[rule]]
        code = ""
        states = ["draft", "rejected"]
        action = "erase"
        source = " "

        [[rule]]
        code = "x"
        years = 5
        action = "keep"
        source = "y"

        [[rule]]
        code = "x"
        years = 0
        action = "remove-attachments"
        source = "y"
    "#;
    let problems = Schedule::new(toml::from_str(source).unwrap(), &bricks()).unwrap_err();
    let told: Vec<String> = problems.iter().map(|p| format!("{} {}", p.code, p.field)).collect();
    assert_eq!(
        told,
        [
            "retention.code rule[0].code",
            "retention.source rule[0].source",
            "retention.years rule[0].years",
            "retention.state rule[0].states",
            "retention.years rule[1].years",
            "retention.code rule[2].code",
            "retention.years rule[2].years",
        ]
    );
    assert_eq!(schedule(RULES).rules()[1].source().action, Action::RemoveAttachments);
}

/// The practice with a file of these bytes on it, ended.
pub(crate) async fn with_file(desk: &Desk, place: usize, bytes: &[u8]) {
    let digest = desk.store().put(&ente(), bytes.to_vec()).await.unwrap();
    let draft = Spec { filer: 0, reader: None, stage: 0, noted: false, ..rejected() };
    let act = citizen(0, 0);
    desk.open::<Practice>(id(place), &act, &life(place, &draft)).await.unwrap();
    let file = Attachment::new("busta paga.pdf", "application/pdf", bytes.len() as u64, digest);
    desk.decide(id(place), &act, |p: &Practice| p.attach(&act, file.clone()).map(|e| vec![e]))
        .await
        .unwrap();
    end(desk, place, &act).await;
}

/// Submits the draft, registers and withdraws it.
async fn end(desk: &Desk, place: usize, act: &Act) {
    let submit = |p: &Practice| p.submit(act, p.summary().digest(), &calendar()).map(|e| vec![e]);
    desk.decide(id(place), act, submit).await.unwrap();
    let number = format!("2027/099000{place}");
    let register = |p: &Practice| {
        p.register(&anna(0), Document::Application, &number).map(|event| vec![event])
    };
    desk.decide(id(place), &anna(0), register).await.unwrap();
    desk.decide(id(place), act, |p: &Practice| p.withdraw(act, "").map(|e| vec![e])).await.unwrap();
}

#[tokio::test]
async fn attachments_go_with_the_last_practice_that_has_them() {
    let desk = sealed(Memory::new()).await;
    with_file(&desk, 0, b"mine alone").await;
    with_file(&desk, 1, b"shared").await;
    let other = Spec { applicant: 1, filer: 0, reader: None, stage: 0, ..rejected() };
    let act = citizen(1, 0);
    desk.open::<Practice>(id(2), &act, &life(2, &other)).await.unwrap();
    let digest = Digest::of(b"shared");
    let file = Attachment::new("lo stesso.pdf", "application/pdf", 6, digest);
    desk.decide(id(2), &act, |p: &Practice| p.attach(&act, file.clone()).map(|e| vec![e]))
        .await
        .unwrap();
    let done = desk.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap();
    assert_eq!((done.records, done.files), (2, 1));
    let alone = Digest::of(b"mine alone");
    assert_eq!(desk.store().get(&ente(), alone).await.unwrap(), None);
    assert_eq!(desk.store().get(&ente(), digest).await.unwrap().unwrap(), b"shared");
}

/// A file of the practice's applicant, handed in at the counter, on a practice that ends then.
async fn hand_in(desk: &Desk, bytes: &[u8]) -> Digest {
    let draft = Spec { filer: 0, reader: None, stage: 0, noted: false, ..rejected() };
    open_all(desk, &[draft]).await;
    let role = Role::Citizen { person: person(0).id };
    let counter = desk.at_counter(Subject::new(ente(), vec![role])).of::<Practice>();
    let upload = Upload {
        name: "busta paga.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: bytes.to_vec(),
    };
    let attach = |p: &Practice, act: &Act, files: &[Received]| p.attach(act, attachment(&files[0]));
    let (act, uploads) = (citizen(0, 1), vec![upload]);
    let practice = counter.hand_in(id(0), Verb::Attach, &act, uploads, None, attach).await.unwrap();
    end(desk, 0, &act).await;
    practice.attachments()[0].digest
}

/// Whether the file can be had, by whoever has the store, its master key and these keys.
async fn is_in(file: &Path, keys: &[u8], digest: Digest) -> bool {
    let desk = sealed(Sqlite::open(file).unwrap()).await;
    restore_keys(desk.store(), &mut &*keys).await.unwrap();
    // Keys may be erased by an erasure that the older journal does not have.
    let proof = desk.verify(&|_| ()).await.unwrap();
    assert!(proof.chain.is_clean() && proof.states.is_clean(), "{proof:?}");
    desk.store().get(&ente(), digest).await.unwrap().is_some()
}

/// A file handed in is in a backup with the keys of its day, and in none once `erase` was done.
async fn is_gone_from_backups(erase: impl AsyncFn(&Desk)) {
    const PAPER: &[u8] = b"%PDF-1.7\nbusta paga di Maria Rossi, 1.234,00 euro";
    let dir = TempDir::new().unwrap();
    let store = Arc::new(vault(Sqlite::open(dir.path().join("town.db")).unwrap()).await);
    let desk = Desk::on(store.clone(), ente(), parts()).unwrap();
    let digest = hand_in(&desk, PAPER).await;
    assert_eq!(desk.store().get(&ente(), digest).await.unwrap().unwrap(), PAPER);
    let monday = dir.path().join("monday.backup");
    store.store().back_up(&monday).await.unwrap();
    let (mut old_keys, mut new_keys) = (Vec::new(), Vec::new());
    copy_keys(desk.store(), &mut old_keys).await.unwrap();
    let copy = |name: &str| {
        let to = dir.path().join(name);
        std::fs::copy(&monday, &to).unwrap();
        to
    };
    assert!(is_in(&copy("before.db"), &old_keys, digest).await, "there is something to erase");

    erase(&desk).await;

    assert_eq!(desk.store().get(&ente(), digest).await.unwrap(), None);
    copy_keys(desk.store(), &mut new_keys).await.unwrap();
    assert!(!is_in(&copy("after.db"), &new_keys, digest).await);
    // Also when an older copy comes later.
    assert!(!is_in(&dir.path().join("after.db"), &old_keys, digest).await);
    assert!(!stands_in(dir.path(), "busta paga di"), "neither in the store nor in a backup");
    clean(&desk).await;
}

#[tokio::test]
async fn the_attachments_of_an_erased_person_are_gone_from_older_backups_too() {
    is_gone_from_backups(async |desk| {
        let done = desk.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap();
        assert_eq!((done.records, done.files), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn attachments_removed_by_a_rule_of_retention_are_gone_from_older_backups_too() {
    is_gone_from_backups(async |desk| {
        let done = desk.retain(&schedule(RULES), &years_on(6), &|_| ()).await.unwrap();
        assert_eq!(done.files_removed, 1);
    })
    .await;
}

#[tokio::test]
async fn a_dossier_has_all_that_is_about_a_person_and_nothing_about_others() {
    let desk = sealed(Memory::new()).await;
    with_file(&desk, 0, b"%PDF").await;
    open_all(&desk, &[rejected(), rejected()]).await;
    let mine = desk.dossier(person(0).id, at(20)).await.unwrap();
    let names: Vec<&str> = mine.files.keys().map(String::as_str).collect();
    let with_file = "pratica/2027-0990000";
    let mut expected = vec![
        "LEGGIMI.txt".to_owned(),
        "dati.json".to_owned(),
        "pratica/2027-0000001/scheda.html".to_owned(),
        "pratica/2027-0000001/dati.json".to_owned(),
        format!("{with_file}/allegati/01-busta paga.pdf"),
        format!("{with_file}/scheda.html"),
        format!("{with_file}/dati.json"),
    ];
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(mine.files[&format!("{with_file}/allegati/01-busta paga.pdf")], b"%PDF");
    let text = |path: &str| String::from_utf8(mine.files[path].clone()).unwrap();
    let page = text("pratica/2027-0000001/scheda.html");
    for word in
        ["Bea 1", "nota segreta", "per questi motivi", "respinta", person(0).fiscal_code.as_str()]
    {
        assert!(page.contains(word), "{word} in {page}");
    }
    assert!(!page.contains("anna"), "officials appear as the office");
    assert!(text("LEGGIMI.txt").contains("art. 15"));

    // The delegate is shown their own data, and none of the applicant's.
    let theirs = desk.dossier(person(1).id, at(20)).await.unwrap();
    let page = String::from_utf8(theirs.files["pratica/2027-0000001/scheda.html"].clone()).unwrap();
    assert!(page.contains("Maria") && page.contains("delegato"));
    for word in ["Bea 1", "nota segreta", "per questi motivi"] {
        assert!(!page.contains(word), "{word}");
    }
    let nobody = desk.dossier(Id::from_u128(99), at(20)).await.unwrap();
    assert!(String::from_utf8_lossy(&nobody.files["LEGGIMI.txt"]).contains("non conserva"));
}

#[tokio::test]
async fn every_event_of_a_practice_is_sealed_where_somebody_speaks_or_is_named() {
    // Written by people, or about them, in the golden events of the brick.
    let secret = [
        "Mario",
        "Maria",
        "Rossi",
        "RSSMRA",
        "1980-",
        "Luca",
        "9000.00",
        "0737",
        "carta.pdf",
        "certificato.pdf",
        "per avvisi",
        "manca",
        "trovato",
        "c'è",
        "buongiorno",
        "riesame",
        "non bastano",
        "per questi motivi",
        "esente",
        "bollo",
        "RT1",
        "complessa",
        "non serve più",
    ];
    let golden = include_str!("../../../mattoni-practice/tests/golden/events.v1.jsonl");
    let desk = sealed(Memory::new()).await;
    let plain: Vec<&str> = secret.into_iter().filter(|word| golden.contains(word)).collect();
    assert!(plain.len() > 18, "the golden events speak of {plain:?}");
    let first = life(0, &Spec { filer: 0, reader: None, stage: 0, ..rejected() });
    let mut change = begun::<Practice>(id(0), &citizen(0, 0), &first[..1]).unwrap();
    change.events = golden
        .lines()
        .map(|line| mattoni_store::NewEvent { name: "golden".into(), body: line.into() })
        .collect();
    desk.store().commit(Batch::new(ente(), [change])).await.unwrap();
    let rows = desk.store().scan(&ente(), 0, 99).await.unwrap();
    assert_eq!(rows.len(), golden.lines().count());
    for row in &rows {
        let body = String::from_utf8_lossy(&row.body);
        for word in &plain {
            assert!(!body.contains(word), "{word} in {body}");
        }
    }
    let stream = &rows[0].stream;
    let opened = desk.store().history(&ente(), stream, mattoni_store::Version::NONE, 99).await;
    let opened: Vec<_> = opened.unwrap().into_iter().map(|row| row.body).collect();
    let lines: Vec<_> = golden.lines().map(|line| line.as_bytes().to_vec()).collect();
    assert_eq!(opened, lines, "and opens as it was");
}

#[tokio::test]
async fn without_the_key_a_practice_says_that_it_is_sealed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    {
        let desk = sealed(Sqlite::open(&path).unwrap()).await;
        open_all(&desk, &[rejected()]).await;
    }
    let bare = desk_on(Sqlite::open(&path).unwrap());
    match bare.load(id(0)).await {
        Err(DeskError::Store(error)) => assert_eq!(error.kind(), ErrorKind::Locked),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whoever_is_erased_states_are_still_what_their_history_leads_to(
        specs in prop::collection::vec(spec(), 1..6),
        erased in 0..4_u8,
        record in prop::option::of(0..6_usize),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = sealed(Memory::new()).await;
            open_all(&desk, &specs).await;
            let mut before = counts(&desk).await;
            let what = match record {
                Some(place) => Erase::Stream(mattoni_store::Stream::of(id(place))),
                None => Erase::Person(person(erased).id),
            };
            // Whatever the state: also drafts, which the desk itself would not erase from.
            let spec = Spec { filer: 0, reader: None, stage: 0, ..rejected() };
            let note = begun::<Practice>(id(90), &anna(0), &life(90, &spec)[..1]).unwrap();
            let note = note.with_erases([what]);
            desk.store().commit(Batch::new(ente(), [note])).await.unwrap();
            // The draft with which it is committed.
            *before.get_mut("nido/draft").unwrap() += 1;
            let proof = desk.verify(&|_| ()).await.unwrap();
            // The desk has no record of an erasure that the store was asked for.
            prop_assert!(proof.chain.is_clean() && proof.states.is_clean(), "{proof:?}");
            prop_assert_eq!(counts(&desk).await, before);
            Ok(())
        })?;
    }
}
