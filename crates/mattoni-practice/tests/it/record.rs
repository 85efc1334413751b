//! What the house reads off a practice: retention, files, facts, the clock's work, disclosure.

use std::collections::BTreeMap;

use expect_test::expect;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{
    Bricks, Disclosure, Facts, Happened, NewRecord, Record as _, Retention, Verb as _,
};
use mattoni_core::{Aggregate as _, Digest, Id};
use mattoni_practice::*;

use crate::fixture::{Life, at, calendar, day, file, procedure, system};
use crate::personal::full;

#[test]
fn the_brick_brings_practices_and_reminders() {
    let bricks = Bricks::new().with(brick());
    bricks.check().unwrap();
    let kinds: Vec<_> = bricks.kinds().map(|kind| (kind.kind(), kind.title())).collect();
    assert_eq!(kinds, [("practice", "pratica"), ("reminder", "promemoria")]);
    let topics: Vec<_> = bricks.gives().into_iter().collect();
    let all = ["message.tell", "payment.cancel", "payment.request", "registry.register"];
    assert_eq!(topics, all);
    assert_eq!(bricks.kind("practice").unwrap().verbs().len(), Verb::ALL.len());
    assert_eq!(bricks.kind("practice").unwrap().projection_version(), 5);
}

#[test]
fn a_practice_at_its_end_is_kept_from_the_day_it_ended() {
    let Retention::Ended(ended) = Life::in_state(State::Rejected, procedure()).practice.retention()
    else {
        panic!("it ended")
    };
    assert_eq!(ended.service, "nido");
    assert_eq!(ended.state, "rejected");
    assert_eq!(ended.on, day("2026-09-11"));
    assert_eq!(ended.submitted_on, Some(day("2026-09-04")));
    assert_eq!(ended.name, "2026/0000123");

    let Retention::Ended(ended) = Life::in_state(State::Expired, procedure()).practice.retention()
    else {
        panic!("it ended")
    };
    assert_eq!((ended.submitted_on, ended.state), (None, "expired"));
    assert_eq!(ended.name, Id::<Practice>::from_u128(7).to_string());

    let ends: Vec<_> = State::ALL.into_iter().filter(|s| s.is_final()).map(State::name).collect();
    assert_eq!(Practice::final_states(), ends);
    for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
        let practice = Life::in_state(state, procedure()).practice;
        assert_eq!(practice.retention(), Retention::UnderWay, "{state}");
    }
}

#[test]
fn its_files_and_the_proof_of_the_delegation_are_kept() {
    let digests = [Digest::of(b"carta.pdf"), Digest::of(b"certificato.pdf"), Digest::of(b"proof")];
    assert_eq!(full().practice.blobs(), digests);
    assert_eq!(Life::draft(procedure()).practice.blobs(), [file("carta.pdf").digest]);
}

#[test]
fn facts_say_nothing_about_a_person_and_are_the_same_columns_for_all() {
    let facts = |practice: &Practice| {
        let mut facts = Facts::new();
        practice.facts(&mut facts);
        facts
    };
    let practice = full().practice;
    let printed: String =
        facts(&practice).iter().map(|(name, fact)| format!("{name}: {fact}\n")).collect();
    assert!(!printed.contains("Segreto"));
    expect![[r#"
        service: nido
        service_version: 1
        state: rejected
        submitted_at: 2026-09-04T10:00:00.000000Z
        due: 2026-10-24
        closed_at: 2026-10-04T10:00:00.000000Z
        office: scuola
        integrations: 2
        suspended_days: 11
        extensions: 1
        notice_given: true
        outcome: rejected
        outcomes: 2
        attachments: 2
        messages: 2
        assessed: true
        for_another: true
        filed_by: delegate
    "#]]
    .assert_eq(&printed);
    let names =
        |practice: &Practice| -> Vec<_> { facts(practice).iter().map(|(name, _)| name).collect() };
    for state in State::ALL {
        assert_eq!(names(&Life::in_state(state, procedure()).practice), names(&practice));
    }
}

fn opened(new: NewRecord) -> (Id<Reminder>, serde_json::Value) {
    let recording = new.into_recording();
    assert_eq!((recording.kind, recording.expected), ("reminder", 0));
    let id = Id::from_u128(recording.id.as_u128());
    (id, serde_json::from_slice(&recording.state).unwrap())
}

#[test]
fn the_clock_does_what_is_due_and_reminds_of_what_is_left() {
    let waiting = Life::awaiting_integration(procedure()).practice;
    let due = waiting.next_due().unwrap();
    let before = waiting.day_work(&system(10), &calendar(), due.pred_opt().unwrap()).unwrap();
    assert!(before.events.is_empty() && before.opens.is_empty());

    let late = system(17);
    let today = rome_date(late.at);
    let work = waiting.day_work(&late, &calendar(), today).unwrap();
    assert_eq!(work.events.len(), 1);
    assert_eq!(work.events[0].verb(), Some(Verb::LapseIntegration));
    // The term runs again from today, and so nothing is to be reminded of.
    let mut lapsed = waiting.clone();
    lapsed.apply(&work.events[0]);
    assert!(lapsed.due().unwrap().on > today);
    assert_eq!(work.opens.len(), lapsed.chores(today).len());

    let taken = Life::taken(procedure()).practice;
    let last = taken.due().unwrap().on;
    let after = last.succ_opt().unwrap();
    let mut work = taken.day_work(&system(32), &calendar(), after).unwrap();
    assert!(work.events.is_empty());
    let (id, reminder) = opened(work.opens.remove(0));
    let name = ["reminder", &taken.id().to_string(), "passed", &last.to_string()];
    assert_eq!(id, mattoni_core::named_id(taken.ente(), &name));
    assert_eq!(reminder["says"]["template"], "term-passed");
}

#[test]
fn the_clock_warns_of_a_draft_and_lets_it_expire_another_day() {
    let mut draft = Life::draft(procedure()).practice;
    let mut done = Vec::new();
    for days in [0, 334, 335, 350, 365, 366, 400] {
        let act = system(days);
        let work = draft.day_work(&act, &calendar(), rome_date(act.at)).unwrap();
        assert!(work.opens.is_empty());
        for event in &work.events {
            done.push((days, mattoni_core::DomainEvent::name(event)));
            draft.apply(event);
        }
        assert!(draft.next_due().is_none_or(|day| day > rome_date(at(days))));
    }
    assert_eq!(done, [(335, "practice.expiry-warned"), (365, "practice.expired")]);
}

fn history(life: &Life) -> Vec<Happened<Event>> {
    (1..)
        .zip(&life.journal)
        .map(|(number, event)| Happened { number, act: event.act().clone(), event: event.clone() })
        .collect()
}

fn disclosed(person: u128) -> Option<Disclosure> {
    let life = full();
    life.practice.disclose(Id::from_u128(person), &history(&life))
}

#[test]
fn the_applicant_is_told_everything() {
    let told = disclosed(1).unwrap();
    let mut text = format!("{}\n{}\n{}\n", told.name, told.about, told.relation);
    for section in &told.sections {
        text += &format!("## {}\n", section.title);
        text.extend(section.lines.iter().map(|line| format!("{line}\n")));
    }
    text.extend(told.files.iter().map(|(name, digest)| format!("{name} {}\n", digest.short())));
    expect![[r#"
        2026/0000123
        servizio nido@1, respinta
        richiedente
        ## Dati anagrafici
        Segreto nome Segreto cognome, codice fiscale RSSMRA80A01H501U, data di nascita 01/01/1980
        ## Risposte
        beneficiary_school: Segreto beneficiary_school
        child_name: Segreto child_name
        isee: Segreto isee
        telefono: Segreto 0737
        ## Decisioni
        12/09/2026, accolta: Segreto sì
        04/10/2026, respinta: Segreto motivo
        ## Messaggi e note
        11/09/2026, lei: Segreto messaggio
        11/09/2026, ufficio: Segreto nota
        ## Storia
        1. 04/09/2026, altra persona sulla pratica: bozza aperta
        2. 04/09/2026, altra persona sulla pratica: risposte salvate
        3. 04/09/2026, lei: allegato aggiunto
        4. 04/09/2026, lei: persona aggiunta
        5. 04/09/2026, lei: persona aggiunta
        6. 04/09/2026, lei: inviata
        7. 04/09/2026, sistema: numero di protocollo assegnato
        8. 05/09/2026, ufficio: presa in carico
        9. 05/09/2026, ufficio: valutata dalle regole
        10. 05/09/2026, ufficio: valutata dalle regole
        11. 05/09/2026, ufficio: valutata dalle regole
        12. 05/09/2026, ufficio: valutata dalle regole
        13. 05/09/2026, ufficio: valutata dalle regole
        14. 05/09/2026, ufficio: integrazione chiesta
        15. 06/09/2026, lei: integrazione inviata
        16. 06/09/2026, ufficio: integrazione chiesta
        17. 07/09/2026, ufficio: richiesta di integrazione annullata
        18. 08/09/2026, ufficio: termine prorogato
        19. 09/09/2026, ufficio: pagamento chiesto
        20. 10/09/2026, sistema: esito del pagamento annotato
        21. 10/09/2026, ufficio: esito del pagamento annotato
        22. 09/09/2026, ufficio: pagamento chiesto
        23. 10/09/2026, ufficio: richiesta di pagamento annullata
        24. 09/09/2026, ufficio: pagamento chiesto
        25. 10/09/2026, sistema: esito del pagamento annotato
        26. 10/09/2026, sistema: pagamento non dovuto: rimborso da decidere
        27. 10/09/2026, ufficio: rimborso deciso
        28. 11/09/2026, lei: messaggio o nota
        29. 11/09/2026, ufficio: messaggio o nota
        30. 11/09/2026, ufficio: messaggio letto
        31. 12/09/2026, ufficio: accolta
        32. 13/09/2026, ufficio: riaperta
        33. 14/09/2026, ufficio: preavviso di rigetto inviato
        34. 15/09/2026, lei: osservazioni presentate
        35. 04/10/2026, ufficio: respinta
        Segreto carta.pdf 270d05e31e14
        Segreto certificato.pdf 6d49893f131a
    "#]]
    .assert_eq(&text);
    let keys: Vec<_> = told.data.as_object().unwrap().keys().cloned().collect();
    let all = [
        "answers",
        "attachments",
        "history",
        "messages",
        "number",
        "outcomes",
        "person",
        "practice",
        "relation",
        "service",
        "state",
    ];
    assert_eq!(keys, all);
    assert_eq!(told.data["history"][0]["event"], "practice.opened");
}

#[test]
fn others_are_told_what_is_about_themselves() {
    let sections = |told: &Disclosure| -> BTreeMap<String, usize> {
        told.sections.iter().map(|part| (part.title.clone(), part.lines.len())).collect()
    };
    let child = disclosed(3).unwrap();
    assert_eq!(child.relation, "beneficiario");
    assert_eq!(sections(&child)["Risposte"], 2);
    assert!(child.files.is_empty() && !sections(&child).contains_key("Messaggi e note"));

    let delegate = disclosed(2).unwrap();
    assert_eq!(delegate.relation, "delegato");
    // Opening and answers, which they did themselves.
    assert_eq!(sections(&delegate)["Storia"], 2);
    assert!(!sections(&delegate).contains_key("Risposte"));

    let reader = disclosed(4).unwrap();
    assert_eq!(reader.relation, "autorizzato a leggere");
    assert_eq!(sections(&reader).keys().collect::<Vec<_>>(), ["Dati anagrafici"]);

    let joined = disclosed(5).unwrap();
    assert_eq!(joined.relation, "richiedente insieme ad altri");
    assert_eq!(joined.files.len(), 2);
    assert_eq!(disclosed(55), None);
}

#[test]
fn an_event_has_its_verb_its_act_and_an_italian_name() {
    for event in &full().journal {
        assert_eq!(Practice::verb_of(event), event.verb());
        assert_eq!(Practice::act_of(event), Some(event.act()));
        assert!(!Practice::event_italian(event).contains("practice."));
    }
    let mut names: Vec<_> = Verb::ALL.iter().map(|verb| verb.italian()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Verb::ALL.len());
}
