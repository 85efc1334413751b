//! How a review is found, seen, kept and disclosed: its `Record`.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::{
    AccessRefusal, Concerns, Disclosure, Facts, Happened, List, ListEntry, NoOrders, Owners,
    PEOPLE, Projection, Record, Retention, Sight, Subject,
};
use mattoni_core::{Act, Aggregate, Digest, Id, Person};

use super::{Review, ReviewEvent, ReviewVerb};
use crate::access::{Access, sees_ente, sees_service};
use crate::lists::SERVICE;
use crate::{Standing, italian};

impl Record for Review {
    const TITLE: &'static str = "istruttoria della graduatoria";
    type Verb = ReviewVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[SERVICE, PEOPLE];

    fn verb_of(event: &ReviewEvent) -> Option<ReviewVerb> {
        event.verb()
    }

    fn act_of(event: &ReviewEvent) -> Option<&Act> {
        match event {
            ReviewEvent::Begun { act, .. }
            | ReviewEvent::Flagged { act, .. }
            | ReviewEvent::Resolved { act, .. }
            | ReviewEvent::PointsCorrected { act, .. }
            | ReviewEvent::TieCorrected { act, .. }
            | ReviewEvent::StandingDecided { act, .. } => Some(act),
        }
    }

    fn projection(&self) -> Projection {
        let of_person = self.concerns.as_ref().map(|concerns| concerns.person.to_string());
        Projection::new()
            .entry(ListEntry::new(SERVICE, &*self.of, &*self.code))
            .entries(of_person.map(|person| ListEntry::new(PEOPLE, person, &*self.code)))
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        self.concerns.as_ref().map_or_else(Owners::none, |c| Owners::subject(c.person))
    }

    fn orders(&self, _: &ReviewEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Officials alone: what the office looks into is its own note until it decides.
    fn sight(&self, who: &Subject) -> Sight {
        Access::of_office_about(&self.of, self.concerns.as_ref()).sight(who)
    }

    fn may(&self, who: &Subject, verb: ReviewVerb) -> Result<(), AccessRefusal> {
        Access::of_office_about(&self.of, self.concerns.as_ref()).may(Self::KIND, who, verb)
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        sees_ente(who) || list == SERVICE.name && sees_service(who, bucket)
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        let with = |concerns: &Concerns| Retention::With(concerns.record.clone());
        self.concerns.as_ref().map_or(Retention::UnderWay, with)
    }

    fn facts(&self, out: &mut Facts) {
        out.code("service", Some(&self.of));
        out.count("flags", self.flags.len());
        out.count("open_flags", self.open_flags().count());
        out.count("corrected_points", self.points.len());
        out.count("corrected_ties", self.ties.len());
        let standing = match self.standing {
            Standing::Ordinary => "ordinary",
            Standing::Included { .. } => "included",
            Standing::Excluded { .. } => "excluded",
        };
        out.code("standing", Some(standing));
    }

    fn disclose(
        &self,
        person: Id<Person>,
        history: &[Happened<ReviewEvent>],
    ) -> Option<Disclosure> {
        self.concerns.as_ref().filter(|concerns| concerns.person == person)?;
        let events: Vec<_> = history.iter().map(|past| &past.event).collect();
        let data = serde_json::json!({ "review": self, "events": events });
        let about = match self.open_flags().count() {
            0 => "Nessuna segnalazione aperta".to_owned(),
            1 => "Una segnalazione aperta".to_owned(),
            open => format!("{open} segnalazioni aperte"),
        };
        let name = format!("Istruttoria sulla domanda {}", self.code);
        let lines = |picks: fn(&ReviewEvent) -> bool| {
            let picked = history.iter().filter(move |past| picks(&past.event));
            picked.map(|past| line(&past.act, &past.event))
        };
        Some(
            Disclosure::new(name, about, "richiedente", data)
                .section(
                    "Che cosa l'ufficio ha segnalato",
                    lines(|event| {
                        matches!(event, ReviewEvent::Flagged { .. } | ReviewEvent::Resolved { .. })
                    }),
                )
                .section(
                    "Che cosa l'ufficio ha corretto",
                    lines(|event| {
                        matches!(
                            event,
                            ReviewEvent::PointsCorrected { .. } | ReviewEvent::TieCorrected { .. }
                        )
                    }),
                )
                .section(
                    "Ammissione o esclusione d'ufficio",
                    lines(|event| matches!(event, ReviewEvent::StandingDecided { .. })),
                ),
        )
    }
}

/// One event, as the person reads it.
fn line(act: &Act, event: &ReviewEvent) -> String {
    let what = match event {
        ReviewEvent::Begun { .. } => event.italian().to_owned(),
        ReviewEvent::Flagged { flag, why, .. } => format!("{flag}: {why}"),
        ReviewEvent::Resolved { flag, how, .. } => format!("{flag}, risolta: {how}"),
        ReviewEvent::PointsCorrected { criterion, correction, .. } => {
            let counted = italian::counted(correction.value);
            format!("{criterion}: contano {counted} ({})", correction.reason)
        }
        ReviewEvent::TieCorrected { key, correction, .. } => {
            let value = italian::tie_value(correction.value);
            format!("{key}: vale {value} ({})", correction.reason)
        }
        ReviewEvent::StandingDecided { standing, .. } => match standing {
            Standing::Ordinary => "decidono le regole".to_owned(),
            Standing::Included { reason } => format!("ammessa: {reason}"),
            Standing::Excluded { reason } => format!("esclusa: {reason}"),
        },
    };
    format!("{}: {what}", italian::day(rome_date(act.at)))
}
