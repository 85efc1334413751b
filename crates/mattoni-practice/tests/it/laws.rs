//! What holds whatever people do, in whatever order.

use mattoni_core::record::{Record as _, Role, Subject, Verb as _};
use mattoni_core::{Act, Actor, Aggregate, Digest, DomainEvent, fold};
use mattoni_practice::*;
use proptest::prelude::*;

use crate::attempts::tries;
use crate::fixture::{Life, at, calendar, maria, mario, procedure};

#[derive(Debug, Clone)]
struct Move {
    verb: Verb,
    actor: u8,
    try_number: usize,
    days: u64,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..Verb::ALL.len(), 0..4u8, 0..3usize, 0..40u64).prop_map(
        |(verb, actor, try_number, days)| Move { verb: Verb::ALL[verb], actor, try_number, days },
    );
    prop::collection::vec(one, 0..60)
}

fn rules() -> impl Strategy<Value = Procedure> {
    let pick = |a, b| prop::sample::select(vec![a, b]);
    (
        pick(Permission::Granted, Permission::Denied),
        pick(Permission::Granted, Permission::Denied),
        prop::sample::select(vec![Nature::Individual, Nature::Competitive]),
        prop::sample::select(vec![Registering::Needed, Registering::NotNeeded]),
        prop::sample::select(vec![Flow::Approval, Flow::Forward]),
    )
        .prop_map(|(reopening, withdrawal, nature, registering, flow)| {
            procedure()
                .with_reopening(reopening)
                .with_withdrawal(withdrawal)
                .with_nature(nature)
                .with_registering(registering)
                .with_flow(flow)
        })
}

fn actor(number: u8) -> Actor {
    match number {
        0 => Actor::Citizen(maria().id),
        1 => Actor::Citizen(mario().id),
        2 => Actor::Operator("anna.bianchi".into()),
        _ => Actor::System("clock".into()),
    }
}

fn subjects(ente: &str) -> Vec<Subject> {
    let offices = || ["scuola".to_owned()].into();
    let role = |role| Subject::new(ente.parse().unwrap(), vec![role]);
    vec![
        role(Role::Citizen { person: maria().id }),
        role(Role::Citizen { person: mario().id }),
        role(Role::Citizen { person: mattoni_core::Id::from_u128(12345) }),
        role(Role::Operator {
            account: "anna.bianchi".into(),
            offices: offices(),
            services: [].into(),
        }),
        role(Role::OfficeHead {
            account: "capo".into(),
            offices: [].into(),
            services: ["nido".to_owned()].into(),
        }),
        role(Role::Operator {
            account: "altro".into(),
            offices: ["tributi".to_owned()].into(),
            services: [].into(),
        }),
        role(Role::TechnicalAdmin { account: "ced".to_owned() }),
        role(Role::Auditor),
        role(Role::System),
    ]
}

fn live(moves: &[Move], procedure: Procedure) -> Life {
    let mut life = Life::open(procedure);
    let mut day = 0;
    for step in moves {
        day += step.days;
        let act = Act::new(at(day), actor(step.actor));
        let before = life.practice.clone();
        let mut tried = tries(step.verb, &life.practice, &act, &calendar());
        match tried.swap_remove(step.try_number % tried.len()) {
            Ok(event) => {
                if let Actor::Citizen(person) = act.by {
                    let citizen = vec![Role::Citizen { person }];
                    let citizen = Subject::new(before.ente().clone(), citizen);
                    assert_eq!(before.may(&citizen, step.verb), Ok(()), "{}", event.name());
                }
                let text = serde_json::to_string(&event).unwrap();
                assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
                life.practice.apply(&event);
                assert!(
                    after(step.verb, before.state()).contains(&life.practice.state()),
                    "{} led from {} to {}",
                    event.name(),
                    before.state(),
                    life.practice.state()
                );
                assert_eq!(event.verb(), Some(step.verb));
                life.journal.push(event);
            }
            Err(problems) => {
                let prefix = format!("practice.{}.", step.verb);
                assert!(problems.iter().all(|problem| problem.code.starts_with(&prefix)));
                assert_eq!(life.practice, before);
            }
        }
    }
    life
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn state_is_what_the_journal_folds_to(moves in moves(), rules in rules()) {
        let life = live(&moves, rules);
        prop_assert_eq!(fold::<Practice>(&life.journal), Some(life.practice.clone()));
        let row = serde_json::to_string(&life.practice).unwrap();
        prop_assert_eq!(serde_json::from_str::<Practice>(&row).unwrap(), life.practice);
    }

    #[test]
    fn a_draft_as_it_is_shown_is_the_draft_that_can_be_sent(moves in moves(), rules in rules()) {
        let practice = live(&moves, rules).practice;
        let act = Act::new(at(9999), Actor::Citizen(maria().id));
        let bars = |confirmed| match practice.submit(&act, confirmed, &calendar()) {
            Err(SubmitRefusal::NotReady(bars)) => bars,
            _ => Vec::new(),
        };
        prop_assert!(!bars(practice.summary().digest()).contains(&SubmitBar::SummaryChanged));
        if practice.state() == State::Draft {
            prop_assert!(bars(Digest::ZERO).contains(&SubmitBar::SummaryChanged));
        }
    }

    #[test]
    fn after_submission_the_last_day_is_always_known(moves in moves(), rules in rules()) {
        let practice = live(&moves, rules).practice;
        if practice.submitted_at().is_some() {
            prop_assert!(practice.due().is_some_and(|due| !due.steps.is_empty()));
        }
    }

    #[test]
    fn any_event_applies_to_any_practice_without_panic(
        moves in moves(), others in moves(), rules in rules()
    ) {
        let mut practice = live(&moves, rules.clone()).practice;
        for event in live(&others, rules).journal {
            practice.apply(&event);
        }
        prop_assert_eq!(practice.changes().last().map(|change| change.to), Some(practice.state()));
    }

    #[test]
    fn nobody_acts_on_what_they_cannot_see(moves in moves(), rules in rules()) {
        let practice = live(&moves, rules).practice;
        for subject in subjects("c_f051") {
            let seen = practice.shown_to(&subject);
            let allowed = Verb::ALL.iter().copied().any(|verb| practice.may(&subject, verb).is_ok());
            prop_assert!(seen.is_some() || !allowed, "{:?} acts on what they cannot see", subject);
            if matches!(subject.roles[0], Role::Citizen { .. }) && let Some(shown) = &seen {
                let text = serde_json::to_string(shown).unwrap();
                prop_assert!(!text.contains("nota segreta"));
            }
        }
        for stranger in subjects("c_h501") {
            prop_assert!(practice.shown_to(&stranger).is_none());
        }
    }
}
