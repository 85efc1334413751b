//! Putting a practice under another.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Id, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::relations::{LinkRefusal, Relations};
use crate::{Event, NoRoom, Practice, Verb};

/// The practice was put under another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Related {
    /// When, and by whom.
    pub act: Act,
    /// The practice it now stands under.
    pub parent: Id<Practice>,
}

impl Related {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.parents.insert(self.parent);
    }
}

/// Why a practice cannot be put under another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelateRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The link is not possible.
    #[error(transparent)]
    Link(#[from] LinkRefusal),
}

impl Refusal for RelateRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoRoom(no_room) => no_room.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Link(link) => {
                let (what, remedy) = match link {
                    LinkRefusal::Itself => ("itself", "choose another practice"),
                    LinkRefusal::Already => ("already", "nothing: it stays as it is"),
                    LinkRefusal::Cycle { .. } => ("cycle", "relate them the other way round"),
                };
                problem(Verb::Relate, what, "parent", link.to_string(), remedy).into()
            }
        }
    }
}

impl Practice {
    /// Puts the practice under `parent`. `relations` are those of all practices concerned, and
    /// are still so when the event is committed: see [`Relations::above`].
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let family = Id::from_u128(8);
    /// practice.apply(&practice.relate(&citizen, family, &Relations::default())?);
    /// assert!(practice.parents().contains(&family));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RelateRefusal`] when it would stand under itself, directly or not, or does so already.
    pub fn relate(
        &self,
        act: &Act,
        parent: Id<Practice>,
        relations: &Relations,
    ) -> Result<Event, RelateRefusal> {
        self.ready(Verb::Relate)?;
        self.theirs(Verb::Relate, act)?;
        if self.parents.contains(&parent) {
            return Err(LinkRefusal::Already.into());
        }
        relations.can_link(self.id, parent)?;
        Ok(self.room_for(Related { act: act.clone(), parent })?)
    }
}
