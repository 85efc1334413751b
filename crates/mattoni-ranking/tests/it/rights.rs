//! Who sees runs, offers and reviews, and who may do what to them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect;
use mattoni_core::record::{AccessRefusal, Record, Role, Subject, Verb};
use mattoni_core::{Act, Actor, Id};
use mattoni_ranking::{MayPublish, Offer, RankingRun, Review};

use crate::record::{draft, offer, offer_of_yesterday, review};

fn named(services: &[&str]) -> BTreeSet<String> {
    services.iter().map(|service| (*service).to_owned()).collect()
}

fn operator(service: &str) -> Role {
    Role::Operator { account: "rossi".into(), offices: named(&[]), services: named(&[service]) }
}

fn head(service: &str) -> Role {
    Role::OfficeHead { account: "bianchi".into(), offices: named(&[]), services: named(&[service]) }
}

fn who(role: Role) -> Subject {
    Subject::new("c_h223".parse().unwrap(), vec![role])
}

/// Everyone there is, each with what they see and may do.
fn table<A: Record>(record: &A) -> String {
    let citizen = |id| Role::Citizen { person: Id::from_u128(id) };
    let mut text = String::new();
    for (name, role) in [
        ("operator of the service", operator("nido-2026")),
        ("operator of another", operator("mensa")),
        ("head of the service", head("nido-2026")),
        ("head of another", head("mensa")),
        ("auditor", Role::Auditor),
        ("technical staff", Role::TechnicalAdmin { account: "ced".to_owned() }),
        ("the software", Role::System),
        ("the applicant", citizen(1)),
        ("another citizen", citizen(2)),
    ] {
        let subject = who(role);
        let sight = record.sight(&subject);
        let may = |verb: &&A::Verb| match record.may(&subject, **verb) {
            Ok(()) => true,
            Err(refused) => {
                let unknown = matches!(refused, AccessRefusal::Unknown { .. });
                assert_eq!(unknown, record.shown_to(&subject).is_none(), "{name}");
                false
            }
        };
        let may: Vec<_> = A::Verb::ALL.iter().filter(may).map(|verb| verb.name()).collect();
        writeln!(text, "{name}: {sight:?}: {}", may.join(" ")).unwrap();
    }
    text
}

#[test]
fn the_applicant_answers_an_offer_and_the_office_may_do_it_for_them() {
    expect![[r#"
        operator of the service: Everything: improve reseat accept refuse withdraw revoke
        operator of another: Nothing: 
        head of the service: Everything: improve reseat accept refuse withdraw revoke
        head of another: Nothing: 
        auditor: Everything: 
        technical staff: Nothing: 
        the software: Everything: lapse
        the applicant: WithoutNotes: accept refuse withdraw
        another citizen: Nothing: 
    "#]]
    .assert_eq(&table(&offer()));
}

#[test]
fn an_offer_that_names_no_service_is_for_heads_of_offices() {
    expect![[r#"
        operator of the service: Nothing: 
        operator of another: Nothing: 
        head of the service: Everything: improve reseat accept refuse withdraw revoke
        head of another: Everything: improve reseat accept refuse withdraw revoke
        auditor: Everything: 
        technical staff: Nothing: 
        the software: Everything: lapse
        the applicant: Nothing: 
        another citizen: Nothing: 
    "#]]
    .assert_eq(&table(&offer_of_yesterday()));
}

#[test]
fn a_review_is_the_offices_own() {
    expect![[r#"
        operator of the service: Everything: flag resolve correct-points correct-tie decide-standing
        operator of another: Nothing: 
        head of the service: Everything: flag resolve correct-points correct-tie decide-standing
        head of another: Nothing: 
        auditor: Everything: 
        technical staff: Nothing: 
        the software: Everything: 
        the applicant: Nothing: 
        another citizen: Nothing: 
    "#]]
    .assert_eq(&table(&review()));
}

#[test]
fn the_head_publishes_a_run() {
    expect![[r#"
        operator of the service: Everything: redraw
        operator of another: Nothing: 
        head of the service: Everything: redraw publish supersede
        head of another: Nothing: 
        auditor: Everything: 
        technical staff: Nothing: 
        the software: Everything: 
        the applicant: Nothing: 
        another citizen: Nothing: 
    "#]]
    .assert_eq(&table(&draft()));
}

#[test]
fn the_grant_to_publish_is_for_the_head_who_acts() {
    let act = |account: &str| {
        Act::new("2026-06-12T08:00:00Z".parse().unwrap(), Actor::Operator(account.into()))
    };
    let run = draft();
    let granted = run.may_publish(&who(head("nido-2026")), &act("bianchi")).unwrap();
    assert_eq!(granted, MayPublish::granted_to(Actor::Operator("bianchi".into())));
    // Whoever acts under another account acts without the role.
    let refused = run.may_publish(&who(head("nido-2026")), &act("verdi")).unwrap_err();
    assert_eq!(refused, AccessRefusal::Unknown { kind: "ranking-run" });
    let refused = run.may_publish(&who(operator("nido-2026")), &act("rossi")).unwrap_err();
    assert_eq!(refused, AccessRefusal::NotTheirs { kind: "ranking-run", verb: "publish" });
}

#[test]
fn a_list_is_counted_without_reading_by_whoever_sees_all_of_it() {
    let (ours, theirs) = (who(operator("nido-2026")), who(operator("mensa")));
    assert!(Review::sees_whole(&ours, "service", "nido-2026"));
    assert!(!Review::sees_whole(&theirs, "service", "nido-2026"));
    assert!(RankingRun::sees_whole(&ours, "service", "nido-2026"));
    // A run's digest says nothing of its service.
    assert!(!Offer::sees_whole(&ours, "run", "307a77bf"));
    assert!(Offer::sees_whole(&who(Role::Auditor), "run", "307a77bf"));
    let person = Id::from_u128(1);
    let applicant = who(Role::Citizen { person });
    assert!(Offer::sees_whole(&applicant, "person", &person.to_string()));
    assert!(!Review::sees_whole(&applicant, "person", &person.to_string()));
}
