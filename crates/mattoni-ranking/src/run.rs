//! A run: the whole ranking as it came out, for good.

mod build;
mod compare;
mod line;
mod shape;

use std::borrow::Borrow;

use build::{Digests, Drawn};
use mattoni_core::{Digest, DigestBuilder, Problem, Problems};
use serde::{Deserialize, Serialize};

pub use compare::{LineChange, compare};
pub use line::{Choice, Line, Outcome, Waiting};

use crate::{Applicant, Criteria, Facilities, Fund, codes};

/// What is given out: places by preference, or a fund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prize {
    /// Places at facilities, by everyone's preferences.
    Places(Facilities),
    /// The first so many, a budget, a percentage.
    Fund(Fund),
}

/// The written rules and what there is to give: all a run needs beside the applications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// What puts people in order.
    pub criteria: Criteria,
    /// What is given out in that order.
    pub prize: Prize,
}

/// A ranking as it came out. It never changes; what happens after is recorded elsewhere.
///
/// It holds everything that decided, so that any line can be derived again from the run alone,
/// by [`Run::verify`] or by a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RunForm", into = "RunForm")]
pub struct Run {
    form: RunForm,
    digest: Digest,
    /// The numbers of the lines in the order of their codes.
    by_code: Vec<u32>,
}

/// The stored form of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunForm {
    version: u32,
    call: Call,
    criteria_digest: Digest,
    entrants_digest: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed_digest: Option<Digest>,
    lines: Vec<Line>,
}

impl RunForm {
    fn digests(&self) -> Digests {
        Digests {
            criteria: self.criteria_digest,
            entrants: self.entrants_digest,
            seed: self.seed_digest,
        }
    }
}

impl Run {
    /// The version of the stored form.
    pub const VERSION: u32 = 1;

    /// Draws the ranking up: order, ties, places, a reason for every line.
    ///
    /// # Errors
    /// Everything that is wrong with any application or preference, at once; nothing is drawn up
    /// in part. See [`crate::Entrants::check`], [`crate::Market::check`] and, for a fund, missing
    /// groups and amounts.
    ///
    /// The run keeps the applications: hand them over as they are (`applicants`), or borrowed
    /// (`&applicants`) to have them copied.
    pub fn draw_up<A>(
        call: &Call,
        applicants: impl IntoIterator<Item = A>,
    ) -> Result<Self, Problems>
    where
        A: Borrow<Applicant> + Into<Applicant>,
    {
        let applicants: Vec<A> = applicants.into_iter().collect();
        let drawn = Drawn::of(call, applicants.iter().map(<A as Borrow<Applicant>>::borrow))?;
        Ok(Self::from_form(drawn.into_form(call, applicants)))
    }

    fn from_form(form: RunForm) -> Self {
        let digest = DigestBuilder::new("mattoni.ranking.run.v1");
        // Plain data with text keys always serialises, and the same every time.
        let digest = digest
            .field_written(|field| Ok(serde_json::to_writer(field, &form)?))
            .map_or(Digest::ZERO, DigestBuilder::finish);
        let codes: Vec<&str> = form.lines.iter().map(Line::code).collect();
        let by_code = codes::in_order(&codes);
        Self { form, digest, by_code }
    }

    /// The digest of the canonical form: JSON with the fields in declared order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules and what there was to give.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.form.call
    }

    /// The facilities, where places are given.
    #[must_use]
    pub fn facilities(&self) -> Option<&Facilities> {
        match &self.form.call.prize {
            Prize::Places(facilities) => Some(facilities),
            Prize::Fund(_) => None,
        }
    }

    /// The digest of the list of entrants.
    #[must_use]
    pub fn entrants_digest(&self) -> Digest {
        self.form.entrants_digest
    }

    /// The digest the draw was made from.
    #[must_use]
    pub fn seed_digest(&self) -> Option<Digest> {
        self.form.seed_digest
    }

    /// Every line: those in the order, best first, then the others by code.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.form.lines
    }

    /// The line of the application `code`.
    #[must_use]
    pub fn line(&self, code: &str) -> Option<&Line> {
        self.line_number(code).map(|number| &self.form.lines[number])
    }

    pub(crate) fn line_number(&self, code: &str) -> Option<usize> {
        let code_of = |number: &u32| self.form.lines[*number as usize].code();
        let at = self.by_code.binary_search_by(|number| code_of(number).cmp(code)).ok()?;
        Some(self.by_code[at] as usize)
    }

    /// The applications the run was drawn up from.
    pub fn applicants(&self) -> impl ExactSizeIterator<Item = &Applicant> + Clone {
        self.form.lines.iter().map(|line| &line.applicant)
    }

    /// Draws the run up again from what it holds and compares.
    ///
    /// # Errors
    /// `ranking.run.differs`, naming the first lines that do not come out the same, or the
    /// problems of a run whose contents could never have been drawn up.
    pub fn verify(&self) -> Result<(), Problems> {
        let again = Drawn::of(&self.form.call, self.applicants())?;
        let mut differ: Vec<u32> = again
            .verdicts
            .iter()
            .filter(|(number, verdict)| !verdict.is_of(&self.form.lines[*number as usize]))
            .map(|(number, _)| *number)
            .collect();
        differ.sort_unstable();
        let field = |number: &u32| format!("line[{}]", self.form.lines[*number as usize].code());
        Problems::check(differ.iter().take(20).map(|number| differs(&field(number))).collect())?;
        let in_order = again.verdicts.iter().zip(0..).all(|((number, _), at)| *number == at);
        if in_order && again.digests == self.form.digests() {
            Ok(())
        } else {
            Err(differs("run").into())
        }
    }
}

fn differs(field: &str) -> Problem {
    Problem::new(
        "ranking.run.differs",
        field,
        "must come out the same when drawn up again",
        "the run was altered; take it from the journal",
    )
}

impl TryFrom<RunForm> for Run {
    type Error = Problems;

    fn try_from(form: RunForm) -> Result<Self, Self::Error> {
        shape::check(&form)?;
        Ok(Self::from_form(form))
    }
}

impl From<Run> for RunForm {
    fn from(run: Run) -> Self {
        run.form
    }
}
