//! A service whose source has been checked.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::text::is_blank;
use mattoni_core::value::{Kind, Value};
use mattoni_core::{EnteId, Money, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::chain::{self, Chain};
use crate::form::is_media_type;
use crate::requirement::Requirement;
use crate::{
    Access, FileField, FilesSource, Form, Nature, Publication, RankingSource, Responsible,
    SecondApplication, ServiceSource, Setting, SiblingsSource, Window, rome_time,
};

/// What an ente offers. Whoever holds one holds a checked one.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    source: ServiceSource,
    form: Form,
    chain: Chain,
    window: Window,
    requirements: Vec<Requirement>,
}

/// How a service stands at some instant. Computed: it opens and closes by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
#[non_exhaustive]
pub enum Status {
    /// *In preparazione*: citizens do not see it.
    Draft,
    /// *In arrivo*: it will open.
    Scheduled {
        /// When, where an instant is set; else on the first day of its validity.
        opens: Option<DateTime<Utc>>,
    },
    /// *Attivo*.
    Open {
        /// Until when, where an end is set.
        closes: Option<DateTime<Utc>>,
    },
    /// *Chiuso*: its time is over.
    Closed,
    /// *Sospeso*.
    Suspended {
        /// Why (*motivo dello stato*).
        reason: String,
    },
}

impl Status {
    /// Stable name, as it is written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled { .. } => "scheduled",
            Self::Open { .. } => "open",
            Self::Closed => "closed",
            Self::Suspended { .. } => "suspended",
        }
    }
}

impl Service {
    /// Checks a source. A draft may have a sheet that is not finished; a published service may
    /// not.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place: `service.code`, `.version`, `.validity`,
    /// `.term`, `.fee`, `.draft-period`, `.files`, `.access`, `.suspended`, `.window`, `.duplicate-key`, `.requirement`, `.ranking`,
    /// `.rules`, `.rules.moment`, `service.chain.*`, `service.time.*`, `service.sheet.*` and the codes of [`Form::new`].
    pub fn new(source: ServiceSource) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let mut wrong = |code: &'static str, field: &str, rule: &str, remedy: &str| {
            found.push(Problem::new(code, field, rule, remedy));
        };
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if source.code.is_empty() || source.code.len() > 63 || !source.code.chars().all(letters) {
            wrong(
                "service.code",
                "code",
                "must be 1 to 63 lower-case letters, digits and hyphens",
                "write e.g. nido-2026",
            );
        }
        if source.version == 0 {
            wrong(
                "service.version",
                "version",
                "must be 1 or more",
                "write 1 for the first version",
            );
        }
        if source.valid_from.zip(source.valid_to).is_some_and(|(from, to)| from > to) {
            wrong(
                "service.validity",
                "valid_to",
                "must not be before valid_from",
                "check the two dates",
            );
        }
        if !(1..=180).contains(&source.procedure.term_days) {
            wrong(
                "service.term",
                "procedure.term_days",
                "must be 1 to 180 days (L. 241/1990, art. 2, c. 2–4)",
                "write 30, or up to 90 or 180 where the ente's own act says so",
            );
        }
        if source.procedure.draft_period.is_some_and(|period| !period.is_a_year_at_least()) {
            wrong(
                "service.draft-period",
                "procedure.draft_period",
                "must be a year or more, whenever it begins",
                "write P1Y, or at least P12M or P366D, or leave it out for a year",
            );
        }
        if source.procedure.fee.is_some_and(|fee| fee <= Money::ZERO) {
            wrong(
                "service.fee",
                "procedure.fee",
                "must be more than zero",
                "leave it out where nothing is paid",
            );
        }
        if source.procedure.fee.is_some() && is_blank(&source.sheet.costs) {
            wrong(
                "service.sheet.missing",
                "sheet.costs",
                "must say the “costi” where something is paid (C.SI.1.3)",
                "write what is paid, and how",
            );
        }
        if source.suspended.as_ref().is_some_and(|reason| is_blank(reason)) {
            wrong(
                "service.suspended",
                "suspended",
                "must give the reason of the suspension",
                "write what citizens are to read, or leave it out",
            );
        }
        if source.ranking.is_some() && source.procedure.nature == Nature::Individual {
            wrong(
                "service.ranking",
                "ranking",
                "must come with a competitive procedure",
                "write nature = \"competitive\" under [procedure]",
            );
        }
        if source.ranking.as_ref().is_some_and(|ranking| is_blank(&ranking.criteria)) {
            wrong(
                "service.ranking",
                "ranking.criteria",
                "must name a file",
                "write e.g. criteria.toml",
            );
        }
        found.extend(source.ranking.as_ref().and_then(|ranking| prize(ranking, &source)));
        found.extend(source.rules.problems());
        let mut time = |field: &str, text: Option<&String>| {
            rome_time(text?).map_err(|problem| found.push(problem.in_field(field))).ok()
        };
        let window = Window {
            opens: time("opens", source.opens.as_ref()),
            closes: time("closes", source.closes.as_ref()),
        };
        if window.opens.zip(window.closes).is_some_and(|(opens, closes)| opens >= closes) {
            let rule = "must be after opens";
            found.push(Problem::new("service.window", "closes", rule, "check the two instants"));
        }
        if source.publication == Publication::Published {
            found.extend(source.sheet.lint());
        }
        found.extend(source.sheet.contacts.problems());
        found.extend(source.sheet.responsible.as_ref().and_then(Responsible::problem));
        found.extend(chain::problems(&source));
        found.extend(file_limits(&source.procedure.files));
        let mut requirements = Vec::new();
        let form = Form::new(&source.steps).map_err(|problems| found.extend(problems));
        if let Ok(form) = &form {
            for name in source.duplicate_key.iter().filter(|name| {
                // An answer that may be missing could not distinguish two applications.
                form.field(name).is_none_or(|field| field.optional)
            }) {
                found.push(Problem::new(
                    "service.duplicate-key",
                    "duplicate_key",
                    format!("“{name}” must be a required field of the form"),
                    "name fields that every application answers",
                ));
            }
        }
        if let Ok(form) = &form {
            found.extend(unfit_files(&source.procedure.files, form));
            found.extend(unknown_sender(&source, form));
        }
        if let (Ok(form), Some(ranking)) = (&form, &source.ranking) {
            found.extend(ranking_fields(ranking, form));
        }
        if let Ok(form) = &form {
            for (requirement, number) in source.requirements.iter().zip(1..) {
                match Requirement::new(requirement, form) {
                    Ok(requirement) => requirements.push(requirement),
                    Err(problem) => {
                        found.push(problem.in_field(format!("requirements[{number}]")));
                    }
                }
            }
        }
        Problems::check(found)?;
        match form {
            Ok(form) => Ok(Self { chain: Chain::of(&source), source, form, window, requirements }),
            // What was wrong with the form was among what was found.
            Err(()) => {
                Err(Problem::new("service.form", "steps", "must be sound", "check it").into())
            }
        }
    }

    /// The source it was made from, as it would be written down.
    #[must_use]
    pub fn source(&self) -> &ServiceSource {
        &self.source
    }

    /// The ente that offers it.
    #[must_use]
    pub fn ente(&self) -> &EnteId {
        &self.source.ente
    }

    /// Code within the ente.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.source.code
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.source.version
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The bricks it is put together from, and what follows each outcome.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What `service.toml` says to a single brick, in the table `[brick.NAME]`.
    #[must_use]
    pub fn section(&self, brick: &str) -> Option<&serde_json::Value> {
        self.source.brick.get(brick)
    }

    /// When applications are taken.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    pub(crate) fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether this version holds on `day`.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.source.valid_from.is_none_or(|from| day >= from)
            && self.source.valid_to.is_none_or(|to| day <= to)
    }

    /// How it stands at `at`.
    #[must_use]
    pub fn status(&self, at: DateTime<Utc>) -> Status {
        let day = rome_date(at);
        if self.source.publication == Publication::Draft {
            return Status::Draft;
        }
        if let Some(reason) = &self.source.suspended {
            return Status::Suspended { reason: reason.clone() };
        }
        let over = self.source.valid_to.is_some_and(|to| day > to)
            || self.window.closes.is_some_and(|closes| at >= closes);
        let early = self.source.valid_from.is_some_and(|from| day < from)
            || self.window.opens.is_some_and(|opens| at < opens);
        if over {
            Status::Closed
        } else if early {
            Status::Scheduled { opens: self.window.opens }
        } else {
            Status::Open { closes: self.window.closes }
        }
    }

    /// Whether it takes applications at `at`.
    ///
    /// # Errors
    /// `service.closed` when it is not open then, with why.
    pub fn takes(&self, at: DateTime<Utc>) -> Result<(), Problem> {
        let why = match self.status(at) {
            Status::Open { .. } => return Ok(()),
            Status::Draft => "it is not published".to_owned(),
            Status::Scheduled { .. } => "it opens later".to_owned(),
            Status::Closed => "it has closed".to_owned(),
            Status::Suspended { reason } => format!("it is suspended: {reason}"),
        };
        Err(Problem::new(
            "service.closed",
            "service",
            format!("{} must be open to applications at this instant: {why}", self.code()),
            "look at its opening window",
        ))
    }

    /// What makes two applications the same: the values of the duplicate key's fields, in its
    /// order. `None` where the service has no such key, or an answer is missing.
    #[must_use]
    pub fn duplicate_key(&self, answers: &BTreeMap<String, Value>) -> Option<Vec<String>> {
        if self.source.duplicate_key.is_empty() {
            return None;
        }
        self.source
            .duplicate_key
            .iter()
            .map(|name| answers.get(name).map(|value| value.to_string().trim().to_uppercase()))
            .collect()
    }

    /// Whether several applications for the same thing are taken, and the ranking chooses among
    /// them.
    #[must_use]
    pub fn takes_several(&self) -> bool {
        let ranking = self.source.ranking.as_ref();
        ranking.is_some_and(|ranking| ranking.duplicates != SecondApplication::Refuse)
    }

    /// A new draft made from this service: version 1, no opening window, no validity, no
    /// suspension, and the changes. What came of it is shown by
    /// [`differences`](crate::differences).
    ///
    /// # Errors
    /// As [`Service::new`].
    pub fn duplicate(
        &self,
        code: impl Into<String>,
        changes: impl IntoIterator<Item = Setting>,
    ) -> Result<Self, Problems> {
        let mut source = ServiceSource {
            code: code.into(),
            version: 1,
            valid_from: None,
            valid_to: None,
            publication: Publication::Draft,
            suspended: None,
            opens: None,
            closes: None,
            ..self.source.clone()
        };
        for change in changes {
            change.put_into(&mut source);
        }
        Self::new(source)
    }
}

/// What is wrong with the limits of files.
fn file_limits(files: &FilesSource) -> Vec<Problem> {
    let FilesSource { max_bytes, total_bytes, max_files, media_types } = files;
    let mut found = Vec::new();
    let mut wrong = |key: &str, rule: String, remedy: &str| {
        found.push(Problem::new("service.files", format!("procedure.files.{key}"), rule, remedy));
    };
    let zero = [
        ("max_bytes", *max_bytes == Some(0)),
        ("total_bytes", *total_bytes == Some(0)),
        ("max_files", *max_files == Some(0)),
    ];
    for (key, _) in zero.into_iter().filter(|(_, zero)| *zero) {
        wrong(key, "must be more than zero".to_owned(), "leave it out where nothing is limited");
    }
    if max_bytes.zip(*total_bytes).is_some_and(|(each, total)| each > total) {
        let rule = "must not be less than max_bytes".to_owned();
        wrong("total_bytes", rule, "raise it, or lower max_bytes");
    }
    for odd in media_types.iter().filter(|found| !is_media_type(found)) {
        let rule = format!("must be media types in lower case, and “{odd}” is none");
        wrong("media_types", rule, "write e.g. application/pdf");
    }
    found
}

/// Fields that take files which all files together could never be.
fn unfit_files(files: &FilesSource, form: &Form) -> Vec<Problem> {
    let too_many = |file: &FileField| files.max_files.is_some_and(|most| file.min > most);
    let too_big = |file: &FileField| {
        file.max_bytes.zip(files.total_bytes).is_some_and(|(each, total)| each > total)
    };
    let unfit = form.files().filter(|file| too_many(file) || too_big(file));
    unfit
        .map(|file| {
            Problem::new(
                "service.files",
                format!("steps: {}", file.name),
                "must fit the limits of all files together",
                "raise total_bytes or max_files under [procedure.files], or ask for less",
            )
        })
        .collect()
}

/// Fields whose answer the ente looks up, which it can only for people whom it knows.
fn unknown_sender(source: &ServiceSource, form: &Form) -> Vec<Problem> {
    let known = source.access != Access::Anonymous;
    let looked_up = form.columns().filter(|field| !known && field.source.is_some());
    looked_up
        .map(|field| {
            Problem::new(
                "service.access",
                "access",
                format!("must identify people: the answer to “{}” is looked up", field.label),
                "ask for spid2, or take the source out of the field",
            )
        })
        .collect()
}

/// What is wrong with the fields a ranking reads.
/// A ranking gives out places or money, and takes second applications only where they are known by
/// a key.
fn prize(ranking: &RankingSource, source: &ServiceSource) -> Option<Problem> {
    let (field, rule, remedy) = if ranking.places.is_some() && ranking.fund.is_some() {
        ("ranking.fund", "must not stand beside places", "keep one of the two")
    } else if ranking.amount.is_some() && ranking.fund.is_none() {
        ("ranking.amount", "must come with a fund", "name the file of the fund, or leave it out")
    } else if ranking.duplicates != SecondApplication::Refuse && source.duplicate_key.is_empty() {
        (
            "ranking.duplicates",
            "must come with the key by which two applications are the same",
            "name its fields in duplicate_key",
        )
    } else {
        return None;
    };
    Some(Problem::new("service.ranking", field, rule, remedy))
}

fn ranking_fields(ranking: &RankingSource, form: &Form) -> Vec<Problem> {
    let kind_of = |name: &str| form.field(name).map(|field| &field.kind);
    let preferences = ranking
        .preferences
        .iter()
        .filter(|name| !matches!(kind_of(name), Some(Kind::Choice { .. } | Kind::Text { .. })))
        .map(|name| ("ranking.preferences", name, "a choice or a text"));
    let reserves = ranking
        .reserves
        .values()
        .filter(|name| !matches!(kind_of(name), Some(Kind::Boolean)))
        .map(|name| ("ranking.reserves", name, "a yes-or-no field"));
    let asks = |options: &[String]| {
        options.iter().all(|option| SiblingsSource::ASKS.contains(&option.as_str()))
    };
    let ask = ranking
        .siblings
        .iter()
        .map(|siblings| &siblings.ask)
        .filter(|name| !matches!(kind_of(name), Some(Kind::Choice { options }) if asks(options)))
        .map(|name| ("ranking.siblings.ask", name, "a choice of alone, preferred, or-not-at-all"));
    let amount = ranking
        .amount
        .iter()
        .filter(|name| {
            let field = form.field(name);
            !field.is_some_and(|f| matches!(f.kind, Kind::Money { .. }) && !f.optional)
        })
        .map(|name| ("ranking.amount", name, "a required amount"));
    let family = ranking
        .siblings
        .iter()
        .flat_map(|siblings| &siblings.family)
        .filter(|name| kind_of(name).is_none())
        .map(|name| ("ranking.siblings.family", name, "a field"));
    preferences
        .chain(reserves)
        .chain(ask)
        .chain(family)
        .chain(amount)
        .map(|(place, name, wanted)| {
            let rule = format!("“{name}” must be {wanted} of the form");
            Problem::new("service.ranking", place, rule, "name one that is")
        })
        .collect()
}
