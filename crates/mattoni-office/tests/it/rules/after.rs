//! Rules that are asked by themselves once a practice was let in.

use std::collections::BTreeMap;

use expect_test::expect;
use mattoni_core::value::Value;
use mattoni_core::{Act, Digest, Money, RuleWorld};
use mattoni_office::coherence;
use mattoni_office::rules::ServiceRules;
use mattoni_practice::*;
use mattoni_rules::{Host, Limits};
use mattoni_store::Memory;
use serde_json::json;

use super::services::{
    but, camp_examined, child, contract, installed, meals, month, rent, report, reports,
};
use super::{calendar, does, id, is_rules, numbered, office, sent, take, there};
use crate::faulty::{Faulty, Next};
use crate::practices::{anna, at};
use crate::town::{deliver, town};

/// An official's act for the applicant, whose signed request is on file.
fn signed(practice: &Practice, act: &Act) -> Act {
    let request = Some(Digest::of(b"signed request"));
    act.clone().on_behalf_of(practice.applicant().id, request)
}

#[tokio::test]
async fn a_missing_requirement_is_proposed_to_the_office_which_decides() {
    let service = camp_examined();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &child()).await;
    let stranger = but(but(child(), "resident", json!(false)), "school_in_town", json!(false));
    numbered(&office, &service, 2, &stranger).await;
    let reports = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!((reports[0].world, reports[0].noted), (RuleWorld::Eligibility, 2));
    assert_eq!(there(&office, 1).await.proposed_rejection(), []);
    let practice = there(&office, 2).await;
    assert_eq!(practice.proposed_rejection().len(), 1);
    assert_eq!(practice.state(), State::Registered, "nothing is rejected");
    let explained = office.explain(&id(2).to_string()).await.unwrap();
    let rule = &explained.rules[0];
    assert_eq!(rule.result, "Proposta: rigetto per requisiti mancanti. Decide l'ufficio.");
    let told: Vec<_> = rule
        .lines
        .iter()
        .map(|line| format!("{}: {} {}", line.label, line.answer, line.reason))
        .collect();
    expect![[r#"
        Età: sì 
        Residenza o scuola nel comune: no Non residente e non iscritto a una scuola del comune.
        Nessun debito per servizi educativi: sì "#]]
    .assert_eq(&told.join("\n"));
    take(&office, 2).await;
    does(&office, 2, |p, act| p.accept(act, Decision::new("residente da ieri"))).await;
}

#[tokio::test]
async fn amounts_of_all_are_worked_out_at_once_and_the_acceptance_refers_to_them() {
    let service = rent();
    let office = office(Memory::new(), &service);
    for number in 1..=20 {
        let income = format!("{}.00", number * 500);
        sent(&office, &service, number, &but(contract(), "income", json!(income))).await;
    }
    deliver(&office, at(0)).await;
    let reports = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!((reports[0].world, reports[0].noted), (RuleWorld::Benefit, 20));
    assert!(reports[0].fuel > 0 && reports[0].plugin.starts_with("home-bonus"));

    // 4800 of rent, less 14% of 2000.
    let explained = office.explain(&id(4).to_string()).await.unwrap();
    let benefit = explained.rules.iter().find(|rule| rule.world == RuleWorld::Benefit).unwrap();
    assert_eq!(benefit.result, "Spettano 3.098,74 euro.");
    assert_eq!(benefit.lines[0].reason, "Fascia A: il canone supera il 14% del reddito.");
    assert!(benefit.parameters.contains(&("income_limit".into(), "25000.00".into())));

    take(&office, 4).await;
    let accepted = does(&office, 4, |p, act| p.accept(act, Decision::new("spetta"))).await;
    let granted = accepted.outcome().unwrap().granted.as_ref().unwrap();
    assert_eq!(granted.amount, Money::from_cents(309_874));
    assert_eq!(granted.evaluation, benefit.evaluation);

    let head = office.desk().store().head(&crate::practices::ente()).await.unwrap();
    let again = office.apply_rules(&service, at(2), &|_| ()).await.unwrap();
    assert_eq!((again[0].noted, again[0].refused.len()), (0, 0));
    let same = office.desk().store().head(&crate::practices::ente()).await.unwrap();
    assert_eq!(head, same, "asked again it has nothing to say");
}

#[tokio::test]
async fn answers_that_changed_are_asked_about_again_and_the_earlier_amount_stays_on_record() {
    let service = rent();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &contract()).await;
    office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    take(&office, 1).await;
    let asked = vec![Asked::Field { key: "rent".into(), why: "il contratto dice altro".into() }];
    let by = "2027-03-20".parse().unwrap();
    does(&office, 1, |p, act| p.request_integration(act, asked.clone(), by, &calendar())).await;
    let answer = IntegrationAnswer {
        set: [("rent".to_owned(), Value::Money(Money::from_cents(240_000)))].into(),
        ..IntegrationAnswer::default()
    };
    does(&office, 1, |p, act| p.answer_integration(&signed(p, act), answer.clone(), &calendar()))
        .await;
    let reports = office.apply_rules(&service, at(4), &|_| ()).await.unwrap();
    assert_eq!(reports[0].noted, 1);
    let practice = there(&office, 1).await;
    let amounts: Vec<_> = practice
        .assessments()
        .iter()
        .filter(|a| a.world() == RuleWorld::Benefit)
        .filter_map(|a| a.answer.as_ref()?.amount())
        .collect();
    assert_eq!(amounts, [Money::from_cents(309_874), Money::from_cents(100_000)]);
    // Each is computed again from the answers of its time: the check of the form, two amounts.
    let again = office.recompute(&|_| ()).await.unwrap();
    assert_eq!((again.same, again.differing.len()), (3, 0), "{:?}", again.differing);
}

#[tokio::test]
async fn what_is_due_is_asked_for_once_with_its_parts() {
    let service = meals();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &month()).await;
    let early = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!(early[0].noted, 0, "a payment is asked for once somebody has it in charge");
    take(&office, 1).await;
    office.apply_rules(&service, at(2), &|_| ()).await.unwrap();
    let practice = there(&office, 1).await;
    assert_eq!(practice.state(), State::AwaitingPayment);
    let demand = practice.demand().unwrap();
    assert_eq!(demand.amount, Money::from_cents(2_000));
    expect!["Mensa scolastica: Pasti 110,00 euro; Riduzione ISEE -90,00 euro"]
        .assert_eq(&demand.reason);
    let parts: Vec<_> = demand.parts.iter().map(|part| part.amount.cents()).collect();
    assert_eq!(parts, [11_000, -9_000, 0]);
    assert!(is_rules(&demand.asked));

    // Paid, and never asked for again.
    let amount = demand.amount;
    let paid = Payment::Paid { amount, reference: "RT-1".into() };
    does(&office, 1, |p, act| p.record_payment(act, paid.clone())).await;
    let again = office.apply_rules(&service, at(3), &|_| ()).await.unwrap();
    assert_eq!(again[0].noted, 0);
    assert_eq!(there(&office, 1).await.state(), State::TakenInCharge);
}

#[tokio::test]
async fn nothing_due_asks_for_nothing_and_says_so() {
    let service = meals();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &but(month(), "meals", json!(0))).await;
    take(&office, 1).await;
    office.apply_rules(&service, at(2), &|_| ()).await.unwrap();
    let practice = there(&office, 1).await;
    assert_eq!((practice.state(), practice.demand()), (State::TakenInCharge, None));
    let explained = office.explain(&id(1).to_string()).await.unwrap();
    assert_eq!(explained.rules[0].result, "Sono dovuti 0,00 euro.");
}

#[tokio::test]
async fn a_report_goes_to_whoever_answers_for_it() {
    let service = reports();
    let office = office(Memory::new(), &service);
    sent(&office, &service, 1, &report("pothole", true)).await;
    sent(&office, &service, 2, &report("other", false)).await;
    sent(&office, &service, 3, &report("tree", false)).await;
    let early = office.apply_rules(&service, at(0), &|_| ()).await.unwrap();
    assert_eq!(early[0].noted, 0, "the number of the register comes first");
    deliver(&office, at(0)).await;
    // Somebody took this one already: it stays with them.
    take(&office, 3).await;
    let reports = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!(reports[0].noted, 2);
    for (number, desk) in [(1, "roads"), (2, "public-relations"), (3, "scuola")] {
        let practice = there(&office, number).await;
        assert_eq!(practice.state(), State::TakenInCharge);
        assert_eq!(practice.assignee().unwrap().office_code(), desk);
    }
    let history = office.desk().history::<Practice>(id(1)).await.unwrap();
    let Event::TakenInCharge(taken) = &history.last().unwrap().event else { panic!() };
    assert_eq!(taken.reason.as_deref(), Some("competence"));
    assert!(is_rules(&taken.act));
    let explained = office.explain(&id(1).to_string()).await.unwrap();
    expect!["Ufficio: Manutenzione strade. Priorità: Pericolo. Entro 1 giorno lavorativo."]
        .assert_eq(&explained.rules[0].result);
}

#[tokio::test]
async fn nothing_is_lost_when_the_machine_stops_half_way() {
    let service = reports();
    let store = Faulty::default();
    let office = office(store.clone(), &service);
    for number in 1..=3 {
        sent(&office, &service, number, &report("waste", false)).await;
    }
    deliver(&office, at(0)).await;
    // The record of the rule is committed, the answers are not.
    store.set(Next::DiesAfter(1));
    assert!(office.apply_rules(&service, at(1), &|_| ()).await.is_err());
    assert_eq!(there(&office, 1).await.assessments(), []);
    store.set(Next::Well);
    let reports = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!(reports[0].noted, 3);
    let again = office.apply_rules(&service, at(1), &|_| ()).await.unwrap();
    assert_eq!(again[0].noted, 0);
}

#[tokio::test]
async fn a_practice_the_rule_cannot_read_waits_and_keeps_nobody_else_waiting() {
    let service = rent();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &contract()).await;
    numbered(&office, &service, 2, &contract()).await;
    take(&office, 1).await;
    let asked = vec![Asked::Field { key: "rent".into(), why: "quanto?".into() }];
    let by = "2027-03-20".parse().unwrap();
    does(&office, 1, |p, act| p.request_integration(act, asked.clone(), by, &calendar())).await;
    let answer = IntegrationAnswer {
        set: [("rent".to_owned(), Value::Text("molto".into()))].into(),
        ..IntegrationAnswer::default()
    };
    does(&office, 1, |p, act| p.answer_integration(&signed(p, act), answer.clone(), &calendar()))
        .await;
    let reports = office.apply_rules(&service, at(4), &|_| ()).await.unwrap();
    assert_eq!((reports[0].noted, reports[0].refused.len()), (1, 1));
    let (waits, problems) = &reports[0].refused[0];
    assert_eq!(*waits, id(1));
    assert_eq!(problems.iter().next().unwrap().field, "rent");
}

#[tokio::test]
async fn the_clock_asks_and_what_cannot_be_asked_keeps_nothing_else() {
    let service = reports();
    let office = office(Memory::new(), &service);
    numbered(&office, &service, 1, &report("water-leak", false)).await;
    let services = [service.clone(), rent()];
    let tick = office.tick(&services, &calendar(), at(1), &|_| ()).await.unwrap();
    assert_eq!(tick.rules.len(), 1);
    assert_eq!((tick.rules[0].world, tick.rules[0].noted), (RuleWorld::Routing, 1));
    // The office was never given the rules of the other service.
    assert_eq!(tick.rules_not_asked.len(), 1);
    let (code, problems) = &tick.rules_not_asked[0];
    assert_eq!(code, "contributo-affitto");
    assert!(problems.iter().all(|problem| problem.code == "desk.rules.absent"));
}

#[test]
fn rules_that_do_not_fit_are_refused_all_at_once() {
    let service = rent();
    let mut plugins = installed(&service);
    let swapped = plugins.remove(&RuleWorld::Benefit).unwrap();
    plugins.insert(RuleWorld::Validation, swapped);
    let refused = ServiceRules::grant(&service, plugins).unwrap_err();
    let codes: Vec<_> = refused.iter().map(|problem| problem.code.as_ref()).collect();
    assert!(
        codes.contains(&"rules.grant.world") && codes.contains(&"desk.rules.absent"),
        "{codes:?}"
    );
}

#[test]
fn the_form_has_what_every_rule_asks_for() {
    let host = Host::new(Limits::default()).unwrap();
    let description =
        |plugin: &str| host.load(&crate::town::built(plugin)).unwrap().description().clone();
    let all = [rent(), camp_examined(), meals(), reports()];
    for service in &all {
        let said: BTreeMap<_, _> = service
            .source()
            .rules
            .iter()
            .map(|(world, rule)| (world, description(&rule.plugin)))
            .collect();
        let said = said.iter().map(|(world, description)| (*world, description)).collect();
        coherence::check(service, None, &said).unwrap_or_else(|p| panic!("{p}"));
    }
    // Of the meals the form of the reports asks nothing, and it is no rule for routing.
    let meals = description("school-meal-tariff");
    let said = [(RuleWorld::Routing, &meals)].into();
    let refused = coherence::check(&reports(), None, &said).unwrap_err();
    let told: Vec<_> = refused.iter().map(|p| format!("{} {}", p.code, p.field)).collect();
    expect![[r#"
        desk.fit.input steps: meals
        desk.fit.input steps: resident
        desk.fit.input steps: older_siblings
        desk.fit.world rules.routing.plugin"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn an_office_without_practices_has_nothing_to_ask() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let service = meals();
        let office = town(Memory::new()).with_rules(super::services::rules(&service));
        let reports = office.apply_rules(&service, anna(1).at, &|_| ()).await.unwrap();
        assert_eq!((reports.len(), reports[0].noted), (1, 0));
    });
}
