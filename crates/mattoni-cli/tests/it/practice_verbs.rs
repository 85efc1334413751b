//! Every verb of a practice that an official may do has a command; the commands that change
//! terms, outcomes, people and payments.

use mattoni_core::record::{Side, Verb as _};
use mattoni_practice::Verb;

use crate::command::{Ended, Place};
use crate::practice::{APRIL, staffed};

/// The command of each verb.
const COMMANDS: [(Verb, &str); 28] = [
    (Verb::Attach, "attach"),
    (Verb::AddParty, "add-person"),
    (Verb::RemoveParty, "remove-person"),
    (Verb::Delegate, "delegate"),
    (Verb::RevokeDelegation, "revoke-delegation"),
    (Verb::UpdateContacts, "contacts"),
    (Verb::TakeInCharge, "take"),
    (Verb::Abstain, "abstain"),
    (Verb::RequestIntegration, "ask"),
    (Verb::AnswerIntegration, "answer"),
    (Verb::CancelIntegration, "cancel-request"),
    (Verb::LapseIntegration, "lapse"),
    (Verb::RequestPayment, "ask-payment"),
    (Verb::RecordPayment, "record-payment"),
    (Verb::CancelPayment, "cancel-payment"),
    (Verb::Refund, "refund"),
    (Verb::ExtendTerm, "extend"),
    (Verb::GiveNotice, "notice"),
    (Verb::AnswerNotice, "observe"),
    (Verb::Accept, "accept"),
    (Verb::Reject, "reject"),
    (Verb::Withdraw, "withdraw"),
    (Verb::Reopen, "reopen"),
    (Verb::Revoke, "revoke"),
    (Verb::Write, "write"),
    (Verb::Note, "note"),
    (Verb::MarkRead, "read"),
    (Verb::Relate, "relate"),
];

/// Verbs that no command does, and why.
const NO_COMMAND: [(Verb, &str); 8] = [
    (Verb::Save, "a draft is filled in on a form; a file of them is for `call import`"),
    (Verb::Detach, "a file leaves a draft on the form that it was put on"),
    (Verb::Submit, "a draft is sent from its form; a file of them is for `call import`"),
    (Verb::Register, "the register numbers what is delivered to it"),
    (Verb::Assess, "the rules answer when the clock or `call rules` asks them"),
    (Verb::Recount, "the clock's, after the ente's calendar has changed"),
    (Verb::WarnOfExpiry, "the clock's"),
    (Verb::Expire, "the clock's"),
];

#[test]
fn every_verb_of_an_official_has_a_command_or_a_reason_why_not() {
    let help = Place::new().run("practice --help").well();
    let (_, list) = help.split_once("\nComandi:\n").unwrap();
    let there: Vec<&str> = list
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let command = |verb: Verb| COMMANDS.iter().find(|(of, _)| *of == verb);
    for verb in Verb::ALL {
        let reason = NO_COMMAND.iter().any(|(of, _)| of == verb);
        match command(*verb) {
            Some((_, name)) => assert!(there.contains(name) && !reason, "{name} is in no help"),
            None => assert!(reason, "{verb} has neither a command nor a reason"),
        }
        let official = verb.by().contains(&Side::Office) || verb.by().contains(&Side::Head);
        assert!(official || verb.is_applicants() || reason, "{verb} is the clock's alone");
    }
    for name in there {
        let known = COMMANDS.iter().any(|(_, command)| *command == name);
        let other = ["list", "show", "assign", "bulk", "help"].contains(&name);
        assert!(known || other, "{name} is the command of no verb");
    }
}

#[test]
fn the_page_for_officials_names_the_command_of_each_act() {
    let page = include_str!("../../../../docs/practice.md");
    let (_, rest) = page.split_once("<!-- comandi -->\n\n").unwrap();
    let (table, _) = rest.split_once("\n<!-- fine comandi -->").unwrap();
    let line = |(verb, name): &(Verb, &str)| {
        let assign = if *name == "take" { ", `practice assign`" } else { "" };
        let bulk = ["accept", "reject"].contains(name);
        let bulk = if bulk { format!(", `practice bulk {name}`") } else { String::new() };
        format!("| **{}** | `practice {name}`{assign}{bulk} |\n", verb.italian())
    };
    let lines: String = COMMANDS.iter().map(line).collect();
    assert_eq!(table, format!("| atto | comando |\n| --- | --- |\n{lines}"));
}

/// A town, and the number of a practice that g.verdi has in charge.
fn in_charge() -> (Place, String) {
    let place = staffed();
    let list = run(&place, "g.verdi", &["--json", "practice", "list", "--unassigned"]).json();
    let number = list["practices"][0]["number"].as_str().unwrap().to_owned();
    place.write("firmata.txt", "Firmato");
    run(&place, "g.verdi", &["practice", "take", &number]).well();
    (place, number)
}

fn run(place: &Place, account: &str, words: &[&str]) -> Ended {
    place.words("town.sqlite", words, &["--as", account, "--at", APRIL])
}

fn does(place: &Place, account: &str, command: &str, number: &str, words: &[&str]) -> Ended {
    run(place, account, &[&["practice", command, number], words].concat())
}

#[test]
fn a_term_is_extended_by_the_head_with_the_law_that_lets_them() {
    let (place, number) = in_charge();
    let law = ["--source", "D.P.R. 380/2001, art. 20", "--reason", "progetto complesso"];
    let words = [&["--days", "30"], &law[..]].concat();
    let err = does(&place, "g.verdi", "extend", &number, &words).refused();
    assert!(err.contains("[practice.access.not-theirs]"), "{err}");
    let none = ["--days", "0", "--source", " ", "--reason", " "];
    let err = does(&place, "r.rossi", "extend", &number, &none).refused();
    for code in ["no-reason", "no-source", "no-days"] {
        assert!(err.contains(&format!("[practice.extend-term.{code}]")), "{err}");
    }
    let before = run(&place, "r.rossi", &["--json", "practice", "show", &number]).json();
    let out =
        run(&place, "r.rossi", &[&["--json", "practice", "extend", &number], &words[..]].concat())
            .json();
    assert_eq!(out["verb"], "extend-term");
    assert!(out["due"].as_str() > before["practice"]["due"]["on"].as_str(), "{out}");
}

#[test]
fn an_answer_is_re_opened_and_a_yes_taken_back_by_the_head() {
    let (place, number) = in_charge();
    does(&place, "g.verdi", "reject", &number, &["--motivation", "fuori età"]).well();
    let reason = ["--reason", "errore nella data di nascita"];
    let err = does(&place, "g.verdi", "reopen", &number, &reason).refused();
    assert!(err.contains("[practice.access.not-theirs]"), "{err}");
    let to = [&reason[..], &["--to", "nessuno"]].concat();
    let err = does(&place, "r.rossi", "reopen", &number, &to).refused();
    assert!(err.contains("[account.unknown]"), "{err}");
    let to = [&reason[..], &["--to", "g.verdi"]].concat();
    let out = does(&place, "r.rossi", "reopen", &number, &to).well();
    assert!(out.contains("presa in carico") && out.contains("g.verdi"), "{out}");

    does(&place, "g.verdi", "accept", &number, &["--motivation", "ha i requisiti"]).well();
    let ground = ["--ground", "forfeiture", "--motivation"];
    let empty = [&ground[..], &[" "]].concat();
    let err = does(&place, "r.rossi", "revoke", &number, &empty).refused();
    assert!(err.contains("[practice.revoke.no-motivation]"), "{err}");
    let moved = [&ground[..], &["ha cambiato residenza"]].concat();
    let err = does(&place, "g.verdi", "revoke", &number, &moved).refused();
    assert!(err.contains("[practice.access.not-theirs]"), "{err}");
    let out = does(&place, "r.rossi", "revoke", &number, &moved).well();
    assert!(out.contains("stato: revocata"), "{out}");
}

#[test]
fn whoever_has_an_interest_abstains_and_the_office_has_it_again() {
    let (place, number) = in_charge();
    let out = does(&place, "g.verdi", "abstain", &number, &["--reason", "è mio cugino"]).well();
    assert!(out.contains("in carico a: ufficio scuola"), "{out}");
    let err = does(&place, "g.verdi", "accept", &number, &["--motivation", "va bene"]).refused();
    assert!(err.contains("conflict-of-interest]"), "{err}");
}

#[test]
fn a_mandate_is_given_seen_and_revoked_with_what_the_applicant_signed() {
    let (place, number) = in_charge();
    let code = "RSSMRA80A01H501U";
    let delegate = [
        "--fiscal-code",
        code,
        "--given-name",
        "Mario",
        "--family-name",
        "Rossi",
        "--born-on",
        "1980-01-01",
        "--until",
        "2027-12-31",
    ];
    let unsigned = does(&place, "g.verdi", "delegate", &number, &delegate);
    assert_eq!(unsigned.code, 2, "{unsigned:?}");
    let signed = ["--signed", "firmata.txt"];
    let given = [&delegate[..], &signed[..]].concat();
    does(&place, "g.verdi", "delegate", &number, &given).well();
    let err = does(&place, "g.verdi", "delegate", &number, &given).refused();
    assert!(err.contains("[practice.delegate.twice]"), "{err}");
    let shown = does(&place, "g.verdi", "show", &number, &[]).well();
    assert!(shown.contains("Deleghe\n- Mario Rossi, RSSMRA80A01H501U, al 31/12/2027"), "{shown}");

    let wrong = ["--fiscal-code", "RSSMRA80A01H501X", "--signed", "firmata.txt"];
    let err = does(&place, "g.verdi", "revoke-delegation", &number, &wrong).refused();
    assert!(err.contains("--fiscal-code: ") && err.contains("core.fiscal-code"), "{err}");
    let revoke = ["--fiscal-code", code, "--signed", "firmata.txt"];
    does(&place, "g.verdi", "revoke-delegation", &number, &revoke).well();
    let err = does(&place, "g.verdi", "revoke-delegation", &number, &revoke).refused();
    assert!(err.contains("[practice.revoke-delegation.unknown]"), "{err}");
    let shown = does(&place, "g.verdi", "show", &number, &[]).well();
    assert!(shown.contains("revocata il 01/04/2027"), "{shown}");
}

#[test]
fn people_and_how_they_are_reached_are_kept_by_the_office() {
    let (place, number) = in_charge();
    let g = |command: &str, words: &[&str]| does(&place, "g.verdi", command, &number, words);
    let person = [
        "--fiscal-code",
        "RSSMRA80A01H501U",
        "--given-name",
        "Mario",
        "--family-name",
        "Rossi",
        "--born-on",
        "1980-01-01",
        "--role",
        "reader",
    ];
    g("add-person", &person).well();
    assert!(g("add-person", &person).refused().contains("[practice.add-party.twice]"));
    assert!(g("show", &[]).well().contains("Mario Rossi, RSSMRA80A01H501U: legge la pratica"));
    g("remove-person", &["--fiscal-code", "RSSMRA80A01H501U"]).well();
    let wrong = ["--email", "nessuna", "--phone", "118", "--signed", "firmata.txt"];
    let err = g("contacts", &wrong).refused();
    assert!(err.contains("--email: ") && err.contains("--phone: "), "{err}");
    let reach = ["--email", "anna@example.it", "--channel", "email", "--signed", "firmata.txt"];
    g("contacts", &reach).well();
    let err = g("contacts", &["--channel", "post", "--signed", "firmata.txt"]).refused();
    assert!(err.contains("address: ") && err.contains("il canale scelto è post"), "{err}");
    place.write("verbale.pdf", "%PDF-1.4 verbale");
    g("attach", &["verbale.pdf"]).well();
    g("write", &["buongiorno"]).well();
    let shown = g("show", &[]).well();
    assert!(shown.contains("verbale.pdf") && shown.contains("1. 01/04/2027"), "{shown}");
    let out = does(&place, "r.rossi", "read", &number, &["1"]).well();
    assert!(out.contains("presa visione"), "{out}");
}

#[test]
fn what_was_asked_for_is_taken_back_or_lapses_and_payments_are_kept() {
    let (place, number) = in_charge();
    let g = |command: &str, words: &[&str]| does(&place, "g.verdi", command, &number, words);
    let ask = ["--paper", "isee", "--why", "manca", "--by", "2027-04-20"];
    g("ask", &ask).well();
    assert!(g("lapse", &[]).refused().contains("[practice.lapse-integration.too-early]"));
    let out = g("cancel-request", &["--reason", "c'era già"]).well();
    assert!(out.contains("stato: presa in carico"), "{out}");

    let err = g("ask-payment", &["--amount", "molto", "--reason", "bollo"]).refused();
    assert!(err.contains("--amount: "), "{err}");
    let err = g("ask-payment", &["--reason", "bollo"]).refused();
    assert!(err.contains("[practice.request-payment.no-tariff]"), "{err}");
    let out = g("ask-payment", &["--amount", "16,00", "--reason", "bollo"]).well();
    assert!(out.contains("in attesa di pagamento"), "{out}");
    assert!(g("show", &[]).well().contains("Da pagare: 16,00 €, bollo"));
    g("record-payment", &["--failed", "carta rifiutata"]).well();
    let err = g("record-payment", &["--amount", "10", "--reference", "A1"]).refused();
    assert!(err.contains("[practice.record-payment.wrong-amount]"), "{err}");
    g("cancel-payment", &["--reason", "esente"]).well();
    g("ask-payment", &["--amount", "16,00", "--reason", "bollo"]).well();
    let out = g("record-payment", &["--amount", "16,00", "--reference", "A1"]).well();
    assert!(out.contains("stato: presa in carico"), "{out}");
    assert_eq!(g("record-payment", &["--amount", "16"]).code, 2, "a receipt has a reference");
}

#[test]
fn practices_stand_under_each_other_and_never_in_a_circle() {
    let (place, number) = in_charge();
    let list = run(&place, "g.verdi", &["--json", "practice", "list", "--unassigned"]).json();
    let numbers: Vec<&str> = list["practices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["number"].as_str().unwrap())
        .collect();
    let relate =
        |one: &str, above: &str| does(&place, "g.verdi", "relate", one, &["--under", above]);
    relate(numbers[0], &number).well();
    relate(numbers[1], numbers[0]).well();
    let err = relate(&number, numbers[1]).refused();
    assert!(err.contains("[practice.relate.cycle]"), "{err}");
    let err = relate(&number, &number).refused();
    assert!(err.contains("[practice.relate.itself]"), "{err}");
}
