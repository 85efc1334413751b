//! Rights, and what the shell is told without reading a record.

use mattoni_core::record::{Record, Retention, Role, Side, Verb as _};

use super::checks::Trial;

impl<A: Record<Event: Clone>> Trial<'_, A> {
    /// A verb of the software is for the software; nobody sees a bucket whole in which something
    /// is hidden from them; the state at the end is one that retention rules can name.
    pub(super) fn rights(&mut self) {
        let sample = self.sample;
        for who in sample.seen_by.iter().chain(&sample.hidden_from) {
            let is_system = who.roles.iter().any(|role| role.is(Side::System));
            let systems = |verb: &&A::Verb| verb.by() == [Side::System];
            for verb in A::Verb::ALL.iter().filter(systems).filter(|_| !is_system) {
                let refused = self.state.may(who, *verb).is_err();
                self.expect(refused, || {
                    format!(
                        "rights: {} is done by the system; may() must refuse it to {}",
                        verb.name(),
                        roles(&who.roles)
                    )
                });
            }
        }
        let entries = self.state.projection().entries;
        for who in &sample.hidden_from {
            for entry in &entries {
                let whole = A::sees_whole(who, &entry.list, &entry.bucket);
                self.expect(!whole, || {
                    format!(
                        "rights: sees_whole() must be false for {} at {}/{}: the record there is \
                         hidden from them",
                        roles(&who.roles),
                        entry.list,
                        entry.bucket
                    )
                });
            }
        }
        for (_, event) in &sample.history {
            if let Some(verb) = A::verb_of(event) {
                self.expect(A::act_of(event).is_some(), || {
                    let name = verb.name();
                    format!("rights: act_of must say by which act {name} was done")
                });
            }
        }
        if let Retention::Ended(ended) = self.state.retention() {
            let state = ended.state;
            self.expect(A::final_states().contains(&state), || {
                format!("retention: final_states() must name “{state}”, in which the record ends")
            });
        }
    }
}

/// The roles of somebody, in words.
fn roles(roles: &[Role]) -> String {
    let name = |role: &Role| match role {
        Role::Citizen { .. } => "a citizen",
        Role::Operator { .. } => "an operator",
        Role::OfficeHead { .. } => "a head of offices",
        Role::TechnicalAdmin { .. } => "technical staff",
        Role::Auditor => "the auditor",
        Role::System => "the system",
        _ => "another role",
    };
    let names: Vec<&str> = roles.iter().map(name).collect();
    if names.is_empty() { "somebody without a role".to_owned() } else { names.join(" and ") }
}
