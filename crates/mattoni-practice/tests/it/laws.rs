//! What holds whatever people do, in whatever order.

use mattoni_core::record::Verb as _;
use mattoni_core::{Act, Actor, Aggregate, Digest, fold};
use mattoni_practice::*;
use proptest::prelude::*;

use crate::fixture::{at, calendar, maria, procedure};
use crate::moves::{ACTORS, Move, live, nobody_acts_on_what_they_cannot_see};

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..Verb::ALL.len(), 0..ACTORS, 0..3usize, 0..40u64).prop_map(
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
    fn nobody_sees_or_does_more_than_they_may(moves in moves(), rules in rules()) {
        nobody_acts_on_what_they_cannot_see(&live(&moves, rules).practice);
    }
}
