//! The clock's own work: done once, wherever it is stopped and however often it is run.

use chrono::{DateTime, Utc};
use expect_test::expect;
use mattoni_core::{Act, Actor, Id};
use mattoni_desk::DeskError;
use mattoni_office::ranking::{Drawn, run_id};
use mattoni_office::{Office, OfficeTick};
use mattoni_practice::{Practice, Reminder, ReminderEvent, State, Template};
use mattoni_ranking::{
    Applicant, Call, Criteria, Facilities, MayPublish, OfferStatus, Points, Preference, Prize,
    RankingRun, Run, Score,
};
use mattoni_service::{Service, Status, StatusChange, WatchEvent, WatchedStatus};
use mattoni_store::{Memory, Store};
use serde_json::json;

use crate::faulty::{Faulty, Next};
use crate::practices::{STAGES, Spec, anna, calendar, ente, id, open_all};

/// A practice at every stage there is.
fn stages() -> Vec<Spec> {
    let (service, applicant, filer, reader, office, noted) = (0, 0, 0, None, 0, false);
    (0..STAGES)
        .map(|stage| Spec { service, applicant, filer, reader, office, stage, noted })
        .collect()
}

fn service(code: &str, opens: &str, closes: &str) -> Service {
    let source = json!({
        "ente": "c_h223", "code": code, "version": 1, "publication": "published",
        "opens": opens, "closes": closes,
        "sheet": {
            "category": "educazione-e-formazione", "title": "Nido",
            "short_description": "Iscrivere un bambino al nido.", "who": "Famiglie.",
            "how": "Online.", "needed": ["SPID"], "obtained": "Un posto.", "times": "90 giorni.",
            "access": "Online.", "conditions": "Regolamento.", "contacts": "Ufficio Nidi",
            "topics": ["Istruzione"],
        },
        "steps": [{ "name": "child", "title": "Il bambino", "fields": [
            { "name": "name", "label": "Nome", "kind": "text", "max_chars": 80 },
        ]}],
    });
    Service::new(serde_json::from_value(source).unwrap()).unwrap()
}

/// The nursery takes applications in March, the canteen from September on.
fn services() -> [Service; 2] {
    [
        service("nido", "2027-03-01T09:00", "2027-04-01T12:00"),
        service("mensa", "2027-09-01T09:00", "2027-10-01T12:00"),
    ]
}

fn day(text: &str) -> DateTime<Utc> {
    format!("{text}T09:00:00Z").parse().unwrap()
}

/// A published ranking of two families, each with an offer to answer by 1 June.
async fn offers(office: &Office) {
    let criteria = json!({
        "version": 1, "title": "Nido", "draw": { "kind": "single", "seed": "1 2 3" },
        "criterion": [{ "code": "lavoro", "label": "Lavoro", "max": 16 }],
    });
    let facilities = json!({
        "facility": [{ "code": "sole", "label": "Nido Sole", "seats": [{ "places": 2 }] }],
    });
    let call = Call {
        criteria: Criteria::new(serde_json::from_value(criteria).unwrap()).unwrap(),
        prize: Prize::Places(Facilities::new(serde_json::from_value(facilities).unwrap()).unwrap()),
    };
    let family = |code: &str, points| {
        let mut family = Applicant::new(code);
        family.points.push(Score::new("lavoro", Points::whole(points), "part-time"));
        family.preferences.push(Preference::new("sole"));
        family
    };
    let run = Run::draw_up(&call, &[family("2027-17", 6), family("2027-18", 8)]).unwrap();
    let (id, act) = (run_id(&ente(), "nido", "1"), anna(1));
    let bytes = serde_json::to_vec(&run).unwrap();
    let document = office.desk().store().put(&ente(), bytes).await.unwrap();
    office
        .desk()
        .open(id, &act, &[RankingRun::draft(&act, "nido-2027", &run, document)])
        .await
        .unwrap();
    office.publish(id, &act, &MayPublish::granted_to(act.by.clone())).await.unwrap();
    let drawn: Drawn = office.drawn(id).await.unwrap();
    let by = "2027-06-01".parse().unwrap();
    assert_eq!(office.offer_places(&drawn, by, &act, &|_| ()).await.unwrap(), 2);
}

async fn town(store: impl Store + 'static) -> Office {
    let office = crate::town::town(store);
    open_all(office.desk(), &stages()).await;
    offers(&office).await;
    office
}

async fn tick(office: &Office, now: DateTime<Utc>) -> Result<OfficeTick, DeskError> {
    office.tick(&services(), &calendar(), now, &|_| ()).await
}

fn told(report: &OfficeTick) -> String {
    let statuses = report.statuses.iter().map(|change| {
        let from =
            change.from.as_ref().map_or("unseen".into(), |from| format!("{:?}", from.status));
        format!("  {}: {from} -> {:?}\n", change.service, change.to.status)
    });
    let due = &report.due;
    assert!(due.refused.is_empty());
    let known = [
        ("practice.expiry-warned", "warned"),
        ("practice.expired", "expired"),
        ("practice.integration-lapsed", "integrations lapsed"),
        ("clock.reminded", "reminded"),
        ("ranking.offer.lapsed", "offers lapsed"),
    ];
    assert!(due.events.keys().all(|name| known.iter().any(|(known, _)| known == name)), "{due:?}");
    let counts = known.map(|(name, words)| format!("{} {words}", due.count(name)));
    let rest = format!("  {}\n", counts.join(", "));
    statuses.collect::<String>() + &rest
}

#[tokio::test]
async fn a_year_goes_by_and_the_clock_does_what_falls_due() {
    let office = town(Memory::new()).await;
    let mut story = String::new();
    for date in [
        "2027-02-28",
        "2027-03-15",
        "2027-03-20",
        "2027-03-21",
        "2027-03-28",
        "2027-04-02",
        "2027-06-01",
        "2027-06-02",
        "2028-01-31",
        "2028-03-01",
        "2028-03-02",
    ] {
        story += &format!("{date}\n{}", told(&tick(&office, day(date)).await.unwrap()));
    }
    expect![[r#"
        2027-02-28
          nido: unseen -> Scheduled { opens: Some(2027-03-01T08:00:00Z) }
          mensa: unseen -> Scheduled { opens: Some(2027-09-01T07:00:00Z) }
          0 warned, 0 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
        2027-03-15
          nido: Scheduled { opens: Some(2027-03-01T08:00:00Z) } -> Open { closes: Some(2027-04-01T10:00:00Z) }
          0 warned, 0 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
        2027-03-20
          0 warned, 0 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
        2027-03-21
          0 warned, 0 expired, 1 integrations lapsed, 0 reminded, 0 offers lapsed
        2027-03-28
          0 warned, 0 expired, 0 integrations lapsed, 4 reminded, 0 offers lapsed
        2027-04-02
          nido: Open { closes: Some(2027-04-01T10:00:00Z) } -> Closed
          0 warned, 0 expired, 0 integrations lapsed, 4 reminded, 0 offers lapsed
        2027-06-01
          0 warned, 0 expired, 0 integrations lapsed, 1 reminded, 0 offers lapsed
        2027-06-02
          0 warned, 0 expired, 0 integrations lapsed, 0 reminded, 2 offers lapsed
        2028-01-31
          mensa: Scheduled { opens: Some(2027-09-01T07:00:00Z) } -> Closed
          1 warned, 0 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
        2028-03-01
          0 warned, 1 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
        2028-03-02
          0 warned, 0 expired, 0 integrations lapsed, 0 reminded, 0 offers lapsed
    "#]].assert_eq(&story);
    let draft: Practice = office.desk().load(id(0)).await.unwrap().unwrap().state;
    assert_eq!(draft.state(), State::Expired);
    let drawn = office.drawn(run_id(&ente(), "nido", "1")).await.unwrap();
    let offers = office.offers(drawn.run.digest()).await.unwrap();
    assert!(offers.iter().all(|offer| offer.state.status() == OfferStatus::Lapsed));
    assert!(office.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_second_tick_at_the_same_instant_writes_nothing() {
    let office = town(Memory::new()).await;
    for date in ["2027-03-22", "2027-04-20", "2028-02-01", "2028-03-10"] {
        tick(&office, day(date)).await.unwrap();
        let head = office.desk().store().head(&ente()).await.unwrap();
        assert_eq!(tick(&office, day(date)).await.unwrap(), OfficeTick::default());
        assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
    }
}

#[tokio::test]
async fn a_tick_that_dies_at_any_commit_ends_after_a_restart_where_it_would_have_ended() {
    for date in ["2027-03-22", "2027-06-10", "2028-02-01"] {
        let whole = town(Memory::new()).await;
        tick(&whole, day(date)).await.unwrap();
        let end = whole.desk().store().head(&ente()).await.unwrap();
        let effects = whole.desk().store().due(&ente(), day("2030-01-01"), 1_000).await.unwrap();
        let mut commits = 0;
        loop {
            let store = Faulty::default();
            let office = town(store.clone()).await;
            store.set(Next::DiesAfter(commits));
            let died = tick(&office, day(date)).await;
            store.set(Next::Well);
            if died.is_ok() {
                break;
            }
            assert!(matches!(died, Err(DeskError::Store(_))));
            tick(&office, day(date)).await.unwrap();
            // The chain's end speaks for every row before it, the outbox for what is told.
            assert_eq!(
                office.desk().store().head(&ente()).await.unwrap(),
                end,
                "{date}, {commits}"
            );
            let due = office.desk().store().due(&ente(), day("2030-01-01"), 1_000).await.unwrap();
            assert_eq!(due, effects);
            assert!(office.verify(&|_| ()).await.unwrap().is_clean());
            commits += 1;
        }
        assert!(commits >= 3, "{commits}: the clock had nothing to do on {date}");
    }
}

#[tokio::test]
async fn two_clocks_at_once_do_the_work_once() {
    let office = town(Memory::new()).await;
    let (one, other) =
        tokio::join!(tick(&office, day("2027-06-10")), tick(&office, day("2027-06-10")));
    let (one, other) = (one.unwrap(), other.unwrap());
    let alone = town(Memory::new()).await;
    let expected = tick(&alone, day("2027-06-10")).await.unwrap();
    for event in ["clock.reminded", "ranking.offer.lapsed"] {
        let once = expected.due.count(event);
        assert!(once > 0);
        assert_eq!(one.due.count(event) + other.due.count(event), once, "{event}");
    }
    let end = alone.desk().store().head(&ente()).await.unwrap();
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), end);
}

#[test]
fn what_the_clock_records_is_stored_like_this() {
    let act = Act::new(day("2027-03-01"), Actor::System("clock".into()));
    let closes = Some(day("2027-04-01"));
    let change = StatusChange {
        act: act.clone(),
        service: "nido".into(),
        from: Some(WatchedStatus { version: 1, status: Status::Scheduled { opens: None } }),
        to: WatchedStatus { version: 1, status: Status::Open { closes } },
    };
    let watched = WatchEvent::Changed(change);
    let due = "2027-04-01".parse().unwrap();
    let practice = Id::from_u128(7);
    let says = Template::TermNears { due };
    let reminded = ReminderEvent::Reminded(Reminder { act, practice, says });
    let text =
        [serde_json::to_string(&watched).unwrap(), serde_json::to_string(&reminded).unwrap()];
    expect![[r#"
        {"event":"service.status-changed","act":{"at":"2027-03-01T09:00:00Z","by":{"kind":"system","who":"clock"}},"service":"nido","from":{"version":1,"status":"scheduled","opens":null},"to":{"version":1,"status":"open","closes":"2027-04-01T09:00:00Z"}}
        {"event":"clock.reminded","act":{"at":"2027-03-01T09:00:00Z","by":{"kind":"system","who":"clock"}},"practice":"00000000-0000-0000-0000-000000000007","says":{"template":"term-nears","due":"2027-04-01"}}"#]].assert_eq(&text.join("\n"));
    assert_eq!(serde_json::from_str::<WatchEvent>(&text[0]).unwrap(), watched);
    assert_eq!(serde_json::from_str::<ReminderEvent>(&text[1]).unwrap(), reminded);
}
