//! A small brick: a key is lent, is overdue when nobody brings it back, and comes back. It is
//! written by a macro, so that brick after brick can be made of which each lacks one thing.

use chrono::{DateTime, Utc};
use mattoni_core::record::{
    NewOrder, Orders, PersonalField, Recipient, RecordRef, Role, Subject, Tell,
};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, EnteId, Id, Person};

pub(crate) fn ente() -> EnteId {
    "c_h223".parse().unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn maria() -> Id<Person> {
    Id::from_u128(1)
}

pub(crate) fn citizen(person: Id<Person>) -> Subject {
    Subject::new(ente(), vec![Role::Citizen { person }])
}

pub(crate) fn auditor() -> Subject {
    Subject::new(ente(), vec![Role::Auditor])
}

/// Maria, on the morning when the key is lent.
pub(crate) fn by_maria(when: &str) -> Act {
    Act::new(at(when), Actor::Citizen(maria()))
}

/// What a brick lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    Nothing,
    Owners,
    Sight,
    Rights,
    Entry,
    List,
    PersonalList,
    Blobs,
    NextDue,
    DayWork,
    Facts,
    Retention,
    Forever,
}

mattoni_core::orders! {
    /// What a loan asks of others.
    pub enum LoanOrder { Tell }
}

/// The same orders, of which none is declared.
pub(crate) struct Undeclared(LoanOrder);

impl From<Tell> for Undeclared {
    fn from(tell: Tell) -> Self {
        Self(tell.into())
    }
}

impl Orders for Undeclared {
    const TOPICS: &'static [&'static str] = &[];

    fn personal() -> std::collections::BTreeMap<&'static str, Vec<PersonalField>> {
        LoanOrder::personal()
    }

    fn into_new(self) -> NewOrder {
        self.0.into_new()
    }
}

/// The message that the key was lent.
pub(crate) fn lent(about: Id<mattoni_core::record::AnyRecord>, why: &str) -> Tell {
    Tell::new(RecordRef::new("loan", about), Recipient::Applicant, "loan.lent")
        .with("why", Value::Text(why.to_owned()))
}

/// Makes the brick: under which mark the reason stands in events and state, under which in the
/// row, its orders, and what it lacks.
macro_rules! loan {
    ($brick:ident, $mark:ident, $row_mark:ident, $orders:ident, $flaw:ident) => {
        pub(crate) mod $brick {
            //! One such brick.

            use chrono::NaiveDate;
            use mattoni_core::calendar::{LegalCalendar, rome_date};
            use mattoni_core::record::{
                AccessRefusal, Brick, DayWork, Ended, Facts, List, ListEntry, Owners, PEOPLE,
                Personal, Projection, Record, Retention, Sight, Subject, sort,
            };
            use mattoni_core::{Act, Aggregate, Digest, Id, Person, Problems};
            use serde::{Deserialize, Serialize};

            use super::{Flaw, lent, $orders};

            const FLAW: Flaw = Flaw::$flaw;

            /// Loans by room, in order of the day on which the key is to be back.
            pub(crate) const ROOM: List = List::plain("room");
            /// Loans by what they are for.
            pub(crate) const WHY: List = match FLAW {
                Flaw::PersonalList => List::plain("why"),
                _ => List::personal("why"),
            };

            mattoni_core::verbs! {
                /// What can be done with a loan.
                pub enum Verb;
                /// What happens to a loan.
                #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
                pub enum Event;

                /// A key was lent.
                begin Lent {
                    act: Act,
                    to: Id<Person>,
                    #[not_personal]
                    room: String,
                    #[$mark]
                    why: String,
                    back_by: NaiveDate,
                    receipt: Digest,
                } = "loan.lent", "prestata";
                /// Notes that it did not come back.
                verb Miss "miss", "segnare il ritardo", [System] =>
                /// It did not come back by its day.
                Missed { act: Act } = "loan.missed", "in ritardo";
                /// Brings it back.
                verb Return "return", "restituire", [Citizen] =>
                /// It came back.
                Returned { act: Act } = "loan.returned", "restituita";
            }

            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
            pub(crate) struct Loan {
                to: Id<Person>,
                #[not_personal]
                room: String,
                #[$mark]
                pub(crate) why: String,
                back_by: NaiveDate,
                receipt: Digest,
                missed: bool,
                pub(crate) returned: Option<NaiveDate>,
            }

            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
            pub(crate) struct Row {
                #[not_personal]
                pub(crate) room: String,
                #[$row_mark]
                pub(crate) why: String,
            }

            impl Aggregate for Loan {
                const KIND: &'static str = "loan";
                type Event = Event;

                fn open(event: &Event) -> Option<Self> {
                    let Event::Lent { to, room, why, back_by, receipt, .. } = event else {
                        return None;
                    };
                    let (room, why) = (room.clone(), why.clone());
                    let (missed, returned) = (false, None);
                    Some(Self {
                        to: *to,
                        room,
                        why,
                        back_by: *back_by,
                        receipt: *receipt,
                        missed,
                        returned,
                    })
                }

                fn apply(&mut self, event: &Event) {
                    match event {
                        Event::Lent { .. } => {}
                        Event::Missed { .. } => self.missed = true,
                        Event::Returned { act } => self.returned = Some(rome_date(act.at)),
                    }
                }
            }

            impl Record for Loan {
                const TITLE: &'static str = "prestito";
                const PROJECTION: u32 = 1;
                const LISTS: &'static [List] = match FLAW {
                    Flaw::List => &[PEOPLE, WHY],
                    _ => &[PEOPLE, ROOM, WHY],
                };

                type Verb = Verb;
                type Orders = $orders;
                type Row = Row;

                fn verb_of(event: &Event) -> Option<Verb> {
                    event.verb()
                }

                fn act_of(event: &Event) -> Option<&Act> {
                    match event {
                        Event::Lent { act, .. }
                        | Event::Missed { act }
                        | Event::Returned { act } => Some(act),
                    }
                }

                fn projection(&self) -> Projection {
                    let room = ListEntry::new(ROOM, &self.room, sort::date(self.back_by));
                    let room = (FLAW != Flaw::Entry).then(|| room.with_row());
                    let mut projection = Projection::new()
                        .entry(ListEntry::new(PEOPLE, self.to.to_string(), ""))
                        .entry(ListEntry::new(WHY, &self.room, &self.why))
                        .entries(room);
                    if self.returned.is_none() {
                        projection = projection.unique("room", &self.room);
                    }
                    projection
                }

                fn row(&self) -> Row {
                    Row { room: self.room.clone(), why: self.why.clone() }
                }

                fn owners(&self) -> Owners {
                    if FLAW == Flaw::Owners { Owners::none() } else { Owners::subject(self.to) }
                }

                fn orders(&self, event: &Event) -> Vec<$orders> {
                    match event {
                        Event::Lent { .. } => vec![lent(Id::from_u128(7), &self.why).into()],
                        _ => Vec::new(),
                    }
                }

                fn sight(&self, who: &Subject) -> Sight {
                    let theirs = who.people().any(|person| person == self.to);
                    let hole = FLAW == Flaw::Sight && who.people().next().is_some();
                    if theirs || hole || who.is_official() {
                        Sight::Everything
                    } else {
                        Sight::Nothing
                    }
                }

                fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
                    use mattoni_core::record::Verb as _;
                    if self.sight(who) == Sight::Nothing && FLAW != Flaw::Rights {
                        return Err(AccessRefusal::Unknown { kind: Self::KIND });
                    }
                    let does = who.roles.iter().any(|role| verb.by().iter().any(|s| role.is(*s)));
                    let not_theirs =
                        AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() };
                    if does { Ok(()) } else { Err(not_theirs) }
                }

                fn sees_whole(who: &Subject, _: &str, _: &str) -> bool {
                    who.is_official()
                }

                fn blobs(&self) -> Vec<Digest> {
                    if FLAW == Flaw::Blobs { Vec::new() } else { vec![self.receipt] }
                }

                fn retention(&self) -> Retention {
                    let Some(on) = self.returned.filter(|_| FLAW != Flaw::Retention) else {
                        return Retention::UnderWay;
                    };
                    if FLAW == Flaw::Forever {
                        return Retention::Forever;
                    }
                    let (service, name) = ("keys".to_owned(), self.room.clone());
                    Retention::Ended(Ended {
                        service,
                        state: "returned",
                        on,
                        submitted_on: None,
                        name,
                    })
                }

                fn final_states() -> &'static [&'static str] {
                    &["returned"]
                }

                fn next_due(&self) -> Option<NaiveDate> {
                    let waits = self.returned.is_none() && !self.missed && FLAW != Flaw::NextDue;
                    waits.then(|| self.back_by.succ_opt()).flatten()
                }

                fn day_work(
                    &self,
                    act: &Act,
                    _: &LegalCalendar,
                    today: NaiveDate,
                ) -> Result<DayWork<Self>, Problems> {
                    let due = self.next_due().is_some_and(|due| due <= today);
                    let missed =
                        (due && FLAW != Flaw::DayWork).then(|| Event::Missed { act: act.clone() });
                    Ok(DayWork { events: missed.into_iter().collect(), ..DayWork::default() })
                }

                fn facts(&self, out: &mut Facts) {
                    out.code("room", Some(&self.room));
                    out.flag("returned", self.returned.is_some());
                    if FLAW == Flaw::Facts {
                        out.code("why", Some(&self.why));
                    }
                }
            }

            pub(crate) fn brick() -> Brick {
                Brick::new("keys").with::<Loan>()
            }
        }
    };
}

loan!(whole, personal, personal, LoanOrder, Nothing);
loan!(unmarked, not_personal, personal, LoanOrder, Nothing);
loan!(unmarked_row, personal, not_personal, LoanOrder, Nothing);
loan!(without_owners, personal, personal, LoanOrder, Owners);
loan!(seen_by_all, personal, personal, LoanOrder, Sight);
loan!(open_to_all, personal, personal, LoanOrder, Rights);
loan!(undeclared_order, personal, personal, Undeclared, Nothing);
loan!(without_entry, personal, personal, LoanOrder, Entry);
loan!(undeclared_list, personal, personal, LoanOrder, List);
loan!(plain_list, personal, personal, LoanOrder, PersonalList);
loan!(without_blobs, personal, personal, LoanOrder, Blobs);
loan!(without_next_due, personal, personal, LoanOrder, NextDue);
loan!(without_day_work, personal, personal, LoanOrder, DayWork);
loan!(told_to_analysts, personal, personal, LoanOrder, Facts);
loan!(without_end, personal, personal, LoanOrder, Retention);
loan!(kept_for_ever, personal, personal, LoanOrder, Forever);
