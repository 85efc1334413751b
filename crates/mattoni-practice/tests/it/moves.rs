//! People who do anything to a practice, in any order, and what holds all the while. The fuzz target
//! `practice` is made of this too.

use mattoni_core::record::{Record as _, Role, Subject, Verb as _};
use mattoni_core::{Act, Actor, Aggregate, DomainEvent};
use mattoni_practice::*;

use crate::attempts::tries;
use crate::fixture::{Life, at, calendar, delegate, maria, mario};

/// Somebody tries a verb.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) verb: Verb,
    /// Who: see [`actor`].
    pub(crate) actor: u8,
    /// Which of the ways to try it.
    pub(crate) try_number: usize,
    /// So many days after the move before.
    pub(crate) days: u64,
}

/// How many people there are.
pub(crate) const ACTORS: u8 = 7;

/// The applicant, a reader, a delegate, a stranger; two officials; the software.
fn actor(number: u8) -> Actor {
    match number {
        0 => Actor::Citizen(maria().id),
        1 => Actor::Citizen(mario().id),
        2 => Actor::Citizen(delegate().id),
        3 => Actor::Citizen(mattoni_core::Id::from_u128(12345)),
        4 => Actor::Operator("anna.bianchi".into()),
        5 => Actor::Operator("altro".into()),
        _ => Actor::System("clock".into()),
    }
}

/// Everybody there is to an ente: those of the practice, and strangers.
pub(crate) fn subjects(ente: &str) -> Vec<Subject> {
    let offices = || ["scuola".to_owned()].into();
    let role = |role| Subject::new(ente.parse().unwrap(), vec![role]);
    vec![
        role(Role::Citizen { person: maria().id }),
        role(Role::Citizen { person: mario().id }),
        role(Role::Citizen { person: delegate().id }),
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

/// The practice after these moves. Each was allowed and led where the table says, or was refused and
/// changed nothing.
pub(crate) fn live(moves: &[Move], procedure: Procedure) -> Life {
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

/// Nobody has a verb on what they do not see, no citizen reads a note of the office, and no other ente
/// sees anything.
pub(crate) fn nobody_acts_on_what_they_cannot_see(practice: &Practice) {
    for subject in subjects("c_f051") {
        let seen = practice.shown_to(&subject);
        let allowed = Verb::ALL.iter().copied().any(|verb| practice.may(&subject, verb).is_ok());
        assert!(seen.is_some() || !allowed, "{subject:?} acts on what they cannot see");
        if matches!(subject.roles[0], Role::Citizen { .. })
            && let Some(shown) = &seen
        {
            let text = serde_json::to_string(shown).unwrap();
            assert!(!text.contains("nota segreta"));
        }
    }
    for stranger in subjects("c_h501") {
        assert!(practice.shown_to(&stranger).is_none());
    }
}
