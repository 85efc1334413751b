//! How an offer is found, seen, kept and disclosed: its `Record`.

use chrono::NaiveDate;
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::{
    AccessRefusal, DayWork, Disclosure, Facts, Happened, List, ListEntry, Owners, PEOPLE,
    Projection, Recipient, Record, RecordRef, Retention, Sight, Subject, Tell,
};
use mattoni_core::value::Value;
use mattoni_core::{
    Act, Aggregate, Digest, DigestBuilder, DomainEvent as _, Id, Person, Problems, Refusal as _,
    id_of,
};

use super::{Afterwards, Offer, OfferEvent, OfferStatus, OfferVerb, Place};
use crate::access::{Access, sees_ente};
use crate::italian;
use crate::lists::RUN;

mattoni_core::orders! {
    /// What an offer asks of others: the applicant is told of every place they are offered and of
    /// every one they lose.
    pub enum OfferOrder { Tell }
}

impl Offer {
    fn access(&self) -> Access<'_> {
        Access::with_person(self.of(), self.concerns())
    }

    /// The record that messages are about: the practice; the offer itself where it names none.
    fn about(&self) -> RecordRef {
        self.concerns.as_ref().map_or_else(
            || {
                let builder = DigestBuilder::new("mattoni.ranking.offer.v1");
                let builder = builder.field(self.run.as_bytes()).field(self.code.as_bytes());
                RecordRef::new(Self::KIND, id_of(builder.finish()))
            },
            |concerns| concerns.record.clone(),
        )
    }
}

impl OfferStatus {
    /// Stable name, as it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
        }
    }
}

impl Record for Offer {
    const TITLE: &'static str = "offerta di posto";
    type Verb = OfferVerb;
    type Orders = OfferOrder;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[RUN, PEOPLE];

    fn verb_of(event: &OfferEvent) -> Option<OfferVerb> {
        event.verb()
    }

    fn act_of(event: &OfferEvent) -> Option<&Act> {
        Some(event.act())
    }

    fn projection(&self) -> Projection {
        let of_person = self.concerns.as_ref().map(|concerns| concerns.person.to_string());
        Projection::new()
            .entry(ListEntry::new(RUN, self.run.to_string(), &*self.code))
            .entries(of_person.map(|person| ListEntry::new(PEOPLE, person, &*self.code)))
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        self.concerns.as_ref().map_or_else(Owners::none, |c| Owners::subject(c.person))
    }

    fn orders(&self, event: &OfferEvent) -> Vec<OfferOrder> {
        match event {
            OfferEvent::Offered { .. }
            | OfferEvent::Improved { .. }
            | OfferEvent::Lapsed { .. }
            | OfferEvent::Revoked { .. } => {
                let tell = Tell::new(self.about(), Recipient::Applicant, event.name())
                    .with("application", Value::Text(self.code.clone()))
                    .with("facility", Value::Text(self.place.facility.clone()))
                    .with("answer_by", Value::Date(self.answer_by));
                vec![tell.into()]
            }
            OfferEvent::Reseated { .. }
            | OfferEvent::Accepted { .. }
            | OfferEvent::Refused { .. }
            | OfferEvent::Withdrawn { .. } => Vec::new(),
        }
    }

    fn sight(&self, who: &Subject) -> Sight {
        self.access().sight(who)
    }

    fn may(&self, who: &Subject, verb: OfferVerb) -> Result<(), AccessRefusal> {
        self.access().may(Self::KIND, who, verb)
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        sees_ente(who)
            || list == PEOPLE.name && who.people().any(|person| person.to_string() == bucket)
    }

    fn blobs(&self) -> Vec<Digest> {
        self.papers.iter().copied().collect()
    }

    fn retention(&self) -> Retention {
        let with = |concerns: &super::Concerns| Retention::With(concerns.record.clone());
        self.concerns.as_ref().map_or(Retention::UnderWay, with)
    }

    fn next_due(&self) -> Option<NaiveDate> {
        (self.status == OfferStatus::Open).then(|| self.answer_by.succ_opt()).flatten()
    }

    fn day_work(
        &self,
        act: &Act,
        _: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let due = self.next_due().is_some_and(|due| due <= today);
        let lapsed = due.then(|| self.lapse(act)).transpose().map_err(|r| r.problems())?;
        Ok(DayWork { events: lapsed.into_iter().collect(), ..DayWork::default() })
    }

    fn facts(&self, out: &mut Facts) {
        out.code("service", self.of());
        out.code("facility", Some(&self.place.facility));
        out.code("pool", self.place.pool.as_deref());
        out.count("preference", self.place.preference as usize);
        out.date("answer_by", Some(self.answer_by));
        out.code("status", Some(self.status.name()));
        out.flag("waits_for_better", self.waits_for_better());
    }

    fn disclose(&self, person: Id<Person>, history: &[Happened<OfferEvent>]) -> Option<Disclosure> {
        self.concerns.as_ref().filter(|concerns| concerns.person == person)?;
        let events: Vec<_> = history.iter().map(|past| &past.event).collect();
        let data = serde_json::json!({ "offer": self, "events": events });
        let about = format!("Posto nella sede {}", self.place.facility);
        let about = format!("{about}: {}", italian::offer_status(self.status));
        let name = format!("Offerta di posto per la domanda {}", self.code);
        let lines = history.iter().map(|past| line(past.act.at, &past.event));
        Some(
            Disclosure::new(name, about, "richiedente", data)
                .section("Che cosa è stato offerto e risposto", lines),
        )
    }
}

/// One event, as the person reads it.
fn line(at: chrono::DateTime<chrono::Utc>, event: &OfferEvent) -> String {
    let place = |place: &Place, answer_by: &NaiveDate| {
        let by = italian::day(*answer_by);
        let (facility, number) = (&place.facility, place.preference);
        format!("sede {facility}, preferenza {number}, risposta entro il {by}")
    };
    let then = |then: &Afterwards| match then {
        Afterwards::StopsWaiting => "senza attendere altro",
        Afterwards::WaitsForBetter => "in attesa di una sede preferita",
    };
    let detail = match event {
        OfferEvent::Offered { place: offered, answer_by, .. }
        | OfferEvent::Improved { place: offered, answer_by, .. } => place(offered, answer_by),
        OfferEvent::Reseated { pool: Some(pool), .. } => format!("riserva {pool}"),
        OfferEvent::Reseated { pool: None, .. } => "posti senza riserva".to_owned(),
        OfferEvent::Accepted { then: now, .. } | OfferEvent::Refused { then: now, .. } => {
            then(now).to_owned()
        }
        OfferEvent::Revoked { reason, .. } => reason.clone(),
        OfferEvent::Lapsed { .. } | OfferEvent::Withdrawn { .. } => {
            return format!("{}: {}", italian::day(rome_date(at)), event.italian());
        }
    };
    format!("{}: {}: {detail}", italian::day(rome_date(at)), event.italian())
}
