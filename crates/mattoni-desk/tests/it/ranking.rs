//! From points to places: drawn up, published, offered, answered, moved up.

use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Id, Refusal};
use mattoni_desk::ranking::{Drawn, RUN, offer_id, run_id};
use mattoni_desk::{Acted, Desk, DeskError};
use mattoni_practice::{Asked, Assignee, Practice};
use mattoni_ranking::{
    Afterwards, MayPublish, Method, Offer, OfferStatus, Outcome, PublicList, RankingRun,
};
use mattoni_store::{Journal, Memory, Sqlite, Store};
use rusqlite::Connection;

use crate::scoring::{answers_otherwise, practices, score};
use crate::town::{at, call, ente, office, registered, service};

pub(crate) fn run() -> Id<RankingRun> {
    run_id(&ente(), "nido-2027", "1")
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(crate) async fn draw_up<S: Store>(desk: &Desk<S>) -> Result<Drawn, DeskError> {
    desk.draw_up(&service(), "1", &call(), &office("2027-05-04T07:00:00Z")).await
}

pub(crate) async fn publish<S: Store>(desk: &Desk<S>) -> (Drawn, PublicList) {
    let act = office("2027-05-05T10:00:00Z");
    let list = desk.publish(run(), &act, &MayPublish::granted_to(act.by.clone())).await.unwrap();
    (desk.drawn(run()).await.unwrap(), list)
}

/// A town whose list is out.
pub(crate) async fn published<S: Store>(store: S, families: u64) -> (Desk<S>, Drawn) {
    let desk = registered(store, families).await;
    score(&desk).await;
    draw_up(&desk).await.unwrap();
    let (drawn, _) = publish(&desk).await;
    (desk, drawn)
}

async fn offer<S: Store>(desk: &Desk<S>, drawn: &Drawn) -> u64 {
    let act = office("2027-05-06T08:00:00Z");
    desk.offer_places(drawn, day("2027-05-17"), &act, &|_| ()).await.unwrap()
}

fn codes(refused: &DeskError) -> Vec<String> {
    let mut codes: Vec<_> =
        refused.problems().unwrap().iter().map(|problem| problem.code.to_string()).collect();
    codes.dedup();
    codes
}

#[tokio::test]
async fn what_is_unsettled_blocks_the_run_and_names_each_application() {
    let desk = registered(Memory::new(), 10).await;
    let refused = draw_up(&desk).await.unwrap_err();
    // One problem, because there is one thing to do.
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "desk.rank.not-scored");
    assert!(problems[0].rule.starts_with("10 of 10"));

    score(&desk).await;
    let id = practices(&desk).await[0].id;
    let act = office("2027-05-03T08:00:00Z");
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    desk.decide(id, &act, |practice: &Practice| {
        practice.take_in_charge(&act, Assignee::office("nidi")).map(|event| vec![event])
    })
    .await
    .unwrap();
    let asked = Asked::Paper { name: "ISEE".into(), why: "manca".into() };
    desk.decide(id, &act, |practice: &Practice| {
        let by = day("2027-05-20");
        practice.request_integration(&act, vec![asked.clone()], by, &calendar).map(|e| vec![e])
    })
    .await
    .unwrap();
    let refused = draw_up(&desk).await.unwrap_err();
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    let number = desk.load(id).await.unwrap().unwrap().state.protocol_number().unwrap().to_owned();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].field.contains(&number) && problems[0].rule.contains("integration"));
    assert!(desk.load(run()).await.unwrap().is_none(), "no draft was kept");
}

#[tokio::test]
async fn points_for_answers_that_have_changed_since_block_the_run() {
    let desk = registered(Memory::new(), 10).await;
    score(&desk).await;
    let id = practices(&desk).await[4].id;
    answers_otherwise(&desk, id, "siblings_under_14", Value::Integer(6)).await;
    let refused = draw_up(&desk).await.unwrap_err();
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].rule.contains("answers-changed"), "{}", problems[0]);

    score(&desk).await;
    draw_up(&desk).await.unwrap();
}

#[tokio::test]
async fn nothing_is_drawn_up_while_applications_can_still_come() {
    let desk = registered(Memory::new(), 3).await;
    score(&desk).await;
    let act = office("2027-03-31T21:00:00Z");
    let refused = desk.draw_up(&service(), "1", &call(), &act).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.window-open"]);
}

#[tokio::test]
async fn an_application_without_its_number_is_not_ranked() {
    let desk = Desk::new(Memory::new(), ente());
    let file = crate::town::csv(2);
    let report =
        desk.import(&service(), file.as_bytes(), crate::town::march(), &|_| ()).await.unwrap();
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    desk.submit_drafts(&service(), &report.practices, &calendar, crate::town::march(), &|_| ())
        .await
        .unwrap();
    let refused = draw_up(&desk).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-registered"]);
}

#[tokio::test]
async fn drawing_up_twice_is_one_run_and_writes_once() {
    let desk = registered(Memory::new(), 40).await;
    score(&desk).await;
    let first = draw_up(&desk).await.unwrap();
    let head = desk.store().head(&ente()).await.unwrap();
    let again = draw_up(&desk).await.unwrap();
    assert_eq!(again.run.digest(), first.run.digest());
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
    assert_eq!(first.run.lines().len(), 40);
}

#[tokio::test]
async fn a_draft_changes_with_its_seed_and_a_published_run_never_again() {
    let desk = registered(Memory::new(), 40).await;
    score(&desk).await;
    let first = draw_up(&desk).await.unwrap();
    let mut other = call();
    other.criteria = other.criteria.with_seed("another lottery").unwrap();
    let act = office("2027-05-04T08:00:00Z");
    let redrawn = desk.draw_up(&service(), "1", &other, &act).await.unwrap();
    assert_ne!(redrawn.run.digest(), first.run.digest());
    let (drawn, _) = publish(&desk).await;
    assert_eq!(drawn.run.digest(), redrawn.run.digest());

    let refused = draw_up(&desk).await.unwrap_err();
    assert!(refused.problems().is_some(), "{refused:?}");
    let again = desk.draw_up(&service(), "1", &other, &act).await.unwrap();
    assert!(again.standing.state.published().is_some(), "the same run is no change");
}

#[tokio::test]
async fn only_who_may_publishes_and_only_once() {
    let desk = registered(Memory::new(), 20).await;
    score(&desk).await;
    draw_up(&desk).await.unwrap();
    let may = MayPublish::granted_to(Actor::Operator("dirigente".into()));
    let head = desk.store().head(&ente()).await.unwrap();
    let refused = desk.publish(run(), &office("2027-05-05T10:00:00Z"), &may).await.unwrap_err();
    assert!(refused.problems().is_some(), "{refused:?}");
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);

    let act = Act::new(at("2027-05-05T10:00:00Z"), Actor::Operator("dirigente".into()));
    let list = desk.publish(run(), &act, &may).await.unwrap();
    assert_eq!(list.entries.len(), 20);
    assert!(desk.publish(run(), &act, &may).await.unwrap_err().problems().is_some());
    let unknown = run_id(&ente(), "nido-2027", "2");
    let refused = desk.publish(unknown, &act, &may).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-drawn"]);
}

#[tokio::test]
async fn a_draft_offers_nothing_and_moves_nobody() {
    let desk = registered(Memory::new(), 20).await;
    score(&desk).await;
    let drawn = draw_up(&desk).await.unwrap();
    let act = office("2027-05-06T08:00:00Z");
    let refused = desk.offer_places(&drawn, day("2027-05-17"), &act, &|_| ()).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-published"]);
    let refused =
        desk.move_up(&drawn, Method::FillFreed, day("2027-05-28"), &act).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-published"]);
}

#[tokio::test]
async fn places_are_offered_once_answered_lapse_and_go_to_the_next_in_line_once() {
    let (desk, drawn) = published(Memory::new(), 60).await;
    let placed =
        drawn.run.lines().iter().filter(|l| matches!(l.outcome, Outcome::Placed { .. })).count();
    assert!(placed > 5 && placed < 60, "{placed}");
    assert_eq!(offer(&desk, &drawn).await, placed as u64);
    assert_eq!(offer(&desk, &drawn).await, 0, "an offer that was made stays as it is");

    // The first refuses, the second says nothing, the others accept.
    let offers = desk.offers(drawn.run.digest()).await.unwrap();
    let (first, second) = (offers[0].state.code().to_owned(), offers[1].state.code().to_owned());
    let act = Act::new(at("2027-05-10T10:00:00Z"), Actor::System("portal".into()));
    let answer = |offer: &Offer| {
        let event = if offer.code() == first {
            offer.refuse(&act, Afterwards::StopsWaiting).map_err(|refusal| refusal.problems())?
        } else if offer.code() == second {
            return Ok(None);
        } else {
            offer.accept(&act, Afterwards::StopsWaiting).map_err(|refusal| refusal.problems())?
        };
        Ok(Some(Acted::one(&act, event)))
    };
    let facet = drawn.run.digest().to_string();
    let answered = desk.sweep((RUN, &facet), answer, &|_| ()).await.unwrap();
    assert_eq!((answered.done, answered.unchanged), (placed as u64 - 1, 1));

    // On the last day it is not late yet; a day after, it is, once.
    let on = |when| Act::new(at(when), Actor::System("offers".into()));
    let run = drawn.run.digest();
    let lapse = async |act: Act| desk.lapse_offers(run, &act, &|_| ()).await;
    assert_eq!(lapse(on("2027-05-17T20:00:00Z")).await.unwrap().done, 0);
    assert_eq!(lapse(on("2027-05-18T06:00:00Z")).await.unwrap().done, 1);
    assert_eq!(lapse(on("2027-05-18T06:00:00Z")).await.unwrap().done, 0);

    let act = on("2027-05-18T07:00:00Z");
    let second_term = day("2027-05-28");
    let moved = desk.move_up(&drawn, Method::FillFreed, second_term, &act).await.unwrap();
    assert!(moved >= 1, "two places fell free");
    let head = desk.store().head(&ente()).await.unwrap();
    let again = desk.move_up(&drawn, Method::FillFreed, second_term, &act).await.unwrap();
    assert_eq!(again, 0);
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head, "nobody moves a second time");

    let offers = desk.offers(drawn.run.digest()).await.unwrap();
    let new: Vec<_> = offers.iter().filter(|o| o.state.status() == OfferStatus::Open).collect();
    assert_eq!(new.len() as u64, moved);
    let holding = offers.iter().filter(|offer| offer.state.holds()).count();
    assert!(holding <= placed, "no place is given twice");
    for offer in new {
        let line = drawn.run.line(offer.state.code()).unwrap();
        assert!(matches!(line.outcome, Outcome::Waiting { .. }), "{line:?}");
    }
}

#[tokio::test]
async fn an_offer_is_under_an_id_that_follows_from_run_and_application() {
    let (desk, drawn) = published(Memory::new(), 30).await;
    offer(&desk, &drawn).await;
    for offer in desk.offers(drawn.run.digest()).await.unwrap() {
        assert_eq!(offer.id, offer_id(&ente(), drawn.run.digest(), offer.state.code()));
    }
}

#[tokio::test]
async fn a_proof_of_an_untouched_town_is_clean() {
    let (desk, drawn) = published(Memory::new(), 30).await;
    offer(&desk, &drawn).await;
    let proof = desk.verify(&|_| ()).await.unwrap();
    assert!(proof.is_clean(), "{proof:?}");
    assert_eq!(proof.runs, 1);
    assert!(proof.states.states > 30);
}

#[tokio::test]
async fn a_run_s_document_that_was_changed_in_the_store_is_found() {
    let forge = |text: &str| text.replacen("\"allende\"", "\"sole\"", 1);
    let lose = |_: &str| String::new();
    for change in [&forge as &dyn Fn(&str) -> String, &lose] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("town.sqlite");
        let (desk, drawn) = published(Sqlite::open(&path).unwrap(), 30).await;
        assert!(desk.verify(&|_| ()).await.unwrap().is_clean());

        let document = drawn.standing.state.document();
        let raw = Connection::open(&path).unwrap();
        let digest = document.as_bytes().as_slice();
        let body: Vec<u8> = raw
            .query_row("SELECT bytes FROM blob WHERE digest = ?1", [digest], |row| row.get(0))
            .unwrap();
        let changed = change(&String::from_utf8(body).unwrap()).into_bytes();
        let sql = if changed.is_empty() {
            raw.execute("DELETE FROM blob WHERE digest = ?1", [digest])
        } else {
            raw.execute("UPDATE blob SET bytes = ?2 WHERE digest = ?1", (digest, changed))
        };
        assert_eq!(sql.unwrap(), 1);

        let proof = desk.verify(&|_| ()).await.unwrap();
        assert!(!proof.is_clean());
        assert_eq!(proof.altered_runs.len(), 1);
        assert_eq!(proof.altered_runs[0].0, run());
    }
}
