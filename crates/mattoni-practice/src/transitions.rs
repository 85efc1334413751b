//! The table of transitions: where each verb leads from each state.
//!
//! Each verb looks here first whether it is possible. The tests try every verb in every state and
//! compare. `docs/practice-states.md` is printed from it.

use std::fmt::Write as _;

use mattoni_core::record::Verb as _;

use crate::{State, Verb};

/// The states `verb` can lead to from `state`: none when it is refused there whatever the
/// circumstances, `state` itself when it changes something else.
///
/// Being in the table is necessary, not sufficient: each verb has conditions of its own, named
/// by its refusal type.
#[must_use]
pub const fn after(verb: Verb, state: State) -> &'static [State] {
    use State as S;
    match (verb, state) {
        (Verb::Save | Verb::Detach | Verb::WarnOfExpiry, S::Draft) => S::Draft.alone(),
        (Verb::Submit, S::Draft) => S::Submitted.alone(),
        (Verb::Expire, S::Draft) => S::Expired.alone(),
        (
            Verb::Attach | Verb::AddParty | Verb::RemoveParty,
            S::Draft
            | S::Submitted
            | S::Registered
            | S::TakenInCharge
            | S::AwaitingIntegration
            | S::IntegrationAnswered
            | S::AwaitingPayment
            | S::NoticeGiven,
        ) => state.alone(),
        (Verb::Delegate | Verb::RevokeDelegation | Verb::UpdateContacts, S::Expired) => &[],
        (Verb::Delegate | Verb::RevokeDelegation | Verb::UpdateContacts, _) => state.alone(),
        (Verb::Abstain, S::Draft | S::Expired) => &[],
        (Verb::Abstain, _) => state.alone(),
        (Verb::Register, S::Submitted) => S::Registered.alone(),
        (
            Verb::Register,
            S::TakenInCharge
            | S::AwaitingIntegration
            | S::IntegrationAnswered
            | S::AwaitingPayment
            | S::NoticeGiven
            | S::Accepted
            | S::Rejected
            | S::Withdrawn
            | S::Revoked,
        ) => state.alone(),
        (
            Verb::TakeInCharge,
            S::Submitted | S::Registered | S::TakenInCharge | S::IntegrationAnswered,
        ) => S::TakenInCharge.alone(),
        // A practice on hold can change hands, and stays on hold.
        (Verb::TakeInCharge, S::AwaitingIntegration | S::AwaitingPayment | S::NoticeGiven) => {
            state.alone()
        }
        (Verb::RequestIntegration, S::TakenInCharge | S::IntegrationAnswered) => {
            S::AwaitingIntegration.alone()
        }
        (Verb::AnswerIntegration, S::AwaitingIntegration) => S::IntegrationAnswered.alone(),
        (Verb::CancelIntegration | Verb::LapseIntegration, S::AwaitingIntegration) => {
            S::TakenInCharge.alone()
        }
        (
            Verb::Assess | Verb::ExtendTerm | Verb::Recount,
            S::Submitted
            | S::Registered
            | S::TakenInCharge
            | S::AwaitingIntegration
            | S::IntegrationAnswered
            | S::AwaitingPayment
            | S::NoticeGiven,
        ) => state.alone(),
        (Verb::RequestPayment, S::TakenInCharge | S::IntegrationAnswered) => {
            S::AwaitingPayment.alone()
        }
        // A payment that failed leaves the request standing, so that nobody gets stuck.
        (Verb::RecordPayment, S::AwaitingPayment) => &[S::TakenInCharge, S::AwaitingPayment],
        // A receipt is a fact, whenever it comes.
        (Verb::RecordPayment | Verb::Refund, _) => state.alone(),
        (Verb::CancelPayment, S::AwaitingPayment) => S::TakenInCharge.alone(),
        (Verb::GiveNotice, S::TakenInCharge | S::IntegrationAnswered) => S::NoticeGiven.alone(),
        (Verb::AnswerNotice, S::NoticeGiven) => S::NoticeGiven.alone(),
        (Verb::Accept, S::TakenInCharge | S::IntegrationAnswered | S::NoticeGiven) => {
            S::Accepted.alone()
        }
        (Verb::Reject, S::TakenInCharge | S::IntegrationAnswered | S::NoticeGiven) => {
            S::Rejected.alone()
        }
        (
            Verb::Withdraw,
            S::Submitted
            | S::Registered
            | S::TakenInCharge
            | S::AwaitingIntegration
            | S::IntegrationAnswered
            | S::AwaitingPayment
            | S::NoticeGiven,
        ) => S::Withdrawn.alone(),
        (Verb::Reopen, S::Accepted | S::Rejected | S::Withdrawn) => S::TakenInCharge.alone(),
        (Verb::Revoke, S::Accepted) => S::Revoked.alone(),
        (Verb::Write | Verb::Note | Verb::MarkRead, S::Draft) => &[],
        (Verb::Write | Verb::MarkRead, S::Expired) => &[],
        (Verb::Write | Verb::Note | Verb::MarkRead | Verb::Relate, _) => state.alone(),
        _ => &[],
    }
}

/// The table as the Markdown of `docs/practice-states.md`: the states, their picture, and every
/// verb in every state.
#[must_use]
pub fn transitions() -> String {
    let mut page = String::from(
        "# The states of a practice\n\nPrinted from the table the verbs themselves ask \
         (`mattoni_practice::after`); do not edit by hand.\n\n| state | Italian | meaning |\n\
         | --- | --- | --- |\n",
    );
    // Writing to a String cannot fail.
    for state in State::ALL {
        let _ = writeln!(page, "| `{state}` | {} | {} |", state.italian(), state.meaning());
    }
    page.push_str("\n## The picture\n\n![Gli stati di una pratica](practice-states.svg)\n\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n");
    for from in State::ALL {
        for to in State::ALL.into_iter().filter(|to| *to != from) {
            let verbs: Vec<_> = Verb::ALL
                .iter()
                .filter(|verb| after(**verb, from).contains(&to))
                .map(|verb| verb.name())
                .collect();
            if !verbs.is_empty() {
                let (from, to) = (node(from), node(to));
                let _ = writeln!(page, "    {from} --> {to}: {}", verbs.join(", "));
            }
        }
    }
    page.push_str(
        "```\n\n## Every verb in every state\n\n`·` refused; `=` possible, the state stays; \
         otherwise the state it leads to.\n\n| verb |",
    );
    for state in State::ALL {
        let _ = write!(page, " {state} |");
    }
    page.push_str("\n| --- |");
    page.push_str(&" --- |".repeat(State::ALL.len()));
    for verb in Verb::ALL.iter().copied() {
        let _ = write!(page, "\n| **{verb}** |");
        for state in State::ALL {
            let cell: Vec<_> = after(verb, state)
                .iter()
                .map(|to| if *to == state { "=" } else { to.name() })
                .collect();
            let cell = if cell.is_empty() { "·".to_owned() } else { cell.join(" or ") };
            let _ = write!(page, " {cell} |");
        }
    }
    page.push('\n');
    page
}

/// Mermaid's node names take no hyphens.
fn node(state: State) -> String {
    state.name().replace('-', "_")
}
