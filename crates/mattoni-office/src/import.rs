//! Applications from a file: all of it or nothing.
//!
//! Every row is a practice of one service, with the service's form as columns. Everything is
//! checked before anything is written: the shape of the file, every cell, the people's fiscal
//! codes, duplicates within the file and against what is there. Only then are the practices
//! opened, each under an id that follows from the service's duplicate key. So the same file can
//! be imported twice, or again after a crash, and every application is there once.
//!
//! # People
//! The columns `applicant_fiscal_code`, `applicant_given_name`, `applicant_family_name` and
//! `applicant_birth_date` say who applies; the same with `child_` or `beneficiary_` in front say
//! for whom, where the form has them.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::{Notation, Value};
use mattoni_core::{
    Act, Actor, Id, Person, Problem, Problems, Refusal, SignIn, TaxCode, fold, text,
};
use mattoni_desk::{Acted, BulkReport, DeskError, Names, Progress};
use mattoni_practice::{Event, Opening, Practice, Procedure, Saving, ServiceRef, State};
use mattoni_ranking::Applicant;
use mattoni_service::Service;
use mattoni_store::Loaded;

use crate::Office;
use crate::csv_table::{Column, Presence, Table, TableLimits};
use crate::procedure::procedure_of;
use crate::rules::{Sending, submitted};

/// Applications looked up or submitted at a time.
const PAGE: usize = 500;

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// The practice of every row, in the order of the file.
    pub practices: Vec<Id<Practice>>,
    /// Applications opened.
    pub opened: u64,
    /// Applications that were there already, with the same answers.
    pub existing: u64,
}

/// One row of the file, understood.
struct Application {
    id: Id<Practice>,
    applicant: Person,
    beneficiary: Option<Person>,
    answers: BTreeMap<String, Value>,
    line: u64,
}

impl Office {
    /// Opens a draft for every row of a CSV file, as its applicant would at `at`.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with every problem of the file, each with line and field, or
    /// `service.closed` when the service takes no applications at `at`, or those of
    /// [`check_chain`](Self::check_chain): nothing was written.
    /// [`DeskError::Store`] when the machine fails; importing again carries on.
    pub async fn import(
        &self,
        service: &Service,
        source: impl Read,
        at: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<ImportReport, DeskError> {
        self.import_in(service, source, Notation::Plain, at, progress).await
    }

    /// As [`import`](Self::import), of a file whose numbers and dates are written in this notation:
    /// `1.234,56` and `31/03/2027` where it is [`Notation::Italian`].
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub async fn import_in(
        &self,
        service: &Service,
        source: impl Read,
        notation: Notation,
        at: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<ImportReport, DeskError> {
        service.takes(at).map_err(Problems::from)?;
        self.check_chain(service)?;
        let (applications, mut found) =
            read(&self.desk().names().await?, service, source, notation);
        let procedure = procedure_of(service);
        let practices = applications.iter().map(|application| application.id).collect();
        let mut report = ImportReport { practices, opened: 0, existing: 0 };
        let mut new = Vec::new();
        let ids: Vec<Id<Practice>> =
            applications.iter().map(|application| application.id).collect();
        let mut there: BTreeMap<Id<Practice>, Loaded<Practice>> = BTreeMap::new();
        for page in ids.chunks(PAGE) {
            let loaded = self.desk().load_many(page).await?;
            there.extend(loaded.into_iter().map(|practice| (practice.id, practice)));
        }
        for application in applications {
            match there.get(&application.id) {
                None => new.push(application),
                Some(there) if same(there, &application) => report.existing += 1,
                Some(there) => found.push(taken(there, application.line, service)),
            }
        }
        // What is not about a line (more problems than are named) comes last.
        found.sort_by_key(|problem| problem.line.unwrap_or(u64::MAX));
        Problems::check(found)?;
        let new = new
            .iter()
            .map(|application| self.opening(service, &procedure, application, at))
            .collect::<Result<_, _>>()?;
        report.opened = self.desk().open_all(new, progress).await?;
        Ok(report)
    }

    /// Submits these drafts in this order, as their applicants would at `at`, who have seen the
    /// summary; what is no draft any more stays as it is. The service's rules are asked before, as
    /// [`submit`](Self::submit) does.
    ///
    /// # Errors
    /// As [`decide_each`](mattoni_desk::Desk::decide_each), or [`DeskError::Refused`] with
    /// `service.closed` when the service takes no applications at `at`.
    pub async fn submit_drafts(
        &self,
        service: &Service,
        drafts: &[Id<Practice>],
        calendar: &LegalCalendar,
        at: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<BulkReport<Practice>, DeskError> {
        service.takes(at).map_err(Problems::from)?;
        self.keep_admission(service, &Act::new(at, Actor::System("rules".into()))).await?;
        let rules = self.rules_of(service)?;
        let verb = |practice: &Practice, _| {
            if practice.state() != State::Draft {
                return Ok(None);
            }
            let act = imported(practice.applicant().id, at);
            let sending = Sending::new(practice.summary().digest(), calendar);
            let event = submitted(rules, practice, &act, &sending)?;
            Ok(Some(Acted::one(&act, event)))
        };
        let mut report = BulkReport::default();
        for page in drafts.chunks(PAGE) {
            report.add(self.desk().decide_each(page, verb, None).await?);
            progress.reached(report.total());
        }
        Ok(report)
    }

    fn opening(
        &self,
        service: &Service,
        procedure: &Procedure,
        application: &Application,
        at: DateTime<Utc>,
    ) -> Result<(Id<Practice>, Act, Vec<Event>), Problems> {
        let Application { id, applicant, beneficiary, answers, .. } = application;
        let act = imported(applicant.id, at);
        let reference = ServiceRef::new(service.code(), service.version());
        let (ente, procedure) = (self.desk().ente().clone(), procedure.clone());
        let mut opening = Opening::new(*id, ente, reference, procedure, applicant.clone());
        if let Some(beneficiary) = beneficiary {
            opening = opening.for_beneficiary(beneficiary.clone());
        }
        let opened = Practice::open_draft(&act, opening).map_err(|r| r.problems())?;
        // Just opened by the event that opens one.
        let draft = fold::<Practice>([&opened]).ok_or_else(|| unexplained("applicant"))?;
        let saved = draft.save(&act, Saving::set(answers.clone())).map_err(|r| r.problems())?;
        Ok((*id, act, vec![opened, saved]))
    }
}

/// The act of an applicant whose application comes from a file: whoever took it in knew them.
fn imported(applicant: Id<Person>, at: DateTime<Utc>) -> Act {
    Act::new(at, Actor::Citizen(applicant)).identified(SignIn::InPerson)
}

/// The rows that are in order, and every problem of the others.
fn read(
    ids: &Names,
    service: &Service,
    source: impl Read,
    notation: Notation,
) -> (Vec<Application>, Vec<Problem>) {
    let columns = columns(service);
    let (table, mut found) = Table::scan(source, &columns, &TableLimits::default());
    let mut applications: Vec<Application> = Vec::with_capacity(table.len());
    let mut seen: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for (line, cells) in table.texts(&columns) {
        let mut wrong = Vec::new();
        let answers =
            service.form().check_row_in(cells.clone(), notation).unwrap_or_else(|problems| {
                wrong.extend(problems);
                readable(service, &cells, notation, &wrong)
            });
        let key = application_key(service, &answers);
        let key = key.unwrap_or_else(|| vec![format!("line {line}"), digest(&answers)]);
        if let Some(first) = seen.insert(key.clone(), line) {
            wrong.push(Problem::new(
                "desk.import.duplicate",
                service.source().duplicate_key.join(", "),
                format!("the same application stands on line {first}"),
                "keep the right one",
            ));
        }
        let applicant = person(ids, "applicant", &answers, &mut wrong);
        let beneficiary = ["child", "beneficiary"]
            .into_iter()
            .find(|prefix| service.form().field(&format!("{prefix}_fiscal_code")).is_some())
            .filter(|prefix| given(prefix, &answers, &wrong))
            .and_then(|prefix| person(ids, prefix, &answers, &mut wrong));
        let id = id_of(ids, service, &key);
        match applicant {
            Some(applicant) if wrong.is_empty() => {
                applications.push(Application { id, applicant, beneficiary, answers, line });
            }
            // Every row lacks a column that the header lacks; that is said once.
            _ => found.extend(
                wrong
                    .into_iter()
                    .filter(|p| p.code != "form.missing" || table.has(&columns, &p.field))
                    .map(|problem| problem.at_line(line)),
            ),
        }
    }
    (applications, found)
}
/// The id of the application with these answers, `None` while the answers of the duplicate key are
/// missing. A portal that opens drafts under it finds a child that was applied for already,
/// whether at the portal or by an [import](Office::import).
#[must_use]
pub fn application_id(
    names: &Names,
    service: &Service,
    answers: &BTreeMap<String, Value>,
) -> Option<Id<Practice>> {
    application_key(service, answers).map(|key| id_of(names, service, &key))
}

/// What tells an application from every other: its duplicate key, and all of its answers where
/// several with the same key are taken.
fn application_key(service: &Service, answers: &BTreeMap<String, Value>) -> Option<Vec<String>> {
    let mut key = service.duplicate_key(answers)?;
    if service.takes_several() {
        key.push(digest(answers));
    }
    Some(key)
}

/// Whom or what the application is for, as a key that says nothing of them: the same for all that
/// the service's duplicate key makes equal. `None` where the service has no such key, or an answer
/// is missing.
pub(crate) fn subject_of(
    names: &Names,
    service: &Service,
    answers: &BTreeMap<String, Value>,
) -> Option<String> {
    let key = service.duplicate_key(answers)?;
    let mut path = vec!["subject", service.code()];
    path.extend(key.iter().map(String::as_str));
    Some(names.id::<Applicant>(&path).to_string())
}

fn id_of(ids: &Names, service: &Service, key: &[String]) -> Id<Practice> {
    let mut names = vec!["practice", service.code()];
    names.extend(key.iter().map(String::as_str));
    ids.id(&names)
}

/// The columns a file of applications for the service may have.
#[must_use]
pub fn columns(service: &Service) -> Vec<Column> {
    let column = |field: &mattoni_service::Field| Column {
        name: field.name.clone(),
        kind: field.kind.clone(),
        presence: if field.optional { Presence::Optional } else { Presence::Required },
    };
    service.form().columns().map(column).collect()
}

fn digest(answers: &BTreeMap<String, Value>) -> String {
    // Values are text, numbers and dates: JSON always takes them.
    mattoni_core::Digest::of(&serde_json::to_vec(answers).unwrap_or_default()).to_string()
}

/// The answers of a row in which others are `wrong`: so that those are checked all the same.
fn readable(
    service: &Service,
    cells: &BTreeMap<&str, &str>,
    notation: Notation,
    wrong: &[Problem],
) -> BTreeMap<String, Value> {
    let fields = service.form().columns().filter(|field| !is_named(wrong, &field.name));
    fields
        .filter_map(|field| {
            let value = field.kind.parse_in(cells.get(field.name.as_str())?, notation).ok()?;
            Some((field.name.clone(), value))
        })
        .collect()
}

fn is_named(wrong: &[Problem], field: &str) -> bool {
    wrong.iter().any(|problem| problem.field == field)
}

/// Whether the row says, rightly or wrongly, who this is.
fn given(prefix: &str, answers: &BTreeMap<String, Value>, wrong: &[Problem]) -> bool {
    let field = format!("{prefix}_fiscal_code");
    answers.contains_key(&field) || is_named(wrong, &field)
}

/// The person that the columns with this prefix describe; what keeps them from it goes to
/// `wrong`, unless it stands there already.
fn person(
    ids: &Names,
    prefix: &str,
    answers: &BTreeMap<String, Value>,
    wrong: &mut Vec<Problem>,
) -> Option<Person> {
    let mut missing = |name: &str, rule: &str| {
        let field = format!("{prefix}_{name}");
        if !is_named(wrong, &field) {
            let remedy = "add the field to the form and to the file";
            wrong.push(Problem::new("desk.import.person", field, rule, remedy));
        }
    };
    let mut text = |name: &str| match answers.get(&format!("{prefix}_{name}")) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => {
            missing(name, "the form asks who this is, as a text");
            None
        }
    };
    let (code, given_name, family_name) =
        (text("fiscal_code"), text("given_name"), text("family_name"));
    let born_on = match answers.get(&format!("{prefix}_birth_date")) {
        Some(Value::Date(date)) => Some(*date),
        _ => {
            missing("birth_date", "the form asks when this person was born, as a date");
            None
        }
    };
    let fiscal_code = match code?.parse::<TaxCode>() {
        Ok(code) => code,
        Err(problems) => {
            let field = format!("{prefix}_fiscal_code");
            wrong.extend(problems.into_iter().map(|problem| problem.in_field(&field)));
            return None;
        }
    };
    let born_on = born_on?;
    // A provisional code says nothing about the person.
    if let TaxCode::Person(code) = &fiscal_code
        && code.birth_date(born_on) != Some(born_on)
    {
        wrong.push(Problem::new(
            "desk.import.birth-date",
            format!("{prefix}_birth_date"),
            "must agree with the date in the fiscal code",
            "check both",
        ));
        return None;
    }
    let id = ids.person(&fiscal_code);
    let (given_name, family_name) = (text::name(&given_name?), text::name(&family_name?));
    Some(Person { id, fiscal_code, given_name, family_name, born_on })
}

fn unexplained(prefix: &str) -> Problems {
    Problem::new("desk.import.person", prefix, "must say who this is", "check the columns").into()
}

fn same(there: &Loaded<Practice>, application: &Application) -> bool {
    *there.state.answers() == application.answers
}

fn taken(there: &Loaded<Practice>, line: u64, service: &Service) -> Problem {
    let number = there.state.protocol_number().unwrap_or("no number yet");
    Problem::new(
        "desk.import.duplicate",
        service.source().duplicate_key.join(", "),
        format!("an application with other answers is there already ({number})"),
        "change that one, or take this line out",
    )
    .at_line(line)
}
