//! Refusals give everything at once, with stable codes.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Digest, Id, Money, Refusal};
use mattoni_practice::*;

use crate::fixture::*;

fn check<R: Refusal>(tried: Result<Event, R>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().problems().to_string());
}

#[test]
fn a_submission_names_everything_that_is_missing() {
    let life = Life::open(procedure());
    check(
        life.practice.submit(&citizen(0), Digest::ZERO, &calendar()),
        expect![[r#"
        isee: must be answered; answer it in step famiglia [practice.submit.missing]
        nome: must be answered; answer it in step bambino [practice.submit.missing]
        confirmed: the draft changed after its summary was shown; show the summary again [practice.submit.summary-changed]"#]],
    );
}

#[test]
fn what_changed_after_the_summary_is_not_sent() {
    let life = Life::draft(procedure());
    let seen = life.practice.summary().digest();
    let changed = life.then(|p| {
        let other = BTreeMap::from([("nome".to_owned(), Value::Text("Luigi".into()))]);
        p.save(&citizen(1), Saving::set(other))
    });
    assert_eq!(
        changed.practice.submit(&citizen(1), seen, &calendar()).unwrap_err(),
        SubmitRefusal::NotReady(vec![SubmitBar::SummaryChanged])
    );
}

#[test]
fn every_bar_to_a_withdrawal_is_told_at_once() {
    let rules = procedure().with_withdrawal(Permission::Denied).with_flow(Flow::Forward);
    let paid = Payment::Paid { amount: Money::from_cents(1600), reference: "RT1".into() };
    let life =
        Life::in_state(State::AwaitingPayment, rules).then(|p| p.record_payment(&system(8), paid));
    check(
        life.practice.withdraw(&office(9), ""),
        expect![[r#"
        procedure: the service does not allow withdrawal; write to the office [practice.withdraw.not-allowed]
        payments: something was paid on it; ask the office for a refund [practice.withdraw.paid]
        actor: what an official does for a citizen must have the signed request on file; store the signed request, and name the person and its digest in the act [practice.withdraw.no-paper]
        state: the ente has taken it in; write to the office [practice.withdraw.taken-in]"#]],
    );
    let waiting = Life::submitted(procedure());
    check(
        waiting.practice.withdraw(&citizen(1), ""),
        expect![
            "state: its number in the register is awaited; try again later [practice.withdraw.awaiting-number]"
        ],
    );
}

#[test]
fn a_file_is_refused_for_all_that_is_wrong_with_it() {
    let rules = procedure().with_attachments(AttachmentLimits::default().with_bytes(1500, 2500));
    let life = Life::draft(rules);
    let bad = Attachment { bytes: 2000, media_type: "video/mp4".into(), ..file("carta.pdf") };
    check(
        life.practice.attach(&citizen(1), bad),
        expect![[r#"
        attachment: the file has 2000 bytes, the limit is 1500; use at most 1500 bytes [practice.attach.too-large]
        attachment: all files together have 3000 bytes, the limit is 2500; use at most 2500 bytes in all [practice.attach.too-much]
        attachment: video/mp4 is not among the kinds of file the service takes; use one of: application/pdf, application/pkcs7-mime, image/jpeg, image/png [practice.attach.media-type]
        attachment: the same file is there already; leave it out [practice.attach.twice]"#]],
    );
}

#[test]
fn an_answer_to_a_request_is_all_of_it_and_nothing_else() {
    let life = Life::awaiting_integration(procedure());
    let answer = IntegrationAnswer {
        set: BTreeMap::from([("isee".to_owned(), Value::Money(Money::ZERO))]),
        ..IntegrationAnswer::default()
    };
    check(
        life.practice.answer_integration(&citizen(6), answer, &calendar()),
        expect![[r#"
        telefono: was asked for and is missing; give it [practice.answer-integration.missing]
        certificato: was asked for and is missing; give it [practice.answer-integration.missing]
        isee: was not asked for; leave it out [practice.answer-integration.not-asked]"#]],
    );
}

#[test]
fn a_request_asks_for_something_that_exists_and_gives_time() {
    let life = Life::taken(procedure());
    let items = vec![
        Asked::Field { key: "targa".into(), why: String::new() },
        Asked::Paper { name: "isee".into(), why: String::new() },
        Asked::Paper { name: "isee".into(), why: String::new() },
    ];
    let today = day("2026-09-06");
    check(
        life.practice.request_integration(&office(2), items, today, &calendar()),
        expect![[r#"
        targa: is not in the form; ask for a field of the form, or a paper [practice.request-integration.unknown-field]
        isee: is asked for twice; ask for it once [practice.request-integration.twice]
        answer_by: the last day to answer must be after 2026-09-06; choose a later day [practice.request-integration.no-time]"#]],
    );
}

#[test]
fn keys_the_form_does_not_have_are_not_saved() {
    let life = Life::open(procedure());
    let saving = Saving::set(BTreeMap::from([("targa".to_owned(), Value::Boolean(true))]));
    check(
        life.practice.save(&citizen(0), saving),
        expect![
            "targa: is not in the form; leave it out, or open the practice under a newer version [practice.save.unknown-key]"
        ],
    );
}

#[test]
fn an_unsound_procedure_opens_nothing() {
    let rules = Procedure::new(0)
        .with_draft_days(30)
        .with_step(Step::new("a", ["x"], []))
        .with_step(Step::new("a", ["x"], []).with_conditional("z", "y", Value::Boolean(true)));
    check(
        Practice::open_draft(&citizen(0), opening(rules)),
        expect![[r#"
            term_days: must be 1 to 180 days (L. 241/1990, art. 2); set 30, or up to 90 or 180 where the ente's own act says so [practice.procedure.term]
            draft_days: must be a year or more, whenever it begins; set one year (P1Y), or at least 12 months or 366 days [practice.procedure.draft-days]
            x: must be asked once; step a asks it already; take it out of one step [practice.procedure.key-twice]
            z: must be asked, and so must y, on which it depends; name another key of the form [practice.procedure.condition]
            a: must be the name of one step; rename one [practice.procedure.step-twice]"#]],
    );
}

#[test]
fn a_citizen_writes_once_someone_is_in_charge_person_or_office() {
    let early = Life::registered(procedure());
    assert_eq!(
        early.practice.write(&citizen(1), "quando?").unwrap_err(),
        WriteRefusal::NobodyInCharge
    );
    let life = Life::taken(procedure()).then(|p| p.write(&citizen(2), "quando?"));
    assert_eq!(life.practice.messages().len(), 2);
}

#[test]
fn a_note_does_not_exist_for_a_citizen_who_marks_it_read() {
    let life = Life::taken(procedure()).then(|p| p.note(&office(2), "dubbio"));
    assert_eq!(life.practice.mark_read(&citizen(3), 2).unwrap_err(), MarkReadRefusal::Unknown(2));
    let read = life.then(|p| p.mark_read(&citizen(3), 1));
    assert_eq!(read.practice.mark_read(&citizen(4), 1).unwrap_err(), MarkReadRefusal::Already);
}

#[test]
fn the_same_number_or_assessment_delivered_twice_changes_nothing() {
    let life = Life::registered(procedure()).then(|p| p.assess(&system(1), assessment("batch")));
    assert!(matches!(
        life.practice.register(&system(1), Document::Application, "2026/0000123"),
        Err(RegisterRefusal::Already { .. })
    ));
    assert!(matches!(
        life.practice.assess(&system(2), assessment("batch")),
        Err(AssessRefusal::Already(_))
    ));
    let life = life
        .then(|p| p.assess(&system(2), assessment("another batch")))
        .then(|p| p.assess(&system(3), assessment("batch")));
    assert_eq!(life.practice.assessments().len(), 3, "going back is noted, and nothing is lost");
}

#[test]
fn an_extension_names_its_rule_its_reason_and_its_days_in_time() {
    let life = Life::taken(procedure());
    check(
        life.practice.extend_term(&office(60), 0, " ", "", &calendar()),
        expect![[r#"
        reason: a reason must be given; say why it is needed [practice.extend-term.no-reason]
        source: names the rule that allows it; L. 241/1990 knows no general power to extend: name the law on the matter [practice.extend-term.no-source]
        days: is at least one day; leave it out [practice.extend-term.no-days]
        term: nothing moves a term that ran out on 2026-10-05, found 2026-11-03; answer now; the head of the substitute power can be asked to (L. 241/1990, art. 2, c. 9-bis) [practice.extend-term.expired]"#]],
    );
}

#[test]
fn a_citizen_does_nothing_of_the_office_and_nothing_on_a_practice_of_others() {
    let life = Life::taken(procedure());
    let stranger = Act::new(at(2), Actor::Citizen(Id::from_u128(999)));
    check(
        life.practice.accept(&citizen(2), Decision::new("mi accolgo")),
        expect![
            "actor: must be done by the office; let the applicant or the office do it [practice.accept.not-theirs]"
        ],
    );
    check(
        life.practice.write(&stranger, "ciao"),
        expect![
            "actor: must be done by somebody who speaks for the applicant; let the applicant or the office do it [practice.write.not-theirs]"
        ],
    );
    check(
        Practice::open_draft(&stranger, opening(procedure())),
        expect![
            "actor: a citizen opens practices as applicant or as delegate; sign in as who fills it in, or go to the counter [practice.open.not-theirs]"
        ],
    );
    // Mario is a reader of it: he reads, no more.
    let reader = Act::new(at(2), Actor::Citizen(mario().id));
    check(
        life.practice.write(&reader, "ciao"),
        expect![
            "actor: must be done by somebody who speaks for the applicant; let the applicant or the office do it [practice.write.not-theirs]"
        ],
    );
    life.then(|p| p.mark_read(&reader, 1));
}

#[test]
fn an_annulment_is_refused_for_everything_at_once() {
    let life = Life::in_state(State::Accepted, procedure());
    check(
        life.practice.revoke(
            &office(300),
            RevocationGround::Unlawful,
            Decision::new(" "),
            &calendar(),
        ),
        expect![[r#"
            motivation: the motivation is empty; say why (L. 241/1990, art. 3) [practice.revoke.no-motivation]
            ground: it could be annulled until 2027-03-11; it stands (L. 241/1990, art. 21-nonies, c. 1), unless another ground is the true one [practice.revoke.too-late]"#]],
    );
}
