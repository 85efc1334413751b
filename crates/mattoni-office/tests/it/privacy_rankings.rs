//! What the office said of an application in a ranking is its applicant's: sealed under their key,
//! told to them, and erased with them and with the practice.

use std::path::Path;

use mattoni_core::record::ERASED;
use mattoni_core::{Act, Actor, Id, Person};
use mattoni_desk::DeskError;
use mattoni_desk::privacy::{Erased, Erasure, Schedule};
use mattoni_office::ranking::{Drawn, offer_id, review_id};
use mattoni_office::{Office, bricks};
use mattoni_practice::lists::NUMBER;
use mattoni_practice::{Assignee, Decision, Practice};
use mattoni_ranking::{Afterwards, Correction, Offer, Outcome, Points, Review, Standing};
use mattoni_store::Sqlite;
use tempfile::TempDir;

use crate::privacy::{clean, stands_in, vault};
use crate::ranking::{draw_up, publish};
use crate::scoring::score;
use crate::town::{at, by_office, ente, registered, service};

/// Taken out by decision of the office.
const OUT: &str = "2027/0000003";
const WHY_OUT: &str = "il documento è falso";
/// Of the application that got a place.
const FLAG: &str = "il datore non conferma";
const SETTLED: &str = "sentito al telefono";
const CORRECTED: &str = "un contratto è cessato";
const TAKEN_IN: &str = "ammessa d'ufficio dopo colloquio";
const REVOKED: &str = "non ha mai frequentato";

const OF_PLACED: [&str; 5] = [FLAG, SETTLED, CORRECTED, TAKEN_IN, REVOKED];

/// A town where all of it was said of two applications, and both practices are at their end.
struct Said {
    office: Office,
    drawn: Drawn,
    /// Number of the application that got a place.
    placed: String,
    dir: TempDir,
}

async fn applicant(office: &Office, number: &str) -> Id<Person> {
    office.practice(number).await.unwrap().state.applicant().id
}

async fn said() -> Said {
    let dir = TempDir::new().unwrap();
    let store = vault(Sqlite::open(dir.path().join("town.db")).unwrap()).await;
    let office = registered(store, 12).await;
    score(&office).await;
    let first = draw_up(&office).await.unwrap().run;
    let is_placed = |line: &&mattoni_ranking::Line| {
        matches!(line.outcome, Outcome::Placed { .. }) && line.code() != OUT
    };
    let placed = first.lines().iter().find(is_placed).unwrap().code().to_owned();
    let (act, service) = (by_office("2027-05-04T06:00:00Z"), service());
    let out = Standing::Excluded { reason: WHY_OUT.into() };
    office.review(&service, OUT, &act, |r| r.decide_standing(&act, out.clone())).await.unwrap();
    office.review(&service, &placed, &act, |r| r.flag(&act, "work", FLAG)).await.unwrap();
    office.review(&service, &placed, &act, |r| r.resolve(&act, "work", SETTLED)).await.unwrap();
    let found = Correction { value: Points::whole(50), reason: CORRECTED.into() };
    let correct = |r: &Review| r.correct_points(&act, "work", found.clone());
    office.review(&service, &placed, &act, correct).await.unwrap();
    let taken_in = Standing::Included { reason: TAKEN_IN.into() };
    let take_in = |r: &Review| r.decide_standing(&act, taken_in.clone());
    office.review(&service, &placed, &act, take_in).await.unwrap();

    draw_up(&office).await.unwrap();
    let (drawn, _) = publish(&office).await;
    let (by, act) = ("2027-05-17".parse().unwrap(), by_office("2027-05-06T08:00:00Z"));
    office.offer_places(&drawn, by, &act, &|_| ()).await.unwrap();
    let id = offer_id(&ente(), drawn.run.digest(), &placed);
    let offer = office.desk().load::<Offer>(id).await.unwrap().unwrap().state;
    let family = Actor::Citizen(offer.concerns().unwrap().person);
    let family = mattoni_core::Act::new(act.at, family);
    let accept = |o: &Offer| o.accept(&family, Afterwards::StopsWaiting).map(|e| vec![e]);
    office.desk().decide(id, &family, accept).await.unwrap();
    let revoke = |o: &Offer| o.revoke(&act, REVOKED).map(|e| vec![e]);
    office.desk().decide(id, &act, revoke).await.unwrap();
    for number in [OUT, &placed] {
        end(&office, number).await;
    }
    Said { office, drawn, placed, dir }
}

/// Answers the practice, so that it is at its end.
async fn end(office: &Office, number: &str) {
    let act = by_office("2027-06-01T08:00:00Z");
    let id = office.practice(number).await.unwrap().id;
    let take = |p: &Practice| p.take_in_charge(&act, Assignee::office("nidi")).map(|e| vec![e]);
    office.desk().decide(id, &act, take).await.unwrap();
    let reject = |p: &Practice| p.reject(&act, Decision::new("graduatoria")).map(|e| vec![e]);
    office.desk().decide(id, &act, reject).await.unwrap();
}

impl Said {
    /// Everything that can be read of the reviews and offers of an application.
    async fn read(&self, number: &str) -> String {
        let desk = self.office.desk();
        let review = review_id(&ente(), service().code(), number);
        let offer = offer_id(&ente(), self.drawn.run.digest(), number);
        let mut text = String::new();
        if let Some(there) = desk.load(review).await.unwrap() {
            text += &serde_json::to_string(&there.state).unwrap();
        }
        if let Some(there) = desk.load(offer).await.unwrap() {
            text += &serde_json::to_string(&there.state).unwrap();
        }
        for past in desk.history(review).await.unwrap() {
            text += &serde_json::to_string(&past.event).unwrap();
        }
        for past in desk.history(offer).await.unwrap() {
            text += &serde_json::to_string(&past.event).unwrap();
        }
        text
    }

    /// All texts of a person's dossier.
    async fn dossier(&self, person: Id<Person>) -> String {
        let dossier = self.office.desk().dossier(person, at("2027-07-01T08:00:00Z")).await.unwrap();
        dossier.files.values().map(|file| String::from_utf8_lossy(file).into_owned()).collect()
    }

    /// Nothing of it stands in the clear in any file, and the journal and the runs verify.
    async fn is_sealed_and_clean(&self) {
        for word in OF_PLACED.into_iter().chain([WHY_OUT]) {
            assert!(!stands_in(self.path(), word), "{word}");
        }
        clean(self.office.desk()).await;
        assert!(self.office.verify(&|_| ()).await.unwrap().is_clean());
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }
}

#[tokio::test]
async fn what_was_said_is_sealed_and_told_to_whom_it_is_about_and_nobody_else() {
    let said = said().await;
    said.is_sealed_and_clean().await;
    let (placed, out) =
        (applicant(&said.office, &said.placed).await, applicant(&said.office, OUT).await);
    let (of_placed, of_out) = (said.dossier(placed).await, said.dossier(out).await);
    for word in OF_PLACED {
        assert!(said.read(&said.placed).await.contains(word), "{word} opens with the key");
        assert!(of_placed.contains(word), "{word} is told");
        assert!(!of_out.contains(word), "{word} is told to someone else");
    }
    assert!(of_out.contains(WHY_OUT) && !of_placed.contains(WHY_OUT));
    let dossier = said.office.desk().dossier(placed, at("2027-07-01T08:00:00Z")).await.unwrap();
    let kinds: Vec<&str> = dossier.entries.iter().map(|entry| &*entry.record.kind).collect();
    for kind in ["practice", "offer", "ranking-review"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn what_was_said_is_erased_with_the_person() {
    let said = said().await;
    let placed = applicant(&said.office, &said.placed).await;
    let act = by_office("2027-07-01T08:00:00Z");
    let done = said.office.desk().erase_person(placed, "art. 17", &act).await.unwrap();
    assert_eq!((done.records, done.files), (3, 0), "practice, review and offer");
    let left = said.read(&said.placed).await;
    for word in OF_PLACED {
        assert!(!left.contains(word), "{word}");
    }
    // Each stands in the journal, and all but the revocation's in a state.
    assert_eq!(left.matches(ERASED).count(), 2 * OF_PLACED.len() - 1, "{left}");
    assert!(said.read(OUT).await.contains(WHY_OUT), "of the other nothing was erased");
    let told = said.dossier(placed).await;
    assert!(OF_PLACED.iter().all(|word| !told.contains(word)));
    said.is_sealed_and_clean().await;
    let again = said.office.desk().erase_person(placed, "art. 17", &act).await.unwrap();
    assert_eq!((again.records, again.files), (0, 0));
}

#[tokio::test]
async fn what_was_said_is_erased_with_the_practice_by_a_rule_of_retention() {
    let said = said().await;
    let rules = toml::from_str(
        r#"
        [[rule]]
        code = "refused"
        services = ["nido-*"]
        states = ["rejected"]
        years = 5
        action = "erase"
        source = "Massimario, VII/3"
        "#,
    );
    let schedule = Schedule::new(rules.unwrap(), &bricks()).unwrap();
    let years_on = |years: i32| {
        let day = format!("{}-06-05T08:00:00Z", 2027 + years);
        Act::new(at(&day), Actor::System("retention".into()))
    };
    let desk = said.office.desk();
    let done = desk.retain(&schedule, &years_on(4), &|_| ()).await.unwrap();
    assert_eq!((done.rules[0].kept, done.rules[0].done), (2, 0));
    assert!(said.read(&said.placed).await.contains(REVOKED), "not before its time");

    let done = desk.retain(&schedule, &years_on(5), &|_| ()).await.unwrap();
    assert_eq!((done.rules[0].due, done.rules[0].done), (2, 2), "one for each practice");
    let left = said.read(&said.placed).await + &said.read(OUT).await;
    for word in OF_PLACED.into_iter().chain([WHY_OUT]) {
        assert!(!left.contains(word), "{word}");
    }
    // The practice is named in the erasure; what goes with it has none of its own.
    let erasures = desk.store().streams(&ente(), "erasure", None, 9).await.unwrap();
    assert_eq!(erasures.len(), 2);
    for stored in &erasures {
        let erasure: Erasure = serde_json::from_slice(&stored.body).unwrap();
        assert!(matches!(erasure.what, Erased::Record { record } if record.kind == "practice"));
    }
    said.is_sealed_and_clean().await;
    let again = desk.retain(&schedule, &years_on(6), &|_| ()).await.unwrap();
    assert_eq!((again.rules[0].earlier, again.rules[0].done), (2, 0));
}

#[tokio::test]
async fn nobody_is_erased_from_reviews_and_offers_while_the_practice_is_under_way() {
    let dir = TempDir::new().unwrap();
    let store = vault(Sqlite::open(dir.path().join("town.db")).unwrap()).await;
    let office = registered(store, 3).await;
    let (act, service) = (by_office("2027-05-04T06:00:00Z"), service());
    office.review(&service, OUT, &act, |r| r.flag(&act, "work", FLAG)).await.unwrap();
    let person = applicant(&office, OUT).await;
    let refused = office.desk().erase_person(person, "art. 17", &act).await;
    let Err(DeskError::Refused(problems)) = refused else { panic!("{refused:?}") };
    let practice = office.desk().holder::<Practice>(NUMBER, OUT).await.unwrap().unwrap();
    let told: Vec<String> = problems.iter().map(|p| format!("{} {}", p.code, p.field)).collect();
    assert_eq!(told, [format!("desk.erase.under-way practice/{}", practice.id)]);
}
