//! The states against the journal.

use std::fmt;

use mattoni_core::EnteId;
use mattoni_core::record::{Bricks, RecordKind};
use serde::{Deserialize, Serialize};

use crate::typed::{rows, unreadable_event, unreadable_state};
use crate::verify::{JobProgress, MAX_FINDINGS, with_cause};
use crate::{Error, ErrorKind, IndexAudit, Journal, Lists, Recorded, StoredState, Stream, Version};

/// How a stored state and its folded history compare.
enum Agreement {
    Exact,
    /// Equal, once the stored one is written as this software writes it.
    OlderForm,
    Differs,
}

fn compare(
    kind: &dyn RecordKind,
    stored: &StoredState,
    rows: &[Recorded],
) -> Result<Agreement, Error> {
    let body = stored.json()?;
    rows.iter().try_for_each(|row| row.act().map(drop))?;
    let bodies: Vec<&[u8]> = rows.iter().map(|row| row.body.as_slice()).collect();
    let folded = match kind.fold(&bodies) {
        Ok(folded) => folded,
        Err(e) => {
            let unread = rows.iter().find(|row| kind.event_italian(&row.body).is_err());
            return Err(match unread {
                Some(row) => unreadable_event(row, e),
                None => unreadable_state(stored, e),
            });
        }
    };
    let Some(folded) = folded else {
        return Ok(Agreement::Differs);
    };
    let folded = folded.json();
    if folded == body {
        return Ok(Agreement::Exact);
    }
    let again = kind.read(body).map_err(|e| unreadable_state(stored, e))?.json();
    Ok(if folded == again { Agreement::OlderForm } else { Agreement::Differs })
}

/// Whether the failure is of what is stored of one record, and not of the machine.
fn is_of_the_record(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Unreadable)
}

/// One thing that is wrong with a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
#[non_exhaustive]
pub enum StateFinding {
    /// The state is not what its history leads to.
    Changed {
        /// Whose state.
        stream: Stream,
        /// After how many events it says it is.
        version: Version,
    },
    /// The state says another version than the journal.
    Version {
        /// Whose state.
        stream: Stream,
        /// What the state says.
        state: Version,
        /// What the journal says.
        journal: Version,
    },
    /// The stream's rows are not numbered 1, 2, 3 and so on.
    Gap {
        /// The stream.
        stream: Stream,
        /// How many rows it has.
        rows: u64,
        /// The highest version among them.
        last: Version,
    },
    /// A state without any history.
    NoJournal {
        /// Whose state.
        stream: Stream,
    },
    /// A history without a state.
    NoState {
        /// Whose history.
        stream: Stream,
    },
    /// The state or an event does not read.
    Unreadable {
        /// Whose.
        stream: Stream,
        /// Why.
        error: String,
    },
    /// Unique keys, list entries or counts of a kind are not those that its states have: what is
    /// looked up and shown by them is wrong until the lists are made anew.
    Index {
        /// The kind.
        kind: String,
        /// Keys and entries that states have and that are not there, or with another row.
        lacking: u64,
        /// Keys and entries that are there and that no state has.
        stray: u64,
        /// Buckets that have another count than entries.
        miscounted: u64,
        /// The first streams that lack something.
        streams: Vec<Stream>,
    },
    /// No brick keeps the kind, so its states could not be folded.
    UnknownKind {
        /// The kind.
        kind: String,
        /// How many states it has.
        states: u64,
    },
}

impl fmt::Display for StateFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { stream, version } => {
                write!(f, "the state of {stream} at version {version} is not what its history says")
            }
            Self::Version { stream, state, journal } => {
                write!(f, "the state of {stream} is at version {state}, its history at {journal}")
            }
            Self::Gap { stream, rows, last } => {
                write!(f, "the history of {stream} has {rows} rows up to version {last}")
            }
            Self::NoJournal { stream } => write!(f, "{stream} has a state and no history"),
            Self::NoState { stream } => write!(f, "{stream} has a history and no state"),
            Self::Unreadable { stream, error } => write!(f, "{stream} cannot be read: {error}"),
            Self::Index { kind, lacking, stray, miscounted, .. } => write!(
                f,
                "of what {kind} is looked up by, {lacking} are missing, {stray} belong to no state \
                 and {miscounted} counts are wrong"
            ),
            Self::UnknownKind { kind, states } => {
                write!(f, "{states} states of the unknown kind {kind} could not be folded")
            }
        }
    }
}

/// What a look at all states found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StatesReport {
    /// Whose states.
    pub ente: EnteId,
    /// How many there are.
    pub states: u64,
    /// How many are right, but written by older software: its next change writes each anew.
    pub older_form: u64,
    /// How many unique keys of states are there as they should be.
    pub keys: u64,
    /// How many list entries of states are there as they should be.
    pub entries: u64,
    /// Everything found, the first 10,000.
    pub findings: Vec<StateFinding>,
    /// How many more there are.
    pub more: u64,
}

impl StatesReport {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Folds every history with the bricks and compares it with the state, and holds unique keys, list
/// entries and counts against the projections kept beside the states, also while others commit.
/// Run it beside [`verify`](crate::verify), which proves the journal that this trusts.
///
/// # Errors
/// When the machine fails. What is wrong with a state is not an error but a finding.
pub async fn verify_states(
    store: &(impl Journal + Lists + ?Sized),
    ente: &EnteId,
    bricks: &Bricks,
    on_progress: impl FnMut(JobProgress) + Send,
) -> Result<StatesReport, Error> {
    let report = StatesReport {
        ente: ente.clone(),
        states: 0,
        older_form: 0,
        keys: 0,
        entries: 0,
        findings: Vec::new(),
        more: 0,
    };
    let mut check = Check { store, ente, bricks, report, on_progress };
    for kind in store.kinds(ente).await? {
        check.states_of(&kind).await?;
        check.histories_of(&kind).await?;
        check.index_of(&kind).await?;
    }
    Ok(check.report)
}

const PAGE: usize = 500;

struct Check<'a, J: ?Sized, P> {
    store: &'a J,
    ente: &'a EnteId,
    bricks: &'a Bricks,
    report: StatesReport,
    on_progress: P,
}

impl<J: Journal + Lists + ?Sized, P: FnMut(JobProgress) + Send> Check<'_, J, P> {
    async fn states_of(&mut self, kind: &str) -> Result<(), Error> {
        let known = self.bricks.kind(kind);
        let (mut after, mut states) = (None, 0);
        loop {
            let page = self.store.streams(self.ente, kind, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            states += page.len() as u64;
            for state in page {
                if let Some(finding) = self.state(state, known).await? {
                    self.found(finding);
                }
            }
            (self.on_progress)(JobProgress { done: self.report.states + states, total: None });
        }
        self.report.states += states;
        if known.is_none() && states > 0 {
            self.found(StateFinding::UnknownKind { kind: kind.to_owned(), states });
        }
        Ok(())
    }

    async fn state(
        &mut self,
        mut state: StoredState,
        kind: Option<&dyn RecordKind>,
    ) -> Result<Option<StateFinding>, Error> {
        let stream = state.stream.clone();
        loop {
            let rows = match rows(self.store, self.ente, &stream).await {
                Err(e) if is_of_the_record(&e) => {
                    return Ok(Some(StateFinding::Unreadable { stream, error: with_cause(&e) }));
                }
                rows => rows?,
            };
            let journal = rows.last().map_or(Version::NONE, |row| row.version);
            let agreement = match kind {
                Some(kind) if journal == state.version => compare(kind, &state, &rows),
                _ => Ok(Agreement::Exact),
            };
            let finding = match agreement {
                _ if journal == Version::NONE => StateFinding::NoJournal { stream: stream.clone() },
                _ if journal != state.version => {
                    StateFinding::Version { stream: stream.clone(), state: state.version, journal }
                }
                Ok(Agreement::Exact) => return Ok(None),
                Ok(Agreement::OlderForm) => {
                    self.report.older_form += 1;
                    return Ok(None);
                }
                Ok(Agreement::Differs) => {
                    StateFinding::Changed { stream: stream.clone(), version: state.version }
                }
                Err(e) => {
                    StateFinding::Unreadable { stream: stream.clone(), error: with_cause(&e) }
                }
            };
            // State and journal are not read at the same instant: the finding counts only if the state
            // is unchanged when it is read again.
            match self.store.load(self.ente, &stream).await? {
                Some(now) if now != state => state = now,
                _ => return Ok(Some(finding)),
            }
        }
    }

    async fn histories_of(&mut self, kind: &str) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = self.store.recorded_streams(self.ente, kind, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.stream.id);
            for recorded in page {
                if recorded.rows != recorded.last.get() {
                    let (rows, last) = (recorded.rows, recorded.last);
                    self.found(StateFinding::Gap { stream: recorded.stream.clone(), rows, last });
                }
                if self.store.load(self.ente, &recorded.stream).await?.is_none() {
                    self.found(StateFinding::NoState { stream: recorded.stream });
                }
            }
        }
    }

    async fn index_of(&mut self, kind: &str) -> Result<(), Error> {
        let audit = self.store.audit_index(self.ente, kind).await?;
        self.report.keys += audit.keys;
        self.report.entries += audit.entries;
        let IndexAudit { lacking, stray, miscounted, streams, .. } = audit;
        if (lacking, stray, miscounted) != (0, 0, 0) {
            let kind = kind.to_owned();
            self.found(StateFinding::Index { kind, lacking, stray, miscounted, streams });
        }
        Ok(())
    }

    fn found(&mut self, finding: StateFinding) {
        if self.report.findings.len() < MAX_FINDINGS {
            self.report.findings.push(finding);
        } else {
            self.report.more += 1;
        }
    }
}
