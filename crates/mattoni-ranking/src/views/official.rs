//! The whole of a run, for the office.

use mattoni_core::Digest;
use serde::{Deserialize, Serialize};

use super::{Cutoff, Explainer};
use crate::{Line, RankingRun, SupersededBy};

/// Every line in full, with the place in each facility's list, and all cut-offs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialList {
    /// Version of this form: 1.
    pub version: u32,
    /// What is ranked.
    pub title: String,
    /// The run.
    pub run: Digest,
    /// That another list took its place: it does not hold any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded: Option<SupersededBy>,
    /// The lines: those in the order, then the others by code.
    pub rows: Vec<OfficialRow>,
    /// Where each list was cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cutoffs: Vec<Cutoff>,
}

/// One line in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialRow {
    /// The line of the run.
    pub line: Line,
    /// Its place in the list of each facility it named, in the order of its preferences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places_in_lists: Vec<u32>,
}

impl OfficialList {
    /// The version of this form.
    pub const VERSION: u32 = 1;

    /// The official's view of a run.
    #[must_use]
    pub fn of(explainer: &Explainer<'_>) -> Self {
        let rows = (0_u32..)
            .zip(explainer.run.lines())
            .map(|(number, line)| OfficialRow {
                line: line.clone(),
                places_in_lists: match &explainer.market {
                    None => Vec::new(),
                    Some(market) => market
                        .edges(number)
                        .zip(&line.choices)
                        .map(|(edge, choice)| {
                            let section = market.edge_section[edge as usize];
                            explainer.place_in_list(section, *choice, number)
                        })
                        .collect(),
                },
            })
            .collect();
        Self {
            version: Self::VERSION,
            title: explainer.run.call().criteria.source().title.clone(),
            run: explainer.run.digest(),
            superseded: None,
            rows,
            cutoffs: explainer.cutoffs(),
        }
    }

    /// The same list, which says whether another took its place.
    #[must_use]
    pub fn standing_as(self, standing: &RankingRun) -> Self {
        Self { superseded: standing.superseded().map(SupersededBy::from), ..self }
    }
}
