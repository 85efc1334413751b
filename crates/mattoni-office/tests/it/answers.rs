//! Answers to offered places: only of the family, of who speaks for it, or with its paper on file.

use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Actor, Digest, Id, Person};
use mattoni_desk::DeskError;
use mattoni_office::Office;
use mattoni_office::ranking::PlaceAnswer;
use mattoni_practice::{Mandate, MandateKind, Practice};
use mattoni_ranking::{Afterwards, Offer, OfferStatus};
use mattoni_store::Memory;

use crate::practices::{ente, person};
use crate::ranking::published;
use crate::town::by_office;

const ACCEPT: PlaceAnswer = PlaceAnswer::Accept(Afterwards::StopsWaiting);

fn who(role: Role) -> Subject {
    Subject::new(ente(), vec![role])
}

fn citizen(person: Id<Person>) -> (Subject, Act) {
    let at = "2027-05-10T10:00:00Z".parse().unwrap();
    (who(Role::Citizen { person }), Act::new(at, Actor::Citizen(person)))
}

fn official() -> (Subject, Act) {
    let (offices, services) = ([].into(), ["nido-2027".to_owned()].into());
    let act = by_office("2027-05-10T10:00:00Z");
    let Actor::Operator(account) = act.by.clone() else { panic!("an official") };
    (who(Role::Operator { account, offices, services }), act)
}

/// An office with a place offered to a family, and the family's practice.
async fn offered() -> (Office, Id<Offer>, Id<Person>, Id<Practice>) {
    let (office, drawn) = published(Memory::new(), 20).await;
    let by = "2027-05-17".parse().unwrap();
    office.offer_places(&drawn, by, &by_office("2027-05-06T08:00:00Z"), &|_| ()).await.unwrap();
    let offer = office.offers(drawn.run.digest()).await.unwrap().remove(0);
    let concerns = offer.state.concerns().unwrap();
    (office, offer.id, concerns.person, concerns.record.id().unwrap())
}

fn code(answered: Result<Offer, DeskError>) -> String {
    match answered {
        Err(DeskError::Refused(problems)) => problems.iter().next().unwrap().code.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_family_answers_and_a_stranger_finds_no_offer() {
    let (office, id, family, _) = offered().await;
    let (stranger, act) = citizen(Id::from_u128(999));
    assert_eq!(code(office.answer_offer(&stranger, id, &act, ACCEPT).await), "desk.unknown");
    let (family, act) = citizen(family);
    let answered = office.answer_offer(&family, id, &act, ACCEPT).await.unwrap();
    assert_eq!(answered.status(), OfferStatus::Accepted { then: Afterwards::StopsWaiting });
}

#[tokio::test]
async fn an_official_answers_with_the_familys_paper_alone() {
    let (office, id, family, _) = offered().await;
    let (official, act) = official();
    let without = office.answer_offer(&official, id, &act, ACCEPT).await;
    assert_eq!(code(without), "ranking.offer.no-paper");
    let paper = Digest::of(b"accettazione firmata");
    let of_another = act.clone().on_behalf_of(Id::from_u128(999), Some(paper));
    let refused = office.answer_offer(&official, id, &of_another, ACCEPT).await;
    assert_eq!(code(refused), "ranking.offer.no-paper");
    let signed = act.clone().on_behalf_of(family, Some(paper));
    let own = official.clone().being(family);
    let refused = office.answer_offer(&own, id, &signed, ACCEPT).await;
    assert!(code(refused).ends_with("conflict-of-interest"));
    office.answer_offer(&official, id, &signed, ACCEPT).await.unwrap();
    let stored = office.desk().load::<Offer>(id).await.unwrap().unwrap().state;
    assert!(mattoni_core::record::Record::blobs(&stored).contains(&paper));
}

#[tokio::test]
async fn a_delegate_answers_while_the_mandate_holds() {
    let (office, id, family, practice) = offered().await;
    let (delegate, act) = citizen(Id::from_u128(777));
    assert_eq!(code(office.answer_offer(&delegate, id, &act, ACCEPT).await), "desk.unknown");
    let mut zanni = person(0);
    zanni.id = Id::from_u128(777);
    let mandate = Mandate::new(zanni, MandateKind::Delegated).until("2027-05-10".parse().unwrap());
    let (_, family) = citizen(family);
    let give = |p: &Practice| p.delegate(&family, mandate.clone()).map(|event| vec![event]);
    office.desk().decide(practice, &family, give).await.unwrap();
    let late = Act::new("2027-05-11T10:00:00Z".parse().unwrap(), act.by.clone());
    assert_eq!(code(office.answer_offer(&delegate, id, &late, ACCEPT).await), "desk.unknown");
    // To leave the ranking is to withdraw, which the mandate does not say.
    let left = office.answer_offer(&delegate, id, &act, PlaceAnswer::Withdraw).await;
    assert_eq!(code(left), "offer.access.not-theirs");
    office.answer_offer(&delegate, id, &act, ACCEPT).await.unwrap();
}
