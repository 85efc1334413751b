//! What the house knows of runs, offers and reviews: what is personal in them, where they are
//! found, what they order, how long they stay, what is told to the person they are about.

use chrono::{NaiveDate, TimeZone, Utc};
use expect_test::expect;
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{
    Bricks, Concerns, Happened, Marks, Orders as _, PersonalField, Record, RecordRef, Retention,
    Step,
};
use mattoni_core::{Act, Actor, Aggregate, Digest, DomainEvent, Id, fold};
use mattoni_ranking::{
    Afterwards, Correction, MayPublish, Offer, OfferEvent, OfferStatus, Place, Points, RankingRun,
    RankingRunEvent, Review, ReviewEvent, ReviewRefusal, Run, Standing, TieValue,
};
use serde_json::Value as Json;

use crate::run::town;

/// In every text that the office writes.
const SECRET: &str = "Segreto";

fn act(day: u32) -> Act {
    let at = Utc.with_ymd_and_hms(2026, 6, day, 8, 0, 0).unwrap();
    Act::new(at, Actor::Operator("rossi".to_owned()))
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, day).unwrap()
}

fn concerns() -> Option<Concerns> {
    let record = RecordRef::new("practice", Id::from_u128(7));
    Some(Concerns { record, person: Id::from_u128(1) })
}

fn secret(text: &str) -> String {
    format!("{SECRET} {text}")
}

fn town_run() -> Run {
    let (call, people) = town();
    Run::draw_up(&call, &people).unwrap()
}

/// A review that is as full as can be, step by step.
fn review_history() -> Vec<ReviewEvent> {
    let mut history = vec![Review::begin(&act(1), "nido-2026", "N-2", concerns())];
    let mut then = |verb: &dyn Fn(&Review) -> Result<ReviewEvent, ReviewRefusal>| {
        let review: Review = fold(&history).unwrap();
        history.push(verb(&review).unwrap());
    };
    then(&|review| review.flag(&act(2), "work", &secret("il datore non conferma")));
    then(&|review| {
        let reason = secret("un solo contratto");
        review.correct_points(&act(3), "work", Correction { value: Points::whole(77), reason })
    });
    then(&|review| {
        let (value, reason) = (TieValue::Number(123_456), secret("ISEE corretto"));
        review.correct_tie(&act(3), "isee", Correction { value, reason })
    });
    then(&|review| review.resolve(&act(4), "work", &secret("punti corretti")));
    then(&|review| {
        review.decide_standing(&act(5), Standing::Included { reason: secret("ricorso") })
    });
    then(&|review| review.decide_standing(&act(6), Standing::Excluded { reason: secret("falso") }));
    history
}

pub(crate) fn review() -> Review {
    fold(&review_history()).unwrap()
}

fn offer_history() -> Vec<OfferEvent> {
    let run = town_run();
    let place = |facility: &str, preference| Place {
        facility: facility.to_owned(),
        pool: None,
        preference,
    };
    let made = Offer::make(&act(10), &run, "N-2", place("tulipano", 2), day(20), concerns());
    let mut history = vec![made.unwrap().in_service("nido-2026")];
    let mut then = |verb: &dyn Fn(&Offer) -> OfferEvent| {
        let offer: Offer = fold(&history).unwrap();
        history.push(verb(&offer));
    };
    // As it was recorded before the signed request was asked for.
    then(&|_| OfferEvent::Accepted { act: act(11), then: Afterwards::WaitsForBetter });
    then(&|offer| offer.improve(&act(12), &run, place("girasole", 1), day(20)).unwrap());
    then(&|offer| offer.reseat(&act(12), Some("residenti".to_owned())).unwrap());
    then(&|offer| offer.revoke(&act(13), secret("dichiarazione non vera")).unwrap());
    history
}

/// Just offered.
pub(crate) fn offer() -> Offer {
    fold(&offer_history()[..1]).unwrap()
}

/// From a journal written before offers named service and practice.
pub(crate) fn offer_of_yesterday() -> Offer {
    let text = include_str!("../golden/offer-events.v1.json");
    let history: Vec<OfferEvent> = serde_json::from_str(text).unwrap();
    fold(&history[..1]).unwrap()
}

pub(crate) fn draft() -> RankingRun {
    fold([&RankingRun::draft(&act(9), "nido-2026", &town_run(), Digest::ZERO)]).unwrap()
}

/// Puts placeholders in the place of everything that is marked.
fn erase(json: &mut Json, path: &[Step], placeholder: &Json) {
    let Some((step, rest)) = path.split_first() else {
        *json = placeholder.clone();
        return;
    };
    match step {
        Step::Key(key) => {
            if let Some(inner) = json.get_mut(key) {
                erase(inner, rest, placeholder);
            }
        }
        Step::Keys(start) => {
            for (key, inner) in json.as_object_mut().into_iter().flatten() {
                if key.starts_with(start) {
                    erase(inner, rest, placeholder);
                }
            }
        }
        Step::Tag { key, value } => {
            if json.get(key).is_some_and(|tag| tag == value) {
                erase(json, rest, placeholder);
            }
        }
        _ => panic!("a step this test does not know"),
    }
}

/// The value as it reads once everything that is marked is erased.
fn erased<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &T,
    fields: &[PersonalField],
) -> T {
    let mut json = serde_json::to_value(value).unwrap();
    for field in fields {
        erase(&mut json, &field.path, &serde_json::from_str(field.placeholder.json).unwrap());
    }
    for said in [SECRET, "77.00", "123456"] {
        assert!(!json.to_string().contains(said), "{json}");
    }
    serde_json::from_value(json).unwrap()
}

/// Erases a history and its state, and checks that the one still leads to the other.
fn check_erasure<A: Record + PartialEq + std::fmt::Debug>(history: &[A::Event]) -> A {
    let events: Vec<A::Event> =
        history.iter().map(|event| erased(event, &Marks::of::<A::Event>())).collect();
    let state = erased(&fold::<A>(history).unwrap(), &Marks::of::<A>());
    assert_eq!(fold::<A>(&events).unwrap(), state);
    state
}

#[test]
fn the_marks_cover_every_free_text_of_a_review_and_it_still_reads() {
    let history = review_history();
    let text = serde_json::to_string(&history).unwrap();
    assert_eq!(text.matches(SECRET).count(), 6, "{text}");
    for length in 1..=history.len() {
        check_erasure::<Review>(&history[..length]);
    }
    let review = check_erasure::<Review>(&history);
    assert_eq!(review.flags()["work"].why, "[dati cancellati]");
    assert_eq!(review.code(), "N-2");
}

#[test]
fn the_marks_cover_every_free_text_of_an_offer_and_it_still_reads() {
    let offer = check_erasure::<Offer>(&offer_history());
    assert_eq!(offer.status(), OfferStatus::Revoked);
}

#[test]
fn the_marks_cover_the_reason_for_which_a_run_is_superseded() {
    let publish = |run: &mut RankingRun, drawn: &Run| {
        let may = MayPublish::granted_to(act(9).by);
        run.apply(&run.clone().publish(&act(9), &may, drawn).unwrap());
    };
    let (mut first, mut second) = (draft(), draft());
    publish(&mut first, &town_run());
    let (call, people) = town();
    let other = Run::draw_up(&call, &people[..3]).unwrap();
    second.apply(&RankingRun::draft(&act(9), "nido-2026", &other, Digest::ZERO));
    publish(&mut second, &other);
    let may = MayPublish::granted_to(act(9).by);
    let event = first.supersede(&act(10), &may, &second, secret("ricorso")).unwrap();
    first.apply(&event);
    let fields = Marks::of::<RankingRunEvent>();
    assert_eq!(fields.len(), 1);
    erased(&event, &fields);
    let state = erased(&first, &Marks::of::<RankingRun>());
    assert_eq!(state.superseded().unwrap().reason, "[dati cancellati]");
}

#[test]
fn a_sentence_is_no_code() {
    let review = review();
    let refused = |result: Result<ReviewEvent, ReviewRefusal>| match result.unwrap_err() {
        ReviewRefusal::NotACode(code) => code,
        other => panic!("{other}"),
    };
    let sentence = "il padre è in carcere";
    assert_eq!(refused(review.flag(&act(7), sentence, "perché")), sentence);
    let correction = Correction { value: Points::ZERO, reason: "no".into() };
    assert_eq!(refused(review.correct_points(&act(7), sentence, correction)), sentence);
    let correction = Correction { value: TieValue::Number(0), reason: "no".into() };
    assert_eq!(refused(review.correct_tie(&act(7), sentence, correction)), sentence);
}

#[test]
fn the_brick_fits_and_every_verb_and_event_has_its_name() {
    let bricks = Bricks::new().with(mattoni_ranking::brick());
    bricks.check().unwrap();
    let kinds: Vec<_> = bricks.kinds().map(|kind| kind.kind()).collect();
    assert_eq!(kinds, ["offer", "ranking-review", "ranking-run"]);
    assert_eq!(bricks.gives().into_iter().collect::<Vec<_>>(), ["message.tell"]);
    for event in &offer_history() {
        assert!(OfferEvent::NAMES.contains(&event.name()));
        assert_eq!(Offer::verb_of(event).is_none(), Offer::open(event).is_some());
        assert!(Offer::act_of(event).is_some());
    }
    for event in &review_history() {
        assert!(ReviewEvent::NAMES.contains(&event.name()));
        assert_eq!(Review::verb_of(event).is_none(), Review::open(event).is_some());
    }
}

#[test]
fn records_are_found_by_service_run_and_person() {
    let show = |projection: mattoni_core::record::Projection| -> String {
        let entries = projection.entries.iter();
        entries.map(|e| format!("{} {} {}\n", e.list, e.bucket, e.sort)).collect()
    };
    let text =
        show(draft().projection()) + &show(offer().projection()) + &show(review().projection());
    expect![[r#"
        service nido-2026 2026-06-09T08:00:00.000000Z
        run 307a77bf4bcc03a9c58a65cdc0b5faf3baac91c185cbe3f45aa65f3f166927e1 
        run 307a77bf4bcc03a9c58a65cdc0b5faf3baac91c185cbe3f45aa65f3f166927e1 N-2
        person 00000000-0000-0000-0000-000000000001 N-2
        service nido-2026 N-2
        person 00000000-0000-0000-0000-000000000001 N-2
    "#]]
    .assert_eq(&text);
    assert_eq!(draft().blobs(), [Digest::ZERO]);
    assert_eq!(offer_of_yesterday().projection().entries.len(), 1);
}

#[test]
fn the_applicant_is_told_of_every_place_they_are_offered_and_every_one_they_lose() {
    let mut text = String::new();
    let history = offer_history();
    for length in 1..=history.len() {
        let offer: Offer = fold(&history[..length]).unwrap();
        for order in offer.orders(&history[length - 1]) {
            text += &String::from_utf8(order.into_new().payload).unwrap();
            text.push('\n');
        }
    }
    expect![[r#"
        {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"ranking.offer.offered","details":{"answer_by":{"type":"date","value":"2026-06-20"},"application":{"type":"text","value":"N-2"},"facility":{"type":"text","value":"tulipano"}}}
        {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"ranking.offer.improved","details":{"answer_by":{"type":"date","value":"2026-06-20"},"application":{"type":"text","value":"N-2"},"facility":{"type":"text","value":"girasole"}}}
        {"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"applicant","template":"ranking.offer.revoked","details":{"answer_by":{"type":"date","value":"2026-06-20"},"application":{"type":"text","value":"N-2"},"facility":{"type":"text","value":"girasole"}}}
    "#]]
    .assert_eq(&text);
    // An offer that names no practice is what its messages are about.
    let old = offer_of_yesterday();
    let lapsed = old.lapse(&act(21)).unwrap();
    let order = old.orders(&lapsed).remove(0).into_new();
    let payload: Json = serde_json::from_slice(&order.payload).unwrap();
    assert_eq!(payload["about"]["kind"], "offer");
}

#[test]
fn an_offer_lapses_by_the_clock_on_the_day_after_its_last() {
    let calendar = LegalCalendar::national();
    let open = offer();
    assert_eq!(open.next_due(), Some(day(21)));
    assert!(open.day_work(&act(20), &calendar, day(20)).unwrap().events.is_empty());
    let work = open.day_work(&act(21), &calendar, day(21)).unwrap();
    let [lapsed] = work.events.as_slice() else { panic!("{work:?}") };
    let mut closed = open;
    closed.apply(lapsed);
    assert_eq!((closed.status(), closed.next_due()), (OfferStatus::Lapsed, None));
    assert!(closed.day_work(&act(22), &calendar, day(22)).unwrap().events.is_empty());
}

#[test]
fn offers_and_reviews_stay_as_long_as_the_practice_and_belong_to_its_applicant() {
    let with = Retention::With(RecordRef::new("practice", Id::from_u128(7)));
    assert_eq!((offer().retention(), review().retention()), (with.clone(), with));
    let owner = mattoni_core::record::Owners::subject(Id::from_u128(1));
    assert_eq!((offer().owners(), review().owners()), (owner.clone(), owner));
    assert_eq!(draft().retention(), Retention::Forever);
    assert_eq!(offer_of_yesterday().retention(), Retention::UnderWay);
    assert_eq!(offer_of_yesterday().owners(), mattoni_core::record::Owners::none());
}

#[test]
fn yesterdays_records_are_written_as_they_were() {
    let text = serde_json::to_string(&offer_of_yesterday()).unwrap();
    assert!(!text.contains("concerns") && !text.contains("\"of\""), "{text}");
    let begun = Review::begin(&act(1), "nido-2026", "N-2", None);
    expect![[r#"{"event":"begun","act":{"at":"2026-06-01T08:00:00Z","by":{"kind":"operator","who":"rossi"}},"of":"nido-2026","code":"N-2"}"#]]
        .assert_eq(&serde_json::to_string(&begun).unwrap());
}

/// What the person reads, title by title.
fn disclosed<A: Record>(history: &[A::Event]) -> String {
    let state: A = fold(history).unwrap();
    let past: Vec<_> = (0..)
        .zip(history)
        .map(|(number, event)| {
            let act = A::act_of(event).unwrap().clone();
            Happened {
                number,
                act,
                event: serde_json::from_value(serde_json::to_value(event).unwrap()).unwrap(),
            }
        })
        .collect();
    assert!(state.disclose(Id::from_u128(2), &past).is_none());
    let told = state.disclose(Id::from_u128(1), &past).unwrap();
    let mut text = format!("{}\n{} ({})\n", told.name, told.about, told.relation);
    for section in told.sections {
        text += &format!("# {}\n{}\n", section.title, section.lines.join("\n"));
    }
    text
}

#[test]
fn the_person_is_told_what_was_offered_and_what_the_office_noted() {
    expect![[r#"
        Offerta di posto per la domanda N-2
        Posto nella sede girasole: revocato (richiedente)
        # Che cosa è stato offerto e risposto
        10/06/2026: posto offerto: sede tulipano, preferenza 2, risposta entro il 20/06/2026
        11/06/2026: posto accettato: in attesa di una sede preferita
        12/06/2026: posto migliore offerto: sede girasole, preferenza 1, risposta entro il 20/06/2026
        12/06/2026: posto contato in un'altra riserva: riserva residenti
        13/06/2026: posto revocato: Segreto dichiarazione non vera
    "#]]
    .assert_eq(&disclosed::<Offer>(&offer_history()));
    expect![[r#"
        Istruttoria sulla domanda N-2
        Nessuna segnalazione aperta (richiedente)
        # Che cosa l'ufficio ha segnalato
        02/06/2026: work: Segreto il datore non conferma
        04/06/2026: work, risolta: Segreto punti corretti
        # Che cosa l'ufficio ha corretto
        03/06/2026: work: contano 77 punti (Segreto un solo contratto)
        03/06/2026: isee: vale 123456 (Segreto ISEE corretto)
        # Ammissione o esclusione d'ufficio
        05/06/2026: ammessa: Segreto ricorso
        06/06/2026: esclusa: Segreto falso
    "#]]
    .assert_eq(&disclosed::<Review>(&review_history()));
}

#[test]
fn facts_for_analysts_are_codes_days_and_counts() {
    let show = |facts: &mattoni_core::record::Facts| -> String {
        facts.iter().map(|(name, fact)| format!("{name}={fact} ")).collect()
    };
    let mut text = String::new();
    for write in [
        (|facts| offer().facts(facts)) as fn(&mut mattoni_core::record::Facts),
        |facts| review().facts(facts),
        |facts| draft().facts(facts),
    ] {
        let mut facts = mattoni_core::record::Facts::new();
        write(&mut facts);
        text += show(&facts).trim_end();
        text.push('\n');
    }
    assert!(!text.contains(SECRET) && !text.contains("N-2"), "{text}");
    expect![[r#"
        service=nido-2026 facility=tulipano pool= preference=2 answer_by=2026-06-20 status=open waits_for_better=true
        service=nido-2026 flags=1 open_flags=0 corrected_points=1 corrected_ties=1 standing=excluded
        service=nido-2026 applications=6 drawn_up_at=2026-06-09T08:00:00.000000Z published_at= superseded_at= superseded_by=
    "#]].assert_eq(&text);
}
