//! The rules' answers, kept as facts: once, of what was asked, and to be computed again.

use std::collections::BTreeMap;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Digest, Id};
use mattoni_desk::{DeskError, decided};
use mattoni_office::scoring::ScoringReport;
use mattoni_office::{EvaluationRecord, Office, evaluation_id};
use mattoni_practice::{Asked, Assignee, IntegrationAnswer, Practice, State};
use mattoni_rules::worlds::Scoring;
use mattoni_rules::{Batch as Rows, CriterionScore, Ready, Recomputed, ScoredRow};
use mattoni_store::{Batch, Loaded, Memory};

use crate::faulty::{Faulty, Next};
use crate::town::{by_office, ente, plugin, ready, registered, service};

/// Practices of the town, by id.
pub(crate) async fn practices(office: &Office) -> Vec<Loaded<Practice>> {
    let found = office.desk().store().streams(&ente(), Practice::KIND, None, 2_000).await.unwrap();
    found.iter().map(|stored| Loaded::read(stored).unwrap()).collect()
}

pub(crate) async fn score(office: &Office) -> ScoringReport {
    let plugin = plugin();
    let ready = ready(&plugin, &[]);
    let act = by_office("2027-05-03T07:00:00Z");
    office.score(&service(), &ready, &plugin, &act, &|_| ()).await.unwrap()
}

/// The office asks for a better word on a field, and the family answers.
pub(crate) async fn answers_otherwise(office: &Office, id: Id<Practice>, key: &str, to: Value) {
    let batch = change_of_answer(office, id, key, to).await;
    office.desk().store().commit(batch).await.unwrap();
}

async fn change_of_answer(office: &Office, id: Id<Practice>, key: &str, to: Value) -> Batch {
    let (act, calendar) = (by_office("2027-04-06T10:00:00Z"), LegalCalendar::national());
    let there = office.desk().load(id).await.unwrap().unwrap();
    let mut practice: Practice = there.state.clone();
    let mut events = Vec::new();
    if practice.state() == State::Registered {
        events.push(practice.take_in_charge(&act, Assignee::office("nidi")).unwrap());
        practice.apply(events.last().unwrap());
    }
    let asked = Asked::Field { key: key.into(), why: "non è chiaro".into() };
    let by = "2027-04-26".parse().unwrap();
    events.push(practice.request_integration(&act, vec![asked], by, &calendar).unwrap());
    practice.apply(events.last().unwrap());
    let family = Act::new(act.at, Actor::Citizen(practice.applicant().id));
    let answer = IntegrationAnswer { set: [(key.to_owned(), to)].into(), ..Default::default() };
    events.push(practice.answer_integration(&family, answer, &calendar).unwrap());
    practice.apply(events.last().unwrap());
    Batch::new(ente(), [decided(there, &act, &events).unwrap().0])
}

#[tokio::test]
async fn every_complete_practice_gets_its_points_with_reasons() {
    let office = registered(Memory::new(), 30).await;
    let report = score(&office).await;
    assert_eq!((report.evaluation.rows, report.noted.done), (30, 30));
    assert_eq!(report.noted.refused, []);
    for Loaded { state: practice, .. } in practices(&office).await {
        let assessment = practice.assessment().unwrap();
        assert_eq!(assessment.evaluation, report.digest);
        assert_eq!(assessment.plugin.name, "nursery-points");
        let criteria: Vec<_> = assessment.points.iter().map(|p| p.criterion.as_str()).collect();
        assert!(criteria.contains(&"age_group") && criteria.contains(&"residence"), "{criteria:?}");
        let work = assessment.points.iter().find(|p| p.criterion == "work").unwrap();
        assert!(work.hundredths == 0 || !work.reason.is_empty(), "no points without a reason");
    }
}

#[tokio::test]
async fn the_same_question_is_the_same_evaluation_and_is_noted_once() {
    let office = registered(Memory::new(), 30).await;
    let first = score(&office).await;
    let head = office.desk().store().head(&ente()).await.unwrap();
    let second = score(&office).await;
    assert_eq!(second.digest, first.digest);
    assert_eq!((second.noted.done, second.noted.unchanged), (0, 30));
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn killed_while_noting_it_carries_on() {
    let store = Faulty::default();
    let office = registered(store.clone(), 860).await;
    let (plugin, act) = (plugin(), by_office("2027-05-03T07:00:00Z"));
    let ready = ready(&plugin, &[]);
    // The record and the first page of answers are committed.
    store.set(Next::DiesAfter(2));
    let broken = office.score(&service(), &ready, &plugin, &act, &|_| ()).await.unwrap_err();
    assert!(matches!(broken, DeskError::Store(_)), "{broken:?}");
    store.set(Next::Well);
    let report = office.score(&service(), &ready, &plugin, &act, &|_| ()).await.unwrap();
    assert_eq!((report.noted.done, report.noted.unchanged), (360, 500));
    assert!(
        practices(&office).await.iter().all(|practice| practice.state.assessments().len() == 1)
    );
}

#[tokio::test]
async fn an_answer_the_rules_need_and_lack_is_named_with_its_practice() {
    let office = registered(Memory::new(), 5).await;
    let head = office.desk().store().head(&ente()).await.unwrap();
    // The rules of another service: they ask what this one's form never asked.
    let other = crate::town::built("nursery-model");
    let host = mattoni_rules::Host::new(mattoni_rules::Limits::default()).unwrap();
    let loaded = host.load(&other).unwrap();
    let grant = mattoni_rules::Grant::pinned(loaded.digest());
    let ready = loaded.grant(&grant).unwrap().ready();
    let act = by_office("2027-05-03T07:00:00Z");
    let refused = office.score(&service(), &ready, &other, &act, &|_| ()).await.unwrap_err();
    let problems = refused.problems().unwrap();
    for Loaded { id, .. } in practices(&office).await {
        let field = format!("{id}.finance");
        assert!(problems.iter().any(|problem| problem.field == field), "{field} in {problems}");
    }
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head, "nothing was written");
}

#[tokio::test]
async fn answers_that_change_while_the_rules_think_are_refused_and_scored_the_next_time() {
    let store = Faulty::default();
    let office = registered(store.clone(), 5).await;
    let id = practices(&office).await[2].id;
    let changed = change_of_answer(&office, id, "siblings_under_14", Value::Integer(5)).await;
    store.set(Next::Overtaken(changed));
    let first = score(&office).await;
    assert_eq!((first.noted.done, first.noted.refused.len()), (4, 1));
    let (refused, problems) = &first.noted.refused[0];
    assert_eq!(*refused, id);
    assert_eq!(problems.iter().next().unwrap().code, "desk.score.changed");

    let second = score(&office).await;
    assert_ne!(second.digest, first.digest);
    assert_eq!((second.noted.done, second.noted.refused.len()), (5, 0));
}

#[tokio::test]
async fn another_plugin_s_bytes_are_refused() {
    let office = registered(Memory::new(), 2).await;
    let head = office.desk().store().head(&ente()).await.unwrap();
    let mut plugin = plugin();
    let ready = ready(&plugin, &[]);
    *plugin.last_mut().unwrap() ^= 1;
    let act = by_office("2027-05-03T07:00:00Z");
    let refused = office.score(&service(), &ready, &plugin, &act, &|_| ()).await.unwrap_err();
    assert_eq!(refused.problems().unwrap().iter().next().unwrap().code, "desk.score.plugin");
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn going_back_to_earlier_parameters_makes_their_points_count_again() {
    let office = registered(Memory::new(), 3).await;
    let (plugin, act) = (plugin(), by_office("2027-05-03T07:00:00Z"));
    let score = |ready: Ready| {
        let (office, plugin, act) = (&office, &plugin, &act);
        async move { office.score(&service(), &ready, plugin, act, &|_| ()).await.unwrap() }
    };
    let first = score(ready(&plugin, &[])).await;
    let other = score(ready(&plugin, &[("resident", "30")])).await;
    assert_ne!(first.digest, other.digest);
    let back = score(ready(&plugin, &[])).await;
    assert_eq!(back.digest, first.digest);
    assert_eq!((back.noted.done, back.noted.refused.len()), (3, 0));
    for practice in practices(&office).await {
        let all: Vec<_> = practice.state.assessments().iter().map(|a| a.evaluation).collect();
        assert_eq!(all, [first.digest, other.digest, first.digest], "all stay on record");
    }
    let again = score(ready(&plugin, &[])).await;
    assert_eq!((again.noted.done, again.noted.unchanged), (0, 3), "and once more changes nothing");
}

/// What was asked, from the practices as they are stored.
fn asked(record: &EvaluationRecord, practices: &[Loaded<Practice>]) -> Rows {
    let mut rows = Rows::builder(&record.description);
    for practice in practices {
        rows.push(|name| practice.state.answers().get(name));
    }
    rows.finish().unwrap()
}

/// What was answered, from the practices as they are stored.
fn answered(practices: &[Loaded<Practice>]) -> Vec<ScoredRow> {
    let row = |practice: &Loaded<Practice>| {
        let assessment = practice.state.assessment().unwrap();
        ScoredRow {
            criteria: assessment
                .points
                .iter()
                .map(|points| CriterionScore {
                    code: points.criterion.clone(),
                    points: i32::try_from(points.hundredths).unwrap(),
                    reason: Some(points.reason.clone()).filter(|reason| !reason.is_empty()),
                })
                .collect(),
            ties: assessment.tie_keys.clone(),
            class: assessment.class.clone(),
        }
    };
    practices.iter().map(row).collect()
}

#[tokio::test]
async fn a_year_later_every_answer_is_computed_again_from_the_records_alone() {
    let office = registered(Memory::new(), 40).await;
    let digest = score(&office).await.digest;

    let record: EvaluationRecord =
        office.desk().load(evaluation_id(&ente(), digest)).await.unwrap().unwrap().state;
    let plugin =
        office.desk().store().get(&ente(), record.evaluation.plugin).await.unwrap().unwrap();
    assert_eq!(Digest::of(&plugin), record.evaluation.plugin);
    let given: BTreeMap<String, Value> = record.evaluation.parameters.clone();
    let host = mattoni_rules::Host::new(mattoni_rules::Limits::default()).unwrap();
    let grant = mattoni_rules::Grant::pinned(record.evaluation.plugin);
    let grant = given.into_iter().fold(grant, |grant, (name, v)| grant.with_parameter(name, v));
    let ready = host.load(&plugin).unwrap().grant::<Scoring>(&grant).unwrap().ready();

    let mut practices = practices(&office).await;
    let rows = asked(&record, &practices);
    let again = ready.recompute(&rows, &record.evaluation, &answered(&practices)).unwrap();
    assert_eq!(again, Recomputed::Same);

    // And a point more for somebody would be seen.
    let mut stored = answered(&practices);
    stored[7].criteria[1].points += 100;
    let again = ready.recompute(&rows, &record.evaluation, &stored).unwrap();
    assert!(matches!(again, Recomputed::Different(d) if d.row == Some(7)));
    practices.swap(3, 4);
    let swapped = asked(&record, &practices);
    let again = ready.recompute(&swapped, &record.evaluation, &answered(&practices)).unwrap();
    assert!(matches!(again, Recomputed::Different(d) if d.column == "inputs"));
}

#[test]
fn parameters_of_a_service_file_are_checked_all_at_once() {
    let plugin = plugin();
    let ready = ready(&plugin, &[]);
    let given = [("resident", "many"), ("reference_date", "2027-02-30"), ("colour", "red")];
    let given = given.iter().map(|(name, v)| ((*name).to_owned(), (*v).into())).collect();
    let refused = mattoni_office::scoring::parameters(ready.description(), &given).unwrap_err();
    let fields: Vec<_> = refused.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "rules.scoring.parameters.colour",
            "rules.scoring.parameters.reference_date",
            "rules.scoring.parameters.resident"
        ]
    );
}
