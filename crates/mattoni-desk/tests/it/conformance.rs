//! The suite that tries any brick: it passes a whole one, and names what a lacking one lacks.

use mattoni_core::record::Brick;
use mattoni_core::{Digest, Id};
use mattoni_desk::conformance::{Failures, Sample, brick};

use crate::loan::*;

const WHY: &str = "prova del coro";
const RECEIPT: &[u8] = b"%PDF-1.7 ricevuta";

/// The sample of a brick of [`loan!`](crate::loan), and what the suite finds.
macro_rules! tried {
    ($brick:ident) => {{
        let lent = $brick::Event::Lent {
            act: by_maria("2027-03-01T09:00:00Z"),
            to: maria(),
            room: "sala-2".into(),
            why: WHY.into(),
            back_by: "2027-03-03".parse().unwrap(),
            receipt: Digest::of(RECEIPT),
        };
        let returned = $brick::Event::Returned { act: by_maria("2027-03-08T09:00:00Z") };
        let sample = Sample::<$brick::Loan>::new(Id::from_u128(7), maria())
            .event(by_maria("2027-03-01T09:00:00Z"), lent)
            .event(by_maria("2027-03-08T09:00:00Z"), returned)
            .secret(WHY)
            .seen_by(citizen(maria()))
            .seen_by(auditor())
            .hidden_from(citizen(Id::from_u128(2)))
            .listed($brick::ROOM, "sala-2")
            .file(RECEIPT)
            .due("2027-03-04".parse().unwrap());
        brick($brick::brick, &sample).await
    }};
}

/// That the suite found this, and as few other things as there are.
fn found(tried: Result<(), Failures>, expected: &str) {
    let failures = tried.expect_err("the suite finds what is missing");
    assert!(failures.iter().any(|failure| failure.contains(expected)), "{failures}");
}

#[tokio::test]
async fn a_whole_brick_passes() {
    tried!(whole).unwrap_or_else(|failures| panic!("{failures}"));
}

#[tokio::test]
async fn a_personal_value_without_its_mark_is_found() {
    found(tried!(unmarked), "“prova del coro” is stored in the clear; mark its field #[personal]");
    found(tried!(unmarked_row), "is stored in the clear; mark its field #[personal]");
    found(tried!(plain_list), "and a list that it is a sort key of List::personal");
}

#[tokio::test]
async fn a_record_that_does_not_say_whose_it_is_is_found() {
    found(tried!(without_owners), "dossier: “prova del coro” must be in it; say in owners()");
    found(tried!(without_owners), "erasure: “prova del coro” is still read; say in owners()");
}

#[tokio::test]
async fn a_hole_in_the_authorisation_is_found() {
    found(tried!(seen_by_all), "there must be nothing by read, page, count, export and history");
    found(tried!(open_to_all), "rights: ");
}

#[tokio::test]
async fn an_order_that_is_not_declared_is_found() {
    found(tried!(undeclared_order), "orders: message.tell must be one that the record declares");
}

#[tokio::test]
async fn a_missing_entry_and_a_missing_list_are_found() {
    found(tried!(without_entry), "lists: room/sala-2 must hold the record");
    found(tried!(undeclared_list), "declare it there");
}

#[tokio::test]
async fn a_file_that_the_record_does_not_name_is_found() {
    found(tried!(without_blobs), "must be kept; name it in blobs()");
}

#[tokio::test]
async fn work_that_the_clock_is_not_told_of_is_found() {
    found(tried!(without_next_due), "say in next_due() when");
    found(tried!(without_day_work), "and in day_work() what");
}

#[tokio::test]
async fn a_personal_value_in_the_facts_is_found() {
    found(tried!(told_to_analysts), "facts: “prova del coro” is personal and must not be a column");
}

#[tokio::test]
async fn a_record_that_never_ends_is_found() {
    found(tried!(without_end), "desk.erase.under-way");
    found(tried!(kept_for_ever), "must not be kept for ever; say in retention()");
}

#[tokio::test]
async fn a_kind_that_its_brick_does_not_bring_is_found() {
    let sample = Sample::<whole::Loan>::new(Id::from_u128(7), maria()).seen_by(auditor());
    found(brick(|| Brick::new("keys"), &sample).await, "it must bring loan; add it in brick()");
}
