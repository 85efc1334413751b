//! The life of a run: drawn up, perhaps drawn up again, published for good.

mod record;

use mattoni_core::record::{AccessRefusal, Personal, Record as _, Subject};
use mattoni_core::{Act, Actor, Aggregate, Digest, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::{PublicList, Run};

/// A ranking on its way from draft (*bozza*) to published (*pubblicata*).
///
/// Small on purpose: a run is megabytes, so the run itself is a document that whoever stores
/// this keeps among its blobs. The digests here prove which run it was. Answers to offers live on
/// [`crate::Offer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct RankingRun {
    #[not_personal]
    of: String,
    run: Digest,
    document: Digest,
    lines: u64,
    drawn_up: Act,
    published: Option<Act>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    superseded: Option<Superseded>,
}

/// Which run took the place of a published one, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(deny_unknown_fields)]
pub struct Superseded {
    /// When and by whom.
    pub act: Act,
    /// The digest of the run that took its place.
    pub by_run: Digest,
    /// Why.
    #[personal]
    pub reason: String,
}

mattoni_core::verbs! {
    /// What can be done with a run.
    pub enum RankingRunVerb;
    /// What can happen to a run.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    pub enum RankingRunEvent;

    /// It was drawn up, for the first time or again.
    begin DrawnUp {
        /// When and by whom.
        act: Act,
        /// What is ranked: the code of the call or service.
        #[not_personal]
        of: String,
        /// The digest of the run ([`Run::digest`]).
        run: Digest,
        /// The digest of the bytes under which the run is kept.
        document: Digest,
        /// How many applications it ranks.
        lines: u64,
    } = "ranking.run.drawn-up" as "drawn-up", "graduatoria formata";

    /// Draw the draft up again.
    verb Redraw "redraw", "formare di nuovo la graduatoria", [Office] => DrawnUp;

    /// Publish the run.
    verb Publish "publish", "pubblicare la graduatoria", [Head] =>
    /// It was published.
    Published {
        /// When and by whom.
        act: Act,
        /// The digest of the run that was published.
        run: Digest,
    } = "ranking.run.published" as "published", "graduatoria pubblicata";

    /// Let another published run take its place.
    verb Supersede "supersede", "sostituire la graduatoria", [Head] =>
    /// Another published run takes its place.
    Superseded {
        /// When and by whom.
        act: Act,
        /// The digest of the run that takes its place.
        by_run: Digest,
        /// Why, e.g. `accolto il ricorso sulla domanda 2026-17`.
        #[personal]
        reason: String,
    } = "ranking.run.superseded" as "superseded", "graduatoria sostituita";
}

impl Aggregate for RankingRun {
    const KIND: &'static str = "ranking-run";
    type Event = RankingRunEvent;

    fn open(event: &Self::Event) -> Option<Self> {
        match event {
            RankingRunEvent::DrawnUp { act, of, run, document, lines } => Some(Self {
                of: of.clone(),
                run: *run,
                document: *document,
                lines: *lines,
                drawn_up: act.clone(),
                published: None,
                superseded: None,
            }),
            RankingRunEvent::Published { .. } | RankingRunEvent::Superseded { .. } => None,
        }
    }

    fn apply(&mut self, event: &Self::Event) {
        match event {
            RankingRunEvent::DrawnUp { act, run, document, lines, .. } => {
                (self.run, self.document, self.lines) = (*run, *document, *lines);
                self.drawn_up = act.clone();
            }
            RankingRunEvent::Published { act, .. } => self.published = Some(act.clone()),
            RankingRunEvent::Superseded { act, by_run, reason } => {
                self.superseded =
                    Some(Superseded { act: act.clone(), by_run: *by_run, reason: reason.clone() });
            }
        }
    }
}

/// The caller's word that somebody may publish. Who may is decided where roles are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayPublish(Actor);

impl MayPublish {
    /// Grants publication to `actor`.
    #[must_use]
    pub fn granted_to(actor: Actor) -> Self {
        Self(actor)
    }
}

/// Why a run cannot be drawn up again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedrawRefusal {
    /// It has been published.
    #[error("the run must be a draft to be drawn up again")]
    Published,
}

impl Refusal for RedrawRefusal {
    fn problems(&self) -> Problems {
        Problem::new(
            "ranking.run.published",
            "run",
            self.to_string(),
            "open a new run and compare the two",
        )
        .into()
    }
}

/// Why a run cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishRefusal {
    /// It has been published already.
    #[error("the run must be a draft; it is published already")]
    Already,
    /// It is another run than the one that was drawn up.
    #[error("the run must be the one that was drawn up")]
    AnotherRun,
    /// Whoever acts was not granted publication.
    #[error("must be published by whoever was granted it, and {by} was not")]
    NotGranted {
        /// Who tried.
        by: Actor,
    },
    /// The public list would identify people.
    #[error("the public list must not identify people")]
    Identifying(Problems),
}

impl Refusal for PublishRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::Already => {
                Problem::new("ranking.run.published", "run", self.to_string(), "nothing to do")
                    .into()
            }
            Self::AnotherRun => Problem::new(
                "ranking.publish.another-run",
                "run",
                self.to_string(),
                "load the run this draft names",
            )
            .into(),
            Self::NotGranted { .. } => Problem::new(
                "ranking.publish.not-granted",
                "by",
                self.to_string(),
                "ask somebody who may publish",
            )
            .into(),
            Self::Identifying(problems) => problems.clone(),
        }
    }
}

/// Why a run cannot be superseded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SupersedeRefusal {
    /// It is a draft: draw it up again instead.
    #[error("the run must be published to be superseded")]
    NotPublished,
    /// Another run took its place already.
    #[error("the run must not be superseded already")]
    Already,
    /// The other run is not published, or it is this one.
    #[error("the other run must be another published one")]
    NotAnotherPublished,
    /// No reason is given.
    #[error("a published run must be superseded with a reason")]
    NoReason,
    /// Whoever acts was not granted publication.
    #[error("must be superseded by whoever was granted publication, and {by} was not")]
    NotGranted {
        /// Who tried.
        by: Actor,
    },
}

impl Refusal for SupersedeRefusal {
    fn problems(&self) -> Problems {
        let (code, field, remedy) = match self {
            Self::NotPublished => ("ranking.supersede.draft", "run", "draw the draft up again"),
            Self::Already => {
                ("ranking.supersede.already", "run", "supersede the run that took its place")
            }
            Self::NotAnotherPublished => {
                ("ranking.supersede.other", "by", "publish the other run first")
            }
            Self::NoReason => ("ranking.supersede.reason", "reason", "write the reason"),
            Self::NotGranted { .. } => {
                ("ranking.publish.not-granted", "by", "ask somebody who may publish")
            }
        };
        Problem::new(code, field, self.to_string(), remedy).into()
    }
}

impl RankingRun {
    /// Records a run of `of` (the code of the call or service) that was just drawn up: the
    /// opening event. `document` is the digest of the bytes under which the caller keeps it.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let run_record = RankingRun::open(&RankingRun::draft(&office, "nido-2027", &run, document)).unwrap();
    /// assert_eq!((run_record.run(), run_record.lines()), (run.digest(), 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn draft(act: &Act, of: &str, run: &Run, document: Digest) -> RankingRunEvent {
        let lines = run.lines().len() as u64;
        let (act, of) = (act.clone(), of.to_owned());
        RankingRunEvent::DrawnUp { act, of, run: run.digest(), document, lines }
    }

    /// Puts another run in the place of the draft.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// // An application is excluded; the draft gives way to a new one.
    /// let mut families = families;
    /// families[1].standing = Standing::Excluded { reason: "non residente".into() };
    /// let second = Run::draw_up(&call, &families)?;
    /// let document = Digest::of(&serde_json::to_vec(&second)?);
    /// let mut draft = draft;
    /// draft.apply(&draft.redraw(&office, &second, document)?);
    /// assert_eq!(draft.run(), second.digest());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RedrawRefusal::Published`].
    pub fn redraw(
        &self,
        act: &Act,
        run: &Run,
        document: Digest,
    ) -> Result<RankingRunEvent, RedrawRefusal> {
        if self.published.is_some() {
            Err(RedrawRefusal::Published)
        } else {
            Ok(Self::draft(act, &self.of, run, document))
        }
    }

    /// The grant for whoever acts, when a role of theirs lets them publish this run or supersede
    /// it.
    ///
    /// # Errors
    /// [`AccessRefusal`].
    pub fn may_publish(&self, who: &Subject, act: &Act) -> Result<MayPublish, AccessRefusal> {
        self.may(&who.acting_as(&act.by), RankingRunVerb::Publish)?;
        Ok(MayPublish::granted_to(act.by.clone()))
    }

    /// Publishes the run, for good. `run` is the one this draft names.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut draft = draft;
    /// draft.apply(&draft.publish(&office, &may, &run)?);
    /// assert_eq!(draft.published(), Some(&office));
    /// // Once published, it is not drawn up again.
    /// assert_eq!(draft.redraw(&office, &run, document), Err(RedrawRefusal::Published));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PublishRefusal`]: published already, another run, by somebody the grant is not for, or
    /// with a public list that would identify people.
    pub fn publish(
        &self,
        act: &Act,
        may: &MayPublish,
        run: &Run,
    ) -> Result<RankingRunEvent, PublishRefusal> {
        if self.published.is_some() {
            return Err(PublishRefusal::Already);
        }
        if run.digest() != self.run {
            return Err(PublishRefusal::AnotherRun);
        }
        if may.0 != act.by {
            return Err(PublishRefusal::NotGranted { by: act.by.clone() });
        }
        PublicList::of(run, None).map_err(PublishRefusal::Identifying)?;
        Ok(RankingRunEvent::Published { act: act.clone(), run: self.run })
    }

    /// Lets another published run take the place of this one: after an appeal, say. What was
    /// published stays readable; [`crate::compare`] shows what changes for everybody.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut first = draft.clone();
    /// first.apply(&first.publish(&office, &may, &run)?);
    /// let mut families = families;
    /// families[1].standing = Standing::Excluded { reason: "non residente".into() };
    /// let run = Run::draw_up(&call, &families)?;
    /// let document = Digest::of(&serde_json::to_vec(&run)?);
    /// let mut second = RankingRun::open(&RankingRun::draft(&office, "nido-2027", &run, document)).unwrap();
    /// second.apply(&second.publish(&office, &may, &run)?);
    ///
    /// first.apply(&first.supersede(&office, &may, &second, "accolto il ricorso sulla domanda 2027-18")?);
    /// assert_eq!(first.superseded().unwrap().by_run, run.digest());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SupersedeRefusal`]: a draft, superseded already, by a run that is not published, without
    /// a reason, or by somebody the grant is not for.
    pub fn supersede(
        &self,
        act: &Act,
        may: &MayPublish,
        other: &Self,
        reason: impl Into<String>,
    ) -> Result<RankingRunEvent, SupersedeRefusal> {
        if self.published.is_none() {
            return Err(SupersedeRefusal::NotPublished);
        }
        if self.superseded.is_some() {
            return Err(SupersedeRefusal::Already);
        }
        if other.published.is_none() || other.run == self.run {
            return Err(SupersedeRefusal::NotAnotherPublished);
        }
        let reason = reason.into();
        if mattoni_core::text::is_blank(&reason) {
            return Err(SupersedeRefusal::NoReason);
        }
        if may.0 != act.by {
            return Err(SupersedeRefusal::NotGranted { by: act.by.clone() });
        }
        Ok(RankingRunEvent::Superseded { act: act.clone(), by_run: other.run, reason })
    }

    /// Which run took the place of this one, if any did.
    #[must_use]
    pub fn superseded(&self) -> Option<&Superseded> {
        self.superseded.as_ref()
    }

    /// What is ranked: the code of the call or service.
    #[must_use]
    pub fn of(&self) -> &str {
        &self.of
    }

    /// The digest of the run as it stands.
    #[must_use]
    pub fn run(&self) -> Digest {
        self.run
    }

    /// The digest of the bytes under which the run is kept.
    #[must_use]
    pub fn document(&self) -> Digest {
        self.document
    }

    /// How many applications it ranks.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// When and by whom it was last drawn up.
    #[must_use]
    pub fn drawn_up(&self) -> &Act {
        &self.drawn_up
    }

    /// When and by whom it was published.
    #[must_use]
    pub fn published(&self) -> Option<&Act> {
        self.published.as_ref()
    }
}
