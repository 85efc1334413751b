//! Rules to start from, as text: an ente copies one, checks it against its own call and the law
//! in force, and changes what it has to.
//!
//! The Italian wordings follow the law, shortened here and there; each file says at its top what
//! they were compared with, and a `source` that was not compared with any text says so.
//!
//! ```
//! use mattoni_ranking::{Criteria, CriteriaSource, Facilities, templates};
//!
//! let mut criteria: CriteriaSource = toml::from_str(templates::COMPETITION_CRITERIA)?;
//! criteria.title = "Concorso per 10 istruttori amministrativi".to_owned();
//! let criteria = Criteria::new(criteria)?;
//! assert_eq!(criteria.thresholds().len(), 2);
//! let places: Facilities = toml::from_str(templates::COMPETITION_RESERVES)?;
//! assert_eq!(places.source().pool.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Criteria of a public competition (*concorso pubblico*) by titles and examinations: written and
/// oral tests with a minimum, points for titles, and the titles of preference (*titoli di
/// preferenza*) of DPR 487/1994, art. 5, c. 4, as tie-breaks in the order of the letters.
pub const COMPETITION_CRITERIA: &str = include_str!("../data/competition-criteria.toml");

/// Reserved posts (*riserve*) of a public competition as pools, with ten posts to show the form.
pub const COMPETITION_RESERVES: &str = include_str!("../data/competition-reserves.toml");
