//! From points to places: drawn up, published, offered, answered, moved up.

use mattoni_core::record::Span;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Id, Refusal};
use mattoni_desk::{Acted, DeskError};
use mattoni_office::Office;
use mattoni_office::ranking::{Drawn, offer_id, run_id};
use mattoni_practice::{Asked, Assignee, Practice};
use mattoni_ranking::{
    Afterwards, MayPublish, Method, Offer, OfferStatus, Outcome, PublicList, RUN, RankingRun,
};
use mattoni_store::{Memory, Sqlite, Store};
use rusqlite::Connection;

use crate::scoring::{answers_otherwise, practices, score};
use crate::town::{at, by_office, call, ente, registered, service, town};

pub(crate) fn run() -> Id<RankingRun> {
    run_id(&ente(), "nido-2027", "1")
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(crate) async fn draw_up(office: &Office) -> Result<Drawn, DeskError> {
    office.draw_up(&service(), "1", &call(), &by_office("2027-05-04T07:00:00Z")).await
}

pub(crate) async fn publish(office: &Office) -> (Drawn, PublicList) {
    let act = by_office("2027-05-05T10:00:00Z");
    let list = office.publish(run(), &act, &MayPublish::granted_to(act.by.clone())).await.unwrap();
    (office.drawn(run()).await.unwrap(), list)
}

/// A town whose list is out.
pub(crate) async fn published(store: impl Store + 'static, families: u64) -> (Office, Drawn) {
    let office = registered(store, families).await;
    score(&office).await;
    draw_up(&office).await.unwrap();
    let (drawn, _) = publish(&office).await;
    (office, drawn)
}

async fn offer(office: &Office, drawn: &Drawn) -> u64 {
    let act = by_office("2027-05-06T08:00:00Z");
    office.offer_places(drawn, day("2027-05-17"), &act, &|_| ()).await.unwrap()
}

fn codes(refused: &DeskError) -> Vec<String> {
    let mut codes: Vec<_> =
        refused.problems().unwrap().iter().map(|problem| problem.code.to_string()).collect();
    codes.dedup();
    codes
}

#[tokio::test]
async fn what_is_unsettled_blocks_the_run_and_names_each_application() {
    let office = registered(Memory::new(), 10).await;
    let refused = draw_up(&office).await.unwrap_err();
    // One problem, because there is one thing to do.
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "desk.rank.not-scored");
    assert!(problems[0].rule.starts_with("10 of 10"));

    score(&office).await;
    let id = practices(&office).await[0].id;
    let act = by_office("2027-05-03T08:00:00Z");
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    office
        .desk()
        .decide(id, &act, |practice: &Practice| {
            practice.take_in_charge(&act, Assignee::office("nidi")).map(|event| vec![event])
        })
        .await
        .unwrap();
    let asked = Asked::Paper { name: "ISEE".into(), why: "manca".into() };
    office
        .desk()
        .decide(id, &act, |practice: &Practice| {
            let by = day("2027-05-20");
            practice.request_integration(&act, vec![asked.clone()], by, &calendar).map(|e| vec![e])
        })
        .await
        .unwrap();
    let refused = draw_up(&office).await.unwrap_err();
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    let number =
        office.desk().load(id).await.unwrap().unwrap().state.protocol_number().unwrap().to_owned();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].field.contains(&number) && problems[0].rule.contains("integration"));
    assert!(office.desk().load(run()).await.unwrap().is_none(), "no draft was kept");
}

#[tokio::test]
async fn points_for_answers_that_have_changed_since_block_the_run() {
    let office = registered(Memory::new(), 10).await;
    score(&office).await;
    let id = practices(&office).await[4].id;
    answers_otherwise(&office, id, "siblings_under_14", Value::Integer(6)).await;
    let refused = draw_up(&office).await.unwrap_err();
    let problems: Vec<_> = refused.problems().unwrap().iter().collect();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].rule.contains("answers-changed"), "{}", problems[0]);

    score(&office).await;
    draw_up(&office).await.unwrap();
}

#[tokio::test]
async fn nothing_is_drawn_up_while_applications_can_still_come() {
    let office = registered(Memory::new(), 3).await;
    score(&office).await;
    let act = by_office("2027-03-31T21:00:00Z");
    let refused = office.draw_up(&service(), "1", &call(), &act).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.window-open"]);
}

#[tokio::test]
async fn an_application_without_its_number_is_not_ranked() {
    let office = town(Memory::new());
    let file = crate::town::csv(2);
    let report =
        office.import(&service(), file.as_bytes(), crate::town::march(), &|_| ()).await.unwrap();
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    office
        .submit_drafts(&service(), &report.practices, &calendar, crate::town::march(), &|_| ())
        .await
        .unwrap();
    let refused = draw_up(&office).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-registered"]);
}

#[tokio::test]
async fn drawing_up_twice_is_one_run_and_writes_once() {
    let office = registered(Memory::new(), 40).await;
    score(&office).await;
    let first = draw_up(&office).await.unwrap();
    let head = office.desk().store().head(&ente()).await.unwrap();
    let again = draw_up(&office).await.unwrap();
    assert_eq!(again.run.digest(), first.run.digest());
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
    assert_eq!(first.run.lines().len(), 40);
}

#[tokio::test]
async fn a_draft_changes_with_its_seed_and_a_published_run_never_again() {
    let office = registered(Memory::new(), 40).await;
    score(&office).await;
    let first = draw_up(&office).await.unwrap();
    let mut other = call();
    other.criteria = other.criteria.with_seed("another lottery").unwrap();
    let act = by_office("2027-05-04T08:00:00Z");
    let redrawn = office.draw_up(&service(), "1", &other, &act).await.unwrap();
    assert_ne!(redrawn.run.digest(), first.run.digest());
    let (drawn, _) = publish(&office).await;
    assert_eq!(drawn.run.digest(), redrawn.run.digest());

    let refused = draw_up(&office).await.unwrap_err();
    assert!(refused.problems().is_some(), "{refused:?}");
    let again = office.draw_up(&service(), "1", &other, &act).await.unwrap();
    assert!(again.standing.state.published().is_some(), "the same run is no change");
}

#[tokio::test]
async fn only_who_may_publishes_and_only_once() {
    let office = registered(Memory::new(), 20).await;
    score(&office).await;
    draw_up(&office).await.unwrap();
    let may = MayPublish::granted_to(Actor::Operator("dirigente".into()));
    let head = office.desk().store().head(&ente()).await.unwrap();
    let refused =
        office.publish(run(), &by_office("2027-05-05T10:00:00Z"), &may).await.unwrap_err();
    assert!(refused.problems().is_some(), "{refused:?}");
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);

    let act = Act::new(at("2027-05-05T10:00:00Z"), Actor::Operator("dirigente".into()));
    let list = office.publish(run(), &act, &may).await.unwrap();
    assert_eq!(list.entries.len(), 20);
    assert!(office.publish(run(), &act, &may).await.unwrap_err().problems().is_some());
    let unknown = run_id(&ente(), "nido-2027", "2");
    let refused = office.publish(unknown, &act, &may).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-drawn"]);
}

#[tokio::test]
async fn a_draft_offers_nothing_and_moves_nobody() {
    let office = registered(Memory::new(), 20).await;
    score(&office).await;
    let drawn = draw_up(&office).await.unwrap();
    let act = by_office("2027-05-06T08:00:00Z");
    let refused = office.offer_places(&drawn, day("2027-05-17"), &act, &|_| ()).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-published"]);
    let refused =
        office.move_up(&drawn, Method::FillFreed, day("2027-05-28"), &act).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.not-published"]);
}

#[tokio::test]
async fn places_are_offered_once_answered_lapse_and_go_to_the_next_in_line_once() {
    let (office, drawn) = published(Memory::new(), 60).await;
    let placed =
        drawn.run.lines().iter().filter(|l| matches!(l.outcome, Outcome::Placed { .. })).count();
    assert!(placed > 5 && placed < 60, "{placed}");
    assert_eq!(offer(&office, &drawn).await, placed as u64);
    assert_eq!(offer(&office, &drawn).await, 0, "an offer that was made stays as it is");

    // The first refuses, the second says nothing, the others accept.
    let offers = office.offers(drawn.run.digest()).await.unwrap();
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
    let of_run = Span::new(RUN, drawn.run.digest().to_string());
    let answered = office.desk().sweep(&of_run, answer, &|_| ()).await.unwrap();
    assert_eq!((answered.done, answered.unchanged), (placed as u64 - 1, 1));

    // On the last day it is not late yet; a day after, it is, once.
    let on = |when| Act::new(at(when), Actor::System("offers".into()));
    let run = drawn.run.digest();
    let lapse = async |act: Act| office.lapse_offers(run, &act, &|_| ()).await;
    assert_eq!(lapse(on("2027-05-17T20:00:00Z")).await.unwrap().done, 0);
    assert_eq!(lapse(on("2027-05-18T06:00:00Z")).await.unwrap().done, 1);
    assert_eq!(lapse(on("2027-05-18T06:00:00Z")).await.unwrap().done, 0);

    let act = on("2027-05-18T07:00:00Z");
    let second_term = day("2027-05-28");
    let moved = office.move_up(&drawn, Method::FillFreed, second_term, &act).await.unwrap();
    assert!(moved >= 1, "two places fell free");
    let head = office.desk().store().head(&ente()).await.unwrap();
    let again = office.move_up(&drawn, Method::FillFreed, second_term, &act).await.unwrap();
    assert_eq!(again, 0);
    assert_eq!(
        office.desk().store().head(&ente()).await.unwrap(),
        head,
        "nobody moves a second time"
    );

    let offers = office.offers(drawn.run.digest()).await.unwrap();
    let new: Vec<_> = offers.iter().filter(|o| o.state.status() == OfferStatus::Open).collect();
    assert_eq!(new.len() as u64, moved);
    let holding = offers.iter().filter(|offer| offer.state.holds()).count();
    assert!(holding <= placed, "no place is given twice");
    for offer in new {
        assert_eq!(offer.state.of(), Some("nido-2027"), "its officials see it");
        let line = drawn.run.line(offer.state.code()).unwrap();
        assert!(matches!(line.outcome, Outcome::Waiting { .. }), "{line:?}");
    }
}

#[tokio::test]
async fn an_offer_is_under_an_id_that_follows_from_run_and_application() {
    let (office, drawn) = published(Memory::new(), 30).await;
    offer(&office, &drawn).await;
    for offer in office.offers(drawn.run.digest()).await.unwrap() {
        assert_eq!(offer.id, offer_id(&ente(), drawn.run.digest(), offer.state.code()));
    }
}

#[tokio::test]
async fn a_proof_of_an_untouched_town_is_clean() {
    let (office, drawn) = published(Memory::new(), 30).await;
    offer(&office, &drawn).await;
    let proof = office.verify(&|_| ()).await.unwrap();
    assert!(proof.is_clean(), "{proof:?}");
    assert_eq!(proof.runs, 1);
    assert!(proof.journal.states.states > 30);
}

#[tokio::test]
async fn a_run_s_document_that_was_changed_in_the_store_is_found() {
    let forge = |text: &str| text.replacen("\"allende\"", "\"sole\"", 1);
    let lose = |_: &str| String::new();
    for change in [&forge as &dyn Fn(&str) -> String, &lose] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("town.sqlite");
        let (office, drawn) = published(Sqlite::open(&path).unwrap(), 30).await;
        assert!(office.verify(&|_| ()).await.unwrap().is_clean());

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

        let proof = office.verify(&|_| ()).await.unwrap();
        assert!(!proof.is_clean());
        assert_eq!(proof.altered_runs.len(), 1);
        assert_eq!(proof.altered_runs[0].0, run());
    }
}
