//! An explanation in Italian, for the family that reads it.
//!
//! Every sentence is made from the data of an [`Explanation`]; another language is another
//! module like this one.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use mattoni_core::Money;
use mattoni_core::calendar::rome_date;

use crate::{
    Afterwards, ChoiceExplained, Duplicates, Explanation, Gap, Here, OfferStatus, Outcome, Parted,
    Points, Prize, PublicList, PublicOutcome, SharedOut, SupersededBy, TieValue, Waiting,
    WhatDecided,
};

/// What people call things that a ranking knows only by code.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Words {
    /// Reasons for points, e.g. `both-parents-work` → `entrambi i genitori lavorano`.
    pub reasons: BTreeMap<String, String>,
    /// Reserved pools.
    pub pools: BTreeMap<String, String>,
}

impl Words {
    /// The same words and a text for the reason `code`.
    #[must_use]
    pub fn with_reason(mut self, code: impl Into<String>, text: impl Into<String>) -> Self {
        self.reasons.insert(code.into(), text.into());
        self
    }

    /// The same words and a text for the pool `code`.
    #[must_use]
    pub fn with_pool(mut self, code: impl Into<String>, text: impl Into<String>) -> Self {
        self.pools.insert(code.into(), text.into());
        self
    }

    fn reason<'a>(&'a self, code: &'a str) -> &'a str {
        self.reasons.get(code).map_or(code, String::as_str)
    }

    fn pool<'a>(&'a self, code: &'a str) -> &'a str {
        self.pools.get(code).map_or(code, String::as_str)
    }
}

/// How an offer stands, to follow a colon.
#[must_use]
pub fn offer_status(status: OfferStatus) -> &'static str {
    match status {
        OfferStatus::Open => "in attesa di risposta",
        OfferStatus::Accepted { then: Afterwards::StopsWaiting } => "accettato",
        OfferStatus::Accepted { then: Afterwards::WaitsForBetter } => {
            "accettato, in attesa di un nido preferito"
        }
        OfferStatus::Refused { then: Afterwards::StopsWaiting } => "rifiutato",
        OfferStatus::Refused { then: Afterwards::WaitsForBetter } => {
            "rifiutato, in attesa di un nido preferito"
        }
        OfferStatus::Lapsed => "decaduto per mancata risposta",
        OfferStatus::Withdrawn => "rinunciato",
        OfferStatus::Revoked => "revocato",
    }
}

/// The public list, a line each, as it is posted.
#[must_use]
pub fn public_list(list: &PublicList) -> Vec<String> {
    let mut text = vec![list.title.clone()];
    text.extend(list.superseded.as_ref().map(superseded));
    text.extend(list.entries.iter().map(|entry| {
        let position = entry.position.map_or("-".to_owned(), |position| position.to_string());
        let outcome = public_outcome(&entry.outcome);
        let band = entry.band_from.map(|from| format!(", da {} punti", decimal(from)));
        format!("{position:>6}  {}  {outcome}{}", entry.code, band.unwrap_or_default())
    }));
    text.push(format!("Impronta della graduatoria: {}", list.run));
    text.push(format!("Impronta dell'elenco dei partecipanti: {}", list.entrants));
    if let Some(seed) = &list.seed {
        text.push(format!("Sorteggio: {seed}"));
    }
    text
}

/// What the public list says came out.
#[must_use]
pub fn public_outcome(outcome: &PublicOutcome) -> String {
    match outcome {
        PublicOutcome::Placed { facility, label } => {
            let name = if label.is_empty() { facility } else { label };
            format!("posto assegnato: {name}")
        }
        PublicOutcome::Admitted => "ammessa".to_owned(),
        PublicOutcome::Waiting => "in lista di attesa".to_owned(),
        PublicOutcome::NotAdmitted => "non ammessa".to_owned(),
    }
}

/// That a list does not hold any more: by which it was superseded, and when.
#[must_use]
pub fn superseded(by: &SupersededBy) -> String {
    format!(
        "GRADUATORIA SOSTITUITA il {} dalla graduatoria {}: questa non vale più.",
        day(rome_date(by.at)),
        by.by.short()
    )
}

/// An outcome in few words, for a line of a table; facilities and reserves are called what `prize`
/// calls them.
#[must_use]
pub fn in_brief(outcome: &Outcome, prize: &Prize) -> String {
    match outcome {
        Outcome::Placed { facility, pool, preference } => {
            let (mut name, mut reserve) = (facility.as_str(), pool.as_deref().unwrap_or_default());
            if let Prize::Places(places) = prize {
                let places = places.source();
                let labelled = places.facility.iter().find(|known| known.code == *facility);
                name = labelled.map_or(name, |f| if f.label.is_empty() { name } else { &f.label });
                let labelled = places.pool.iter().find(|known| known.code == reserve);
                reserve = labelled.map_or(reserve, |pool| &pool.label);
            }
            let reserve = if reserve.is_empty() { String::new() } else { format!(" ({reserve})") };
            format!("{name}{reserve}, preferenza {preference}")
        }
        Outcome::Admitted => "ammessa".to_owned(),
        Outcome::Granted { amount, asked } if amount == asked => money(*amount),
        Outcome::Granted { amount, asked } => format!("{} su {}", money(*amount), money(*asked)),
        Outcome::Waiting { .. } => "in lista d'attesa".to_owned(),
        Outcome::BelowThreshold { had, .. } => format!("sotto la soglia, con {}", counted(*had)),
        Outcome::Excluded { reason } => format!("esclusa: {reason}"),
        Outcome::Duplicate { kept, .. } => format!("domanda doppia: vale la {kept}"),
    }
}

/// The explanation as paragraphs.
#[must_use]
pub fn explanation(explained: &Explanation, words: &Words) -> Vec<String> {
    let mut text = vec![outcome(explained, words)];
    text.extend(points(explained, words));
    text.extend(order(explained));
    text.extend(explained.gap.as_ref().map(|gap| format!("{}.", capital(&missing(gap, words)))));
    text.extend(explained.choices.iter().zip(1..).map(|(c, n)| choice(c, n, words)));
    text
}

fn outcome(explained: &Explanation, words: &Words) -> String {
    let code = &explained.code;
    match &explained.outcome {
        Outcome::Placed { facility, pool, preference } => {
            let name = explained
                .choices
                .iter()
                .find(|choice| choice.facility == *facility)
                .map_or(facility.as_str(), name);
            let reserve = pool
                .as_deref()
                .map(|pool| format!(", tra i posti riservati ({})", words.pool(pool)))
                .unwrap_or_default();
            format!(
                "La domanda {code} ha ottenuto un posto presso {name}{reserve}: è la preferenza n. {preference}."
            )
        }
        Outcome::Admitted => format!("La domanda {code} è ammessa."),
        Outcome::Granted { amount, asked } if amount == asked => {
            format!("Alla domanda {code} è riconosciuto l'importo di {}.", money(*amount))
        }
        Outcome::Granted { amount, asked } => {
            let why = match &explained.shared {
                Some(shared) => in_proportion(shared),
                None => "è quanto restava dei fondi".to_owned(),
            };
            format!(
                "Alla domanda {code} è riconosciuto l'importo di {}, su {} richiesti: {why}.",
                money(*amount),
                money(*asked)
            )
        }
        Outcome::Waiting { why: Waiting::BudgetEnded { .. } } if explained.shared.is_some() => {
            let why = explained.shared.as_ref().map(in_proportion).unwrap_or_default();
            format!("Alla domanda {code} non spetta nemmeno un centesimo: {why}.")
        }
        Outcome::Waiting { why } => {
            format!("La domanda {code} è in lista d'attesa: {}.", waiting(why))
        }
        Outcome::BelowThreshold { had, .. } => format!(
            "La domanda {code} non è in graduatoria: ha {} e ne occorrono almeno {}.",
            counted(*had),
            decimal(explained.asked_at_least.unwrap_or_default())
        ),
        Outcome::Duplicate { kept, rule } => {
            let (when, which) = match rule {
                Duplicates::KeepLast => ("dopo", "l'ultima"),
                _ => ("prima", "la prima"),
            };
            format!(
                "La domanda {code} non è in graduatoria: per lo stesso beneficiario è arrivata {when} la \
                 domanda {kept}, e di più domande vale {which}."
            )
        }
        Outcome::Excluded { reason } => {
            format!("La domanda {code} è esclusa: {}.", words.reason(reason))
        }
    }
}

fn in_proportion(shared: &SharedOut) -> String {
    format!(
        "i fondi ({}) non bastavano per le {} domande ammesse, che chiedevano in tutto {}, e sono \
         stati ripartiti in proporzione",
        money(shared.available),
        shared.among,
        money(shared.asked)
    )
}

fn waiting(why: &Waiting) -> String {
    match why {
        Waiting::NoPreferences => "non indica nessuna sede".to_owned(),
        Waiting::AllFull => {
            "nelle sedi indicate tutti i posti sono andati a domande che la precedono".to_owned()
        }
        Waiting::SiblingsNotTogether => {
            "nessuna delle sedi indicate ha posto per tutti i fratelli, che chiedono di stare insieme".to_owned()
        }
        Waiting::NoPlaceLeft => "i posti sono finiti prima della sua posizione".to_owned(),
        Waiting::BudgetEnded { left } if *left == Money::ZERO => "i fondi sono esauriti".to_owned(),
        Waiting::BudgetEnded { left } => {
            format!("i fondi rimasti ({}) non bastano per l'importo richiesto", money(*left))
        }
    }
}

fn points(explained: &Explanation, words: &Words) -> Option<String> {
    let items: Vec<String> = explained
        .points
        .iter()
        .map(|given| {
            let counted = given.correction.as_ref().map_or(given.declared, |c| c.value);
            let why = match (&given.correction, given.reason.as_str()) {
                (Some(correction), _) => format!(
                    " (dichiarati {}, rettificati dall'ufficio: {})",
                    decimal(given.declared),
                    correction.reason
                ),
                (None, "") => String::new(),
                (None, reason) => format!(" ({})", words.reason(reason)),
            };
            format!("{} {}{why}", given.label, decimal(counted))
        })
        .collect();
    (!items.is_empty())
        .then(|| format!("Il punteggio è {}: {}.", decimal(explained.total), items.join("; ")))
}

fn order(explained: &Explanation) -> Option<String> {
    let position = explained.position?;
    let mut text = format!("È al posto {position} su {} in graduatoria", explained.ranked);
    match explained.below_the_one_above {
        None => {}
        Some(Parted::Class) => {
            text.push_str("; la domanda che precede è di una classe con precedenza")
        }
        Some(Parted::Points) => text.push_str("; la domanda che precede ha più punti"),
        Some(Parted::TieBreak(which)) => {
            let label = explained.tie_label(which).unwrap_or_default();
            text.push_str(&format!(
                "; a parità di punti la domanda che precede prevale per «{label}»"
            ));
            if let Some(value) = explained.ties.get(which).and_then(|tie| tie.value) {
                text.push_str(&format!(" (valore di questa domanda: {})", tie_value(value)));
            }
        }
        Some(Parted::Draw) => {
            text.push_str("; a parità di tutto la domanda che precede prevale per sorteggio");
        }
    }
    text.push('.');
    Some(text)
}

fn choice(choice: &ChoiceExplained, preference: usize, words: &Words) -> String {
    let place = format!(
        "Preferenza {preference}, {}: posto {} su {} nella lista della sede",
        name(choice),
        choice.place_in_list,
        choice.list_length
    );
    match &choice.here {
        Here::Placed => format!("{place}; il posto è qui."),
        Here::NotNeeded => format!("{place}; non serve, c'è già un posto in una sede preferita."),
        Here::NoSuchPlaces => format!("{place}; la sede non ha posti per questa domanda."),
        Here::Full { gaps } => {
            let gaps: Vec<String> = gaps.iter().map(|gap| missing(gap, words)).collect();
            format!("{place}; {}.", gaps.join("; "))
        }
    }
}

fn missing(gap: &Gap, words: &Words) -> String {
    let places = match &gap.pool {
        Some(pool) => format!("l'ultimo posto riservato ({})", words.pool(pool)),
        None => "l'ultimo posto".to_owned(),
    };
    match &gap.decided {
        WhatDecided::Title => format!("{places} è andato a chi ha il titolo di riserva"),
        WhatDecided::Priority { yours, needed } => format!(
            "{places} è andato a chi ha priorità {needed}; questa domanda ha priorità {yours}"
        ),
        WhatDecided::Class => format!("{places} è andato a una classe con precedenza"),
        WhatDecided::Points { needed, short_by } if *short_by > Points::ZERO => format!(
            "{places} è andato a chi ha {}: ne mancavano {}",
            counted(*needed),
            decimal(*short_by)
        ),
        WhatDecided::Points { needed, .. } => {
            format!("{places} è andato a chi ha {}", counted(*needed))
        }
        WhatDecided::TieBreak { label, .. } => {
            format!("{places} è andato a chi, a parità di punti, prevale per «{label}»")
        }
        WhatDecided::Siblings => "non c'era posto per tutti i fratelli insieme".to_owned(),
        WhatDecided::Draw => format!("{places} è andato, a parità di tutto, per sorteggio"),
    }
}

fn name(choice: &ChoiceExplained) -> &str {
    if choice.label.is_empty() { &choice.facility } else { &choice.label }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(crate) fn counted(points: Points) -> String {
    let word = if points == Points::whole(1) { "punto" } else { "punti" };
    format!("{} {word}", decimal(points))
}

/// Points as Italians write them: a decimal comma, and no empty decimals.
#[must_use]
pub fn decimal(points: Points) -> String {
    let text = points.to_string();
    text.strip_suffix(".00").map_or_else(|| text.replace('.', ","), str::to_owned)
}

/// An amount as Italians write it: `1.234,56 €`.
#[must_use]
pub fn money(amount: Money) -> String {
    let text = amount.to_string();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{cents} €")
}

/// A day as Italians write it: `31/03/2027`.
pub(crate) fn day(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

pub(crate) fn tie_value(value: TieValue) -> String {
    match value {
        TieValue::Number(n) => n.to_string(),
        TieValue::Money(amount) => money(amount),
        TieValue::Date(day) => self::day(day),
        TieValue::Points(points) => decimal(points),
    }
}
