//! What has to happen elsewhere.

use expect_test::expect;
use mattoni_core::record::{Orders as _, Recipient, Record as _};
use mattoni_core::{Id, Money};
use mattoni_practice::*;

use crate::fixture::{Life, calendar, citizen, office, procedure};

fn check(life: &Life, expected: expect_test::Expect) {
    let event = life.journal.last().unwrap();
    let written = |order: PracticeOrder| {
        let order = order.into_new();
        format!("{} {}\n", order.topic, String::from_utf8(order.payload).unwrap())
    };
    let list: String = life.practice.orders(event).into_iter().map(written).collect();
    expected.assert_eq(&list);
}

#[test]
fn a_submission_is_numbered_and_its_receipt_tells_the_last_day() {
    let mut life = Life::submitted(procedure());
    life.journal.pop();
    check(
        &life,
        expect![[r#"
        registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"application"}
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.receipt","details":{"due":{"type":"date","value":"2026-10-05"}}}
    "#]],
    );
}

#[test]
fn without_the_register_nothing_is_numbered() {
    let rules = procedure().with_registering(Registering::NotNeeded);
    let mut life = Life::submitted(rules);
    life.journal.pop();
    check(
        &life,
        expect![[r#"
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.receipt","details":{"due":{"type":"date","value":"2026-10-05"}}}
    "#]],
    );
}

#[test]
fn an_acceptance_is_numbered_and_told() {
    check(
        &Life::in_state(State::Accepted, procedure()),
        expect![[r#"
            registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"outcome/1"}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.accepted","details":{"motivation":{"type":"text","value":"ha i requisiti"},"office":{"type":"text","value":"scuola"}}}
        "#]],
    );
}

#[test]
fn a_payment_is_requested_and_a_withdrawal_cancels_the_request() {
    let waiting = Life::in_state(State::AwaitingPayment, procedure());
    check(
        &waiting,
        expect![[r#"
            payment.request {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"amount":"16.00","reason":"bollo"}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.payment-requested","details":{"amount":{"type":"money","value":"16.00"},"reason":{"type":"text","value":"bollo"}}}
        "#]],
    );
    let withdrawn = waiting.then(|p| p.withdraw(&citizen(8), ""));
    check(
        &withdrawn,
        expect![[r#"
        registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"withdrawal"}
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"office","template":"practice.withdrawn"}
        payment.cancel {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"}}
    "#]],
    );
}

#[test]
fn a_withdrawal_without_a_debt_cancels_none() {
    check(
        &Life::in_state(State::Withdrawn, procedure()),
        expect![[r#"
        registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"withdrawal"}
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"office","template":"practice.withdrawn"}
    "#]],
    );
}

#[test]
fn a_request_for_integration_tells_until_when() {
    check(
        &Life::awaiting_integration(procedure()),
        expect![[r#"
            registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"integration-request/1"}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.integration-requested","details":{"answer_by":{"type":"date","value":"2026-09-20"},"due":{"type":"date","value":"2026-11-03"},"items":{"type":"text","value":"telefono: per avvisi\ncertificato: manca"},"office":{"type":"text","value":"scuola"}}}
        "#]],
    );
}

#[test]
fn an_extension_is_numbered_and_tells_the_new_last_day() {
    let law = "D.P.R. 380/2001, art. 20, c. 3";
    let life = Life::taken(procedure())
        .then(|p| p.extend_term(&office(10), 30, law, "progetto complesso", &calendar()));
    check(
        &life,
        expect![[r#"
            registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"extension/1"}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.term-extended","details":{"due":{"type":"date","value":"2026-11-03"},"office":{"type":"text","value":"scuola"},"reason":{"type":"text","value":"progetto complesso"}}}
        "#]],
    );
}

#[test]
fn what_the_service_adds_follows_the_outcome_it_names() {
    let tell = FollowOrder::Tell { to: Recipient::Applicant, template: "nursery.first-day".into() };
    let amount = Money::from_cents(5000);
    let pay = FollowOrder::RequestPayment { amount, reason: "iscrizione".into() };
    let rules = procedure()
        .with_follow(Follow::new(State::Accepted, tell.clone()))
        .with_follow(Follow::new(State::Accepted, pay))
        .with_follow(Follow::new(State::Withdrawn, tell));
    let accepted = Life::in_state(State::Accepted, rules.clone());
    check(
        &accepted,
        expect![[r#"
            registry.register {"of":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"document":"outcome/1"}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.accepted","details":{"motivation":{"type":"text","value":"ha i requisiti"},"office":{"type":"text","value":"scuola"}}}
            message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"nursery.first-day"}
            payment.request {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"amount":"50.00","reason":"iscrizione"}
        "#]],
    );
    // What happens to an accepted practice afterwards sets nothing off again.
    let later = accepted.then(|p| p.write(&office(9), "a presto"));
    check(
        &later,
        expect![[r#"
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"practice.message","details":{"number":{"type":"integer","value":2}}}
    "#]],
    );
    let rules = rules.with_registering(Registering::NotNeeded);
    check(
        &Life::in_state(State::Withdrawn, rules),
        expect![[r#"
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"office","template":"practice.withdrawn"}
        message.tell {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"nursery.first-day"}
    "#]],
    );
}

#[test]
fn an_order_that_cannot_follow_is_refused_with_the_procedure() {
    let tell =
        |template: &str| FollowOrder::Tell { to: Recipient::Office, template: template.into() };
    let pay = |amount, reason: &str| FollowOrder::RequestPayment { amount, reason: reason.into() };
    let one = Money::from_cents(100);
    let rules = procedure()
        .with_follow(Follow::new(State::TakenInCharge, tell("a.b")))
        .with_follow(Follow::new(State::Accepted, tell(" ")))
        .with_follow(Follow::new(State::Accepted, pay(Money::ZERO, "bollo")))
        .with_follow(Follow::new(State::Accepted, pay(one, "")));
    let codes: Vec<_> =
        rules.check().unwrap_err().into_vec().into_iter().map(|problem| problem.code).collect();
    let code = |what| format!("practice.procedure.follow-{what}");
    assert_eq!(codes, ["state", "template", "amount", "reason"].map(code));
}

#[test]
fn a_procedure_without_orders_is_written_as_before_there_were_any() {
    let rules = serde_json::to_value(procedure()).unwrap();
    assert!(rules.get("follows").is_none());
    let order = FollowOrder::Tell { to: Recipient::Office, template: "a.b".into() };
    let rules = procedure().with_follow(Follow::new(State::Accepted, order));
    let text = serde_json::to_string(&rules.follows).unwrap();
    expect![[r#"[{"on":"accepted","order":{"order":"tell","to":"office","template":"a.b"}}]"#]]
        .assert_eq(&text);
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<Procedure>(&text).unwrap(), rules);
}

#[test]
fn a_payload_for_the_register_reads_in_today_s_form_and_in_yesterday_s() {
    let life = Life::awaiting_integration(procedure());
    let order = life.practice.orders(life.journal.last().unwrap()).remove(0).into_new();
    let request = Document::IntegrationRequest { number: 1 };
    assert_eq!(order.topic, "registry.register");
    assert_eq!(read_register(&order.payload), Some((life.practice.id(), request)));

    let yesterday = br#"{"practice":"00000000-0000-0000-0000-000000000007","reaction":"register-at-protocol","document":{"is":"integration-request","number":1}}"#;
    assert_eq!(read_register(yesterday), Some((Id::from_u128(7), request)));
    let other = br#"{"practice":"00000000-0000-0000-0000-000000000007","reaction":"cancel-debt"}"#;
    assert_eq!(read_register(other), None);
    let of_another = br#"{"of":{"kind":"loan","id":"00000000-0000-0000-0000-000000000007"},"document":"application"}"#;
    assert_eq!(read_register(of_another), None);
}

#[test]
fn every_document_has_a_code_that_reads_back() {
    for document in [
        Document::Application,
        Document::IntegrationRequest { number: 1 },
        Document::IntegrationAnswer { number: 12 },
        Document::Extension { number: 3 },
        Document::Notice { number: 1 },
        Document::Notice { number: 2 },
        Document::Observations { number: 1 },
        Document::Observations { number: 2 },
        Document::Outcome { number: 2 },
        Document::Withdrawal { number: 1 },
        Document::Withdrawal { number: 2 },
    ] {
        assert_eq!(Document::parse(&document.code()), Some(document));
    }
    for wrong in ["", "outcome", "outcome/", "outcome/01", "outcome/-1", "notice/1", "letter"] {
        assert_eq!(Document::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_template_is_coded_by_the_name_it_is_stored_under() {
    let templates = [
        Template::OpenedOnBehalf,
        Template::Numbered { number: "1".into() },
        Template::TermNears { due: crate::fixture::day("2026-10-05") },
        Template::Message { number: 3 },
    ];
    for template in templates {
        let stored = serde_json::to_value(&template).unwrap();
        let name = stored["template"].as_str().unwrap();
        assert_eq!(template.code(), format!("practice.{name}"));
        let details = template.details();
        assert_eq!(details.len(), stored.as_object().unwrap().len() - 1);
        assert!(details.keys().all(|key| stored.get(key).is_some()));
    }
}
