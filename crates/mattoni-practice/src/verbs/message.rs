//! Messages, private notes, read receipts.

use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Audience, Event, Message, NoRoom, Practice, Verb};

/// A message or a private note was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Written {
    /// When, and by whom.
    pub act: Act,
    /// Number of the message within the practice, from 1.
    pub number: u32,
    /// Who sees it.
    pub audience: Audience,
    /// Its text.
    #[personal]
    pub text: String,
}

impl Written {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.messages.push(Message {
            number: self.number,
            audience: self.audience,
            text: self.text.clone(),
            written: self.act.clone(),
            read: Vec::new(),
        });
    }
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// It is empty.
    #[error("the message is empty")]
    Empty,
    /// Citizens write once a person or an office has taken the practice in charge: before,
    /// nobody would read it.
    #[error("nobody has taken the practice in charge yet")]
    NobodyInCharge,
}

impl Refusal for WriteRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Empty => ("empty", "text", "write something"),
            Self::NobodyInCharge => ("nobody-in-charge", "assignee", "write once somebody has"),
        };
        problem(Verb::Write, what, field, self.to_string(), remedy).into()
    }
}

/// Why a note is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// It is empty.
    #[error("the note is empty")]
    Empty,
    /// Notes are the office's.
    #[error("notes are the office's")]
    NotTheOffice,
}

impl Refusal for NoteRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::Empty => ("empty", "text", "write something"),
            Self::NotTheOffice => ("not-the-office", "actor", "write a message"),
        };
        problem(Verb::Note, what, field, self.to_string(), remedy).into()
    }
}

/// A message was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct MessageRead {
    /// When, and by whom.
    pub act: Act,
    /// Number of the message.
    pub number: u32,
}

impl MessageRead {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        if let Some(message) = practice.messages.iter_mut().find(|m| m.number == self.number) {
            message.read.push(self.act.clone());
        }
    }
}

/// Why a message is not marked as read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MarkReadRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// There is no such message, or none this reader may see.
    #[error("there is no message {0}")]
    Unknown(u32),
    /// They have read it already, or wrote it.
    #[error("it is known to them already")]
    Already,
}

impl Refusal for MarkReadRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Unknown(_) => ("unknown", "number", "choose one of the practice's messages"),
            Self::Already => ("already", "number", "nothing: it stays as it is"),
        };
        problem(Verb::MarkRead, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Writes a message that both sides see.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.write(&citizen, "Quando apre il nido?")?);
    /// assert_eq!(practice.messages()[0].audience, Audience::Everyone);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WriteRefusal`]; a citizen writes once someone is in charge.
    pub fn write(&self, act: &Act, text: &str) -> Result<Event, WriteRefusal> {
        self.ready(Verb::Write)?;
        self.theirs(Verb::Write, act)?;
        if is_blank(text) {
            return Err(WriteRefusal::Empty);
        }
        if Self::is_citizen(act) && self.assignee.is_none() {
            return Err(WriteRefusal::NobodyInCharge);
        }
        Ok(self.room_for(self.written(act, Audience::Everyone, text))?)
    }

    /// Writes a private note of the office.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.note(&office, "da verificare")?);
    /// assert_eq!(practice.messages()[0].audience, Audience::Office);
    /// assert!(practice.note(&citizen, "da verificare").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoteRefusal`].
    pub fn note(&self, act: &Act, text: &str) -> Result<Event, NoteRefusal> {
        self.ready(Verb::Note)?;
        if Self::is_citizen(act) {
            return Err(NoteRefusal::NotTheOffice);
        }
        if is_blank(text) {
            return Err(NoteRefusal::Empty);
        }
        Ok(self.room_for(self.written(act, Audience::Office, text))?)
    }

    /// Marks a message as read by who acts: a citizen numbers messages without private notes, as
    /// they are shown to them.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.write(&citizen, "Quando apre il nido?")?);
    /// practice.apply(&practice.mark_read(&office, 1)?);
    /// assert!(practice.messages()[0].known_to(&office.by));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MarkReadRefusal`]; a note does not exist for a citizen.
    pub fn mark_read(&self, act: &Act, number: u32) -> Result<Event, MarkReadRefusal> {
        self.ready(Verb::MarkRead)?;
        self.theirs(Verb::MarkRead, act)?;
        match self.message_of(act, number) {
            None => Err(MarkReadRefusal::Unknown(number)),
            Some(message) if message.known_to(&act.by) => Err(MarkReadRefusal::Already),
            Some(message) => {
                let number = message.number;
                Ok(self.room_for(MessageRead { act: act.clone(), number })?)
            }
        }
    }

    /// The message with this number, as whoever acts counts them: citizens know of no notes.
    fn message_of(&self, act: &Act, number: u32) -> Option<&Message> {
        if !Self::is_citizen(act) {
            return self.messages.iter().find(|message| message.number == number);
        }
        let open = self.messages.iter().filter(|message| message.audience == Audience::Everyone);
        (1..).zip(open).find(|(place, _)| *place == number).map(|(_, message)| message)
    }

    fn written(&self, act: &Act, audience: Audience, text: &str) -> Event {
        let number = Self::next_number(&self.messages);
        Written { act: act.clone(), number, audience, text: text.to_owned() }.into()
    }
}
