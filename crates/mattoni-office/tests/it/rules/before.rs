//! Rules that are asked before a draft is sent.

use expect_test::expect;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Digest, Refusal as _, RuleWorld};
use mattoni_office::rules::Sending;
use mattoni_office::{EvaluationRecord, evaluation_id};
use mattoni_practice::*;
use mattoni_store::Memory;
use serde_json::json;

use super::services::{but, camp, child, contract, rent};
use super::{anna, calendar, codes, draft, ente, id, office, send, there};
use crate::practices::citizen;
use crate::town::town;

#[tokio::test]
async fn what_is_wrong_with_the_answers_refuses_them_with_field_sentence_and_code() {
    let (service, store) = (rent(), Memory::new());
    let office = office(store, &service);
    let wrong =
        but(but(contract(), "contract_until", json!("2027-02-28")), "registered_on", json!(null));
    draft(&office, &service, 1, &wrong, Filer::Applicant).await;
    let before = there(&office, 1).await;
    let objections = office.objections(&service, &before).unwrap();
    assert_eq!(objections.len(), 2, "asked while the draft is filled in");

    let refused = send(&office, &service, 1).await.unwrap_err();
    expect![[r#"
        contract_until: Un contratto di locazione non transitorio dura almeno tre anni.; correggere “Fine del contratto”, o chiedere allo sportello [rules.validation.too-short]
        registered_on: Il contratto deve essere registrato.; correggere “Data di registrazione”, o chiedere allo sportello [rules.validation.not-registered]"#]]
    .assert_eq(&refused.problems().unwrap().to_string());
    assert_eq!(there(&office, 1).await, before, "a refusal leaves no trace");
}

#[tokio::test]
async fn what_is_missing_is_named_by_the_form_and_not_twice() {
    let service = rent();
    let office = office(Memory::new(), &service);
    let incomplete = but(contract(), "people", json!(null));
    draft(&office, &service, 1, &incomplete, Filer::Applicant).await;
    assert_eq!(office.objections(&service, &there(&office, 1).await).unwrap(), []);
    let refused = send(&office, &service, 1).await.unwrap_err();
    assert_eq!(codes(&refused), ["practice.submit.missing"]);
}

#[tokio::test]
async fn what_is_right_is_let_in_and_can_be_computed_again() {
    let service = rent();
    let office = office(Memory::new(), &service);
    draft(&office, &service, 1, &contract(), Filer::Applicant).await;
    let practice = send(&office, &service, 1).await.unwrap();
    assert_eq!(practice.state(), State::Submitted);
    let assessment = practice.assessment_of(RuleWorld::Validation).unwrap();
    assert_eq!(assessment.plugin.name, "rent-form-checks");
    assert!(assessment.objections().is_empty() && assessment.fuel > 0);

    // The record names the plugin and its parameters, and nothing about this family.
    let record = evaluation_id(&ente(), assessment.evaluation);
    let record = office.desk().load::<EvaluationRecord>(record).await.unwrap().unwrap().state;
    assert_eq!((record.evaluation.rows, record.evaluation.world.as_str()), (0, "validation"));
    assert_eq!(record.evaluation.plugin, assessment.plugin.digest);

    let again = office.recompute(&|_| ()).await.unwrap();
    assert_eq!((again.same, again.differing.len(), again.unrecorded), (1, 0, 0));
    let explained = office.explain(&id(1).to_string()).await.unwrap();
    assert_eq!(explained.rules[0].result, "Nessun errore nel modulo.");
    assert_eq!(explained.rules[0].lines[1].source, "DPR 131/1986, art. 5");
}

#[tokio::test]
async fn who_lacks_a_requirement_is_told_why_and_can_be_let_in_by_an_official() {
    let service = camp();
    let office = office(Memory::new(), &service);
    let stranger = but(but(child(), "resident", json!(false)), "school_in_town", json!(false));
    draft(&office, &service, 1, &stranger, Filer::Applicant).await;
    let refused = send(&office, &service, 1).await.unwrap_err();
    expect![[r#"town: Non residente e non iscritto a una scuola del comune.; correggere le risposte, o chiedere allo sportello (Residenza o scuola nel comune, Regolamento, art. 5) [rules.eligibility.not-from-town]"#]]
    .assert_eq(&refused.problems().unwrap().to_string());

    // Not by the citizen.
    let calendar = calendar();
    let of_citizen =
        Subject::new(ente(), vec![Role::Citizen { person: crate::practices::person(0).id }]);
    let counter = office.desk().at_counter(of_citizen).of::<Practice>();
    let seen = there(&office, 1).await.summary().digest();
    let sending = Sending::new(seen, &calendar).let_in_because("ne ho bisogno");
    let refused =
        office.submit(&counter, &service, id(1), &citizen(0, 0), sending).await.unwrap_err();
    assert_eq!(codes(&refused), ["practice.submit.not-let-in"]);

    // At the counter, anna types for the family and says why.
    let typed = Filer::Counter { account: "anna".into(), office: None };
    draft(&office, &service, 2, &stranger, typed).await;
    let role = Role::Operator {
        account: "anna".into(),
        offices: ["scuola".to_owned()].into(),
        services: [service.code().to_owned()].into(),
    };
    let counter = office.desk().at_counter(Subject::new(ente(), vec![role])).of::<Practice>();
    let typing = there(&office, 2).await;
    let signed = Some(Digest::of(b"signed request"));
    let act = anna(0).on_behalf_of(typing.applicant().id, signed);
    let seen = typing.summary().digest();
    let refused = office
        .submit(&counter, &service, id(2), &act, Sending::new(seen, &calendar))
        .await
        .unwrap_err();
    assert_eq!(codes(&refused), ["rules.eligibility.not-from-town"], "she is told first");
    let sending = Sending::new(seen, &calendar).let_in_because("residenza in corso di verifica");
    let practice = office.submit(&counter, &service, id(2), &act, sending).await.unwrap();
    assert_eq!(practice.state(), State::Submitted);
    assert_eq!(practice.proposed_rejection().len(), 1, "what the rule found stays on record");
    let history = office.desk().history::<Practice>(id(2)).await.unwrap();
    let Event::Submitted(submitted) = &history.last().unwrap().event else { panic!() };
    assert_eq!(submitted.let_in.as_deref(), Some("residenza in corso di verifica"));
}

#[tokio::test]
async fn nobody_goes_around_the_rules() {
    let service = camp();
    let with_rules = office(Memory::new(), &service);
    draft(&with_rules, &service, 1, &child(), Filer::Applicant).await;
    let practice = there(&with_rules, 1).await;
    let seen = practice.summary().digest();
    let refused = practice.submit(&citizen(0, 0), seen, &calendar()).unwrap_err();
    assert_eq!(refused.problems().into_vec()[0].code, "practice.submit.not-asked");

    let without = town(Memory::new());
    draft(&without, &service, 1, &child(), Filer::Applicant).await;
    let refused = send(&without, &service, 1).await.unwrap_err();
    assert_eq!(codes(&refused), ["desk.rules.absent"]);
    let at = crate::practices::at(0);
    let report = without.submit_drafts(&service, &[id(1)], &calendar(), at, &|_| ()).await;
    assert_eq!(codes(&report.unwrap_err()), ["desk.rules.absent"]);
}

#[tokio::test]
async fn applications_from_a_file_meet_the_same_rules() {
    let service = camp();
    let office = office(Memory::new(), &service);
    draft(&office, &service, 1, &child(), Filer::Applicant).await;
    let old = but(child(), "birth_date", json!("2010-01-01"));
    draft(&office, &service, 2, &old, Filer::Applicant).await;
    let at = crate::practices::at(0);
    let report =
        office.submit_drafts(&service, &[id(1), id(2)], &calendar(), at, &|_| ()).await.unwrap();
    assert_eq!(report.done, 1);
    let (refused, problems) = &report.refused[0];
    assert_eq!(*refused, id(2));
    assert_eq!(problems.iter().next().unwrap().code, "rules.eligibility.too-old");
}
