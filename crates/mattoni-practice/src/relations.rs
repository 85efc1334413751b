//! How practices hang together: a graph without cycles, and the tree below one of them.
//!
//! # Two at the same time
//! Two links decided at the same time against the same relations can close a circle together that
//! neither closes alone: A under B by one official, B under A by another. A link is a fact of the
//! practice below only, so whoever commits it makes sure that no practice
//! [above](Relations::above) its new parent, the parent included, has got another parent since
//! `relations` were read: by their versions, or by letting one link of an ente be committed at a
//! time (a number claimed from a gapless sequence of the store does that). Who loses the race
//! reads again and decides again. That this is enough is a test (`relations.rs`): of any two links
//! that close a circle, the later one's parent has the earlier one's practice above it.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::{Id, Problem, Problems};

use crate::Practice;

/// Which practice stands under which. Holds no cycle, ever.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relations {
    parents: BTreeMap<Id<Practice>, BTreeSet<Id<Practice>>>,
    children: BTreeMap<Id<Practice>, BTreeSet<Id<Practice>>>,
}

/// One practice of a tree, at its depth below the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// The practice.
    pub practice: Id<Practice>,
    /// 0 for the root.
    pub depth: usize,
}

/// Why one practice cannot stand under another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkRefusal {
    /// They are the same.
    #[error("a practice cannot stand under itself")]
    Itself,
    /// It stands there already.
    #[error("it stands there already")]
    Already,
    /// The other one stands under it.
    #[error("it would stand under itself by way of {} others", .through.len())]
    Cycle {
        /// The practices between them, from the new parent down.
        through: Vec<Id<Practice>>,
    },
}

impl Relations {
    /// The relations of these links, each a practice and one it stands under.
    ///
    /// # Errors
    /// `practice.relations.cycle` and `.itself` for every link that would close a circle.
    pub fn new(
        links: impl IntoIterator<Item = (Id<Practice>, Id<Practice>)>,
    ) -> Result<Self, Problems> {
        let mut relations = Self::default();
        let mut found = Vec::new();
        for (child, parent) in links {
            match relations.can_link(child, parent) {
                Ok(()) => {
                    relations.parents.entry(child).or_default().insert(parent);
                    relations.children.entry(parent).or_default().insert(child);
                }
                Err(LinkRefusal::Already) => {}
                Err(refusal) => {
                    let code = match refusal {
                        LinkRefusal::Itself => "practice.relations.itself",
                        LinkRefusal::Already | LinkRefusal::Cycle { .. } => {
                            "practice.relations.cycle"
                        }
                    };
                    let remedy = format!("leave out that it stands under {parent}");
                    found.push(Problem::new(code, child.to_string(), refusal.to_string(), remedy));
                }
            }
        }
        Problems::check(found)?;
        Ok(relations)
    }

    /// Whether `child` can stand under `parent`.
    ///
    /// # Errors
    /// [`LinkRefusal`] when it does already, or would close a circle.
    pub fn can_link(&self, child: Id<Practice>, parent: Id<Practice>) -> Result<(), LinkRefusal> {
        if child == parent {
            return Err(LinkRefusal::Itself);
        }
        if self.parents.get(&child).is_some_and(|parents| parents.contains(&parent)) {
            return Err(LinkRefusal::Already);
        }
        match self.way_up(parent, child) {
            Some(through) => Err(LinkRefusal::Cycle { through }),
            None => Ok(()),
        }
    }

    /// The practice and everything above it: what a link under it was decided on.
    #[must_use]
    pub fn above(&self, practice: Id<Practice>) -> BTreeSet<Id<Practice>> {
        let mut above = BTreeSet::new();
        let mut waiting = vec![practice];
        while let Some(practice) = waiting.pop() {
            if above.insert(practice) {
                waiting.extend(self.parents.get(&practice).into_iter().flatten());
            }
        }
        above
    }

    /// The practice and everything below it, each once, where it is first reached.
    #[must_use]
    pub fn tree(&self, root: Id<Practice>) -> Vec<Branch> {
        let (mut seen, mut tree) = (BTreeSet::new(), Vec::new());
        let mut waiting = vec![Branch { practice: root, depth: 0 }];
        while let Some(branch) = waiting.pop() {
            if !seen.insert(branch.practice) {
                continue;
            }
            tree.push(branch);
            let below = self.children.get(&branch.practice).into_iter().flatten().rev();
            waiting.extend(below.map(|&practice| Branch { practice, depth: branch.depth + 1 }));
        }
        tree
    }

    /// Everything connected with the practice, itself included: a family's practices.
    #[must_use]
    pub fn family(&self, of: Id<Practice>) -> BTreeSet<Id<Practice>> {
        let mut family = BTreeSet::new();
        let mut waiting = vec![of];
        while let Some(practice) = waiting.pop() {
            if family.insert(practice) {
                let up = self.parents.get(&practice).into_iter().flatten();
                let down = self.children.get(&practice).into_iter().flatten();
                waiting.extend(up.chain(down));
            }
        }
        family
    }

    /// The practices between `from` and `to`, going up; `None` when no way leads there.
    fn way_up(&self, from: Id<Practice>, to: Id<Practice>) -> Option<Vec<Id<Practice>>> {
        let mut came_from = BTreeMap::new();
        let mut waiting = vec![from];
        while let Some(practice) = waiting.pop() {
            if practice == to {
                let mut way = Vec::new();
                let mut step = came_from.get(&to).copied();
                while let Some(at) = step {
                    way.push(at);
                    step = came_from.get(&at).copied();
                }
                way.reverse();
                return Some(way);
            }
            for &parent in self.parents.get(&practice).into_iter().flatten() {
                if parent != from && !came_from.contains_key(&parent) {
                    came_from.insert(parent, practice);
                    waiting.push(parent);
                }
            }
        }
        None
    }
}
