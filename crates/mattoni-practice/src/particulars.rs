//! What a message to the applicant must be able to say beyond its template: who examines the
//! practice, until when, and for what reason.

use std::collections::BTreeMap;

use mattoni_core::value::Value;

use crate::{Asked, Assignee, Event, Payment, Practice, Taking};

/// What an applicant can do when the last day passes without an answer: ask who holds the power to
/// take the place of the office, and go to the administrative court (L. 241/1990, art. 8, c. 2,
/// lett. c-bis).
const REMEDIES: &str = "L. 241/1990, art. 2, c. 9-bis e 9-ter; D.Lgs. 104/2010, art. 31 e 117";

impl Practice {
    /// The particulars of what the applicant is told because of `event`:
    ///
    /// - `office`, and `responsible`, the account of the official, where one has it in charge
    ///   (L. 241/1990, art. 5 and 8);
    /// - `due`, the last day for the answer;
    /// - `remedies` against silence, when the start of the procedure is communicated;
    /// - `items`, `reasons`, `reason` or `motivation`: what is asked for, and why.
    pub(crate) fn particulars(&self, event: &Event) -> BTreeMap<String, Value> {
        let mut said = BTreeMap::new();
        let mut say = |name: &str, value: Value| {
            said.insert(name.to_owned(), value);
        };
        let text = |text: &str| Value::Text(text.to_owned());
        match event {
            Event::TakenInCharge(taken) if taken.taking == Taking::First => {
                say("remedies", text(REMEDIES));
            }
            Event::IntegrationRequested(requested) => {
                let items: Vec<String> = requested.items.iter().map(line).collect();
                say("items", Value::Text(items.join("\n")));
            }
            Event::NoticeGiven(notice) => say("reasons", text(&notice.reasons)),
            Event::TermRecounted(recounted) => {
                say("reason", Value::Text(recounted.to_string()));
                if let Some(by) = recounted.observations_by {
                    say("observations_by", Value::Date(by));
                }
            }
            Event::TermExtended(extended) => say("reason", text(&extended.reason)),
            Event::IntegrationCancelled(cancelled) => say("reason", text(&cancelled.reason)),
            Event::PaymentRequested(requested) => {
                say("amount", Value::Money(requested.amount));
                say("reason", text(&requested.reason));
                return said;
            }
            Event::PaymentRecorded(recorded) if !recorded.owed.is_yes() => {
                if let Payment::Paid { amount, .. } = recorded.payment {
                    say("amount", Value::Money(amount));
                }
                return said;
            }
            Event::Refunded(refunded) => say("reason", text(&refunded.note)),
            Event::Accepted(accepted) => say("motivation", text(&accepted.decision.motivation)),
            Event::Rejected(rejected) => say("motivation", text(&rejected.decision.motivation)),
            Event::Revoked(revoked) => say("motivation", text(&revoked.decision.motivation)),
            _ => return said,
        }
        match &self.assignee {
            Some(Assignee::Office { office }) => say("office", text(office)),
            Some(Assignee::Official { office, account, .. }) => {
                say("office", text(office));
                say("responsible", text(account));
            }
            None => {}
        }
        if let Some(due) = self.due.as_ref().filter(|_| !self.state.is_final()) {
            say("due", Value::Date(due.on));
        }
        said
    }
}

/// What is asked for and why, in a line.
fn line(asked: &Asked) -> String {
    match asked {
        Asked::Field { key, why } => format!("{key}: {why}"),
        Asked::Paper { name, why } => format!("{name}: {why}"),
    }
}
