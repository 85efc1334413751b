//! Many at once on one database: nothing lost, nothing twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use mattoni_core::{Act, Actor};
use mattoni_desk::{DeskError, Taker};
use mattoni_office::ProtocolOffice;
use mattoni_practice::lists::STATE;
use mattoni_practice::{Assignee, Practice};
use mattoni_store::Sqlite;

use crate::scoring::practices;
use crate::town::{csv, deliver, ente, march, registered, service, town};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_who_decide_on_one_practice_are_all_heard_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("town.sqlite")).unwrap();
    let office = Arc::new(registered(store, 1).await);
    let there = practices(&office).await.remove(0);
    let before = there.version;
    let id = there.id;
    let act = Act::new(march(), Actor::Operator("anna".into()));
    office
        .desk()
        .decide(id, &act, |p: &Practice| {
            p.take_in_charge(&act, Assignee::office("nidi")).map(|event| vec![event])
        })
        .await
        .unwrap();

    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                let who = format!("operator-{number}");
                let act = Act::new(march(), Actor::Operator(who.clone()));
                loop {
                    let decided = office
                        .desk()
                        .decide(id, &act, |p: &Practice| {
                            p.note(&act, &who).map(|event| vec![event])
                        })
                        .await;
                    match decided {
                        Ok(_) => return,
                        // Eight races lost in a row: trying again is safe, it says.
                        Err(DeskError::Contended(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let history =
        mattoni_store::history::<Practice>(office.desk().store(), &ente(), id).await.unwrap();
    let heard: BTreeSet<String> = history
        .iter()
        .skip(before.get() as usize + 1)
        .map(|past| past.act.by.to_string())
        .collect();
    assert_eq!(heard.len(), 16, "{heard:?}");
    assert_eq!(history.len() as u64, before.get() + 1 + 16, "each once");
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn offices_that_register_at_once_give_every_practice_one_number_and_leave_no_gap() {
    const COUNT: u64 = 120;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.sqlite");
    let office = Arc::new(town(Sqlite::open(&path).unwrap()));
    let file = csv(COUNT);
    let report = office.import(&service(), file.as_bytes(), march(), &|_| ()).await.unwrap();
    let calendar = mattoni_core::calendar::LegalCalendar::national();
    office.submit_drafts(&service(), &report.practices, &calendar, march(), &|_| ()).await.unwrap();

    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                loop {
                    // All see the same requests, in portions that overlap.
                    let due = office.desk().store().due(&ente(), march(), 50).await.unwrap();
                    let due: Vec<_> =
                        due.into_iter().filter(|e| e.topic == "registry.register").collect();
                    if due.is_empty() {
                        return;
                    }
                    match ProtocolOffice.take(office.desk(), &due, march()).await {
                        Ok(_) => {
                            let ids: Vec<_> = due.iter().map(|effect| effect.id).collect();
                            office.desk().store().delivered(&ente(), &ids).await.unwrap();
                        }
                        Err(DeskError::Contended(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    // The receipts come before the numbers in each practice's queue: some may still wait.
    deliver(&office, march()).await;

    let mut numbers: Vec<String> = Vec::new();
    for practice in practices(&office).await {
        assert_eq!(practice.state.registrations().len(), 1);
        numbers.push(practice.state.protocol_number().unwrap().to_owned());
    }
    numbers.sort();
    let expected: Vec<String> = (1..=COUNT).map(|n| format!("2027/{n:07}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(office.desk().store().last(&ente(), "protocol/2027").await.unwrap(), COUNT);
    let store = office.desk().store();
    let registered = store.tally(&ente(), "practice", STATE.name, "nido-2027/registered").await;
    assert_eq!(registered.unwrap(), COUNT);
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_imports_of_one_file_at_once_open_every_application_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("town.sqlite")).unwrap();
    let office = Arc::new(town(store));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                let file = csv(60);
                loop {
                    match office.import(&service(), file.as_bytes(), march(), &|_| ()).await {
                        Ok(report) => return report.opened,
                        // Somebody else was faster: importing again carries on.
                        Err(DeskError::Contended(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    let mut opened = 0;
    for task in tasks {
        opened += task.await.unwrap();
    }
    assert_eq!(opened, 60);
    assert_eq!(practices(&office).await.len(), 60);
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}
