//! Applications from a file: every problem at once, all of it or nothing, as often as you like.

use std::io::Read;

use expect_test::{Expect, expect};
use mattoni_core::Refusal;
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Span;
use mattoni_desk::DeskError;
use mattoni_office::Office;
use mattoni_office::import::ImportReport;
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Practice, State};
use mattoni_store::Memory;

use crate::faulty::{Faulty, Next};
use crate::town::{HEADER, at, cells, column, csv, ente, march, registered, service, town};

async fn import(office: &Office, file: impl Read) -> Result<ImportReport, DeskError> {
    office.import(&service(), file, march(), &|_| ()).await
}

async fn drafts(office: &Office) -> u64 {
    let draft = in_state("nido-2027", State::Draft);
    office.desk().store().tally(&ente(), "practice", STATE.name, &draft).await.unwrap()
}

/// Imports into a town where family 1 has applied, and shows every problem. Nothing is written.
async fn check(file: impl Read, expected: Expect) {
    let office = town(Memory::new());
    import(&office, csv(1).as_bytes()).await.unwrap();
    let head = office.desk().store().head(&ente()).await.unwrap();
    let refused = import(&office, file).await.unwrap_err();
    expected.assert_eq(&format!("{}\n", refused.problems().unwrap()));
    assert_eq!(
        office.desk().store().head(&ente()).await.unwrap(),
        head,
        "nothing is half-imported"
    );
}

/// A file of families, each with some cells changed.
fn changed(families: &[(u64, &[(&str, &str)])]) -> String {
    let rows = families.iter().map(|(number, changes)| {
        let mut cells = cells(*number);
        for (name, text) in *changes {
            cells[column(name)] = (*text).to_owned();
        }
        cells.join(",") + "\n"
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

#[tokio::test]
async fn every_row_becomes_a_draft_with_its_people_and_answers() {
    let office = town(Memory::new());
    let report = import(&office, csv(30).as_bytes()).await.unwrap();
    assert_eq!((report.opened, report.existing), (30, 0));
    assert_eq!(drafts(&office).await, 30);
    let draft = Span::new(STATE, in_state("nido-2027", State::Draft));
    let found = office.desk().all_of::<Practice>(&draft).await.unwrap();
    assert_eq!(found.len(), 30);
    for practice in found.into_iter().map(|loaded| loaded.state) {
        assert_eq!(practice.applicant().family_name, "Bianchi");
        assert_eq!(practice.beneficiary().unwrap().given_name, "Luca");
        assert!(practice.answers().len() >= 17, "{:?}", practice.answers());
    }
}

#[tokio::test]
async fn a_name_that_nobody_can_write_is_refused_with_its_line() {
    for odd in ["\u{0}", "\u{1B}[31m", "\u{202E}", "\u{2067}"] {
        for name in [format!("Luca{odd}"), format!("{odd}Luca"), format!("Lu{odd}ca")] {
            let office = town(Memory::new());
            let file = changed(&[(1, &[]), (2, &[("child_given_name", &name)])]);
            let refused = import(&office, file.as_bytes()).await.unwrap_err();
            let problem = refused.problems().unwrap().iter().next().unwrap();
            assert_eq!(problem.code, "core.text.unwritable", "{name:?}");
            assert_eq!((problem.line, &*problem.field), (Some(3), "child_given_name"));
            assert_eq!(drafts(&office).await, 0);
        }
    }
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let office = town(Memory::new());
    import(&office, csv(30).as_bytes()).await.unwrap();
    let head = office.desk().store().head(&ente()).await.unwrap();
    let again = import(&office, csv(30).as_bytes()).await.unwrap();
    assert_eq!((again.opened, again.existing), (0, 30));
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn a_longer_file_adds_what_is_new_also_when_the_rest_was_submitted() {
    let office = town(Memory::new());
    let report = import(&office, csv(10).as_bytes()).await.unwrap();
    let calendar = LegalCalendar::national();
    office.submit_drafts(&service(), &report.practices, &calendar, march(), &|_| ()).await.unwrap();
    let again = import(&office, csv(12).as_bytes()).await.unwrap();
    assert_eq!((again.opened, again.existing), (2, 10));
}

#[tokio::test]
async fn killed_between_pages_it_carries_on_and_ends_as_if_nothing_had_happened() {
    let file = csv(870);
    let undisturbed = town(Memory::new());
    import(&undisturbed, file.as_bytes()).await.unwrap();

    let store = Faulty::default();
    let office = town(store.clone());
    store.set(Next::DiesAfter(1));
    let broken = import(&office, file.as_bytes()).await.unwrap_err();
    assert!(matches!(broken, DeskError::Store(_)), "{broken:?}");
    assert_eq!(drafts(&office).await, 500, "one page was committed");

    store.set(Next::Well);
    let rest = import(&office, file.as_bytes()).await.unwrap();
    assert_eq!((rest.opened, rest.existing), (370, 500));
    let head = async |office: &Office| office.desk().store().head(&ente()).await;
    let (one, other) = (head(&office).await, head(&undisturbed).await);
    assert_eq!(one.unwrap(), other.unwrap(), "the same journal, link by link");
}

#[tokio::test]
async fn a_closed_service_takes_nothing() {
    let office = town(Memory::new());
    for when in ["2027-03-01T07:59:59Z", "2027-04-01T10:00:01Z"] {
        let file = csv(2);
        let refused =
            office.import(&service(), file.as_bytes(), at(when), &|_| ()).await.unwrap_err();
        let problems = refused.problems().unwrap();
        assert_eq!(problems.iter().next().unwrap().code, "service.closed", "{when}");
    }
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), None);
}

#[tokio::test]
async fn all_bad_cells_of_all_rows_are_told_with_line_and_field() {
    let file = changed(&[
        (2, &[("siblings_under_14", "two"), ("resident", "maybe")]),
        (3, &[("first_choice", "")]),
        (4, &[("isee", "\"12.500,50\"")]),
        (5, &[("child_birth_date", "2026-02-30")]),
        (6, &[("first_choice", "luna")]),
        (7, &[("child_fiscal_code", "BNCLCU26A01H223X")]),
        (8, &[("isee", "-1")]),
    ]);
    check(file.as_bytes(), expect![[r#"
        line 2, resident: must be yes or no, found “maybe”; write sì or no [value.wrong-type]
        line 2, siblings_under_14: must be a whole number, found “two”; write digits only, e.g. 3 [value.wrong-type]
        line 3, first_choice: must be given; fill in “Prima scelta” [form.missing]
        line 4, isee: numbers use a decimal point and no other separator, found “12.500,50”; write e.g. 1234.56 [value.decimal-comma]
        line 5, child_birth_date: must be a date that exists, found “2026-02-30”; check day and month [value.no-such-date]
        line 6, first_choice: must be one of: allende, sole; replace “luna” [value.not-an-option]
        line 7, child_fiscal_code: must be a fiscal code: ends in the check character of the fifteen before it; copy it from the health card (tessera sanitaria) [form.fiscal-code]
        line 8, isee: must be at least 0.00, found -1.00; check the value [value.too-small]
    "#]]).await;
}

#[tokio::test]
async fn problems_of_the_file_of_cells_of_people_and_duplicates_are_told_together() {
    let mut file = changed(&[
        (2, &[]),
        (3, &[("siblings_under_14", "-1")]),
        (2, &[("isee", "1,5")]),
        (1, &[("first_choice", "sole")]),
        (4, &[("applicant_birth_date", "1985-01-06"), ("child_birth_date", "2025-01-01")]),
        (5, &[("resident", "x"), ("applicant_birth_date", "1984-12-31")]),
        (3, &[]),
    ]);
    file = file.replacen("second_choice\n", "second_choice,pet\n", 1);
    let rows: Vec<String> = file
        .lines()
        .enumerate()
        .map(|(i, l)| if i == 0 { l.to_owned() } else { format!("{l},dog") })
        .collect();
    let mut bytes = (rows.join("\n") + "\n").into_bytes();
    // One name is not UTF-8, as files from old programs have it.
    let place = bytes.windows(5).position(|w| w == b"Maria").unwrap();
    bytes[place + 4] = 0xE0;
    check(bytes.as_slice(), expect![[r#"
        line 1, pet: only the columns of the form are read; remove or rename it; known: applicant_fiscal_code, applicant_given_name, applicant_family_name, applicant_birth_date, child_fiscal_code, child_given_name, child_family_name, child_birth_date, resident, disability_child, single_parent, first_parent_work, second_parent_work, siblings_under_14, sibling_enrolled, disability_family, social_services_report, isee, first_choice, second_choice [table.column.unknown]
        line 2, applicant_given_name: files are UTF-8; save the file again as UTF-8 [table.utf8]
        line 3, siblings_under_14: must be at least 0, found -1; check the value [value.too-small]
        line 4: a row has 21 cells as the header has, found 22; look for a missing or unquoted separator [table.cells]
        line 5, child_fiscal_code: an application with other answers is there already (no number yet); change that one, or take this line out [desk.import.duplicate]
        line 6, applicant_birth_date: must agree with the date in the fiscal code; check both [desk.import.birth-date]
        line 6, child_birth_date: must agree with the date in the fiscal code; check both [desk.import.birth-date]
        line 7, resident: must be yes or no, found “x”; write sì or no [value.wrong-type]
        line 7, applicant_birth_date: must agree with the date in the fiscal code; check both [desk.import.birth-date]
        line 8, child_fiscal_code: the same application stands on line 3; keep the right one [desk.import.duplicate]
    "#]]).await;
}

#[tokio::test]
async fn a_missing_column_is_told_once_and_not_for_every_row() {
    let file = csv(3).replacen("first_choice", "first_chance", 1);
    check(file.as_bytes(), expect![[r#"
        line 1, first_chance: only the columns of the form are read; remove or rename it; known: applicant_fiscal_code, applicant_given_name, applicant_family_name, applicant_birth_date, child_fiscal_code, child_given_name, child_family_name, child_birth_date, resident, disability_child, single_parent, first_parent_work, second_parent_work, siblings_under_14, sibling_enrolled, disability_family, social_services_report, isee, first_choice, second_choice [table.column.unknown]
        line 1, first_choice: this column is required; add it to the header line and to every row [table.column.missing]
    "#]]).await;
}

#[tokio::test]
async fn a_line_of_a_hundred_megabytes_is_refused_beside_the_other_problems() {
    let head = changed(&[(2, &[("isee", "much")])]);
    let tail = format!("\n{}\n", changed(&[(3, &[("resident", "")])]).lines().nth(1).unwrap());
    let long = std::io::repeat(b'x').take(100 << 20);
    check(head.as_bytes().chain(long).chain(tail.as_bytes()), expect![[r#"
        line 2, isee: must be an amount in euro, found “much”; write e.g. 1234.56 [value.wrong-type]
        line 3: a line has at most 1048576 bytes; look for a missing line end or quote [table.line-too-long]
        line 4, resident: must be given; fill in “Residente” [form.missing]
    "#]]).await;
}

#[tokio::test]
async fn a_source_that_breaks_off_is_refused_and_nothing_is_written() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the network is gone"))
        }
    }
    check(
        csv(3).as_bytes().chain(Broken),
        expect![[r#"
        the file can be read: the network is gone; check the file [table.read]
    "#]],
    )
    .await;
    check(
        Broken,
        expect![[r#"
        the file can be read: the network is gone; check the file [table.read]
    "#]],
    )
    .await;
}

#[tokio::test]
async fn applications_are_registered_in_the_order_of_the_file() {
    let office = registered(Memory::new(), 30).await;
    let again = import(&office, csv(30).as_bytes()).await.unwrap();
    for (line, id) in again.practices.into_iter().enumerate() {
        let practice = office.desk().load(id).await.unwrap().unwrap().state;
        assert_eq!(practice.protocol_number(), Some(format!("2027/{:07}", line + 1).as_str()));
    }
}

#[tokio::test]
async fn only_the_drafts_that_are_named_are_submitted() {
    let office = town(Memory::new());
    let mut named = import(&office, csv(10).as_bytes()).await.unwrap().practices;
    named.truncate(4);
    let (service, calendar) = (service(), LegalCalendar::national());
    let submit = || office.submit_drafts(&service, &named, &calendar, march(), &|_| ());
    let sent = submit().await.unwrap();
    assert_eq!((sent.done, sent.unchanged, drafts(&office).await), (4, 0, 6));
    let again = submit().await.unwrap();
    assert_eq!((again.done, again.unchanged, drafts(&office).await), (0, 4, 6));
}

#[tokio::test]
async fn an_application_without_a_second_parent_or_isee_is_complete() {
    let office = town(Memory::new());
    let file = changed(&[(7, &[("isee", ""), ("second_choice", "")])]);
    let report = import(&office, file.as_bytes()).await.unwrap();
    let calendar = LegalCalendar::national();
    let sent = office
        .submit_drafts(&service(), &report.practices, &calendar, march(), &|_| ())
        .await
        .unwrap();
    assert_eq!((sent.done, sent.refused.len()), (1, 0));
}

#[tokio::test]
async fn fiscal_codes_in_small_letters_are_the_same_application() {
    let office = town(Memory::new());
    import(&office, csv(1).as_bytes()).await.unwrap();
    let code = cells(1)[column("child_fiscal_code")].to_lowercase();
    let again = import(&office, changed(&[(1, &[("child_fiscal_code", &code)])]).as_bytes()).await;
    assert_eq!(again.unwrap().existing, 1);
}

#[test]
fn an_error_of_the_desk_never_prints_its_cause() {
    let cause = || mattoni_store::Error::new(mattoni_store::ErrorKind::Io, "secret cause");
    let problem = || mattoni_core::Problem::new("a.b", "field", "secret cause", "secret cause");
    let conflict =
        mattoni_store::Conflict::Number { sequence: "secret cause".into(), claimed: 1, last: 1 };
    let errors = [
        DeskError::Store(cause()),
        DeskError::Refused(problem().into()),
        DeskError::refused(&mattoni_core::Problems::from(problem())),
        DeskError::Contended(conflict.clone()),
    ];
    assert!(!conflict.problems().iter().next().unwrap().code.is_empty());
    for error in errors {
        assert!(!error.to_string().contains("secret"), "{error}");
        let cause = std::error::Error::source(&error).expect("the cause is kept");
        assert!(cause.to_string().contains("secret"), "{cause}");
    }
}
