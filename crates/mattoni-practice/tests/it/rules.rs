//! What rules of every world answer about a practice, and what follows from it.

use expect_test::expect_file;
use mattoni_core::record::Record as _;
use mattoni_core::{Act, Aggregate as _, Digest, Money, RuleWorld};
use mattoni_practice::*;

use crate::fixture::{Life, assessment, calendar, citizen, maria, office, procedure, system};

fn part(code: &str, cents: i64) -> AmountPart {
    AmountPart {
        code: code.into(),
        amount: Money::from_cents(cents),
        reason: Some("because".into()),
    }
}

/// One answer of each world but scoring, which speak against nobody.
fn answers() -> Vec<RuleAnswer> {
    vec![
        RuleAnswer::Validation {
            checks: vec![FieldCheck { check: "isee".into(), field: "isee".into(), problem: None }],
        },
        RuleAnswer::Eligibility {
            requirements: vec![RequirementMet { code: "age".into(), met: true, reason: None }],
        },
        RuleAnswer::Benefit { components: vec![part("base", 120_000), part("cap", -20_000)] },
        RuleAnswer::Tariff {
            charges: vec![part("meals", 11_000)],
            reductions: vec![part("isee", 4_500)],
        },
        RuleAnswer::Routing {
            office: "strade".into(),
            reason: Some("competence".into()),
            priority: "danger".into(),
            days: 1,
        },
    ]
}

fn answer(world: RuleWorld) -> RuleAnswer {
    answers().into_iter().find(|answer| answer.world() == world).unwrap()
}

fn by_rule(answer: RuleAnswer) -> Assessment {
    Assessment { answer: Some(answer), points: vec![], tie_keys: [].into(), ..assessment("rule") }
}

fn unmet() -> Assessment {
    let missing =
        RequirementMet { code: "town".into(), met: false, reason: Some("not-from-town".into()) };
    by_rule(RuleAnswer::Eligibility { requirements: vec![missing] })
}

fn in_charge() -> Life {
    Life::in_state(State::TakenInCharge, procedure())
}

fn codes(refusal: &impl mattoni_core::Refusal) -> Vec<String> {
    refusal.problems().iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn the_latest_answer_of_each_world_counts() {
    let mut life = in_charge().then(|p| p.assess(&system(5), assessment("points")));
    for answer in answers() {
        life = life.then(|p| p.assess(&system(5), by_rule(answer.clone())));
    }
    let practice = &life.practice;
    assert_eq!(practice.assessment().unwrap().total_hundredths(), 1_050, "points stay points");
    for world in RuleWorld::ALL {
        assert_eq!(practice.assessment_of(world).unwrap().world(), world);
    }
    let amount = |world| practice.assessment_of(world).unwrap().answer.as_ref().unwrap().amount();
    assert_eq!(amount(RuleWorld::Benefit), Some(Money::from_cents(100_000)));
    assert_eq!(amount(RuleWorld::Tariff), Some(Money::from_cents(6_500)));
}

#[test]
fn the_same_answer_about_the_same_inputs_is_noted_once() {
    let benefit = by_rule(answer(RuleWorld::Benefit));
    let life = in_charge().then(|p| p.assess(&system(5), benefit.clone()));
    // A rule of another world with the same evaluation digest is another answer.
    let life = life.then(|p| p.assess(&system(5), by_rule(answer(RuleWorld::Tariff))));
    let refused = life.practice.assess(&system(6), benefit.clone()).unwrap_err();
    assert_eq!(refused, AssessRefusal::Already(benefit.evaluation));
    let changed = Assessment { inputs: Digest::of(b"other answers"), ..benefit };
    assert!(life.practice.assess(&system(6), changed).is_ok());
}

#[test]
fn an_acceptance_refers_to_the_amount_that_was_worked_out() {
    let benefit = by_rule(answer(RuleWorld::Benefit));
    let evaluation = benefit.evaluation;
    let life = in_charge()
        .then(|p| p.assess(&system(5), benefit.clone()))
        .then(|p| p.accept(&office(6), Decision::new("spetta")));
    let granted = life.practice.outcome().unwrap().granted.clone();
    let amount = Money::from_cents(100_000);
    assert_eq!(granted, Some(GrantedAmount { amount, evaluation }));
    let plain = in_charge().then(|p| p.accept(&office(6), Decision::new("spetta")));
    assert_eq!(plain.practice.outcome().unwrap().granted, None);
}

#[test]
fn a_requirement_that_is_not_met_proposes_a_rejection_and_rejects_nothing() {
    let life = in_charge();
    let event = life.practice.assess(&system(5), unmet()).unwrap();
    let mut practice = life.practice.clone();
    practice.apply(&event);
    assert_eq!(practice.state(), State::TakenInCharge);
    let proposed = practice.proposed_rejection();
    assert_eq!(proposed.len(), 1);
    assert_eq!(proposed[0].reason.as_deref(), Some("not-from-town"));
    let orders = format!("{:?}", practice.orders(&event));
    assert!(
        orders.contains("practice.rejection-proposed") && orders.contains("Office"),
        "{orders}"
    );
    // The office decides otherwise.
    assert!(practice.accept(&office(6), Decision::new("il requisito c'è")).is_ok());
}

#[test]
fn what_a_tariff_rule_worked_out_is_asked_for_part_by_part() {
    let life = in_charge();
    let refused = life.practice.request_due(&system(5), "mensa").unwrap_err();
    assert_eq!(refused, RequestPaymentRefusal::NoTariff);
    let life = life
        .then(|p| p.assess(&system(5), by_rule(answer(RuleWorld::Tariff))))
        .then(|p| p.request_due(&system(5), "mensa di ottobre"));
    let demand = life.practice.demand().unwrap();
    assert_eq!(demand.amount, Money::from_cents(6_500));
    let parts: Vec<_> = demand.parts.iter().map(|part| part.amount.cents()).collect();
    assert_eq!(parts, [11_000, -4_500]);
    // Nothing is asked for where nothing is due.
    let free = RuleAnswer::Tariff { charges: vec![part("meals", 0)], reductions: vec![] };
    let life = in_charge().then(|p| p.assess(&system(5), by_rule(free.clone())));
    let refused = life.practice.request_due(&system(5), "mensa").unwrap_err();
    assert_eq!(refused, RequestPaymentRefusal::Amount);
}

/// Anna at the counter, for the family that signed.
fn counter() -> Act {
    office(1).on_behalf_of(maria().id, Some(Digest::of(b"signed request")))
}

#[test]
fn a_draft_whose_rules_were_not_asked_is_not_sent() {
    let rules =
        procedure().with_admission(RuleWorld::Validation).with_admission(RuleWorld::Eligibility);
    let draft = Life::draft(rules).practice;
    let seen = draft.summary().digest();
    let refused = draft.submit(&citizen(1), seen, &calendar()).unwrap_err();
    assert_eq!(codes(&refused), ["practice.submit.not-asked", "practice.submit.not-asked"]);

    let submit = |act: &Act, assessments: Vec<Assessment>, let_in: Option<&str>| {
        let let_in = let_in.map(str::to_owned);
        draft.submit_admitted(act, seen, &calendar(), Admission { assessments, let_in })
    };
    let fine = by_rule(answer(RuleWorld::Validation));
    let refused = submit(&citizen(1), vec![fine.clone(), unmet()], None).unwrap_err();
    assert_eq!(codes(&refused), ["practice.submit.objected"]);
    // A plugin that is broken on the last day keeps nobody out.
    assert!(submit(&counter(), vec![], Some("la regola non risponde")).is_ok());
    // Nobody overrules it for themselves, and nobody without a reason.
    for (act, why) in [(citizen(1), "per equità"), (system(1), "per equità"), (counter(), " ")] {
        let refused = submit(&act, vec![fine.clone(), unmet()], Some(why)).unwrap_err();
        assert_eq!(codes(&refused), ["practice.submit.not-let-in"], "{act:?} {why}");
    }
    let event = submit(&counter(), vec![fine, unmet()], Some("per equità")).unwrap();
    let Event::Submitted(submitted) = &event else { panic!("{event:?}") };
    assert_eq!(submitted.let_in.as_deref(), Some("per equità"));
    let mut practice = draft.clone();
    practice.apply(&event);
    assert_eq!(practice.state(), State::Submitted);
    assert_eq!(practice.assessments().len(), 2, "what the rules found stays on record");
}

#[test]
fn answers_of_every_world_are_written_as_they_always_were() {
    let mut written = String::new();
    for answer in answers() {
        let event = in_charge().practice.assess(&system(5), by_rule(answer)).unwrap();
        written += &(serde_json::to_string(&event).unwrap() + "\n");
    }
    let tariff = in_charge().then(|p| p.assess(&system(5), by_rule(answer(RuleWorld::Tariff))));
    let route = Life::in_state(State::Registered, procedure())
        .then(|p| p.assess(&system(5), by_rule(answer(RuleWorld::Routing))));
    let benefit = in_charge().then(|p| p.assess(&system(5), by_rule(answer(RuleWorld::Benefit))));
    let rules = procedure().with_admission(RuleWorld::Eligibility);
    let draft = Life::draft(rules).practice;
    let admission = Admission { assessments: vec![unmet()], let_in: Some("per equità".into()) };
    let seen = draft.summary().digest();
    let events = [
        tariff.practice.request_due(&system(6), "mensa").unwrap(),
        route.practice.take_in_charge_by_route(&system(6)).unwrap(),
        benefit.practice.accept(&office(6), Decision::new("spetta")).unwrap(),
        draft.submit_admitted(&counter(), seen, &calendar(), admission).unwrap(),
    ];
    for event in &events {
        written += &(serde_json::to_string(event).unwrap() + "\n");
    }
    expect_file!["../golden/rules.v1.jsonl"].assert_eq(&written);
    for line in include_str!("../golden/rules.v1.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
}
