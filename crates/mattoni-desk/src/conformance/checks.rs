//! What is tried, and how.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{
    Brick, Bricks, EveryRecord, Facts, Orders as _, Owners, Question, Record, RecordRef, Retention,
    Sight, Span, Spans, Subject, Verb as _,
};
use mattoni_core::{Act, Actor, Digest, Id, fold};
use mattoni_store::{Erase, KeyRing, MasterKey, Sqlite, StoredEffect, Stream, Vault};

use super::{Failures, Sample};
use crate::privacy::{Erased, Erasure, ErasureEvent, Ground};
use crate::{Desk, DeskError, DeskParts, Handled, Taker, begun};

/// One brick under trial.
pub(super) struct Trial<'a, A: Record> {
    pub(super) sample: &'a Sample<A>,
    bricks: Bricks,
    /// Whether it is one of the desk's own kinds, which every desk has.
    is_own: bool,
    desk: Desk,
    desk_folder: tempfile::TempDir,
    taken: Taken,
    pub(super) state: A,
    failures: Vec<String>,
}

/// The orders that came, by topic, each by its key.
type Taken = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// Takes the orders of a topic, and remembers them.
struct Recorder {
    topic: &'static str,
    taken: Taken,
}

#[async_trait]
impl Taker for Recorder {
    fn topic(&self) -> &str {
        self.topic
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = taken.entry(self.topic.to_owned()).or_default();
        keys.extend(effects.iter().map(|effect| effect.key.clone()));
        Ok(vec![Handled::Done; effects.len()])
    }
}

fn failed(what: &str, error: impl std::fmt::Debug) -> Failures {
    Failures(vec![format!("{what}: {error:?}")])
}

fn nothing(_: u64) {}

impl<'a, A: Record<Event: Clone>> Trial<'a, A> {
    /// Lives the history of the sample on a sealed store of its own.
    pub(super) async fn begin(
        brick: impl Fn() -> Brick,
        sample: &'a Sample<A>,
    ) -> Result<Self, Failures> {
        let folder = tempfile::tempdir().map_err(|e| failed("cannot make a folder", e))?;
        let ente = sample_ente(sample)?;
        let is_own = Bricks::new().with(crate::brick()).kind(A::KIND).is_some();
        let bricks = if is_own { Bricks::new() } else { Bricks::new().with(brick()) };
        if !is_own && bricks.kind(A::KIND).is_none() {
            let kind = A::KIND;
            return Err(failed("brick", format!("it must bring {kind}; add it in brick()")));
        }
        let taken = Taken::default();
        let sqlite = Sqlite::open(folder.path().join("trial.db"))
            .map_err(|e| failed("cannot open a store", e))?;
        let ring = KeyRing::new(MasterKey::draw().map_err(|e| failed("cannot draw a key", e))?);
        let personal = bricks.clone().with(crate::brick()).personal();
        let vault = Vault::open(sqlite, personal, ring)
            .await
            .map_err(|e| failed("cannot seal the store", e))?;
        let mut parts = DeskParts::new(bricks.clone()).guarding_nothing();
        for topic in bricks.gives() {
            parts = parts.taker(Recorder { topic, taken: Arc::clone(&taken) });
        }
        let desk = Desk::new(vault, ente, parts)
            .map_err(|problems| failed("the desk does not start", problems))?;
        for file in &sample.files {
            let put = desk.store().put(desk.ente(), file.clone()).await;
            put.map_err(|e| failed("cannot keep a file", e))?;
        }
        let state = lived(&desk, sample).await?;
        let failures = Vec::new();
        Ok(Self { sample, bricks, is_own, desk, desk_folder: folder, taken, state, failures })
    }

    pub(super) fn end(self) -> Result<(), Failures> {
        if self.failures.is_empty() { Ok(()) } else { Err(Failures(self.failures)) }
    }

    pub(super) fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.failures.push(otherwise());
        }
    }

    fn ok<T>(&mut self, what: &str, result: Result<T, DeskError>) -> Option<T> {
        result.map_err(|e| self.failures.push(format!("{what} must not fail: {e:?}"))).ok()
    }

    /// State is the fold of the journal; events and verbs name each other.
    pub(super) async fn laws(&mut self) {
        let events: Vec<A::Event> = self.sample.history.iter().map(|(_, e)| e.clone()).collect();
        let folded = fold::<A>(&events).map(|state| json(&state));
        let stored = json(&self.state);
        self.expect(folded.as_deref() == Some(&stored), || {
            "laws: the stored state must be the fold of the events".to_owned()
        });
        for (act, event) in &self.sample.history {
            if let Some(by) = A::act_of(event) {
                let same = by == act;
                self.expect(same, || {
                    "laws: act_of must give the act under which the event is recorded".to_owned()
                });
            }
        }
        let mut names: Vec<&str> = A::Verb::ALL.iter().map(|verb| verb.name()).collect();
        names.sort_unstable();
        let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
        self.expect(!twice, || "laws: every verb must have a name of its own".to_owned());
        let proof = self.desk.verify(&nothing).await;
        if let Some(proof) = self.ok("laws: verifying", proof) {
            self.expect(proof.is_clean(), || format!("laws: the journal must verify: {proof:?}"));
        }
    }

    /// No personal value is in the clear in any table, file or blob.
    pub(super) async fn sealing(&mut self) {
        let mut bytes = Vec::new();
        for path in files_of(self.desk_folder.path().to_owned()) {
            bytes.extend(std::fs::read(path).unwrap_or_default());
        }
        for secret in self.sample.secrets.clone() {
            let history =
                self.sample.history.iter().map(|(_, event)| json(event)).collect::<String>();
            self.expect(history.contains(&secret), || {
                format!("sample: “{secret}” must stand in the history")
            });
            let clear = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            self.expect(!clear, || {
                format!(
                    "sealing: “{secret}” is stored in the clear; mark its field #[personal], and a \
                     list that it is a sort key of List::personal"
                )
            });
        }
        if self.is_own {
            return;
        }
        // A desk without the brick refuses the kind instead of storing it in the clear.
        let without = Desk::new(
            mattoni_store::Memory::new(),
            self.desk.ente().clone(),
            DeskParts::new(Bricks::new()),
        );
        if let (Ok(desk), Some((act, event))) = (without, self.sample.history.first()) {
            let opened = desk.open(self.sample.id, act, std::slice::from_ref(event)).await;
            self.expect(opened.is_err(), || {
                "sealing: a desk without the brick must refuse its records".to_owned()
            });
        }
    }

    /// It stands in the lists it says, before and after they are made anew.
    pub(super) async fn lists(&mut self) {
        let projection = self.state.projection();
        for entry in &projection.entries {
            let known = A::LISTS.iter().any(|list| list.name == entry.list);
            self.expect(known, || format!("lists: {} must be declared in LISTS", entry.list));
        }
        for round in ["", " after rebuilding"] {
            for (list, bucket) in self.sample.listed.clone() {
                let found = self.desk.all_of::<A>(&Span::new(list, &bucket)).await;
                let Some(found) = self.ok("lists: reading", found) else { continue };
                let there = found.iter().any(|loaded| loaded.id == self.sample.id);
                self.expect(there, || {
                    format!("lists: {}/{bucket} must hold the record{round}", list.name)
                });
            }
            let rebuilt = self.desk.rebuild_lists(A::KIND, &nothing).await;
            if let Some(rebuilt) = self.ok("lists: rebuilding", rebuilt) {
                self.expect(rebuilt.behind == 0, || "lists: none must stay behind".to_owned());
            }
        }
    }

    /// Whoever sees it sees it on every path, and for whoever does not there is nothing on any.
    pub(super) async fn sight(&mut self) {
        for who in self.sample.seen_by.clone() {
            let shown = self.state.sight(&who) > Sight::Nothing;
            self.expect(shown, || format!("sight: {who:?} must see the record"));
            let elsewhere = Subject { ente: self.elsewhere(), ..who.clone() };
            let found = self.paths(&elsewhere).await;
            self.expect(found == [false; 5], || {
                format!(
                    "sight: for {elsewhere:?}, of another ente, there must be nothing: {found:?}"
                )
            });
            let counted = self.paths(&who).await;
            self.expect(counted == [true; 5], || {
                format!("sight: {who:?} must find it by read, page, count, export and history, and finds {counted:?}")
            });
        }
        for who in self.sample.hidden_from.clone() {
            let found = self.paths(&who).await;
            self.expect(found == [false; 5], || {
                format!("sight: for {who:?} there must be nothing by read, page, count, export and history: {found:?}")
            });
            let records = self.desk.at_counter(who.clone()).of::<A>();
            let unknown = Id::<A>::from_u128(!self.sample.id.as_u128());
            let (hidden, absent) =
                (records.read(self.sample.id).await, records.read(unknown).await);
            let alike = match (&hidden, &absent) {
                (Err(hidden), Err(absent)) => code(hidden) == code(absent),
                _ => false,
            };
            self.expect(alike, || format!("sight: {who:?} must get the error of an unknown id"));
            for verb in A::Verb::ALL {
                let refused = self.state.may(&who, *verb).is_err();
                self.expect(refused, || format!("rights: {who:?} must not {}", verb.name()));
            }
        }
    }

    /// Another ente than that of the record.
    fn elsewhere(&self) -> mattoni_core::EnteId {
        let others = ["c_a944", "c_f205"].into_iter().filter_map(|code| code.parse().ok());
        let mut others = others.filter(|other| other != self.desk.ente());
        others.next().unwrap_or_else(|| self.desk.ente().clone())
    }

    /// Whether it is found by read, page, count, export and history.
    async fn paths(&self, who: &Subject) -> [bool; 5] {
        let records = self.desk.at_counter(who.clone()).of::<A>();
        let read = records.read(self.sample.id).await.is_ok();
        let page = records.page(&EveryRecord, None, 10).await;
        let count = records.count(&EveryRecord).await;
        let mut out = Vec::new();
        let exported = records.export(&EveryRecord, &mut out).await;
        let history = records.history(self.sample.id).await;
        [
            read,
            page.is_ok_and(|page| !page.records.is_empty()),
            count.is_ok_and(|count| count > 0),
            exported.is_ok_and(|exported| exported.written > 0),
            history.is_ok_and(|history| !history.is_empty()),
        ]
    }

    /// Every order has a taker, and comes once.
    pub(super) async fn orders(&mut self) {
        let topics = <A::Orders as mattoni_core::record::Orders>::TOPICS;
        let given = self.given();
        for topic in given.keys() {
            self.expect(topics.contains(&topic.as_str()), || {
                format!("orders: {topic} must be one that the record declares")
            });
        }
        let now = self.end_of_history();
        let delivered = self.desk.deliver(now, &nothing).await;
        self.ok("orders: delivering", delivered);
        let again = self.desk.deliver(now, &nothing).await;
        self.ok("orders: delivering again", again);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (topic, count) in given {
            let keys = taken.get(&topic).map_or(0, Vec::len);
            self.expect(keys == count, || {
                format!("orders: {count} of {topic} were given, and {keys} came")
            });
        }
        if !topics.is_empty() {
            let nobody = Desk::new(
                mattoni_store::Memory::new(),
                self.desk.ente().clone(),
                DeskParts::new(self.bricks.clone()).guarding_nothing(),
            );
            self.expect(nobody.is_err(), || {
                "orders: a desk on which nobody takes them must not start".to_owned()
            });
        }
    }

    /// How many orders of each topic the history gives.
    fn given(&self) -> BTreeMap<String, usize> {
        let mut given = BTreeMap::new();
        let mut state: Option<A> = None;
        for (_, event) in &self.sample.history {
            match &mut state {
                None => state = A::open(event),
                Some(state) => state.apply(event),
            }
            for order in state.iter().flat_map(|state| state.orders(event)) {
                *given.entry(order.into_new().topic.to_owned()).or_default() += 1;
            }
        }
        given
    }

    /// What is due happens once.
    pub(super) async fn clock(&mut self) {
        let Some(day) = self.sample.due else { return };
        let Some(noon) = day.and_hms_opt(12, 0, 0) else { return };
        let now = Utc.from_utc_datetime(&noon);
        // The record as it stood before its last event, on a desk of its own.
        let mut history = self.sample.history.clone();
        history.pop();
        let sample = Sample { history, ..Sample::of_nobody(self.sample.id) };
        let desk = Desk::new(
            mattoni_store::Memory::new(),
            self.desk.ente().clone(),
            DeskParts::new(self.bricks.clone()).guarding_nothing().delivering_nothing(),
        );
        let Ok(desk) = desk else { return };
        if let Err(failures) = lived(&desk, &sample).await {
            return self.failures.extend(failures.0);
        }
        for (round, expected) in [("the first", true), ("the second", false)] {
            let ticked = desk.tick(&LegalCalendar::national(), now, &nothing).await;
            if let Some(report) = self.ok("clock: ticking", ticked) {
                let worked = !report.events.is_empty();
                let what = if expected { "something" } else { "nothing" };
                self.expect(worked == expected, || {
                    let remedy = "say in next_due() when, and in day_work() what, until it is done";
                    format!("clock: on {day} {round} tick must record {what}; {remedy}")
                });
            }
        }
    }

    /// Files that it refers to are not removed.
    pub(super) async fn files(&mut self) {
        let now = self.end_of_history() + TimeDelta::days(1);
        for round in 0..2 {
            let at = now + TimeDelta::days(round);
            let collected = self.desk.collect_blobs(at, TimeDelta::hours(1), &nothing).await;
            self.ok("files: collecting", collected);
        }
        for file in self.sample.files.clone() {
            let digest = Digest::of(&file);
            let kept = self.desk.store().get(self.desk.ente(), digest).await;
            self.expect(kept.is_ok_and(|bytes| bytes.is_some()), || {
                format!("files: {} must be kept; name it in blobs()", digest.short())
            });
        }
    }

    /// Analysts get columns, and nothing personal.
    pub(super) fn facts(&mut self) {
        let mut facts = Facts::new();
        self.state.facts(&mut facts);
        let cells: Vec<String> = facts.iter().map(|(_, fact)| fact.to_string()).collect();
        self.expect(!cells.is_empty(), || "facts: there must be columns for analysts".to_owned());
        for secret in self.sample.secrets.clone() {
            self.expect(!cells.iter().any(|cell| cell.contains(&secret)), || {
                format!("facts: “{secret}” is personal and must not be a column")
            });
        }
    }

    /// The person finds all of it in their dossier.
    pub(super) async fn dossier(&mut self) {
        let Some(person) = self.sample.person else {
            let nobody = self.state.owners() == Owners::none();
            return self.expect(nobody, || {
                "dossier: it has owners; say in the sample whom it is about".to_owned()
            });
        };
        let dossier = self.desk.dossier(person, self.end_of_history()).await;
        let Some(dossier) = self.ok("dossier: gathering", dossier) else { return };
        let text: String =
            dossier.files.values().map(|file| String::from_utf8_lossy(file).into_owned()).collect();
        let state = json(&self.state);
        for secret in self.sample.secrets.clone() {
            let told = text.contains(&secret) || !state.contains(&secret);
            self.expect(told, || {
                format!("dossier: “{secret}” must be in it; say in owners() whose it is")
            });
        }
    }

    /// Nothing of the person is left once they are erased, and the journal still verifies.
    pub(super) async fn erasure(&mut self) {
        let now = self.end_of_history() + TimeDelta::days(3);
        let act = Act::new(now, Actor::System("conformance".into()));
        let erased = match self.sample.person {
            Some(person) => self.desk.erase_person(person, "GDPR, art. 17", &act).await.map(drop),
            None => self.erase_record(&act).await,
        };
        if self.ok("erasure: erasing", erased).is_none() {
            return;
        }
        let loaded = self.desk.load(self.sample.id).await;
        let Some(loaded) = self.ok("erasure: reading what is left", loaded) else { return };
        let history = self.desk.history(self.sample.id).await;
        let history = self.ok("erasure: reading the history", history).unwrap_or_default();
        let mut left: String = history.iter().map(|past| json(&past.event)).collect();
        if let Some(loaded) = &loaded {
            left.push_str(&json(&loaded.state));
        }
        let auditor = self.sample.seen_by.clone();
        for who in auditor {
            let Spans::Of(spans) = Question::<A>::spans(&EveryRecord, &who) else { continue };
            for span in spans {
                let (store, ente) = (self.desk.store(), self.desk.ente());
                let rows = store.rows(ente, A::KIND, &span, None, 100).await.unwrap_or_default();
                left.extend(rows.into_iter().map(|row| row.row));
            }
        }
        let for_ever = self.state.retention() == Retention::Forever;
        self.expect(self.sample.person.is_none() || !for_ever, || {
            "erasure: what is about a person must not be kept for ever; say in retention() when it \
             ends, or with what"
                .to_owned()
        });
        for secret in self.sample.secrets.clone() {
            self.expect(!left.contains(&secret), || {
                format!("erasure: “{secret}” is still read; say in owners() whose it is")
            });
        }
        let proof = self.desk.verify(&nothing).await;
        if let Some(proof) = self.ok("erasure: verifying", proof) {
            self.expect(proof.is_clean(), || {
                format!("erasure: the journal must still verify: {proof:?}")
            });
        }
    }

    /// Erases whatever is sealed in the record, as retention does.
    async fn erase_record(&self, act: &Act) -> Result<(), DeskError> {
        let record = RecordRef::of(self.sample.id);
        let erase = Erase::Stream(Stream::of(self.sample.id));
        let ground = Ground::Request { reason: "conformance".to_owned() };
        let erasure = Erasure::new(act, Erased::Record { record }, ground);
        let id = Id::<Erasure>::from_u128(!self.sample.id.as_u128());
        let change = begun(id, act, &[ErasureEvent::Done(erasure)])?;
        Ok(self.desk.commit(vec![change.with_erases([erase])]).await?)
    }

    fn end_of_history(&self) -> DateTime<Utc> {
        self.sample.history.last().map_or(DateTime::UNIX_EPOCH, |(act, _)| act.at)
    }
}

/// The state that the sample's history leads to, committed event by event.
async fn lived<A: Record<Event: Clone>>(desk: &Desk, sample: &Sample<A>) -> Result<A, Failures> {
    let mut history = sample.history.iter();
    let (act, first) =
        history.next().ok_or_else(|| failed("sample", "it must have at least one event"))?;
    let opened = desk.open(sample.id, act, std::slice::from_ref(first)).await;
    let mut state = opened.map_err(|e| failed("the first event", e))?.into_loaded().state;
    for (act, event) in history {
        let verb = |_: &A| Ok::<_, mattoni_core::Problems>(vec![event.clone()]);
        let decided = desk.decide(sample.id, act, verb).await;
        state = decided.map_err(|e| failed("an event", e))?.state;
    }
    Ok(state)
}

fn sample_ente<A: Record>(sample: &Sample<A>) -> Result<mattoni_core::EnteId, Failures> {
    let subject = sample.seen_by.iter().chain(&sample.hidden_from).next();
    let ente = subject.map(|subject| subject.ente.clone());
    ente.ok_or_else(|| failed("sample", "it must say who sees the record, and who does not"))
}

fn code(error: &DeskError) -> Option<String> {
    let problems = error.problems()?;
    problems.iter().next().map(|problem| problem.code.to_string())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn files_of(folder: PathBuf) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.flat_map(|path| if path.is_dir() { files_of(path) } else { vec![path] }).collect()
}
