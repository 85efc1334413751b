//! A run: for good, provable, published once.

use chrono::{TimeZone, Utc};
use expect_test::{expect, expect_file};
use mattoni_core::{Act, Actor, Aggregate, Digest, Refusal, fold};
use mattoni_ranking::{
    Applicant, Call, Facilities, FacilitiesSource, MayPublish, Points, Preference, Prize,
    RankingRun, RankingRunEvent, Run, Score, Standing, TieKey, compare,
};

use crate::random::criteria;

/// Two nurseries with two places each, one of them reserved at Girasole; six families.
pub(crate) fn town() -> (Call, Vec<Applicant>) {
    let facilities: FacilitiesSource = toml::from_str(
        r#"
        [[pool]]
        code = "residenti"
        label = "Residenti nel quartiere"
        [[facility]]
        code = "girasole"
        label = "Nido Girasole"
        seats = [{ places = 2, reserved = [{ pool = "residenti", places = 1 }] }]
        [[facility]]
        code = "tulipano"
        label = "Nido Tulipano"
        seats = [{ places = 2 }]
        "#,
    )
    .unwrap();
    let extra = "[[threshold]]\nat_least = 2\n";
    let call = Call {
        criteria: criteria("single", extra),
        prize: Prize::Places(Facilities::new(facilities).unwrap()),
    };
    let people = [
        ("N-1", 10, Some(900), &["girasole", "tulipano"][..]),
        ("N-2", 8, Some(700), &["girasole", "tulipano"]),
        ("N-3", 8, Some(800), &["tulipano", "girasole"]),
        ("N-4", 4, None, &["girasole", "tulipano"]),
        ("N-5", 1, Some(100), &["girasole"]),
        ("N-6", 3, Some(100), &["tulipano", "girasole"]),
    ];
    let mut people: Vec<Applicant> = people
        .into_iter()
        .map(|(code, points, isee, preferences)| {
            let mut a = Applicant::new(code);
            a.points = vec![Score::new("lavoro", Points::whole(points), "both-parents-work")];
            a.tie_keys.extend(isee.map(|isee: i64| TieKey::new("isee", isee)));
            a.preferences = preferences.iter().map(|f| Preference::new(*f)).collect();
            a
        })
        .collect();
    people[3].reserves = vec!["residenti".to_owned()];
    (call, people)
}

fn act(by: &str) -> Act {
    let at = Utc.with_ymd_and_hms(2026, 6, 12, 8, 0, 0).unwrap();
    Act::new(at, Actor::Operator(by.to_owned()))
}

fn summary(run: &Run) -> String {
    run.lines().iter().map(|l| format!("{:?} {} {:?}\n", l.position, l.code(), l.outcome)).collect()
}

#[test]
fn a_reserved_place_goes_to_who_has_the_title_whatever_the_position() {
    let (call, people) = town();
    expect![[r#"
        Some(1) N-1 Placed { facility: "girasole", pool: None, preference: 1 }
        Some(2) N-2 Placed { facility: "tulipano", pool: None, preference: 2 }
        Some(3) N-3 Placed { facility: "tulipano", pool: None, preference: 1 }
        Some(4) N-4 Placed { facility: "girasole", pool: Some("residenti"), preference: 1 }
        Some(5) N-6 Waiting { why: AllFull }
        None N-5 BelowThreshold { threshold: 0, had: Points(100) }
    "#]]
    .assert_eq(&summary(&Run::draw_up(&call, &people).unwrap()));
}

#[test]
fn a_run_is_stored_as_this() {
    let (call, people) = town();
    let run = Run::draw_up(&call, &people).unwrap();
    let text = serde_json::to_string_pretty(&run).unwrap();
    expect_file!["../golden/run.v1.json"].assert_eq(&text);
    let read: Run = serde_json::from_str(&text).unwrap();
    assert_eq!(read.digest(), run.digest());
    read.verify().unwrap();
}

#[test]
fn an_altered_run_gives_itself_away() {
    let (call, people) = town();
    let text = serde_json::to_string(&Run::draw_up(&call, &people).unwrap()).unwrap();
    let forge = |from: &str, to: &str| {
        let forged = text.replacen(from, to, 1);
        assert_ne!(text, forged);
        serde_json::from_str::<Run>(&forged)
    };
    let raised = forge("\"points\":\"4.00\"", "\"points\":\"9.00\"").unwrap();
    let problems = raised.verify().unwrap_err();
    assert!(problems.iter().all(|p| p.code == "ranking.run.differs"), "{problems}");
    for (from, to) in [
        ("\"preference\":2", "\"preference\":1"),
        ("\"preference\":2", "\"preference\":0"),
        ("\"preference\":2", "\"preference\":7"),
        ("\"position\":2", "\"position\":3"),
        ("\"pool\":\"residenti\",\"preference", "\"pool\":\"altri\",\"preference"),
    ] {
        let refused = forge(from, to).unwrap_err().to_string();
        assert!(refused.contains("ranking.run.shape"), "{from} {to}: {refused}");
    }
    let refused = forge("{\"version\":1,", "{\"version\":2,").unwrap_err().to_string();
    assert!(refused.contains("ranking.run.version"), "{refused}");
}

#[test]
fn an_exclusion_on_appeal_shows_what_it_changes_for_everybody() {
    let (call, mut people) = town();
    let before = Run::draw_up(&call, &people).unwrap();
    people[0].standing = Standing::Excluded { reason: "dichiarazione non veritiera".to_owned() };
    let after = Run::draw_up(&call, &people).unwrap();
    assert_eq!(before.seed_digest(), after.seed_digest(), "the draw stays the same");
    let text: String = compare(&before, &after)
        .iter()
        .filter(|change| change.changes_the_outcome())
        .map(|c| format!("{}\n  {:?}\n  {:?}\n", c.code, c.before, c.after))
        .collect();
    expect![[r#"
        N-1
          Some(Placed { facility: "girasole", pool: None, preference: 1 })
          Some(Excluded { reason: "dichiarazione non veritiera" })
        N-2
          Some(Placed { facility: "tulipano", pool: None, preference: 2 })
          Some(Placed { facility: "girasole", pool: None, preference: 1 })
        N-6
          Some(Waiting { why: AllFull })
          Some(Placed { facility: "tulipano", pool: None, preference: 1 })
    "#]]
    .assert_eq(&text);
    assert!(compare(&before, &before).is_empty());
}

#[test]
fn a_run_is_published_once_and_only_by_who_may() {
    let (call, people) = town();
    let run = Run::draw_up(&call, &people).unwrap();
    let document = Digest::of(b"the bytes it is kept under");
    let drawn = RankingRun::draft(&act("rossi"), "nido-2026", &run, document);
    let mut state = RankingRun::open(&drawn).unwrap();
    let code = |r: &dyn Refusal| r.problems().iter().next().unwrap().code.to_string();
    let head = MayPublish::granted_to(Actor::Operator("bianchi".to_owned()));
    let refused = state.publish(&act("rossi"), &head, &run).unwrap_err();
    assert_eq!(code(&refused), "ranking.publish.not-granted");
    let (_, mut others) = town();
    others.pop();
    let another = Run::draw_up(&call, &others).unwrap();
    let refused = state.publish(&act("bianchi"), &head, &another).unwrap_err();
    assert_eq!(code(&refused), "ranking.publish.another-run");
    let redrawn = state.redraw(&act("rossi"), &run, document).unwrap();
    state.apply(&redrawn);
    let published = state.publish(&act("bianchi"), &head, &run).unwrap();
    state.apply(&published);
    assert_eq!(
        code(&state.publish(&act("bianchi"), &head, &run).unwrap_err()),
        "ranking.run.published"
    );
    assert_eq!(
        code(&state.redraw(&act("rossi"), &run, document).unwrap_err()),
        "ranking.run.published"
    );
    assert_eq!(fold::<RankingRun>(&[drawn.clone(), redrawn, published.clone()]).unwrap(), state);
    assert!(RankingRun::open(&published).is_none());
    let events = [drawn, published];
    let text = serde_json::to_string_pretty(&events).unwrap();
    expect_file!["../golden/ranking-run-events.v1.json"].assert_eq(&text);
    assert_eq!(serde_json::from_str::<[RankingRunEvent; 2]>(&text).unwrap(), events);
}

#[test]
fn a_list_that_identifies_is_not_published() {
    let (call, mut people) = town();
    for (a, code) in people.iter_mut().zip([
        "RSSMRA80A01H501U",
        "nido-RSSMRALMAL1H5L1U",
        "IT60X0542811101000000123456",
        "2023-05-01",
        "1.5.2023",
        "rossi-mario",
    ]) {
        a.code = code.to_owned();
    }
    let run = Run::draw_up(&call, &people).unwrap();
    let state =
        RankingRun::open(&RankingRun::draft(&act("bianchi"), "nido-2026", &run, Digest::ZERO))
            .unwrap();
    let may = MayPublish::granted_to(Actor::Operator("bianchi".to_owned()));
    let refused = state.publish(&act("bianchi"), &may, &run).unwrap_err().problems();
    assert_eq!(refused.iter().count(), 6, "{refused}");
    assert!(refused.iter().all(|p| p.code == "ranking.publish.identifying"));
    // A problem is logged: it must not spread what it found.
    assert!(!refused.to_string().contains("RSSMRA"));
}

#[test]
fn a_published_run_is_superseded_by_another_published_one_with_a_reason() {
    let (call, mut people) = town();
    let may = MayPublish::granted_to(Actor::Operator("bianchi".to_owned()));
    let open = |run: &Run| {
        RankingRun::open(&RankingRun::draft(&act("bianchi"), "nido-2026", run, Digest::ZERO))
            .unwrap()
    };
    let publish = |state: &mut RankingRun, run: &Run| {
        let published = state.publish(&act("bianchi"), &may, run).unwrap();
        state.apply(&published);
    };
    let first_run = Run::draw_up(&call, &people).unwrap();
    people[0].standing = Standing::Excluded { reason: "ricorso accolto".to_owned() };
    let second_run = Run::draw_up(&call, &people).unwrap();
    let (mut first, mut second) = (open(&first_run), open(&second_run));
    let why = "ricorso accolto sulla domanda N-1";
    let refused = |state: &RankingRun, by: &str, other: &RankingRun, why: &str| {
        let refusal = state.supersede(&act(by), &may, other, why).unwrap_err();
        refusal.problems().iter().next().unwrap().code.to_string()
    };
    assert_eq!(refused(&first, "bianchi", &second, why), "ranking.supersede.draft");
    publish(&mut first, &first_run);
    assert_eq!(refused(&first, "bianchi", &second, why), "ranking.supersede.other");
    publish(&mut second, &second_run);
    assert_eq!(refused(&first, "bianchi", &first, why), "ranking.supersede.other");
    assert_eq!(refused(&first, "bianchi", &second, " "), "ranking.supersede.reason");
    assert_eq!(refused(&first, "rossi", &second, why), "ranking.publish.not-granted");
    let event = first.supersede(&act("bianchi"), &may, &second, why).unwrap();
    assert_eq!(mattoni_core::DomainEvent::name(&event), "ranking.run.superseded");
    first.apply(&event);
    let superseded = first.superseded().unwrap();
    assert_eq!((superseded.by_run, superseded.reason.as_str()), (second_run.digest(), why));
    assert_eq!(refused(&first, "bianchi", &second, why), "ranking.supersede.already");
    let text = serde_json::to_string_pretty(&event).unwrap();
    expect_file!["../golden/ranking-run-superseded.v1.json"].assert_eq(&text);
    assert_eq!(serde_json::from_str::<RankingRunEvent>(&text).unwrap(), event);
}

#[test]
fn late_applications_in_a_last_class_move_nobody_who_came_in_time() {
    let class = "[[class]]\ncode = \"in-tempo\"\nlabel = \"Nei termini\"\n\
                 [[class]]\ncode = \"tardiva\"\nlabel = \"Fuori termine\"\n";
    for seed in 0..500 {
        let mut rng = crate::random::Rng(seed);
        // The tie-breaks part everyone: one entrant more would be another draw.
        let shape = crate::random::Shape { people: 12, facilities: 4, drawn: false, pools: true };
        let (mut call, mut people) = crate::random::call(&mut rng, &shape);
        people.iter_mut().flat_map(|a| &mut a.preferences).for_each(|p| p.priority = 0);
        call.criteria = criteria("single", class);
        for (i, a) in people.iter_mut().enumerate() {
            a.class = Some(if i < 9 { "in-tempo" } else { "tardiva" }.to_owned());
            // A released reserve goes to members before others, late or not.
            a.reserves.clear();
            a.preferences.iter_mut().for_each(|p| p.pool = None);
        }
        let before = Run::draw_up(&call, &people[..9]).unwrap();
        let after = Run::draw_up(&call, &people).unwrap();
        for change in compare(&before, &after) {
            assert!(change.before.is_none(), "seed {seed}: {change:?}");
        }
    }
}

#[test]
fn an_exclusion_on_appeal_never_harms_another() {
    for seed in 0..1_000 {
        let mut rng = crate::random::Rng(seed);
        let shape = crate::random::Shape { people: 12, facilities: 4, drawn: true, pools: true };
        let (call, mut people) = crate::random::call(&mut rng, &shape);
        let before = Run::draw_up(&call, &people).unwrap();
        let out = rng.below(12) as usize;
        people[out].standing = Standing::Excluded { reason: "ricorso accolto".to_owned() };
        let after = Run::draw_up(&call, &people).unwrap();
        assert_eq!(before.seed_digest(), after.seed_digest());
        let (old, new) = (crate::checker::outcomes(&before), crate::checker::outcomes(&after));
        for change in compare(&before, &after).iter().filter(|c| c.code != people[out].code) {
            use crate::checker::choice;
            assert!(choice(&new, &change.code) <= choice(&old, &change.code), "seed {seed}");
        }
    }
}

/// A practice for two children makes two applications; a child named in two practices is found
/// by the key the caller composes, here year and child.
#[test]
fn one_practice_makes_an_application_a_child_and_a_child_is_ranked_once() {
    let (call, template) = town();
    let application = |code: &str, child: &str| {
        let mut a = template[0].clone();
        a.code = code.to_owned();
        let key = mattoni_core::DigestBuilder::new("nido").field(b"2026").field(child.as_bytes());
        a.subject = Some(key.finish().to_string());
        a
    };
    let mut people =
        vec![application("P-1/1", "a"), application("P-1/2", "b"), application("P-2/1", "a")];
    let refused = Run::draw_up(&call, &people).unwrap_err();
    let problem = refused.iter().next().unwrap();
    assert_eq!(problem.code, "ranking.applicant.same-subject");
    assert!(problem.to_string().contains("P-1/1, P-2/1"), "{problem}");
    people[2].standing =
        Standing::Excluded { reason: "seconda domanda per lo stesso bambino".into() };
    let run = Run::draw_up(&call, &people).unwrap();
    assert_eq!(run.lines().iter().filter(|line| line.position.is_some()).count(), 2);
}
