//! Several applications for one child: which one is ranked, and what the others are told.

use expect_test::{expect, expect_file};
use mattoni_ranking::{
    Applicant, Call, Explainer, Facilities, FacilitiesSource, Preference, Prize, PublicList,
    PublicOutcome, Run, Score, Siblings, Standing, Together, italian,
};
use proptest::prelude::*;

use crate::random::{Rng, Shape, criteria};

/// A call with two places at one facility.
fn call(rule: &str) -> Call {
    let facilities =
        "facility = [{ code = \"sole\", label = \"Il Sole\", seats = [{ places = 2 }] }]";
    let facilities: FacilitiesSource = toml::from_str(facilities).unwrap();
    let rule = if rule.is_empty() { String::new() } else { format!("duplicates = \"{rule}\"\n") };
    Call {
        criteria: criteria("single", &rule),
        prize: Prize::Places(Facilities::new(facilities).unwrap()),
    }
}

fn application(code: &str, child: &str, points: &str, received: &str) -> Applicant {
    let mut a = Applicant::new(code);
    a.subject = Some(child.to_owned());
    a.received_at = Some(received.parse().unwrap());
    a.points = vec![Score::new("lavoro", points.parse().unwrap(), "r")];
    a.preferences = vec![Preference::new("sole")];
    a
}

/// Two applications for the child c1, the second with fewer points; one for another child.
pub(crate) fn twice() -> Vec<Applicant> {
    vec![
        application("N-1", "c1", "9", "2027-03-01T09:00:00Z"),
        application("N-2", "c2", "5", "2027-03-01T09:00:00.5Z"),
        application("N-3", "c1", "3", "2027-03-02T09:00:00Z"),
    ]
}

fn told(run: &Run, code: &str) -> String {
    let explained = Explainer::new(run).explain(code).unwrap();
    italian::explanation(&explained, &italian::Words::default()).swap_remove(0)
}

fn order(run: &Run) -> Vec<&str> {
    run.lines().iter().filter(|l| l.position.is_some()).map(mattoni_ranking::Line::code).collect()
}

#[test]
fn the_first_is_kept_and_the_second_is_told_why_not() {
    let run = Run::draw_up(&call("keep-first"), &twice()).unwrap();
    assert_eq!(order(&run), ["N-1", "N-2"]);
    expect![[r#"
        La domanda N-3 non è in graduatoria: per lo stesso beneficiario è arrivata prima la domanda N-1, e di più domande vale la prima."#]]
    .assert_eq(&told(&run, "N-3"));
    run.verify().unwrap();
}

#[test]
fn the_last_is_kept_and_takes_the_place_of_the_first() {
    let run = Run::draw_up(&call("keep-last"), &twice()).unwrap();
    assert_eq!(order(&run), ["N-2", "N-3"], "the last one counts, with fewer points");
    expect![[r#"
        La domanda N-1 non è in graduatoria: per lo stesso beneficiario è arrivata dopo la domanda N-3, e di più domande vale l'ultima."#]]
    .assert_eq(&told(&run, "N-1"));
    let list = PublicList::of(&run, None).unwrap();
    let entry = list.entries.iter().find(|entry| entry.code == "N-1").unwrap();
    assert_eq!((entry.position, &entry.outcome), (None, &PublicOutcome::NotAdmitted));

    let text = format!("{}\n", serde_json::to_string_pretty(&run).unwrap());
    expect_file!["../golden/run-duplicates.v1.json"].assert_eq(&text);
    serde_json::from_str::<Run>(&text).unwrap().verify().unwrap();
}

#[test]
fn without_a_rule_nothing_is_drawn_up() {
    for rule in ["", "refuse"] {
        let refused = Run::draw_up(&call(rule), &twice()).unwrap_err();
        let problems: Vec<_> = refused.iter().collect();
        assert_eq!(problems.len(), 1, "{refused}");
        assert_eq!(problems[0].code, "ranking.applicant.same-subject");
        assert!(problems[0].rule.contains("N-1, N-3"), "{refused}");
    }
    assert!(
        !serde_json::to_string(&call("refuse")).unwrap().contains("duplicates"),
        "the rule that every earlier run had is not written"
    );
}

#[test]
fn an_application_the_office_excluded_does_not_count() {
    let mut people = twice();
    people[0].standing = Standing::Excluded { reason: "ritirata".into() };
    for rule in ["refuse", "keep-first", "keep-last"] {
        let run = Run::draw_up(&call(rule), &people).unwrap();
        assert_eq!(order(&run), ["N-2", "N-3"], "{rule}");
    }
}

#[test]
fn one_that_does_not_say_when_it_came_in_is_refused_where_it_matters() {
    let mut people = twice();
    people[2].received_at = None;
    people[1].received_at = None;
    let refused = Run::draw_up(&call("keep-last"), &people).unwrap_err();
    let problems: Vec<_> = refused.iter().map(|p| (&*p.code, &*p.field)).collect();
    assert_eq!(problems, [("ranking.applicant.received", "applicant[N-3].received_at")]);
}

/// A family that changes its mind about siblings in the application that counts is not refused
/// because of the one that does not.
#[test]
fn what_the_left_out_application_asked_for_does_not_bind_the_family() {
    let mut people = twice();
    people[0].siblings = Some(Siblings::new("f1", Together::OrNotAtAll));
    people[1].siblings = Some(Siblings::new("f1", Together::Preferred));
    people[2].siblings = Some(Siblings::new("f1", Together::Preferred));
    let run = Run::draw_up(&call("keep-last"), &people).unwrap();
    assert_eq!(order(&run), ["N-2", "N-3"]);
    run.verify().unwrap();
}

proptest! {
    /// Each child is ranked once, by its first or last application, and the order and the places
    /// of all are those there would be if nobody else had applied for them; whatever the order
    /// the applications are handed over in.
    #[test]
    fn each_child_is_ranked_once(seed in any::<u64>(), last in any::<bool>(), turn in 0..12_usize) {
        let mut rng = Rng(seed);
        let shape = Shape { people: 12, facilities: 3, drawn: false, pools: true };
        let (mut call, mut people) = crate::random::call(&mut rng, &shape);
        let rule = if last { "keep-last" } else { "keep-first" };
        call.criteria = criteria("single", &format!("duplicates = \"{rule}\"\n"));
        for a in &mut people {
            a.subject = Some(format!("c{}", rng.below(5)));
            let minute = rng.below(3);
            a.received_at = Some(format!("2027-03-01T09:0{minute}:00Z").parse().unwrap());
        }
        people.rotate_left(turn);
        let run = Run::draw_up(&call, &people).unwrap();
        let mut kept: Vec<&Applicant> = Vec::new();
        for child in 0..5 {
            let mut of: Vec<&Applicant> = people
                .iter()
                .filter(|a| a.subject == Some(format!("c{child}")))
                .filter(|a| !matches!(a.standing, Standing::Excluded { .. }))
                .collect();
            of.sort_by_key(|a| (a.received_at, a.code.clone()));
            kept.extend(if last { of.last() } else { of.first() });
        }
        let alone = Run::draw_up(&call, kept.into_iter().cloned()).unwrap();
        let ranked = |run: &Run| {
            let lines = run.lines().iter().filter(|l| l.position.is_some());
            lines.map(|l| (l.code().to_owned(), l.outcome.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(ranked(&run), ranked(&alone));
        prop_assert_eq!(run.lines().len(), people.len());
    }
}
