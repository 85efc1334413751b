//! The answer for a batch.

use std::sync::Arc;

use mattoni_core::{Digest, DigestBuilder};

use crate::Description;
use crate::worlds::{AnswerColumn, Scoring, World};

/// What a plugin answered for every row of a batch, checked.
pub struct Answered<W: World> {
    description: Arc<Description>,
    world: Arc<W>,
    rows: usize,
    /// Rows in each part but the last. Answers stay in the parts in which they came: putting
    /// them together would copy every one again.
    step: usize,
    parts: Arc<[Part<W>]>,
}

/// What a scoring rule answered.
pub type Scored = Answered<Scoring>;

pub(crate) struct Part<W: World> {
    pub(crate) wire: W::Wire,
    pub(crate) fuel: u64,
}

impl<W: World> Answered<W> {
    pub(crate) fn new(
        description: Arc<Description>,
        world: Arc<W>,
        rows: usize,
        step: usize,
        parts: Vec<Part<W>>,
    ) -> Self {
        Self { description, world, rows, step, parts: parts.into() }
    }

    /// How many rows were answered.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Fuel used by all calls together: the same on every run with the same rows in a batch.
    #[must_use]
    pub fn fuel(&self) -> u64 {
        self.parts.iter().map(|part| part.fuel).sum()
    }

    /// The answer for row `row`; `None` beyond the last.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<W::Row> {
        if row >= self.rows {
            return None;
        }
        let wire = &self.parts[row / self.step].wire;
        Some(self.world.row(&self.description.reasons, wire, row % self.step))
    }

    /// The answers in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = W::Row> + '_ {
        // `row` answers `None` only beyond `self.rows`.
        (0..self.rows).map(|row| self.row(row).expect("the row is within the answer"))
    }

    /// The answers as whole columns, by the names case tables have for them: `work` and `work?`
    /// (its reason), `total`, `accepted`, `due`. Made for this call, out of the calls' parts.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, AnswerColumn)> {
        self.world.columns(&self.description.reasons, &self.wires())
    }

    fn wires(&self) -> Vec<&W::Wire> {
        self.parts.iter().map(|part| &part.wire).collect()
    }

    /// The sentence of a reason, for the citizen.
    #[must_use]
    pub fn reason_text(&self, code: &str) -> Option<&str> {
        self.description.reason_text(code)
    }

    /// The digest of all answers, whatever the rows in a batch were.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let digest = DigestBuilder::new(W::DIGEST).number(self.rows as i64);
        let fields = self.world.digest_fields(&self.wires());
        fields.iter().fold(digest, |digest, field| digest.field(field)).finish()
    }
}

impl Answered<Scoring> {
    /// Points of one criterion over all rows, in hundredths, part by part; `None` when it is not
    /// declared.
    #[must_use]
    pub fn points(&self, criterion: &str) -> Option<impl Iterator<Item = &[i32]> + '_> {
        let at = self.world.criteria.iter().position(|one| one.code == criterion)?;
        Some(self.parts.iter().map(move |part| part.wire.criteria[at].points.as_slice()))
    }
}

// Written by hand, because a derive would require `W: Clone`.
impl<W: World> Clone for Answered<W> {
    fn clone(&self) -> Self {
        Self {
            description: self.description.clone(),
            world: self.world.clone(),
            rows: self.rows,
            step: self.step,
            parts: self.parts.clone(),
        }
    }
}

impl<W: World> std::fmt::Debug for Answered<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answered")
            .field("plugin", &self.description.name)
            .field("world", &W::NAME)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
