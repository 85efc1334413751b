//! The same brick with one declaration taken away: the suite says which.

use chrono::NaiveDate;
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{
    AccessRefusal, Brick, DayWork, Facts, List, Marks, Owners, Personal, Projection, Record,
    Retention, Sight, Subject,
};
use mattoni_core::{Act, Aggregate, Digest, Problems};
use mattoni_desk::conformance;
use mattoni_keyring::{Event, KeyLoan, KeyOrder, KeyRow, Verb};
use serde::{Deserialize, Serialize};

use crate::{returned, sample, taken, through};

/// Nothing is taken away.
const NOTHING: u8 = 0;
/// It does not say whose the personal data is.
const NO_OWNER: u8 = 1;
/// Whoever works in any office sees it.
const SIGHT_HOLE: u8 = 2;
/// Nothing in its state is marked as personal.
const NO_MARKS: u8 = 3;
/// It does not say when the clock has something to do.
const NEVER_DUE: u8 = 4;
/// The list it makes entries in is not among its lists.
const NO_LIST: u8 = 5;

/// A loan as [`KeyLoan`] has it, but for one thing.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct But<const WHAT: u8>(KeyLoan);

impl<const WHAT: u8> Personal for But<WHAT> {
    fn mark(marks: &mut Marks) {
        if WHAT != NO_MARKS {
            KeyLoan::mark(marks);
        }
    }
}

impl<const WHAT: u8> Aggregate for But<WHAT> {
    const KIND: &'static str = KeyLoan::KIND;
    type Event = Event;

    fn open(event: &Event) -> Option<Self> {
        KeyLoan::open(event).map(Self)
    }

    fn apply(&mut self, event: &Event) {
        self.0.apply(event);
    }
}

impl<const WHAT: u8> Record for But<WHAT> {
    const TITLE: &'static str = KeyLoan::TITLE;
    const PROJECTION: u32 = KeyLoan::PROJECTION;
    const LISTS: &'static [List] = if WHAT == NO_LIST { &[] } else { KeyLoan::LISTS };
    type Verb = Verb;
    type Orders = KeyOrder;
    type Row = KeyRow;

    fn verb_of(event: &Event) -> Option<Verb> {
        KeyLoan::verb_of(event)
    }

    fn act_of(event: &Event) -> Option<&Act> {
        KeyLoan::act_of(event)
    }

    fn projection(&self) -> Projection {
        self.0.projection()
    }

    fn row(&self) -> KeyRow {
        self.0.row()
    }

    fn owners(&self) -> Owners {
        if WHAT == NO_OWNER { Owners::none() } else { self.0.owners() }
    }

    fn orders(&self, event: &Event) -> Vec<KeyOrder> {
        self.0.orders(event)
    }

    fn sight(&self, who: &Subject) -> Sight {
        if WHAT == SIGHT_HOLE && who.is_official() {
            return Sight::Everything;
        }
        self.0.sight(who)
    }

    fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
        self.0.may(who, verb)
    }

    fn blobs(&self) -> Vec<Digest> {
        self.0.blobs()
    }

    fn retention(&self) -> Retention {
        self.0.retention()
    }

    fn final_states() -> &'static [&'static str] {
        KeyLoan::final_states()
    }

    fn facts(&self, out: &mut Facts) {
        self.0.facts(out);
    }

    fn next_due(&self) -> Option<NaiveDate> {
        if WHAT == NEVER_DUE { None } else { self.0.next_due() }
    }

    fn day_work(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let work = self.0.day_work(act, calendar, today)?;
        Ok(DayWork { events: work.events, opens: work.opens })
    }
}

/// What the suite says of a loan without this, a line for each shortcoming.
async fn said_without<const WHAT: u8>() -> Vec<String> {
    let sample = sample::<But<WHAT>>(through(&[taken, returned]));
    let sample = sample.due("2027-03-06".parse().expect("a day"));
    let brick = || Brick::new("careless").with::<But<WHAT>>();
    match conformance::brick(brick, &sample).await {
        Ok(()) => Vec::new(),
        Err(failures) => failures.iter().map(str::to_owned).collect(),
    }
}

#[tokio::test]
async fn what_is_taken_away_is_found() {
    assert_eq!(said_without::<NOTHING>().await, Vec::<String>::new());
    let found = [
        ("dossier: ", said_without::<NO_OWNER>().await),
        ("sight: ", said_without::<SIGHT_HOLE>().await),
        ("sealing: ", said_without::<NO_MARKS>().await),
        ("clock: ", said_without::<NEVER_DUE>().await),
        ("record.list", said_without::<NO_LIST>().await),
    ];
    for (what, said) in found {
        assert!(said.iter().any(|line| line.contains(what)), "{what}: {said:#?}");
    }
}
