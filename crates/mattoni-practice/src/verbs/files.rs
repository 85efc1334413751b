//! Files: added, taken out.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Digest, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Attachment, AttachmentBar, Event, NoRoom, Practice, State, Verb};

/// A file was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Attached {
    /// When, and by whom.
    pub act: Act,
    /// The file.
    pub attachment: Attachment,
}

impl Attached {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.attachments.push(self.attachment.clone());
        touch(practice, &self.act);
    }
}

fn touch(practice: &mut Practice, act: &Act) {
    if practice.state == State::Draft {
        practice.touched_at = act.at;
        practice.warned_at = None;
        practice.sum_up();
    }
}

/// Why a file cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Everything that is wrong with the file.
    #[error("the file is not taken")]
    Barred(Vec<AttachmentBar>),
}

impl Refusal for AttachRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoRoom(no_room) => no_room.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Barred(bars) => all(
                Verb::Attach,
                bars.iter().map(|bar| bar.problem(Verb::Attach, "attachment")).collect(),
            ),
        }
    }
}

/// A file was taken out of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Detached {
    /// When, and by whom.
    pub act: Act,
    /// Digest of the file.
    pub digest: Digest,
}

impl Detached {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.attachments.retain(|attachment| attachment.digest != self.digest);
        touch(practice, &self.act);
    }
}

/// Why a file cannot be taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetachRefusal {
    /// It is no draft any more.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no such file.
    #[error("no file has the digest {0}")]
    Unknown(Digest),
}

impl Refusal for DetachRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Unknown(_) => problem(
                Verb::Detach,
                "unknown",
                "attachment",
                self.to_string(),
                "choose one of the practice's files",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Everything that is wrong with adding these files.
    pub(crate) fn file_bars<'a>(
        &self,
        files: impl IntoIterator<Item = &'a Attachment>,
    ) -> Vec<AttachmentBar> {
        let mut there: Vec<&Attachment> = self.attachments.iter().collect();
        let mut bars = Vec::new();
        for file in files {
            let paper = file.field.as_ref().and_then(|key| self.procedure.paper(key));
            let mut found = self.procedure.attachments.breaches(file, &there, paper);
            if there.iter().any(|other| other.digest == file.digest) {
                found.push(AttachmentBar::Twice);
            }
            match (&file.field, paper) {
                (Some(key), None) => bars.push(AttachmentBar::UnknownPaper { key: key.clone() }),
                (_, Some(paper)) => {
                    // A paper that the office asks for anew comes on top of those that are there.
                    let own = there.iter().filter(|other| other.field == file.field).count();
                    if self.state == State::Draft && own >= paper.max as usize {
                        found.push(AttachmentBar::TooMany { limit: paper.max });
                    }
                    found = found
                        .into_iter()
                        .map(|bar| AttachmentBar::Paper {
                            key: paper.key.clone(),
                            label: paper.label.clone(),
                            bar: Box::new(bar),
                        })
                        .collect();
                }
                (None, None) => {}
            }
            bars.extend(found);
            there.push(file);
        }
        bars
    }

    /// Whether the practice has the file already.
    pub(crate) fn holds(&self, file: &Attachment) -> bool {
        self.attachments.iter().any(|held| held.digest == file.digest)
    }

    /// Adds a file: the applicant to the draft, the office at any time while it examines. A file
    /// that the form asks for names its paper ([`Attachment::for_paper`]).
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// practice.apply(&practice.attach(&citizen, file("carta.pdf"))?);
    /// assert_eq!(practice.attachments().len(), 1);
    /// // The same file a second time is refused.
    /// assert!(practice.attach(&citizen, file("carta.pdf")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AttachRefusal`] with everything that is wrong with the file.
    pub fn attach(&self, act: &Act, attachment: Attachment) -> Result<Event, AttachRefusal> {
        self.ready(Verb::Attach)?;
        self.theirs(Verb::Attach, act)?;
        let mut bars = self.file_bars([&attachment]);
        if self.state != State::Draft && Self::is_citizen(act) {
            bars.push(AttachmentBar::ThroughIntegration);
        }
        if bars.is_empty() {
            Ok(self.room_for(Attached { act: act.clone(), attachment })?)
        } else {
            Err(AttachRefusal::Barred(bars))
        }
    }

    /// Takes a file out of the draft.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let file = file("carta.pdf");
    /// practice.apply(&practice.attach(&citizen, file.clone())?);
    /// practice.apply(&practice.detach(&citizen, file.digest)?);
    /// assert!(practice.attachments().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DetachRefusal`] when it is no draft any more or has no such file.
    pub fn detach(&self, act: &Act, digest: Digest) -> Result<Event, DetachRefusal> {
        self.ready(Verb::Detach)?;
        self.theirs(Verb::Detach, act)?;
        if !self.attachments.iter().any(|attachment| attachment.digest == digest) {
            return Err(DetachRefusal::Unknown(digest));
        }
        Ok(Detached { act: act.clone(), digest }.into())
    }
}
