//! The office's examination of one application before the ranking is drawn up (*istruttoria*).

mod record;

use std::collections::BTreeMap;

use mattoni_core::record::{Concerns, Personal};
use mattoni_core::{Act, Aggregate, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::{Applicant, Correction, Points, Score, Standing, TieKey, TieValue, codes};

/// What the office found about one application: open flags, verified values, and whether it takes
/// the application in or out by its own decision (*d'ufficio*).
///
/// What was declared is not changed. Each time a run is drawn up, the review is [applied to
/// it](Self::put_on), so that the run holds the declared value and the verified one.
///
/// ```
/// use mattoni_core::{Act, Actor, Aggregate};
/// use mattoni_ranking::{Applicant, Correction, Points, Review, Score};
///
/// let act = Act::new("2027-05-03T08:00:00Z".parse()?, Actor::Operator("anna".into()));
/// let mut review = Review::open(&Review::begin(&act, "nido-2027", "2027/0000042", None)).unwrap();
/// review.apply(&review.flag(&act, "work", "il datore di lavoro non conferma")?);
///
/// let mut applicant = Applicant::new("2027/0000042");
/// applicant.points.push(Score::new("work", Points::whole(20), "both-work"));
/// review.put_on(&mut applicant);
/// assert_eq!(applicant.open_flags, ["work"]);
///
/// // What the office found stands beside what was declared, and settles the flag.
/// let found = Correction { value: Points::whole(10), reason: "un solo contratto".into() };
/// review.apply(&review.correct_points(&act, "work", found)?);
/// review.apply(&review.resolve(&act, "work", "punti corretti")?);
/// applicant.open_flags.clear();
/// review.put_on(&mut applicant);
/// assert!(applicant.open_flags.is_empty());
/// assert_eq!(applicant.points[0].points, Points::whole(20));
/// assert_eq!(applicant.points[0].counted(), Points::whole(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Review {
    #[not_personal]
    of: String,
    #[not_personal]
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    concerns: Option<Concerns>,
    flags: BTreeMap<String, Flag>,
    points: BTreeMap<String, Correction<Points>>,
    ties: BTreeMap<String, Correction<TieValue>>,
    standing: Standing,
}

/// Something to look into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Why it was raised.
    #[personal]
    pub why: String,
    /// When and by whom.
    pub raised: Act,
    /// How it was settled; while it is not, no run is drawn up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Resolution>,
}

/// How a flag was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// When and by whom.
    pub act: Act,
    /// How.
    #[personal]
    pub how: String,
}

mattoni_core::verbs! {
    /// What can be done with a review.
    pub enum ReviewVerb;
    /// What can happen to a review.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    pub enum ReviewEvent;

    /// The office looks into an application.
    begin Begun {
        /// When and by whom.
        act: Act,
        /// What is ranked: the code of the call or service.
        #[not_personal]
        of: String,
        /// The application.
        #[not_personal]
        code: String,
        /// The record the review goes with, and its person. Missing in journals written before
        /// reviews named them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        concerns: Option<Concerns>,
    } = "ranking.review.begun" as "begun", "istruttoria aperta";

    /// Raise a flag.
    verb Flag "flag", "segnalare", [Office] =>
    /// Something has to be looked into.
    Flagged {
        /// When and by whom.
        act: Act,
        /// Code of the flag.
        #[not_personal]
        flag: String,
        /// Why.
        #[personal]
        why: String,
    } = "ranking.review.flagged" as "flagged", "segnalazione";

    /// Settle a flag.
    verb Resolve "resolve", "risolvere una segnalazione", [Office] =>
    /// A flag was settled.
    Resolved {
        /// When and by whom.
        act: Act,
        /// Code of the flag.
        #[not_personal]
        flag: String,
        /// How.
        #[personal]
        how: String,
    } = "ranking.review.resolved" as "resolved", "segnalazione risolta";

    /// Say which points under a criterion count.
    verb CorrectPoints "correct-points", "correggere i punti", [Office] =>
    /// The points under a criterion were verified.
    PointsCorrected {
        /// When and by whom.
        act: Act,
        /// The criterion.
        #[not_personal]
        criterion: String,
        /// What counts, and why.
        correction: Correction<Points>,
    } = "ranking.review.points-corrected" as "points-corrected", "punti corretti";

    /// Say which value of a tie-break counts.
    verb CorrectTie "correct-tie", "correggere un valore di parità", [Office] =>
    /// A value that breaks ties was verified.
    TieCorrected {
        /// When and by whom.
        act: Act,
        /// Its name.
        #[not_personal]
        key: String,
        /// What counts, and why.
        correction: Correction<TieValue>,
    } = "ranking.review.tie-corrected" as "tie-corrected", "valore di parità corretto";

    /// Take the application in or out.
    verb DecideStanding "decide-standing", "ammettere o escludere", [Office] =>
    /// The application was taken in or out, or left to the rules again.
    StandingDecided {
        /// When and by whom.
        act: Act,
        /// How it stands from here.
        standing: Standing,
    } = "ranking.review.standing-decided" as "standing-decided", "ammissione o esclusione d'ufficio";
}

impl Aggregate for Review {
    const KIND: &'static str = "ranking-review";
    type Event = ReviewEvent;

    fn open(event: &Self::Event) -> Option<Self> {
        let ReviewEvent::Begun { of, code, concerns, .. } = event else { return None };
        Some(Self {
            of: of.clone(),
            code: code.clone(),
            concerns: concerns.clone(),
            flags: BTreeMap::new(),
            points: BTreeMap::new(),
            ties: BTreeMap::new(),
            standing: Standing::Ordinary,
        })
    }

    fn apply(&mut self, event: &Self::Event) {
        match event {
            // Begun once; what is recorded a second time changes nothing.
            ReviewEvent::Begun { .. } => {}
            ReviewEvent::Flagged { act, flag, why } => {
                let raised = Flag { why: why.clone(), raised: act.clone(), resolved: None };
                self.flags.insert(flag.clone(), raised);
            }
            ReviewEvent::Resolved { act, flag, how } => {
                if let Some(flag) = self.flags.get_mut(flag) {
                    flag.resolved = Some(Resolution { act: act.clone(), how: how.clone() });
                }
            }
            ReviewEvent::PointsCorrected { criterion, correction, .. } => {
                self.points.insert(criterion.clone(), correction.clone());
            }
            ReviewEvent::TieCorrected { key, correction, .. } => {
                self.ties.insert(key.clone(), correction.clone());
            }
            ReviewEvent::StandingDecided { standing, .. } => self.standing = standing.clone(),
        }
    }
}

/// Why a review is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewRefusal {
    /// There is no reason.
    #[error("must have a reason")]
    NoReason,
    /// The flag is raised already.
    #[error("must be a flag that is not open; {0:?} is raised already")]
    Flagged(String),
    /// The name is no code. Codes are stored in the clear, so that none may be a sentence.
    #[error("{0:?} must be a code: 1 to 64 ASCII letters, digits or - _ . / :")]
    NotACode(String),
    /// There is no such flag, or it is settled.
    #[error("must be an open flag, and {0:?} is none")]
    NotFlagged(String),
    /// This was said already.
    #[error("must change something; it stands so already")]
    Already,
}

impl Refusal for ReviewRefusal {
    fn problems(&self) -> Problems {
        let (code, field, remedy) = match self {
            Self::NoReason => ("ranking.review.no-reason", "reason", "write the reason"),
            Self::Flagged(_) => ("ranking.review.flagged", "flag", "resolve that one"),
            Self::NotACode(_) => {
                ("ranking.review.code", "code", "write a code, and the words in the reason")
            }
            Self::NotFlagged(_) => ("ranking.review.not-flagged", "flag", "name one that is open"),
            Self::Already => ("ranking.review.already", "value", "nothing to do"),
        };
        Problem::new(code, field, self.to_string(), remedy).into()
    }
}

impl Review {
    /// Begins the review of the application `code` in the ranking of `of`: the opening event.
    /// `concerns` is the practice behind the application, with its applicant.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let review = Review::open(&Review::begin(&office, "nido-2027", "2027-17", None)).unwrap();
    /// assert_eq!((review.of(), review.code()), ("nido-2027", "2027-17"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn begin(act: &Act, of: &str, code: &str, concerns: Option<Concerns>) -> ReviewEvent {
        let (act, of, code) = (act.clone(), of.to_owned(), code.to_owned());
        ReviewEvent::Begun { act, of, code, concerns }
    }

    /// Raises a flag: until it is resolved, no run is drawn up.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut review = review;
    /// review.apply(&review.flag(&office, "lavoro", "il datore di lavoro non conferma")?);
    /// assert!(review.flags()["lavoro"].resolved.is_none());
    /// // While the flag is open, no run is drawn up.
    /// let mut families = families;
    /// review.put_on(&mut families[0]);
    /// assert!(Run::draw_up(&call, &families).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewRefusal`] without a reason, under a name that is no code, or when it is raised
    /// already.
    pub fn flag(&self, act: &Act, flag: &str, why: &str) -> Result<ReviewEvent, ReviewRefusal> {
        given(why)?;
        coded(flag)?;
        if self.open_flags().any(|open| open == flag) {
            return Err(ReviewRefusal::Flagged(flag.to_owned()));
        }
        Ok(ReviewEvent::Flagged { act: act.clone(), flag: flag.to_owned(), why: why.to_owned() })
    }

    /// Settles a flag.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut review = review;
    /// review.apply(&review.flag(&office, "lavoro", "il datore di lavoro non conferma")?);
    /// review.apply(&review.resolve(&office, "lavoro", "contratto esibito")?);
    /// assert_eq!(review.flags()["lavoro"].resolved.as_ref().unwrap().how, "contratto esibito");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewRefusal`] without saying how, or when no such flag is open.
    pub fn resolve(&self, act: &Act, flag: &str, how: &str) -> Result<ReviewEvent, ReviewRefusal> {
        given(how)?;
        if !self.open_flags().any(|open| open == flag) {
            return Err(ReviewRefusal::NotFlagged(flag.to_owned()));
        }
        Ok(ReviewEvent::Resolved { act: act.clone(), flag: flag.to_owned(), how: how.to_owned() })
    }

    /// Says which points under `criterion` count, whatever was declared.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut review = review;
    /// let found = Correction { value: Points::whole(4), reason: "un solo contratto".into() };
    /// review.apply(&review.correct_points(&office, "lavoro", found)?);
    /// let mut applicant = families[0].clone();
    /// review.put_on(&mut applicant);
    /// // What was declared stands beside what counts.
    /// assert_eq!(applicant.points[0].points, Points::whole(6));
    /// assert_eq!(applicant.points[0].counted(), Points::whole(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewRefusal`] without a reason, under a name that is no code, or when this was said
    /// already.
    pub fn correct_points(
        &self,
        act: &Act,
        criterion: &str,
        correction: Correction<Points>,
    ) -> Result<ReviewEvent, ReviewRefusal> {
        given(&correction.reason)?;
        coded(criterion)?;
        new(self.points.get(criterion), &correction)?;
        let criterion = criterion.to_owned();
        Ok(ReviewEvent::PointsCorrected { act: act.clone(), criterion, correction })
    }

    /// Says which value of the tie-break `key` counts, whatever was declared.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut review = review;
    /// let born = TieValue::Date(day("2026-02-01"));
    /// let found = Correction { value: born, reason: "atto di nascita".into() };
    /// review.apply(&review.correct_tie(&office, "nascita", found)?);
    /// let mut applicant = families[0].clone();
    /// review.put_on(&mut applicant);
    /// assert_eq!(applicant.tie_keys[0].key, "nascita");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewRefusal`] without a reason, under a name that is no code, or when this was said
    /// already.
    pub fn correct_tie(
        &self,
        act: &Act,
        key: &str,
        correction: Correction<TieValue>,
    ) -> Result<ReviewEvent, ReviewRefusal> {
        given(&correction.reason)?;
        coded(key)?;
        new(self.ties.get(key), &correction)?;
        Ok(ReviewEvent::TieCorrected { act: act.clone(), key: key.to_owned(), correction })
    }

    /// Takes the application in or out, or leaves it to the rules again.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut review = review;
    /// let excluded = Standing::Excluded { reason: "non residente".into() };
    /// review.apply(&review.decide_standing(&office, excluded.clone())?);
    /// let mut applicant = families[0].clone();
    /// review.put_on(&mut applicant);
    /// assert_eq!(applicant.standing, excluded);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReviewRefusal`] without a reason, or when it stands so already.
    pub fn decide_standing(
        &self,
        act: &Act,
        standing: Standing,
    ) -> Result<ReviewEvent, ReviewRefusal> {
        if let Standing::Included { reason } | Standing::Excluded { reason } = &standing {
            given(reason)?;
        }
        new(Some(&self.standing), &standing)?;
        Ok(ReviewEvent::StandingDecided { act: act.clone(), standing })
    }

    /// Applies what the office found to what was declared.
    ///
    /// Several scores under a corrected criterion count as the correction once. A tie-break the
    /// application brought no value for gets the verified one.
    pub fn put_on(&self, applicant: &mut Applicant) {
        applicant.open_flags.extend(self.open_flags().map(str::to_owned));
        for (criterion, correction) in &self.points {
            let mut scores = applicant.points.iter_mut().filter(|s| s.criterion == *criterion);
            match scores.next() {
                Some(first) => first.correction = Some(correction.clone()),
                None => {
                    let mut score = Score::new(criterion, Points::ZERO, "");
                    score.correction = Some(correction.clone());
                    applicant.points.push(score);
                    continue;
                }
            }
            for other in scores {
                let reason = correction.reason.clone();
                other.correction = Some(Correction { value: Points::ZERO, reason });
            }
        }
        for (key, correction) in &self.ties {
            match applicant.tie_keys.iter_mut().find(|held| held.key == *key) {
                Some(held) => held.correction = Some(correction.clone()),
                None => applicant.tie_keys.push(TieKey::new(key, correction.value)),
            }
        }
        if self.standing != Standing::Ordinary {
            applicant.standing = self.standing.clone();
        }
    }

    fn open_flags(&self) -> impl Iterator<Item = &str> {
        let open = self.flags.iter().filter(|(_, flag)| flag.resolved.is_none());
        open.map(|(code, _)| code.as_str())
    }

    /// What is ranked: the code of the call or service.
    #[must_use]
    pub fn of(&self) -> &str {
        &self.of
    }

    /// The application.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The practice behind the application and its applicant, where the review names them.
    #[must_use]
    pub fn concerns(&self) -> Option<&Concerns> {
        self.concerns.as_ref()
    }

    /// Everything that was or is to be looked into, by its code.
    #[must_use]
    pub fn flags(&self) -> &BTreeMap<String, Flag> {
        &self.flags
    }

    /// Whether the office took the application in or out.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
}

fn given(reason: &str) -> Result<(), ReviewRefusal> {
    if mattoni_core::text::is_blank(reason) { Err(ReviewRefusal::NoReason) } else { Ok(()) }
}

fn coded(code: &str) -> Result<(), ReviewRefusal> {
    if codes::is_code(code) { Ok(()) } else { Err(ReviewRefusal::NotACode(code.to_owned())) }
}

fn new<T: PartialEq>(held: Option<&T>, value: &T) -> Result<(), ReviewRefusal> {
    if held == Some(value) { Err(ReviewRefusal::Already) } else { Ok(()) }
}
