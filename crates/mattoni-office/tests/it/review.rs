//! What the office says of applications before and after a ranking: flags, corrections,
//! exclusions, another run in the place of a published one; brothers and sisters, and classes.

use mattoni_core::Act;
use mattoni_desk::DeskError;
use mattoni_office::Office;
use mattoni_office::ranking::{Drawn, review_id, run_id};
use mattoni_ranking::{
    Correction, MayPublish, Method, Outcome, Points, Review, ReviewEvent, ReviewRefusal, Standing,
    Together, compare,
};
use mattoni_service::{Service, SiblingsSource, StepSource};
use mattoni_store::Memory;

use crate::ranking::{draw_up, publish, published, run};
use crate::scoring::score;
use crate::town::{
    HEADER, by_office, call, cells, deliver, ente, march, registered, service, town,
};

const NUMBER: &str = "2027/0000003";

fn may(at: &str) -> Act {
    by_office(at)
}

async fn review(
    office: &Office,
    verb: impl Fn(&Review, &Act) -> Result<ReviewEvent, ReviewRefusal>,
) -> Result<Review, DeskError> {
    let act = by_office("2027-05-04T06:00:00Z");
    office.review(&service(), NUMBER, &act, |review| verb(review, &act)).await
}

fn codes(refused: &DeskError) -> Vec<&str> {
    refused.problems().unwrap().iter().map(|problem| problem.code.as_ref()).collect()
}

#[tokio::test]
async fn a_flag_blocks_the_run_until_it_is_resolved_and_the_declared_points_stay() {
    let office = registered(Memory::new(), 10).await;
    score(&office).await;
    let before = draw_up(&office).await.unwrap().run;
    let declared = before.line(NUMBER).unwrap().applicant.points.clone();

    review(&office, |review, act| review.flag(act, "work", "il datore non conferma"))
        .await
        .unwrap();
    let refused = draw_up(&office).await.unwrap_err();
    assert_eq!(codes(&refused), ["ranking.flag.open"]);
    assert!(refused.problems().unwrap().iter().all(|p| p.field.contains(NUMBER)));

    let found = Correction { value: Points::ZERO, reason: "contratto cessato".into() };
    review(&office, |review, act| review.correct_points(act, "work", found.clone())).await.unwrap();
    review(&office, |review, act| review.resolve(act, "work", "corretto")).await.unwrap();
    let after = draw_up(&office).await.unwrap().run;
    let line = after.line(NUMBER).unwrap();
    let work = line.applicant.points.iter().find(|score| score.criterion == "work").unwrap();
    assert_eq!(work.correction.as_ref(), Some(&found));
    let worked = declared.iter().find(|score| score.criterion == "work").unwrap();
    assert_eq!((work.points, work.counted()), (worked.points, Points::ZERO));
    assert!(line.total < before.line(NUMBER).unwrap().total);
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_refused_word_leaves_no_trace_and_strangers_have_no_review() {
    let office = registered(Memory::new(), 5).await;
    let head = office.desk().store().head(&ente()).await.unwrap();
    let refused = review(&office, |review, act| review.flag(act, "work", " ")).await.unwrap_err();
    assert_eq!(codes(&refused), ["ranking.review.no-reason"]);
    let refused = review(&office, |review, act| review.resolve(act, "work", "così")).await;
    assert_eq!(codes(&refused.unwrap_err()), ["ranking.review.not-flagged"]);
    let act = by_office("2027-05-04T06:00:00Z");
    let begin = |review: &Review| review.flag(&act, "work", "perché");
    let refused = office.review(&service(), "2027/0000099", &act, begin).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.unknown"]);
    let other = service().duplicate("nido-2028", []).unwrap();
    let refused = office.review(&other, NUMBER, &act, begin).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.unknown"]);
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
    let id = review_id(&ente(), "nido-2027", NUMBER);
    assert!(office.desk().load(id).await.unwrap().is_none());
}

#[tokio::test]
async fn who_is_taken_out_asks_for_no_place_and_who_is_taken_in_does() {
    let office = registered(Memory::new(), 10).await;
    score(&office).await;
    let out = Standing::Excluded { reason: "documento falso".into() };
    review(&office, |review, act| review.decide_standing(act, out.clone())).await.unwrap();
    let run = draw_up(&office).await.unwrap().run;
    let line = run.line(NUMBER).unwrap();
    assert!(line.position.is_none() && line.applicant.preferences.is_empty(), "{line:?}");

    let refused = review(&office, |review, act| review.decide_standing(act, out.clone())).await;
    assert_eq!(codes(&refused.unwrap_err()), ["ranking.review.already"]);
    let back = Standing::Included { reason: "il documento è vero".into() };
    review(&office, |review, act| review.decide_standing(act, back.clone())).await.unwrap();
    let run = draw_up(&office).await.unwrap().run;
    let line = run.line(NUMBER).unwrap();
    assert!(line.position.is_some() && !line.applicant.preferences.is_empty(), "{line:?}");
}

/// A town whose first run is published, and a second drawn up without the first who was placed.
async fn appealed() -> (Office, Drawn, Drawn) {
    let (office, first) = published(Memory::new(), 60).await;
    let placed = first.run.lines().iter().find(|l| matches!(l.outcome, Outcome::Placed { .. }));
    let code = placed.unwrap().code().to_owned();
    let act = by_office("2027-05-12T08:00:00Z");
    let out = Standing::Excluded { reason: "accolto il ricorso".into() };
    office
        .review(&service(), &code, &act, |review| review.decide_standing(&act, out.clone()))
        .await
        .unwrap();
    let second = office.draw_up(&service(), "2", &call(), &act).await.unwrap();
    let changes = compare(&first.run, &second.run);
    assert!(changes.iter().any(|change| change.code == code && change.changes_the_outcome()));
    (office, first, second)
}

#[tokio::test]
async fn after_an_appeal_another_run_takes_the_place_of_the_published_one() {
    let (office, first, second) = appealed().await;
    let other = run_id(&ente(), "nido-2027", "2");
    let act = may("2027-05-13T08:00:00Z");
    let granted = MayPublish::granted_to(act.by.clone());
    let head = office.desk().store().head(&ente()).await.unwrap();
    let refused = office.supersede(run(), other, &act, &granted, " ").await.unwrap_err();
    assert_eq!(codes(&refused), ["ranking.supersede.reason"]);
    assert_eq!(
        office.desk().store().head(&ente()).await.unwrap(),
        head,
        "nothing was published either"
    );

    let list = office.supersede(run(), other, &act, &granted, "ricorso accolto").await.unwrap();
    assert_eq!(list.run, second.run.digest());
    let (old, new) = (office.drawn(run()).await.unwrap(), office.drawn(other).await.unwrap());
    assert_eq!(old.standing.state.superseded().unwrap().by_run, second.run.digest());
    assert_eq!(old.run.digest(), first.run.digest(), "what was published stays readable");
    assert!(new.standing.state.published().is_some());

    // The places are those of the new run only.
    let by = "2027-05-25".parse().unwrap();
    let refused = office.offer_places(&old, by, &act, &|_| ()).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rank.superseded"]);
    assert!(office.offer_places(&new, by, &act, &|_| ()).await.unwrap() > 0);
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn nobody_is_moved_up_to_answer_by_a_day_that_is_past() {
    let office = registered(Memory::new(), 5).await;
    score(&office).await;
    draw_up(&office).await.unwrap();
    let (drawn, _) = publish(&office).await;
    let act = by_office("2027-05-18T08:00:00Z");
    let past = "2027-05-17".parse().unwrap();
    let refused = office.move_up(&drawn, Method::FillFreed, past, &act).await.unwrap_err();
    assert_eq!(codes(&refused), ["ranking.offer.past-term"]);
}

/// The town's service, where brothers and sisters may ask to be together and residents go first.
fn with_siblings_and_classes() -> Service {
    let mut source = service().source().clone();
    let asked: StepSource = toml::from_str(
        r#"
        name = "together"
        title = "Fratelli"
        [[fields]]
        name = "siblings_ask"
        label = "Fratelli insieme"
        kind = "choice"
        options = ["alone", "preferred", "or-not-at-all"]
        optional = true
        "#,
    )
    .unwrap();
    source.steps.push(asked);
    let ranking = source.ranking.as_mut().unwrap();
    ranking.class = Some("residence".into());
    ranking.siblings = Some(SiblingsSource { ask: "siblings_ask".into(), family: Vec::new() });
    Service::new(source).unwrap()
}

#[tokio::test]
async fn children_of_one_applicant_are_linked_as_they_ask_and_classes_are_read_off_reasons() {
    let service = with_siblings_and_classes();
    let mut rows: Vec<Vec<String>> = (1..=4).map(cells).collect();
    let parent: Vec<String> = rows[0][..4].to_vec();
    rows[1][..4].clone_from_slice(&parent);
    rows[3][8] = "no".into();
    let asks = ["or-not-at-all", "or-not-at-all", "alone", ""];
    let lines = rows.iter().zip(asks).map(|(row, ask)| format!("{},{ask}\n", row.join(",")));
    let csv = format!("{HEADER},siblings_ask\n{}", lines.collect::<String>());

    let office = town(Memory::new());
    let report = office.import(&service, csv.as_bytes(), march(), &|_| ()).await.unwrap();
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    office.submit_drafts(&service, &report.practices, &calendar, march(), &|_| ()).await.unwrap();
    deliver(&office, march()).await;
    score(&office).await;
    let mut applicants = office.applicants(&service, &call().criteria).await.unwrap();
    applicants.retain(|applicant| applicant.siblings.is_some());
    let families: Vec<_> = applicants.iter().filter_map(|a| a.siblings.clone()).collect();
    assert_eq!(families.len(), 2, "the others asked for nothing");
    assert!(families.iter().all(|family| family.ask == Together::OrNotAtAll));
    assert_eq!(families[0].family, families[1].family);
    let code = &rows[0][0];
    assert!(!families[0].family.contains(code.as_str()), "the link says nothing of who they are");

    let all = office.applicants(&service, &call().criteria).await.unwrap();
    let classes: Vec<_> = all.iter().filter_map(|a| a.class.as_deref()).collect();
    assert_eq!(classes.iter().filter(|class| **class == "not-resident").count(), 1);
    assert_eq!(classes.iter().filter(|class| **class == "resident").count(), 3);
}
