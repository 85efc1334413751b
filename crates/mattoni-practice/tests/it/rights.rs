//! The rights of every role, verb and state: written down by hand here, against those of the code.

use mattoni_core::record::{Record as _, Role, Side, Sight, Subject, Verb as _};
use mattoni_core::{Id, Person};
use mattoni_practice::*;

use crate::fixture::{Life, citizen, maria, mario, opening, person, procedure};

fn sight(role: &Role, practice: &Practice) -> Sight {
    let draft = matches!(practice.state(), State::Draft | State::Expired);
    let reads = |person| {
        let reader = |p: &Party| p.role == PartyRole::Reader && p.person.id == person;
        practice.parties().iter().any(reader)
    };
    match role {
        Role::Citizen { person } if speaks(practice, *person) || reads(*person) => {
            Sight::WithoutNotes
        }
        Role::Operator { account, offices, .. } | Role::OfficeHead { account, offices, .. }
            if draft =>
        {
            let typed = match practice.filer() {
                Filer::Counter { account: typist, office } => {
                    typist == account || office.as_ref().is_some_and(|o| offices.contains(o))
                }
                _ => false,
            };
            if typed { Sight::Everything } else { Sight::Nothing }
        }
        Role::Operator { account, offices, services }
        | Role::OfficeHead { account, offices, services } => {
            let theirs = services.contains(&practice.service().code)
                || practice.assignee().is_some_and(|assignee| {
                    offices.contains(assignee.office_code())
                        || matches!(assignee, Assignee::Official { account: a, .. } if a == account)
                });
            if theirs { Sight::Everything } else { Sight::Nothing }
        }
        Role::Auditor if !draft => Sight::Everything,
        Role::System => Sight::Everything,
        _ => Sight::Nothing,
    }
}

fn speaks(practice: &Practice, person: Id<Person>) -> bool {
    practice.speaks_for_applicant(person, "2026-09-04".parse().unwrap())
}

fn allows(role: &Role, verb: Verb, practice: &Practice) -> bool {
    if sight(role, practice) == Sight::Nothing {
        return false;
    }
    let applicants = applicants_verb(verb);
    match role {
        Role::Citizen { person } => {
            if speaks(practice, *person) {
                applicants
            } else {
                verb == Verb::MarkRead
            }
        }
        // Whatever the applicant could, with their signed request: the verb asks for it.
        Role::Operator { .. } => operators_verb(verb) || applicants,
        Role::OfficeHead { .. } => {
            operators_verb(verb)
                || applicants
                || matches!(verb, Verb::ExtendTerm | Verb::Reopen | Verb::Revoke)
        }
        Role::System => matches!(
            verb,
            Verb::Register
                | Verb::LapseIntegration
                | Verb::Recount
                | Verb::Assess
                | Verb::RecordPayment
                | Verb::WarnOfExpiry
                | Verb::Expire
        ),
        _ => false,
    }
}

fn applicants_verb(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Save
            | Verb::Attach
            | Verb::Detach
            | Verb::AddParty
            | Verb::RemoveParty
            | Verb::Delegate
            | Verb::RevokeDelegation
            | Verb::UpdateContacts
            | Verb::Submit
            | Verb::AnswerIntegration
            | Verb::AnswerNotice
            | Verb::Withdraw
            | Verb::Write
            | Verb::MarkRead
            | Verb::Relate
    )
}

fn operators_verb(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Attach
            | Verb::AddParty
            | Verb::RemoveParty
            | Verb::Register
            | Verb::TakeInCharge
            | Verb::Abstain
            | Verb::RequestIntegration
            | Verb::CancelIntegration
            | Verb::LapseIntegration
            | Verb::Assess
            | Verb::RequestPayment
            | Verb::RecordPayment
            | Verb::CancelPayment
            | Verb::Refund
            | Verb::GiveNotice
            | Verb::Accept
            | Verb::Reject
            | Verb::Write
            | Verb::Note
            | Verb::MarkRead
            | Verb::Relate
    )
}

fn roles() -> Vec<Role> {
    let set = |names: &[&str]| -> std::collections::BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    let mut roles =
        vec![Role::TechnicalAdmin { account: "ced".to_owned() }, Role::Auditor, Role::System];
    roles.extend([1, 2, 3, 9, 55].map(|id| Role::Citizen { person: Id::from_u128(id) }));
    for account in ["anna.bianchi", "altro"] {
        for (offices, services) in
            [(&["scuola"][..], &[][..]), (&[], &["nido"]), (&["tributi"], &["tari"]), (&[], &[])]
        {
            let (account, offices, services) = (account.to_owned(), set(offices), set(services));
            roles.push(Role::Operator {
                account: account.clone(),
                offices: offices.clone(),
                services: services.clone(),
            });
            roles.push(Role::OfficeHead { account, offices, services });
        }
    }
    roles
}

/// In each state: filled in by the applicant, and at the counter; with someone who applies
/// together with them; in charge of an office, and of an official.
fn practices(state: State) -> Vec<Practice> {
    let own = Life::in_state(state, procedure());
    let typed = {
        let filer = Filer::counter("anna.bianchi", "scuola");
        let life = Life::open_with(opening(procedure()).filed_by(filer));
        own.journal[1..].iter().fold(life, |mut life, event| {
            mattoni_core::Aggregate::apply(&mut life.practice, event);
            life
        })
    };
    let joined = {
        let anna = person(3, "BNCNNA85D50F205H", "Anna", "Bianchi");
        let party = Party { person: anna, role: PartyRole::CoApplicant };
        let act = citizen(9);
        let event = PartyAdded { act: act.clone(), party }.into();
        let mut practice = own.practice.clone();
        mattoni_core::Aggregate::apply(&mut practice, &event);
        if !matches!(state, State::Draft | State::Expired) {
            let assignee = Assignee::official("scuola", "altro");
            let event =
                TakenInCharge { act, assignee, taking: Taking::HandedOn, reason: None }.into();
            let mut handed_on = practice.clone();
            mattoni_core::Aggregate::apply(&mut handed_on, &event);
            if handed_on.state() == state {
                practice = handed_on;
            }
        }
        practice
    };
    vec![own.practice, typed.practice, joined]
}

#[test]
fn every_role_may_do_in_every_state_what_is_written_here() {
    for state in State::ALL {
        for practice in practices(state) {
            assert_eq!(practice.state(), state, "the fixture is wrong");
            for role in roles() {
                let who = Subject::new(practice.ente().clone(), vec![role.clone()]);
                assert_eq!(practice.sight(&who), sight(&role, &practice), "{role:?} {state}");
                for verb in Verb::ALL.iter().copied() {
                    let allowed = practice.may(&who, verb).is_ok();
                    let written = allows(&role, verb, &practice);
                    assert_eq!(allowed, written, "{role:?} {verb} in {state}");
                }
            }
        }
    }
}

#[test]
fn the_table_of_verbs_holds_the_rights_of_each_side() {
    for verb in Verb::ALL.iter().copied() {
        let by = |side| verb.by().contains(&side);
        assert_eq!(by(Side::Citizen), applicants_verb(verb), "{verb}");
        assert_eq!(verb.is_applicants(), applicants_verb(verb), "{verb}");
        assert_eq!(by(Side::Office), operators_verb(verb), "{verb}");
    }
}

#[test]
fn an_official_with_two_roles_sees_with_the_one_that_sees_more() {
    let practice = Life::taken(procedure()).practice;
    let roles = vec![Role::Citizen { person: maria().id }, Role::Auditor];
    let who = Subject::new(practice.ente().clone(), roles);
    assert_eq!(practice.sight(&who), Sight::Everything);
    let elsewhere = Subject::new("c_h501".parse().unwrap(), who.roles);
    assert_eq!(practice.sight(&elsewhere), Sight::Nothing);
    let reader = Subject::new(practice.ente().clone(), vec![Role::Citizen { person: mario().id }]);
    assert_eq!(practice.sight(&reader), Sight::WithoutNotes);
}
