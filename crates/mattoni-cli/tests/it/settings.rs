//! `mattoni service set`: settings of a kept service, by whose they are.

use crate::command::{Ended, Place};
use crate::practice::{APRIL, staffed};
use crate::tutorial::steps;

const PAGE: &str = include_str!("../../../../docs/service.md");

fn set(place: &Place, account: &str, words: &[&str]) -> Ended {
    let words = [&["service", "set", "nido-2027"], words].concat();
    place.words("town.sqlite", &words, &["--as", account, "--at", APRIL])
}

#[test]
fn an_office_changes_its_texts_and_its_window_together() {
    let place = staffed();
    let texts = [
        "sheet.title=Iscrizione ai nidi d'infanzia",
        "sheet.responsible.person=Rita Rossi",
        "closes=2027-06-15T12:00",
        "opens=2027-05-20T09:00",
    ];
    let preview = set(&place, "r.rossi", &[&texts[..], &["--preview"]].concat()).well();
    assert!(preview.contains("niente è stato cambiato"), "{preview}");
    assert!(preview.contains("sheet.title: "), "{preview}");
    let act = ["--basis", "det. 9/2027"];
    let done = set(&place, "r.rossi", &[&texts[..], &act[..]].concat()).well();
    assert!(done.contains("impostazioni dell'ufficio: fatto"), "{done}");
    assert_eq!(
        preview.lines().filter(|line| line.contains('→')).collect::<Vec<_>>(),
        done.lines().filter(|line| line.contains('→')).collect::<Vec<_>>(),
        "what was shown is what was done"
    );
    let shown = place.run("service show nido-2027 --db town.sqlite").well();
    assert!(shown.contains("Iscrizione ai nidi d'infanzia") && shown.contains("det. 9/2027"));
    let file = place.run("service export nido-2027 --db town.sqlite").well();
    assert!(file.contains("opens = \"2027-05-20T09:00\""), "{file}");
    let again = set(&place, "r.rossi", &[&texts[..], &act[..]].concat()).well();
    assert!(again.contains("è già così"), "{again}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_nothing_is_changed() {
    let place = staffed();
    let act = ["--basis", "det. 9/2027"];
    let wrong = ["sheet.titel=Nidi", "procedure.term_days=molti", "sheet.contacts.telex=12"];
    let err = set(&place, "r.rossi", &[&wrong[..], &act[..]].concat()).refused();
    assert_eq!(err.matches("[service.setting.value]").count(), 3, "{err}");
    assert!(err.contains("sheet.titel: dev'essere una voce di service.toml"), "{err}");

    // What people rely on is for a new version, and the texts have to stay complete.
    let relied_on = ["procedure.term_days=60", "sheet.title=", "access=spid1"];
    let err = set(&place, "r.rossi", &[&relied_on[..], &act[..]].concat()).refused();
    assert!(err.contains("[service.access.not-theirs]"), "access is not the office's: {err}");
    let err = set(&place, "r.rossi", &[&relied_on[..2], &act[..]].concat()).refused();
    assert!(err.contains("[service.offered.published]"), "{err}");
    assert!(err.contains("[service.sheet.missing]"), "{err}");
    assert!(
        err.contains("; scriva una nuova versione [") && err.contains("; lo scriva ["),
        "{err}"
    );
    let err = set(&place, "r.rossi", &["publication=draft", "code=altro", "--preview"]).refused();
    assert_eq!(err.matches("[service.setting.fixed]").count(), 2, "{err}");
    let err = set(&place, "r.rossi", &["sheet.title=Nidi", "--basis", " "]).refused();
    assert!(err.contains("[service.offered.basis]"), "{err}");
    let words = ["service", "set", "nidi", "sheet.title=Nidi", "--preview"];
    let err = place.words("town.sqlite", &words, &["--as", "r.rossi", "--at", APRIL]).refused();
    assert!(err.contains("[desk.unknown]"), "{err}");
    let none = set(&place, "r.rossi", &["sheet.title=Nidi"]);
    assert_eq!(none.code, 2, "without an act it is no command: {none:?}");
}

#[test]
fn settings_are_changed_by_whose_they_are() {
    let place = staffed();
    let act = ["--basis", "det. 9/2027"];
    let text = ["sheet.who=Famiglie residenti"];
    for account in ["ced", "l.blu", "a.grigi"] {
        let err = set(&place, account, &[&text[..], &act[..]].concat()).refused();
        assert!(err.contains("[service.access.not-theirs]"), "{account}: {err}");
        let err = set(&place, account, &[text[0], "--preview"]).refused();
        assert!(err.contains("[service.access.not-theirs]"), "{account}, preview: {err}");
    }
    set(&place, "g.verdi", &[&text[..], &act[..]].concat()).well();
}

#[test]
fn a_new_version_is_written_changed_by_both_and_published() {
    let place = staffed();
    let run = |account: &str, words: &[&str]| {
        place.words("town.sqlite", words, &["--as", account, "--at", APRIL])
    };
    let draft = ["service", "new-version", "nido-2027", "--basis", "delib. 4/2027"];
    assert!(run("r.rossi", &draft).refused().contains("[service.access.not-theirs]"));
    assert!(run("ced", &draft).well().contains("nido-2027, versione 2: bozza"));
    let err = set(&place, "r.rossi", &["procedure.term_days=60", "--preview"]).refused();
    assert!(err.contains("[cli.service.version]") && err.contains("1, 2"), "{err}");
    let two = ["--version", "2", "--basis", "delib. 4/2027"];
    let term = ["procedure.term_days=60"];
    set(&place, "r.rossi", &[&term[..], &two[..]].concat()).well();
    let technical = ["access=spid3", "steps.family.fields.isee.label=ISEE minorenni o corrente"];
    let err = set(&place, "r.rossi", &[&technical[..], &two[..]].concat()).refused();
    assert!(err.contains("è un'impostazione tecnica"), "{err}");
    let done = set(&place, "ced", &[&technical[..], &two[..]].concat()).well();
    assert!(done.contains("del personale tecnico: fatto"), "{done}");
    let order = r#"then=[{"on":"accepted","order":"sms.send","brick":"sms"}]"#;
    let err = set(&place, "r.rossi", &[&[order][..], &two[..]].concat()).refused();
    assert!(err.contains("[service.chain."), "what nobody can carry out is no setting: {err}");
    let publish = ["service", "publish", "nido-2027", "--version", "2", "--basis", "det. 12/2027"];
    run("r.rossi", &[&publish[..], &["--from", "2027-09-01"]].concat()).well();
    let differ = place.run("service diff nido-2027 1 2 --db town.sqlite").well();
    for changed in ["procedure.term_days: 90 → 60", "access", "isee.label"] {
        assert!(differ.contains(changed), "{differ}");
    }
}

#[test]
fn the_page_for_officials_changes_a_service_as_it_says() {
    let place = staffed();
    let (_, rest) = PAGE.split_once("<!-- cambiare -->\n\n```console\n").unwrap();
    let (block, _) = rest.split_once("```\n\n<!-- fine cambiare -->").unwrap();
    let mut steps = steps(block);
    assert_eq!(steps.len(), 6);
    for step in &mut steps {
        step.command += &format!(" --db town.sqlite --at {APRIL}");
        step.take(&place);
    }
    let shown = place.run("service show nido-2027 --db town.sqlite").well();
    assert!(shown.contains("det. 22/2027") && shown.contains("01/09/2027"), "{shown}");
}
