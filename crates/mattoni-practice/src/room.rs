//! How much a practice may hold, and what of it is kept for the office.
//!
//! Whatever can be added to a practice without an end is weighed here before it is added. A store
//! takes states up to 16 MiB and events up to 1 MiB; if an applicant could fill them, the office
//! could no longer take in charge, ask or reject, and where silence is consent (L. 241/1990, art.
//! 20), that would be a yes. So each side stops well below: what the applicant's side writes by
//! itself first, what it sends and answers next, messages, notes and files of the office after that.
//! What examines and decides a practice is never stopped here, and finds the rest free.
//!
//! Sizes are those of the JSON that is stored. A vault makes texts longer by a third and some bytes
//! each; that fits in beside what is kept free.

use mattoni_core::{Actor, Problem, Problems, Refusal};
use serde::Serialize;

use crate::refusal::problem;
use crate::{Audience, Event, Practice, Verb};

/// The most bytes that one act of a citizen or an official may write, as JSON.
pub const LARGEST_ACT: usize = 256 << 10;
/// How large a practice may become by what the applicant's side writes and arranges by itself, in
/// bytes of JSON.
pub const ROOM_FOR_APPLICANT: usize = 2 << 20;
/// How large a practice may become by what the applicant's side sends and answers: it can, however
/// much it wrote before.
pub const ROOM_FOR_ANSWERS: usize = 4 << 20;
/// How large a practice may become by messages, notes and files of the office.
pub const ROOM_FOR_OFFICE: usize = 8 << 20;
/// The most people who may ever be named on a practice, besides applicant and beneficiary: each
/// stands in a list, and a commit takes 256 entries.
pub const MOST_PEOPLE: usize = 40;
/// The most messages of the applicant's side.
pub const MOST_MESSAGES: usize = 300;
/// The most files.
pub const MOST_FILES: usize = 200;
/// The most practices that a practice may stand under.
pub const MOST_PARENTS: usize = 40;

/// There is no room on the practice for what was to be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{full}")]
pub struct NoRoom {
    /// What was tried.
    pub verb: Verb,
    /// What there is too much of.
    pub full: Full,
}

/// What a practice has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Full {
    /// The act itself.
    #[error("{bytes} bytes at once are too many, the limit is {limit}")]
    Act {
        /// What it has.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// All that is on the practice; the rest is kept for the office.
    #[error("the practice would hold {bytes} bytes, the limit is {limit}")]
    Practice {
        /// What it would have.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// People.
    #[error("{limit} people were named on it already")]
    People {
        /// How many are allowed.
        limit: usize,
    },
    /// Messages.
    #[error("{limit} messages were written on it already")]
    Messages {
        /// How many are allowed.
        limit: usize,
    },
    /// Files.
    #[error("{limit} files are on it already")]
    Files {
        /// How many are allowed.
        limit: usize,
    },
    /// Practices that it stands under.
    #[error("it stands under {limit} practices already")]
    Parents {
        /// How many are allowed.
        limit: usize,
    },
}

impl NoRoom {
    fn problem(&self) -> Problem {
        let (what, field, remedy) = match self.full {
            Full::Act { .. } => ("too-long", "", "shorten it, or send a file"),
            Full::Practice { .. } => {
                ("no-room", "", "shorten it, or bring it to the office, which has room kept for it")
            }
            Full::People { .. } => {
                ("too-many-people", "person", "let somebody who is on it already do it")
            }
            Full::Messages { .. } => {
                ("too-many-messages", "text", "go to the office, or write to its address")
            }
            Full::Files { .. } => ("too-many-files", "attachment", "put several into one file"),
            Full::Parents { .. } => ("too-many-relations", "parent", "relate the others instead"),
        };
        problem(self.verb, what, field, self.to_string(), remedy)
    }
}

impl Refusal for NoRoom {
    fn problems(&self) -> Problems {
        self.problem().into()
    }
}

impl Practice {
    /// The event, if there is room for it on the practice. Every verb asks that either side adds
    /// things by without an end, and none that examines or decides.
    pub(crate) fn room_for(&self, event: impl Into<Event>) -> Result<Event, NoRoom> {
        let event = event.into();
        let citizen = match event.act().by {
            Actor::Citizen(_) => true,
            Actor::Operator(_) => false,
            // What the software writes has its own bounds: those of its rules and registers.
            _ => return Ok(event),
        };
        let Some(verb) = event.verb() else { return Ok(event) };
        match self.full(verb, citizen, &event) {
            Some(full) => Err(NoRoom { verb, full }),
            None => Ok(event),
        }
    }

    /// What it would have too much of after the event.
    fn full(&self, verb: Verb, citizen: bool, event: &Event) -> Option<Full> {
        let bytes = stored(event);
        if bytes > LARGEST_ACT {
            return Some(Full::Act { bytes, limit: LARGEST_ACT });
        }
        if let Some(full) = self.too_many(citizen, event) {
            return Some(full);
        }
        let limit = room(verb, citizen)?;
        let bytes = self.weight(verb, citizen).saturating_add(bytes);
        (bytes > limit).then_some(Full::Practice { bytes, limit })
    }

    /// What the practice weighs for whoever acts. Citizens weigh it as they see it: room that is
    /// full too early would tell them of private notes. In turn notes leave free beside them all
    /// that citizens may write.
    fn weight(&self, verb: Verb, citizen: bool) -> usize {
        let seen = stored(&self.without_notes());
        if citizen {
            return seen;
        }
        match stored(self).saturating_sub(seen) {
            0 if verb != Verb::Note => seen,
            notes => notes.saturating_add(seen.max(ROOM_FOR_ANSWERS)),
        }
    }

    fn too_many(&self, citizen: bool, event: &Event) -> Option<Full> {
        let named = self.parties.len() + self.mandates().count();
        match event {
            Event::PartyAdded(_) | Event::Delegated(_) if named >= MOST_PEOPLE => {
                Some(Full::People { limit: MOST_PEOPLE })
            }
            Event::Written(_) if citizen && self.citizens_messages() >= MOST_MESSAGES => {
                Some(Full::Messages { limit: MOST_MESSAGES })
            }
            Event::Attached(_) if self.attachments.len() >= MOST_FILES => {
                Some(Full::Files { limit: MOST_FILES })
            }
            Event::IntegrationAnswered(answered)
                if self.attachments.len() + answered.papers.len() > MOST_FILES =>
            {
                Some(Full::Files { limit: MOST_FILES })
            }
            Event::Related(_) if self.parents.len() >= MOST_PARENTS => {
                Some(Full::Parents { limit: MOST_PARENTS })
            }
            _ => None,
        }
    }

    fn citizens_messages(&self) -> usize {
        let theirs = self.messages.iter().filter(|message| {
            message.audience == Audience::Everyone
                && matches!(message.written.by, Actor::Citizen(_))
        });
        theirs.count()
    }
}

/// How large the practice may be after the verb. Withdrawing is bounded by its own size alone: what
/// somebody gives up they give up.
const fn room(verb: Verb, citizen: bool) -> Option<usize> {
    match verb {
        Verb::Withdraw => None,
        Verb::Submit | Verb::AnswerIntegration | Verb::AnswerNotice if citizen => {
            Some(ROOM_FOR_ANSWERS)
        }
        _ if citizen => Some(ROOM_FOR_APPLICANT),
        _ => Some(ROOM_FOR_OFFICE),
    }
}

/// How many bytes it has as JSON.
pub(crate) fn stored(what: &impl Serialize) -> usize {
    struct Counted(usize);
    impl std::io::Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.saturating_add(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    // What cannot be written as JSON cannot be stored at all, and has no size that would do.
    match serde_json::to_writer(&mut counted, what) {
        Ok(()) => counted.0,
        Err(_) => usize::MAX,
    }
}
