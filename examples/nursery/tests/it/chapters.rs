//! What each family of the story finds in the end, chapter by chapter.

use mattoni_core::calendar::rome_date;
use mattoni_core::named_id;
use mattoni_core::record::{Role, Subject};
use mattoni_desk::BulkRecord;
use mattoni_office::Office;
use mattoni_practice::{
    Answer, Assignee, Audience, Filer, IntegrationEnd, MandateKind, PartyRole, Payment, Practice,
    Query, State, Verb,
};
use mattoni_ranking::{OfferStatus, Outcome, Points};
use mattoni_service::{ServiceWatch, Status};
use nursery::life::late;
use nursery::life::ranking::{FINAL, PROVISIONAL};
use nursery::town::cast::{self, Household};

use crate::records::{drawn, ente, live, of, office, practices};

const FAMILIES: usize = 200;
const CALL: &str = "nido-2027";
const FEE: &str = "retta-nido-2027";

/// The end of the story, and what was said.
async fn told() -> (tempfile::TempDir, Office, String) {
    let folder = tempfile::tempdir().unwrap();
    let said = live(folder.path(), FAMILIES).await;
    let office = office(folder.path()).await;
    (folder, office, said)
}

async fn code(office: &Office, household: &Household) -> String {
    of(office, CALL, household).await.protocol_number().unwrap().to_owned()
}

#[tokio::test]
async fn others_apply_for_a_family_and_nobody_else_sees_it() {
    let (_folder, office, said) = told().await;
    let mandate = |filer: &Filer| match filer {
        Filer::Delegate(mandate) => {
            Some((mandate.person.fiscal_code, mandate.kind, mandate.paper.is_some()))
        }
        _ => None,
    };
    let popescu = of(&office, CALL, &cast::popescu()).await;
    let zanni = cast::zanni().fiscal_code.into();
    assert_eq!(mandate(popescu.filer()), Some((zanni, MandateKind::Delegated, true)));
    let singh = of(&office, CALL, &cast::singh()).await;
    let sassi = cast::sassi().fiscal_code.into();
    assert_eq!(mandate(singh.filer()), Some((sassi, MandateKind::Entrusted, true)));
    let codeluppi = of(&office, CALL, &cast::codeluppi()).await;
    assert_eq!(codeluppi.filer(), &Filer::counter("ufficio.nidi", "nidi"));

    let ferretti = of(&office, CALL, &cast::ferretti()).await;
    let roles: Vec<_> = ferretti.parties().iter().map(|party| party.role).collect();
    assert_eq!(roles, [PartyRole::CoApplicant, PartyRole::Reader]);
    let names: Vec<_> = ferretti.attachments().iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["contratto.pdf"], "the film was refused");

    // Each sees what is theirs: the grandmother one, a stranger none.
    let ids = office.desk().names().await.unwrap();
    let counts = async |person: &nursery::town::Resident| {
        let person = person.person(&ids).id;
        let counter = office
            .desk()
            .at_counter(Subject::new(ente(), vec![Role::Citizen { person }]))
            .of::<Practice>();
        let seen = counter.read(ferretti.id()).await.is_ok();
        (seen, counter.count(&Query::default()).await.unwrap())
    };
    assert_eq!(counts(&cast::grandmother()).await, (true, 1));
    assert_eq!(counts(&cast::iotti()).await, (true, 1));
    assert_eq!(counts(&cast::conte().parent).await, (false, 1));
    for refused in [
        "[desk.unknown]",
        "[desk.counter.taken]",
        "[practice.access.not-theirs]",
        "[practice.attach.too-large]",
        "[core.belfiore.not-then]",
        "[service.change.not-theirs]",
        "[service.sheet.unknown-topic]",
    ] {
        assert!(said.contains(refused), "{refused}");
    }
}

#[tokio::test]
async fn a_practice_stays_under_its_version_and_every_term_says_why() {
    let (_folder, office, said) = told().await;
    let days = |practice: &mattoni_practice::Practice| {
        let received = rome_date(practice.submitted_at().unwrap());
        (practice.due().unwrap().on - received).num_days()
    };
    let ferretti = of(&office, CALL, &cast::ferretti()).await;
    assert_eq!((ferretti.service().version, days(&ferretti)), (1, 90));
    let rossi = of(&office, CALL, &cast::rossi()).await;
    assert_eq!((rossi.service().version, days(&rossi)), (2, 85));

    let conte = of(&office, CALL, &cast::conte()).await;
    assert_eq!(conte.assignee(), Some(&Assignee::official("nidi", "anna.bianchi")));
    assert_eq!(conte.due().unwrap().on.to_string(), "2027-06-21");
    assert_eq!(conte.due().unwrap().steps.len(), 3, "counted, extended, moved on");
    assert!(said.contains("è festivo (San Prospero)"), "the patron saint counts");

    let codeluppi = of(&office, CALL, &cast::codeluppi()).await;
    let [request] = codeluppi.integrations() else { panic!("one request") };
    assert!(matches!(request.end, IntegrationEnd::Cancelled { .. }));
    assert_eq!(of(&office, CALL, &cast::benassi()).await.state(), State::Withdrawn);

    let watch = office.desk().load(ServiceWatch::id(&ente(), CALL)).await.unwrap().unwrap();
    assert_eq!(watch.state.standing.status, Status::Closed, "the clock saw it close");
}

#[tokio::test]
async fn the_office_writes_and_notes_and_the_family_sees_what_is_for_it() {
    let (_folder, office, _) = told().await;
    let ferretti = of(&office, CALL, &cast::ferretti()).await;
    let audiences: Vec<_> = ferretti.messages().iter().map(|m| m.audience).collect();
    assert_eq!(audiences, [Audience::Everyone, Audience::Office, Audience::Everyone]);
    assert_eq!(ferretti.messages().iter().filter(|m| !m.read.is_empty()).count(), 2);
    let person = cast::ferretti().parent.person(&office.desk().names().await.unwrap()).id;
    let counter = office
        .desk()
        .at_counter(Subject::new(ente(), vec![Role::Citizen { person }]))
        .of::<Practice>();
    assert_eq!(counter.read(ferretti.id()).await.unwrap().messages().len(), 2);
}

#[tokio::test]
async fn an_order_over_thousands_is_carried_out_once() {
    let (_folder, office, _) = told().await;
    for (name, verb) in [
        ("taken-in-charge", Verb::TakeInCharge),
        ("missing-papers", Verb::RequestIntegration),
        ("rejected", Verb::Reject),
    ] {
        let id = named_id::<BulkRecord>(&ente(), &["bulk", name]);
        let record = office.desk().load(id).await.unwrap().unwrap().state;
        assert_eq!(record.order.verb, verb.name());
        assert!(record.finished.is_some() && record.decided > 0 && record.refused == 0, "{name}");
    }
    let practices = practices(&office, CALL).await;
    let rejected = practices.iter().filter(|practice| practice.state() == State::Rejected);
    for practice in rejected {
        assert!(practice.notice().is_none(), "art. 10-bis is not for competitions");
        assert!(!practice.outcomes()[0].decision.motivation.is_empty());
    }
}

#[tokio::test]
async fn the_ranking_says_what_was_declared_what_was_found_and_who_is_out() {
    let (_folder, office, said) = told().await;
    let run = drawn(&office, FINAL).await.run;
    let conte = run.line(&code(&office, &cast::conte()).await).unwrap();
    let work = conte.applicant.points.iter().find(|score| score.criterion == "work").unwrap();
    assert_eq!((work.points, work.counted()), (Points::whole(20), Points::whole(10)));
    assert!(said.contains("[ranking.flag.open]"), "the doubt held the run up");

    let outcome =
        async |household| run.line(&code(&office, &household).await).unwrap().outcome.clone();
    assert!(matches!(outcome(cast::greco()).await, Outcome::Excluded { .. }));
    assert!(matches!(outcome(cast::menozzi()).await, Outcome::BelowThreshold { .. }));

    // Residents first, whatever the points.
    let classes: Vec<_> = run
        .lines()
        .iter()
        .filter(|line| line.position.is_some())
        .map(|line| line.applicant.class.clone().unwrap())
        .collect();
    let first_of_others = classes.iter().position(|class| class == "not-resident").unwrap();
    assert!(classes[first_of_others..].iter().all(|class| class == "not-resident"));
}

#[tokio::test]
async fn an_appeal_gives_another_ranking_the_place_of_the_published_one() {
    let (_folder, office, said) = told().await;
    let (provisional, holds) = (drawn(&office, PROVISIONAL).await, drawn(&office, FINAL).await);
    let superseded = provisional.standing.state.superseded().unwrap();
    assert_eq!(superseded.by_run, holds.run.digest());
    let tirelli = code(&office, &cast::tirelli()).await;
    let outcome = |run: &mattoni_ranking::Run| run.line(&tirelli).unwrap().outcome.clone();
    assert!(matches!(outcome(&provisional.run), Outcome::Placed { .. }));
    assert!(matches!(outcome(&holds.run), Outcome::Excluded { .. }));
    assert!(office.offers(provisional.run.digest()).await.unwrap().is_empty());
    assert!(said.contains("[desk.rank.superseded]"));
    // Whoever gave nothing away keeps the ticket of the draw.
    for line in holds.run.lines() {
        assert_eq!(provisional.run.line(line.code()).map(|old| old.ticket), Some(line.ticket));
    }
}

#[tokio::test]
async fn twins_who_come_late_are_together_and_nobody_in_time_is_passed_over() {
    let (_folder, office, _) = told().await;
    let [nora, ivo] = cast::orlandini();
    let late_run = mattoni_office::ranking::run_id(&ente(), late::CODE, "1");
    let run = office.drawn(late_run).await.unwrap().run;
    let mut places = Vec::new();
    for twin in [&nora, &ivo] {
        let practice = of(&office, late::CODE, twin).await;
        assert_eq!(practice.state(), State::Accepted);
        let line = run.line(practice.protocol_number().unwrap()).unwrap();
        let Outcome::Placed { facility, .. } = &line.outcome else { panic!("{line:?}") };
        places.push(facility.clone());
    }
    assert_eq!(places, ["sole", "sole"]);
    assert_eq!(of(&office, late::CODE, &cast::pedroni()).await.state(), State::Rejected);
    assert_eq!(run.lines().len(), 3);
    assert!(run.lines().iter().all(|line| line.applicant.group.as_deref() == Some("older")));
}

#[tokio::test]
async fn a_place_that_is_taken_back_goes_to_a_family_whose_practice_is_opened_again() {
    let (_folder, office, _) = told().await;
    let fornaciari = of(&office, CALL, &cast::fornaciari()).await;
    assert_eq!(fornaciari.state(), State::Revoked);
    let offers = office.offers(drawn(&office, FINAL).await.run.digest()).await.unwrap();
    let lost = offers.iter().find(|o| Some(o.state.code()) == fornaciari.protocol_number());
    assert_eq!(lost.unwrap().state.status(), OfferStatus::Revoked);

    let practices = practices(&office, CALL).await;
    let reopened: Vec<_> = practices.iter().filter(|p| p.outcomes().len() == 2).collect();
    let answers = |practice: &mattoni_practice::Practice| -> Vec<Answer> {
        practice.outcomes().iter().map(|outcome| outcome.answer.clone()).collect()
    };
    let second_chance = reopened.iter().filter(|p| p.id() != fornaciari.id());
    let mut count = 0;
    for practice in second_chance {
        assert_eq!(answers(practice), [Answer::Rejected, Answer::Accepted]);
        count += 1;
    }
    assert!(count > 0, "somebody was waiting");
}

#[tokio::test]
async fn where_nobody_competes_a_deposit_is_paid_and_a_rejection_is_announced() {
    let (_folder, office, said) = told().await;
    let place = of(&office, CALL, &cast::ferretti()).await;
    let fee = of(&office, FEE, &cast::ferretti()).await;
    assert!(fee.parents().contains(&place.id()) && place.parents().is_empty());
    let [Payment::Failed { .. }, Payment::Paid { .. }] = fee.payments() else {
        panic!("{:?}", fee.payments())
    };
    assert_eq!(fee.state(), State::Accepted);

    let rossi = of(&office, FEE, &cast::rossi()).await;
    let notice = rossi.notice().unwrap();
    assert!(notice.observations.is_some());
    assert_eq!(rossi.state(), State::Rejected);
    assert!(rossi.outcomes()[0].decision.on_observations.is_some());

    // The forgotten one was answered a day after its last day, and the clock had said so.
    let popescu = of(&office, FEE, &cast::popescu()).await;
    let answered = rome_date(popescu.outcomes()[0].act.at);
    assert_eq!(answered, popescu.due().unwrap().on.succ_opt().unwrap());
    for refused in [
        "[practice.relate.cycle]",
        "[practice.withdraw.paid]",
        "[practice.reject.no-notice]",
        "[practice.give-notice.competitive]",
        "[practice.extend-term.expired]",
        "[practice.save.wrong-state]",
    ] {
        assert!(said.contains(refused), "{refused}");
    }
}

#[tokio::test]
async fn a_draft_nobody_came_back_to_is_warned_of_and_expires() {
    let (folder, office, _) = told().await;
    let campani = of(&office, CALL, &cast::campani()).await;
    assert_eq!(campani.state(), State::Expired);
    let verbs: Vec<_> = office
        .desk()
        .history::<Practice>(campani.id())
        .await
        .unwrap()
        .iter()
        .filter_map(|past| past.event.verb())
        .collect();
    assert_eq!(verbs, [Verb::WarnOfExpiry, Verb::Expire]);
    let messages = std::fs::read_to_string(folder.path().join("messages.jsonl")).unwrap();
    assert!(messages.contains(&campani.id().to_string()), "he was told");
}
