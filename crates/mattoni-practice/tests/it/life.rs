//! Terms, notices, expiry, payment: the life of a practice.

use std::collections::BTreeMap;

use chrono::Days;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Id, Money, Refusal, fold};
use mattoni_practice::*;

use crate::fixture::*;

fn due(life: &Life) -> String {
    life.practice.due().unwrap().on.to_string()
}

#[test]
fn the_first_request_for_integration_suspends_the_term_and_the_second_does_not() {
    let first = Life::awaiting_integration(procedure());
    // 30 days from 4 September is 4 October; 30 more at most is 3 November.
    assert_eq!(due(&first), "2026-11-03");

    let answered =
        first.then(|p| p.answer_integration(&citizen(15), integration_answer(), &calendar()));
    assert_eq!(due(&answered), "2026-10-14");

    let again = vec![Asked::Field { key: "isee".into(), why: "scaduto".into() }];
    let second = answered
        .then(|p| p.request_integration(&office(16), again, day("2026-10-30"), &calendar()));
    assert_eq!(due(&second), "2026-10-14");
    let reasons: Vec<_> =
        second.practice.due().unwrap().steps.iter().map(ToString::to_string).collect();
    assert!(reasons.iter().any(|reason| reason.contains("non sospende di nuovo")), "{reasons:?}");
}

#[test]
fn a_request_taken_back_lets_the_term_run_again() {
    let life = Life::awaiting_integration(procedure())
        .then(|p| p.cancel_integration(&office(7), "trovato", &calendar()));
    // Two days stood still; 6 October is a Tuesday.
    assert_eq!(due(&life), "2026-10-06");
    assert_eq!(life.practice.state(), State::TakenInCharge);
}

#[test]
fn a_request_lapses_only_after_its_last_day() {
    let life = Life::awaiting_integration(procedure());
    // Its last day is 20 September, sixteen days in.
    let refused = life.practice.lapse_integration(&system(16), &calendar()).unwrap_err();
    assert_eq!(refused, LapseIntegrationRefusal::TooEarly { until: day("2026-09-20") });
    assert_eq!(life.practice.chores(day("2026-09-20")), []);
    assert_eq!(life.practice.chores(day("2026-09-21")), [Chore::LapseIntegration]);
    life.then(|p| p.lapse_integration(&system(17), &calendar()));
}

#[test]
fn observations_are_waited_for_and_answered() {
    let life = Life::in_state(State::NoticeGiven, procedure());
    let plain = || Decision::new("manca un requisito");
    // Notice on 11 September, observations until the 21st.
    assert_eq!(
        life.practice.reject(&office(17), plain()).unwrap_err(),
        RejectRefusal::Barred(vec![RejectBar::StillOpen { until: day("2026-09-21") }])
    );
    let silent = life.clone().then(|p| p.reject(&office(18), plain()));
    assert_eq!(silent.practice.state(), State::Rejected);

    let answered = life.then(|p| p.answer_notice(&citizen(9), "il requisito c'è", &calendar()));
    assert_eq!(
        answered.practice.reject(&office(18), plain()).unwrap_err(),
        RejectRefusal::Barred(vec![RejectBar::ObservationsUnanswered])
    );
    answered.then(|p| p.reject(&office(18), plain().with_answer_to_observations("non c'è")));
}

#[test]
fn a_tenth_day_on_a_holiday_moves_on_for_the_applicant_and_for_the_term() {
    // Notice on 21 September: the tenth day is 1 October, a Thursday. On 24 September it is
    // Sunday 4 October, Saint Francis as well.
    let until = |day: u64| {
        let life = Life::taken(procedure())
            .then(|p| p.give_notice(&office(day), "manca un requisito", &calendar()));
        (life.practice.notice().unwrap().observations_by.to_string(), life)
    };
    assert_eq!(until(17).0, "2026-10-01");
    let (observations_by, life) = until(20);
    assert_eq!(observations_by, "2026-10-05");
    let reasons: Vec<_> =
        life.practice.due().unwrap().steps.iter().map(ToString::to_string).collect();
    assert!(reasons.iter().any(|r| r.contains("si passa al 05/10/2026")), "{reasons:?}");
    assert_eq!(
        life.practice.reject(&office(31), Decision::new("manca")).unwrap_err(),
        RejectRefusal::Barred(vec![RejectBar::StillOpen { until: day("2026-10-05") }])
    );
    life.then(|p| p.answer_notice(&citizen(31), "il requisito c'è", &calendar()));
}

#[test]
fn a_term_is_extended_by_the_rule_that_is_named_and_says_so() {
    let law = "D.P.R. 380/2001, art. 20, c. 3";
    let life = Life::taken(procedure())
        .then(|p| p.extend_term(&office(10), 30, law, "progetto complesso", &calendar()));
    // 4 October and 30 days: 3 November.
    assert_eq!(due(&life), "2026-11-03");
    let last = life.practice.due().unwrap().steps.last().unwrap().to_string();
    assert_eq!(last, format!("prorogato il 14/09/2026 di 30 giorni: 03/11/2026 ({law})"));
    assert_eq!(life.practice.state(), State::TakenInCharge);
    let again = life.then(|p| p.extend_term(&office(50), 10, law, "ancora", &calendar()));
    assert_eq!(due(&again), "2026-11-13");
    let numbered = again.then(|p| p.register(&system(50), Document::Extension { number: 2 }, "2"));
    assert_eq!(
        numbered.practice.register(&system(50), Document::Extension { number: 3 }, "3"),
        Err(RegisterRefusal::NoSuchDocument)
    );
}

#[test]
fn an_unlawful_acceptance_can_be_annulled_for_six_months() {
    // Accepted on 11 September 2026.
    let life = Life::in_state(State::Accepted, procedure());
    assert_eq!(life.practice.annul_by(&calendar()), Some(day("2027-03-11")));
    let why = || Decision::new("mancava un requisito");
    let annul = |days, ground| life.practice.revoke(&office(days), ground, why(), &calendar());
    assert!(annul(7 + 181, RevocationGround::Unlawful).is_ok());
    assert_eq!(
        annul(7 + 182, RevocationGround::Unlawful).unwrap_err(),
        RevokeRefusal::Barred(vec![RevocationBar::TooLate { until: day("2027-03-11") }])
    );
    for ground in [
        RevocationGround::UnlawfulByCrime,
        RevocationGround::UnlawfulOther,
        RevocationGround::PublicInterest,
        RevocationGround::Forfeiture,
    ] {
        assert!(annul(7 + 182, ground).is_ok(), "{ground:?}");
    }
    assert_eq!(Life::taken(procedure()).practice.annul_by(&calendar()), None);
}

#[test]
fn every_limit_to_annulment_ends_the_day_before_the_next_begins() {
    for pair in ANNULMENT_LIMITS.windows(2) {
        assert_eq!(pair[0].to, pair[1].from.pred_opt());
    }
    let until = |on: &str| annul_by(day(on), &calendar()).map(|day| day.to_string());
    assert_eq!(until("2015-08-27"), None);
    assert_eq!(until("2015-08-28").as_deref(), Some("2017-02-28"));
    assert_eq!(until("2021-05-31").as_deref(), Some("2022-11-30"));
    assert_eq!(until("2021-06-01").as_deref(), Some("2022-06-01"));
}

#[test]
fn a_second_notice_after_reopening_gets_a_number_of_its_own() {
    let first = Life::in_state(State::NoticeGiven, procedure())
        .then(|p| p.register(&system(7), Document::Notice { number: 1 }, "2026/1"))
        .then(|p| p.reject(&office(60), Decision::new("manca un requisito")))
        .then(|p| p.reopen(&office(61), "sentenza", Assignee::office("scuola"), &calendar()));
    assert_eq!(
        first.practice.register(&system(61), Document::Notice { number: 2 }, "2026/2"),
        Err(RegisterRefusal::NoSuchDocument)
    );
    first
        .then(|p| p.give_notice(&office(62), "manca ancora", &calendar()))
        .then(|p| p.register(&system(62), Document::Notice { number: 2 }, "2026/2"));
}

/// The order of the first notice waits in the outbox while the practice is decided, opened again,
/// and given a second one.
#[test]
fn a_notice_that_waits_for_its_number_gets_it_after_reopening() {
    let reopened = Life::in_state(State::NoticeGiven, procedure())
        .then(|p| p.answer_notice(&citizen(8), "il requisito c'è", &calendar()))
        .then(|p| p.reject(&office(60), decided()))
        .then(|p| p.reopen(&office(61), "sentenza", Assignee::office("scuola"), &calendar()));
    let first = Document::Notice { number: 1 };
    let observed = Document::Observations { number: 1 };
    let numbered = reopened
        .clone()
        .then(|p| p.register(&system(62), first, "2026/7"))
        .then(|p| p.register(&system(62), observed, "2026/8"));
    // Delivered twice, it has its number.
    assert_eq!(
        numbered.practice.register(&system(62), first, "2026/9"),
        Err(RegisterRefusal::Already { number: "2026/7".into() })
    );
    let second = Document::Notice { number: 2 };
    let late = reopened
        .then(|p| p.give_notice(&office(63), "manca ancora", &calendar()))
        .then(|p| p.register(&system(64), first, "2026/10"))
        .then(|p| p.register(&system(64), second, "2026/11"));
    let given: Vec<_> =
        late.practice.registrations().iter().map(|r| (r.document, &*r.number)).collect();
    assert!(given.contains(&(first, "2026/10")) && given.contains(&(second, "2026/11")));
    assert_eq!(
        late.practice.register(&system(65), Document::Observations { number: 2 }, "2026/12"),
        Err(RegisterRefusal::NoSuchDocument)
    );
}

/// In a journal from before notices were numbered, the second one stands under the first's name.
#[test]
fn a_second_notice_of_yesterday_keeps_its_number() {
    let reopened = Life::in_state(State::NoticeGiven, procedure())
        .then(|p| p.register(&system(7), Document::Notice { number: 1 }, "2026/1"))
        .then(|p| p.reject(&office(60), Decision::new("manca un requisito")))
        .then(|p| p.reopen(&office(61), "sentenza", Assignee::office("scuola"), &calendar()))
        .then(|p| p.give_notice(&office(62), "manca ancora", &calendar()));
    let old = r#"{"event":"practice.registered","act":{"at":"2026-11-06T10:00:00Z","by":{"system":"protocol"}},"document":{"is":"notice"},"number":"2026/2"}"#;
    let mut practice = reopened.practice;
    let shape = serde_json::to_value(
        practice.register(&system(63), Document::Notice { number: 2 }, "2026/2").unwrap(),
    )
    .unwrap();
    let mut read: serde_json::Value = serde_json::from_str(old).unwrap();
    read["act"] = shape["act"].clone();
    practice.apply(&serde_json::from_value::<Event>(read).unwrap());
    assert_eq!(
        practice.register(&system(64), Document::Notice { number: 2 }, "2026/3"),
        Err(RegisterRefusal::Already { number: "2026/2".into() })
    );
}

fn decided() -> Decision {
    Decision::new("manca un requisito").with_answer_to_observations("non bastano")
}

/// By the calendar, not 365 days: there is a 29 February in between.
#[test]
fn a_draft_is_kept_a_year_of_the_calendar() {
    let touched = |on: &str| {
        let at = format!("{on}T10:00:00Z").parse().unwrap();
        let act = Act::new(at, Actor::Citizen(maria().id));
        let draft = Life::open(procedure()).then(|p| p.save(&act, Saving::set(answers())));
        (draft.practice.warn_on(), draft.practice.expires_on())
    };
    assert_eq!(touched("2027-03-05"), (Some(day("2028-02-04")), Some(day("2028-03-05"))));
    assert_eq!(touched("2028-02-29"), (Some(day("2029-01-29")), Some(day("2029-02-28"))));
    assert_eq!(touched("2026-03-05"), (Some(day("2027-02-03")), Some(day("2027-03-05"))));
}

#[test]
fn an_expired_draft_is_taken_up_with_its_answers() {
    let old = Life::in_state(State::Expired, procedure()).practice;
    let new_id = Id::from_u128(8);
    // The service of today asks for less.
    let today = Procedure::new(30).with_step(Step::new("famiglia", ["isee"], []));
    let service = ServiceRef::new("nido", 2);
    let take = |p: &Practice, act: &Act| p.take_up(act, new_id, service.clone(), today.clone());
    let events = take(&old, &citizen(400)).unwrap();
    let new: Practice = fold(&events).unwrap();
    assert_eq!((new.state(), new.continues()), (State::Draft, Some(old.id())));
    assert_eq!(new.answers().keys().collect::<Vec<_>>(), ["isee"]);
    assert_eq!((new.applicant(), new.service().version), (&maria(), 2));
    assert!(new.attachments().is_empty());
    // At the counter as well, and by nobody else.
    let typed: Practice = fold(&take(&old, &office(400)).unwrap()).unwrap();
    assert!(matches!(typed.filer(), Filer::Counter { .. }));
    let stranger = Act::new(at(400), Actor::Citizen(mario().id));
    let code = |refused: TakeUpRefusal| refused.problems().into_vec()[0].code.to_string();
    assert_eq!(code(take(&old, &stranger).unwrap_err()), "practice.open.not-theirs");
    let draft = Life::draft(procedure()).practice;
    assert_eq!(code(take(&draft, &citizen(1)).unwrap_err()), "practice.take-up.not-expired");
    let same = old.take_up(&citizen(400), old.id(), service.clone(), today.clone());
    assert_eq!(code(same.unwrap_err()), "practice.take-up.same-id");
}

#[test]
fn an_answer_that_cannot_be_seen_is_none() {
    let blank = Value::Text(" \u{200B}".into());
    let mut given = answers();
    given.insert("nome".into(), blank.clone());
    let draft = Life::open(procedure()).then(|p| p.save(&citizen(0), Saving::set(given)));
    let refused =
        draft.practice.submit(&citizen(0), draft.practice.summary().digest(), &calendar());
    let problems = refused.unwrap_err().problems().into_vec();
    assert_eq!(
        (problems[0].code.as_ref(), problems[0].field.as_str()),
        ("practice.submit.missing", "nome")
    );
    assert!(draft.practice.progress()[1].missing.contains("nome"));

    let asked = Life::awaiting_integration(procedure()).practice;
    let mut answer = integration_answer();
    answer.set.insert("telefono".into(), blank);
    let problems =
        asked.answer_integration(&citizen(6), answer, &calendar()).unwrap_err().problems();
    assert_eq!(problems.into_vec()[0].code, "practice.answer-integration.missing");

    let taken = Life::taken(procedure()).practice;
    let unsaid = taken.accept(&office(2), Decision::new("\u{200B}\u{A0}")).unwrap_err().problems();
    assert_eq!(unsaid.into_vec()[0].code, "practice.accept.no-motivation");
}

#[test]
fn one_file_answers_two_requests_and_so_does_one_given_before() {
    let paper = |name: &str| Asked::Paper { name: name.into(), why: "manca".into() };
    let asked = Life::taken(procedure()).then(|p| {
        let items = vec![paper("carta"), paper("certificato"), paper("isee")];
        p.request_integration(&office(5), items, day("2026-09-20"), &calendar())
    });
    // The identity card is on the practice since the draft; one file has the other two.
    let papers = [("carta", "carta.pdf"), ("certificato", "tutto.pdf"), ("isee", "tutto.pdf")];
    let papers = papers.map(|(name, is)| (name.to_owned(), file(is))).into();
    let answer = IntegrationAnswer { papers, ..IntegrationAnswer::default() };
    let life = asked.then(|p| p.answer_integration(&citizen(6), answer, &calendar()));
    let names: Vec<_> = life.practice.attachments().iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["carta.pdf", "tutto.pdf"]);
    assert_eq!(life.practice.state(), State::IntegrationAnswered);
    let Some(Event::IntegrationAnswered(answered)) = life.journal.last() else { panic!() };
    assert_eq!(answered.papers.len(), 3);
}

#[test]
fn files_are_taken_by_every_name_of_their_media_type() {
    let draft = Life::open(procedure()).practice;
    for media_type in ["application/x-pdf", "Application/PDF; name=x", "image/jpg", "image/pjpeg"] {
        let file = Attachment { media_type: media_type.into(), ..file("a") };
        let event = draft.attach(&citizen(0), file).unwrap();
        let Event::Attached(attached) = event else { panic!() };
        // What was claimed is what stands there.
        assert_eq!(attached.attachment.media_type, media_type);
    }
}

#[test]
fn where_applicants_compete_there_is_no_notice() {
    let life = Life::taken(procedure().with_nature(Nature::Competitive));
    assert_eq!(
        life.practice.give_notice(&office(2), "pochi punti", &calendar()).unwrap_err(),
        GiveNoticeRefusal::Competitive
    );
    life.then(|p| p.reject(&office(2), Decision::new("non in posizione utile")));
}

#[test]
fn a_draft_is_kept_a_year_and_expires_after_a_notice() {
    let life = Life::draft(procedure());
    assert_eq!(life.practice.expire(&system(4000)).unwrap_err(), ExpireRefusal::NotWarned);
    let touched = day("2026-09-04");
    assert_eq!(life.practice.chores(touched + Days::new(334)), []);
    assert_eq!(life.practice.chores(touched + Days::new(335)), [Chore::WarnOfExpiry]);
    let warned = life.then(|p| p.warn_of_expiry(&system(335)));
    assert_eq!(warned.practice.warn_of_expiry(&system(336)), Err(WarnOfExpiryRefusal::Already));
    assert_eq!(
        warned.practice.expire(&system(364)).unwrap_err(),
        ExpireRefusal::TooEarly { on: touched + Days::new(365) }
    );
    warned.clone().then(|p| p.expire(&system(365)));

    let back = warned.then(|p| p.save(&citizen(350), Saving::set(answers())));
    assert_eq!(back.practice.expire(&system(365)).unwrap_err(), ExpireRefusal::NotWarned);
}

#[test]
fn a_late_warning_still_gives_its_whole_time() {
    let life = Life::draft(procedure()).then(|p| p.warn_of_expiry(&system(1000)));
    assert_eq!(
        life.practice.expire(&system(1029)).unwrap_err(),
        ExpireRefusal::TooEarly { on: day("2026-09-04") + Days::new(1030) }
    );
    life.then(|p| p.expire(&system(1030)));
}

#[test]
fn nobody_is_stuck_waiting_for_a_payment() {
    let waiting = || Life::in_state(State::AwaitingPayment, procedure());
    let failed = waiting()
        .then(|p| p.record_payment(&system(8), Payment::Failed { reason: "rifiutata".into() }));
    assert_eq!(failed.practice.state(), State::AwaitingPayment);
    let otherwise = Payment::SettledOtherwise { note: "allo sportello".into() };
    assert_eq!(
        failed.practice.record_payment(&citizen(8), otherwise.clone()).unwrap_err(),
        RecordPaymentRefusal::NotTheirs(NotTheirs {
            verb: Verb::RecordPayment,
            because: NotTheirsBecause::TheOffices
        })
    );
    assert_eq!(
        failed.practice.record_payment(&system(8), otherwise.clone()).unwrap_err(),
        RecordPaymentRefusal::NotAnOfficial
    );
    let paid = failed.then(|p| p.record_payment(&office(9), otherwise));
    assert_eq!(paid.practice.state(), State::TakenInCharge);
    assert_eq!(paid.practice.demand(), None);
    waiting().then(|p| p.cancel_payment(&office(9), "esente"));
}

#[test]
fn what_is_to_be_paid_before_is_paid_before() {
    let amount = Money::from_cents(1600);
    let life = Life::draft(procedure().with_fee(Fee::BeforeSubmission { amount }));
    let confirmed = life.practice.summary().digest();
    assert_eq!(
        life.practice.submit(&citizen(1), confirmed, &calendar()).unwrap_err(),
        SubmitRefusal::NotReady(vec![SubmitBar::Unpaid { amount }])
    );
    let reference = "RT1".to_owned();
    let half = Payment::Paid { amount: Money::from_cents(800), reference: reference.clone() };
    assert!(matches!(
        life.practice.record_payment(&system(1), half),
        Err(RecordPaymentRefusal::WrongAmount { .. })
    ));
    life.then(|p| p.record_payment(&system(1), Payment::Paid { amount, reference }))
        .then(|p| p.submit(&citizen(1), confirmed, &calendar()));
}

#[test]
fn reopening_starts_a_whole_new_term_and_the_old_answer_counts_no_longer() {
    let life = Life::in_state(State::Accepted, procedure());
    assert!(life.practice.outcome().is_some());
    let again = life
        .then(|p| p.reopen(&office(20), "segnalazione", Assignee::office("scuola"), &calendar()));
    assert_eq!(due(&again), "2026-10-24");
    assert!(again.practice.outcome().is_none());
    assert_eq!(again.practice.outcomes().len(), 1);
}

#[test]
fn steps_say_how_far_they_are() {
    let life = Life::open(procedure());
    let progress = life.practice.progress();
    assert_eq!((progress[0].answered, progress[0].keys), (0, 2));
    assert!(progress[0].missing.contains("isee") && !progress[0].missing.contains("telefono"));
    let full = life.then(|p| p.save(&citizen(0), Saving::set(answers())));
    assert!(full.practice.progress().iter().all(|step| step.missing.is_empty()));
}

#[test]
fn the_office_is_reminded_before_the_last_day_and_told_when_it_passed() {
    let practice = Life::taken(procedure()).practice;
    let last = practice.due().unwrap().on;
    assert_eq!(practice.chores(last - Days::new(6)), []);
    assert_eq!(practice.chores(last - Days::new(5)), [Chore::RemindOffice { due: last }]);
    assert_eq!(practice.chores(last), [Chore::RemindOffice { due: last }]);
    assert_eq!(practice.chores(last + Days::new(1)), [Chore::TermPassed { due: last }]);
}

#[test]
fn a_practice_changes_hands_between_offices_and_persons() {
    let life = Life::taken(procedure())
        .then(|p| p.take_in_charge(&office(2), Assignee::official("scuola", "anna.bianchi")))
        .then(|p| p.take_in_charge(&office(3), Assignee::office("sociale")));
    assert_eq!(life.practice.assignee(), Some(&Assignee::office("sociale")));
    assert_eq!(
        life.practice.take_in_charge(&office(4), Assignee::office("sociale")).unwrap_err(),
        TakeInChargeRefusal::Already
    );
    let held = Life::awaiting_integration(procedure())
        .then(|p| p.take_in_charge(&office(6), Assignee::office("sociale")));
    assert_eq!(held.practice.state(), State::AwaitingIntegration);
}

#[test]
fn what_depends_on_another_answer_is_asked_for_when_that_is_given() {
    let step = Step::new("lavoro", ["occupato"], []).with_conditional(
        "datore",
        "occupato",
        Value::Boolean(true),
    );
    let life = Life::open(Procedure::new(30).with_step(step));
    let with = |employed: bool| {
        let answer = BTreeMap::from([("occupato".to_owned(), Value::Boolean(employed))]);
        life.clone().then(|p| p.save(&citizen(0), Saving::set(answer))).practice
    };
    let submit = |p: &Practice| p.submit(&citizen(0), p.summary().digest(), &calendar());
    assert!(submit(&with(false)).is_ok());
    assert!(with(true).progress()[0].missing.contains("datore"));
    let missing = SubmitBar::Missing { key: "datore".into(), step: "lavoro".into() };
    assert_eq!(submit(&with(true)).unwrap_err(), SubmitRefusal::NotReady(vec![missing]));
}
