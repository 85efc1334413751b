//! Suspensions, notices and extensions in the cases that are easy to get wrong, and the page that
//! explains them.

use std::fmt::Write as _;

use chrono::NaiveDate;
use mattoni_core::calendar::law::{LEGAL_DAYS, LEGAL_STANDSTILLS};
use mattoni_core::calendar::{
    Extension, HOLIDAYS, LegalCalendar, PatronDay, Step, Suspension, SuspensionKind, Term,
    TermRules, When, observations_by,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn integration(from: &str, answered_on: Option<&str>) -> Suspension {
    let kind = SuspensionKind::Integration;
    Suspension { kind, from: day(from), answered_on: answered_on.map(day) }
}

fn notice(from: &str, answered_on: Option<&str>) -> Suspension {
    let kind = SuspensionKind::RejectionNotice;
    Suspension { kind, from: day(from), answered_on: answered_on.map(day) }
}

fn extension(decided_on: &str, days: u32) -> Extension {
    let source = "D.P.R. 380/2001, art. 20, c. 3".to_owned();
    Extension { decided_on: day(decided_on), days, source }
}

fn due(term: &Term) -> String {
    term.due(&LegalCalendar::national()).on.to_string()
}

fn problems(term: &Term, rules: TermRules) -> Vec<String> {
    match term.check(&rules, &LegalCalendar::national()) {
        Ok(()) => vec![],
        Err(found) => found.into_iter().map(|problem| problem.code.into_owned()).collect(),
    }
}

#[test]
fn ten_days_that_end_on_a_holiday_stop_the_term_until_the_next_working_day() {
    let calendar = LegalCalendar::national();
    // The tenth day after 15 December 2026 is Christmas, then Saint Stephen's, then a Sunday.
    assert_eq!(observations_by(day("2026-12-15"), &calendar), day("2026-12-28"));
    let mut term = Term::new(day("2026-12-01"), 60);
    term.suspensions.push(notice("2026-12-15", None));
    let silent = term.due(&calendar);
    assert!(silent.steps.iter().any(|step| matches!(step, Step::Suspended { days: 13, .. })));
    assert!(silent.steps.iter().any(|step| matches!(step, Step::ObservationsMovedOn { .. })));
    // 60 and 13 days after 1 December.
    assert_eq!(silent.on, day("2027-02-12"));

    term.suspensions[0].answered_on = Some(day("2026-12-28"));
    // On their last day: 13 and 10 days.
    assert_eq!(due(&term), "2027-02-22");
    term.suspensions[0].answered_on = Some(day("2026-12-29"));
    // A day late counts as none.
    assert_eq!(due(&term), "2027-02-12");
}

#[test]
fn days_on_which_the_term_stands_still_twice_count_once() {
    let mut term = Term::new(day("2027-03-01"), 30);
    term.suspensions = vec![
        notice("2027-03-10", Some("2027-03-12")),
        integration("2027-03-15", Some("2027-03-25")),
    ];
    // Still from 11 to 22 March after the observations, from 16 to 25 March for the papers.
    assert_eq!(due(&term), "2027-04-15");
}

#[test]
fn what_comes_after_the_end_moves_nothing_and_is_told() {
    let mut term = Term::new(day("2027-03-01"), 30);
    assert_eq!(due(&term), "2027-03-31");
    term.suspensions.push(integration("2027-04-01", None));
    term.extensions.push(extension("2027-04-02", 30));
    assert_eq!(due(&term), "2027-03-31");
    assert_eq!(problems(&term, TermRules::ordinary()), ["core.term.expired", "core.term.expired"]);
}

#[test]
fn on_the_working_day_a_term_moved_on_to_it_can_still_be_suspended() {
    // 30 days from 4 September 2026 end on Sunday 4 October.
    let mut term = Term::new(day("2026-09-04"), 30);
    term.suspensions.push(integration("2026-10-05", Some("2026-10-15")));
    assert_eq!(due(&term), "2026-10-15");
    term.suspensions[0] = integration("2026-10-06", Some("2026-10-15"));
    assert_eq!(due(&term), "2026-10-05");
}

#[test]
fn an_extension_lengthens_the_term_from_where_it_ends() {
    let mut term = Term::new(day("2027-01-11"), 60);
    term.extensions.push(extension("2027-02-01", 30));
    assert_eq!(due(&term), "2027-04-12");
    assert_eq!(problems(&term, TermRules::ordinary()), Vec::<String>::new());
}

#[test]
fn everything_wrong_with_a_term_is_told_at_once() {
    let mut term = Term::new(day("2020-05-04"), 120);
    term.suspensions =
        vec![notice("2020-06-01", Some("2020-05-31")), integration("2020-05-03", None)];
    term.extensions.push(Extension { source: " ".to_owned(), ..extension("2020-06-01", 0) });
    let expected = [
        "core.term.days",
        "core.term.notice-excluded",
        "core.term.notice-before-2020",
        "core.term.answered-before-asked",
        "core.term.before-receipt",
        "core.term.extension-source",
        "core.term.extension-days",
    ];
    assert_eq!(problems(&term, TermRules::competitive()), expected);
    let complex = TermRules::social_security().with_max_days(180);
    assert_eq!(problems(&term, complex), expected[1..]);
}

#[test]
fn terms_written_before_there_were_extensions_are_read_and_written_the_same() {
    let old = r#"{"received_on":"2026-09-04","days":30,"suspensions":[{"kind":"integration","from":"2026-09-09","answered_on":"2026-09-12"}]}"#;
    let term: Term = serde_json::from_str(old).unwrap();
    assert!(term.extensions.is_empty());
    assert_eq!(serde_json::to_string(&term).unwrap(), old);
}

#[test]
fn every_new_form_is_written_readably() {
    let mut term = Term::new(day("2026-12-01"), 30);
    term.suspensions.push(notice("2026-12-15", None));
    term.extensions = vec![extension("2026-12-16", 15), extension("2028-01-01", 5)];
    let due = term.due(&LegalCalendar::national());
    let written = format!(
        "{}\n{}\n",
        serde_json::to_string(&term).unwrap(),
        due.steps.iter().map(|s| serde_json::to_string(s).unwrap()).collect::<Vec<_>>().join("\n")
    );
    expect_test::expect_file!["../golden/term.v1.jsonl"].assert_eq(&written);
    let read: Term = serde_json::from_str(written.lines().next().unwrap()).unwrap();
    assert_eq!(read, term);
    for (line, step) in written.lines().skip(1).zip(&due.steps) {
        assert_eq!(&serde_json::from_str::<Step>(line).unwrap(), step);
    }
}

/// Counted by hand: 7 days of February, 31 of March, 30 of April and 15 of May 2020 are not there.
#[test]
fn the_days_of_the_emergency_of_2020_are_in_no_term() {
    let plain = |received: &str| due(&Term::new(day(received), 30));
    // The thirtieth day is the last one before.
    assert_eq!(plain("2020-01-23"), "2020-02-22");
    // The thirtieth is the first one after.
    assert_eq!(plain("2020-01-24"), "2020-05-16");
    // 21 days in February, nine from 16 May: Sunday 24 May.
    assert_eq!(plain("2020-02-01"), "2020-05-25");
    // Begun during it: the first day is 16 May, the thirtieth Sunday 14 June.
    assert_eq!(plain("2020-03-10"), "2020-06-15");
    assert_eq!(plain("2020-05-15"), "2020-06-15");
    // Begun after it.
    assert_eq!(plain("2020-05-16"), "2020-06-15");
    assert_eq!(plain("2020-05-17"), "2020-06-16");

    let mut asked = Term::new(day("2020-02-10"), 30);
    // Ten days before the request, twenty from 16 May on.
    asked.suspensions = vec![integration("2020-02-20", Some("2020-04-10"))];
    assert_eq!(due(&asked), "2020-06-04");
    // The thirty days to answer end on 12 June, the last twenty on 2 July.
    asked.suspensions = vec![integration("2020-02-20", None)];
    assert_eq!(due(&asked), "2020-07-02");
    // Asked on the last day, answered when no day counted.
    let mut last = Term::new(day("2020-01-20"), 30);
    last.suspensions = vec![integration("2020-02-19", Some("2020-03-10"))];
    assert_eq!(due(&last), "2020-05-16");

    // Nine days after 9 February, and the rest from 16 May.
    let mut longer = Term::new(day("2020-01-10"), 30);
    longer.extensions.push(extension("2020-02-05", 30));
    assert_eq!(due(&longer), "2020-06-01");

    let national = LegalCalendar::national();
    assert_eq!(observations_by(day("2020-02-18"), &national), day("2020-05-21"));
    assert_eq!(observations_by(day("2020-02-12"), &national), day("2020-02-22"));
    // The last day is the patron saint's, the next one is in the standstill already.
    let patron = LegalCalendar::national().with_patron(2, 22, "Santa Margherita");
    assert_eq!(Term::new(day("2020-01-23"), 30).due(&patron).on, day("2020-05-16"));
    assert_eq!(observations_by(day("2020-02-12"), &patron), day("2020-05-16"));
}

#[test]
fn a_term_over_the_emergency_of_2020_says_so() {
    let due = Term::new(day("2020-02-01"), 30).due(&LegalCalendar::national());
    let told: Vec<String> = due.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        told[1],
        "i giorni dal 23/02/2020 al 15/05/2020 non si contano: 24/05/2020 \
         (D.L. 17 marzo 2020, n. 18, art. 103, c. 1; D.L. 8 aprile 2020, n. 23, art. 37)"
    );
    let written = serde_json::to_string(&due.steps[1]).unwrap() + "\n";
    expect_test::expect_file!["../golden/standstill.v1.json"].assert_eq(&written);
    assert_eq!(serde_json::from_str::<Step>(&written).unwrap(), due.steps[1]);
}

/// The chain of reasons as the page shows it.
fn example(title: &str, term: &Term, calendar: &LegalCalendar) -> String {
    let due = term.due(calendar);
    let mut text = format!("### {title}\n\n");
    for step in &due.steps {
        let _ = writeln!(text, "1. {step}");
    }
    let _ = writeln!(text, "\n**Ultimo giorno per rispondere: {}**\n", due.on.format("%d/%m/%Y"));
    text
}

fn examples() -> String {
    let national = LegalCalendar::national();
    let reggio = LegalCalendar::national().with_patron(11, 24, "San Prospero");
    let tuesday = PatronDay::AfterEaster { after_easter: 2 };
    let moving = LegalCalendar::national().with_patron_on(tuesday, "Maria Santissima");
    let with = |received: &str, days, suspensions, extensions| Term {
        suspensions,
        extensions,
        ..Term::new(day(received), days)
    };
    let cases = [
        ("Trenta giorni, nessun imprevisto", with("2027-02-01", 30, vec![], vec![]), &national),
        ("L'ultimo giorno è festivo", with("2026-09-04", 30, vec![], vec![]), &national),
        (
            "L'ultimo giorno è sabato: si risponde di sabato",
            with("2026-11-05", 30, vec![], vec![]),
            &national,
        ),
        ("L'ultimo giorno è il santo patrono", with("2026-10-25", 30, vec![], vec![]), &reggio),
        (
            "Integrazione: il cittadino risponde dopo dodici giorni",
            with("2027-02-01", 30, vec![integration("2027-02-10", Some("2027-02-22"))], vec![]),
            &national,
        ),
        (
            "Integrazione: il cittadino risponde dopo due mesi, e se ne chiede un'altra",
            with(
                "2027-02-01",
                30,
                vec![
                    integration("2027-02-10", Some("2027-04-12")),
                    integration("2027-03-20", None),
                ],
                vec![],
            ),
            &national,
        ),
        (
            "Preavviso di rigetto con osservazioni",
            with("2027-02-01", 30, vec![notice("2027-02-15", Some("2027-02-19"))], vec![]),
            &national,
        ),
        (
            "Preavviso di rigetto senza osservazioni, a cavallo di Natale",
            with("2026-12-01", 60, vec![notice("2026-12-15", None)], vec![]),
            &national,
        ),
        (
            "Proroga prevista da una legge",
            with("2027-01-11", 60, vec![], vec![extension("2027-02-01", 30)]),
            &national,
        ),
        (
            "Trenta giorni a cavallo dell'emergenza del 2020",
            with("2020-02-01", 30, vec![], vec![]),
            &national,
        ),
        (
            "Il santo patrono che si sposta: il martedì dopo Pasqua",
            with("2027-02-28", 30, vec![], vec![]),
            &moving,
        ),
        (
            "Richiesta arrivata a termine scaduto",
            with("2027-03-01", 30, vec![integration("2027-04-02", None)], vec![]),
            &national,
        ),
    ];
    cases.iter().map(|(title, term, calendar)| example(title, term, calendar)).collect()
}

fn tables() -> String {
    let mut text = String::from(
        "| giorni | che cosa | dove sta scritto | dal |\n| ---: | --- | --- | --- |\n",
    );
    for law in LEGAL_DAYS {
        let from = law.from.format("%d/%m/%Y");
        let _ = writeln!(text, "| {} | {} | {} | {from} |", law.days, law.meaning, law.source);
    }
    text.push_str("\n| dal | al | che cosa | dove sta scritto |\n| --- | --- | --- | --- |\n");
    for still in LEGAL_STANDSTILLS {
        let (from, to) = (still.from.format("%d/%m/%Y"), still.to.format("%d/%m/%Y"));
        let _ = writeln!(text, "| {from} | {to} | {} | {} |", still.meaning, still.source);
    }
    text.push_str("\n| quando | festa | dove sta scritto | anni |\n| --- | --- | --- | --- |\n");
    for rule in HOLIDAYS {
        let when = match rule.when {
            When::On { month, day } => format!("{day:02}/{month:02}"),
            When::AfterEaster { days } => format!("Pasqua + {days}"),
            _ => "ogni settimana".to_owned(),
        };
        let years = match rule.last_year {
            Some(last) if last == rule.first_year => format!("solo {last}"),
            Some(last) => format!("{}-{last}", rule.first_year),
            None => format!("dal {}", rule.first_year),
        };
        let _ = writeln!(text, "| {when} | {} | {} | {years} |", rule.name, rule.source);
    }
    text
}

/// Everything between the two marks is printed by the code.
#[test]
fn the_page_for_officials_says_what_the_code_does() {
    let page = include_str!("../../../../docs/terms.md");
    let part = |name: &str| {
        let (start, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- fine {name} -->"));
        let (head, rest) = page.split_once(&start).unwrap();
        let (_, tail) = rest.split_once(&end).unwrap();
        (format!("{head}{start}"), format!("{end}{tail}"))
    };
    let ((head, _), (_, after)) = (part("tabelle"), part("tabelle"));
    let (between, tail) = {
        let (start, end) = ("<!-- esempi -->\n\n", "\n<!-- fine esempi -->");
        let (between, rest) = after.split_once(start).unwrap();
        (format!("{between}{start}"), format!("{end}{}", rest.split_once(end).unwrap().1))
    };
    let expected = format!("{head}{}{between}{}{tail}", tables(), examples().trim_end());
    expect_test::expect_file!["../../../../docs/terms.md"].assert_eq(&expected);
}
