//! Runs over many practices at the counter, and what no verb records.

use std::collections::BTreeSet;

use expect_test::expect;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Actor, Id, Problems};
use mattoni_desk::{BulkEvent, BulkOrder, BulkRecord};
use mattoni_practice::bulk::Selection;
use mattoni_practice::*;

use crate::counter::{at_counter, code, desk, plain, problems, reached, scuola};
use crate::practices::{STAGES, Spec, anna, at, citizen, ente, id, office};

#[tokio::test]
async fn a_bulk_run_is_done_once_under_its_id_even_where_the_verb_could_be_done_twice() {
    let specs = vec![plain(3); 1_200];
    let desk = desk(&specs).await;
    let counter = at_counter(&desk, &scuola());
    let selection = Selection::all().of_service("nido");
    let run = Id::from_u128(5);
    let write = |p: &Practice, act: &Act| p.write(act, "gli uffici sono chiusi");
    let reached = std::sync::Mutex::new(Vec::new());
    let progress = |done| reached.lock().unwrap().push(done);
    let report =
        counter.bulk(run, Verb::Write, &selection, &anna(3), write, &progress).await.unwrap();
    assert_eq!((report.done, report.unchanged), (1_200, 0));
    assert_eq!(*reached.lock().unwrap(), [500, 1_000, 1_200]);

    let head = desk.store().head(&ente()).await.unwrap();
    let report =
        counter.bulk(run, Verb::Write, &selection, &anna(4), write, &|_| ()).await.unwrap();
    assert_eq!((report.done, report.unchanged), (0, 1_200));
    let preview = counter.preview(run, Verb::Write, &selection, &anna(4), write).await.unwrap();
    assert_eq!(preview.done, 1_200);
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);

    // The id stands for that order by that person.
    let note = |p: &Practice, act: &Act| p.note(act, "chiusi");
    let refused = counter.bulk(run, Verb::Note, &selection, &anna(4), note, &|_| ()).await;
    assert_eq!(code(refused), "desk.bulk.other-order");
    let bruno = Act::new(at(3), Actor::Operator("bruno".into()));
    let refused = counter.bulk(run, Verb::Write, &selection, &bruno, write, &|_| ()).await;
    assert_eq!(code(refused), "desk.bulk.other-order");
    assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
}

#[test]
fn every_stage_of_the_fixtures_is_another_state_or_another_hand() {
    let states: BTreeSet<State> = (0..STAGES)
        .map(|stage| {
            let events = crate::practices::life(0, &plain(stage));
            mattoni_core::fold::<Practice>(&events).unwrap().state()
        })
        .collect();
    assert_eq!(states.len(), usize::from(STAGES) - 1);
}

#[test]
fn a_bulk_run_is_stored_like_this() {
    let selection = Selection::all().of_service("nido").in_states([State::TakenInCharge]);
    let order = BulkOrder::new::<Practice>(Id::from_u128(5), Verb::TakeInCharge, &selection);
    let events = [
        BulkEvent::Begun { act: anna(0), order },
        BulkEvent::WentOn {
            through: Id::from_u128(3),
            sort: None,
            decided: vec![Id::from_u128(2)],
            refused: vec![(Id::from_u128(3), reached())],
        },
        BulkEvent::Finished { act: anna(0) },
    ];
    let mut text: String =
        events.iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
    let record: BulkRecord = mattoni_core::fold(&events).unwrap();
    text += &serde_json::to_string(&record).unwrap();
    expect![[r#"
        {"event":"bulk.begun","act":{"at":"2027-03-01T09:00:00Z","by":{"kind":"operator","who":"anna"}},"order":{"run":"00000000-0000-0000-0000-000000000005","verb":"take-in-charge","selection":{"answers":{},"class":null,"due_by":null,"hundredths_from":null,"office":null,"service":"nido","states":["taken-in-charge"],"submitted_from":null,"submitted_to":null}}}
        {"event":"bulk.went-on","through":"00000000-0000-0000-0000-000000000003","decided":["00000000-0000-0000-0000-000000000002"],"refused":[["00000000-0000-0000-0000-000000000003",[{"code":"reached","field":"","rule":"the verb was asked","remedy":""}]]]}
        {"event":"bulk.finished","act":{"at":"2027-03-01T09:00:00Z","by":{"kind":"operator","who":"anna"}}}
        {"order":{"run":"00000000-0000-0000-0000-000000000005","verb":"take-in-charge","selection":{"answers":{},"class":null,"due_by":null,"hundredths_from":null,"office":null,"service":"nido","states":["taken-in-charge"],"submitted_from":null,"submitted_to":null}},"begun":{"at":"2027-03-01T09:00:00Z","by":{"kind":"operator","who":"anna"}},"through":"00000000-0000-0000-0000-000000000003","decided":1,"refused":1,"finished":{"at":"2027-03-01T09:00:00Z","by":{"kind":"operator","who":"anna"}}}"#]].assert_eq(&text);
    for (line, event) in text.lines().zip(&events) {
        assert_eq!(&serde_json::from_str::<BulkEvent>(line).unwrap(), event);
    }
    // As it was written before runs went over any kind of record.
    let earlier = r#"{"event":"bulk.begun","act":{"at":"2027-03-01T09:00:00Z","by":{"kind":"operator","who":"anna"}},"order":{"run":"00000000-0000-0000-0000-000000000005","verb":"take-in-charge","selection":{"service":"nido","states":["taken-in-charge"],"submitted_from":null,"submitted_to":null,"due_by":null,"office":null,"hundredths_from":null,"class":null,"answers":{}}}}"#;
    assert_eq!(&serde_json::from_str::<BulkEvent>(earlier).unwrap(), &events[0]);
}

#[tokio::test]
async fn a_text_that_nobody_can_write_is_recorded_by_no_verb() {
    let taken = Spec { filer: 0, reader: None, ..crate::privacy::rejected() };
    let desk = desk(&[Spec { stage: 3, ..taken.clone() }, Spec { stage: 0, ..taken }]).await;
    let anna = Subject::new(
        ente(),
        vec![Role::Operator {
            account: "anna".into(),
            offices: [office(0)].into(),
            services: [].into(),
        }],
    );
    let head = desk.store().head(&ente()).await.unwrap();
    let counter = at_counter(&desk, &anna);
    let (act, odd) = (crate::practices::anna(3), "per questi motivi\u{202E}");
    let unwritable = |problems: Problems| {
        assert!(problems.iter().all(|p| p.code == "core.text.unwritable"), "{problems}");
    };
    let note = |p: &Practice, act: &Act| p.note(act, odd);
    unwritable(problems(counter.decide(id(0), Verb::Note, &act, note).await));
    let accept = |p: &Practice, act: &Act| p.accept(act, Decision::new(odd));
    unwritable(problems(counter.decide(id(0), Verb::Accept, &act, accept).await));
    let (run, all) = (Id::from_u128(7), Selection::all().of_office(office(0)));
    let preview = counter.preview(run, Verb::Accept, &all, &act, accept).await.unwrap();
    assert_eq!((preview.decided.len(), preview.refused.len()), (0, 1));
    // The ente's own way in asks the same.
    let saving = Saving::set(
        [("name".to_owned(), mattoni_core::value::Value::Text("Bea\u{0}".into()))].into(),
    );
    let me = citizen(0, 1);
    let save = |p: &Practice| p.save(&me, saving.clone()).map(|event| vec![event]);
    unwritable(problems(desk.decide(id(1), &me, save).await));
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
}
