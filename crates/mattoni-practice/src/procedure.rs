//! The rules one practice is opened under.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::calendar::{Period, TermRules, law};
use mattoni_core::record::{Personal, Recipient};
use mattoni_core::text::is_blank;
use mattoni_core::value::Value;
use mattoni_core::{Money, Problem, Problems, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::attachment::AttachmentLimits;
use crate::{Attachment, Paper, State};

/// The shortest time a draft is kept: a year of the calendar.
pub const DRAFT_PERIOD_AT_LEAST: Period = Period::Years(1);
/// How long before its expiry the owner of a draft is warned, in days.
pub const EXPIRY_NOTICE_DAYS: u32 = 30;

/// Whether applicants compete for something (*procedura concorsuale*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Each practice is answered on its own; a rejection needs a notice before it (*preavviso di
    /// rigetto*, L. 241/1990, art. 10-bis).
    Individual,
    /// A ranking decides; art. 10-bis does not apply.
    Competitive,
}

/// What the ente does with the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// The ente examines and answers (*approvazione*).
    Approval,
    /// The ente only takes it in (*inoltro*): once taken in charge it cannot be withdrawn.
    Forward,
}

/// Whether practices get a number in the register before anyone works on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registering {
    /// Yes (D.P.R. 445/2000, art. 53).
    Needed,
    /// No: documents under a registration of their own (*registrazione particolare*).
    NotNeeded,
}

/// Whether something the ente may choose to allow is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// It is.
    Granted,
    /// It isn't.
    Denied,
}

/// What the applicant pays, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "when")]
#[non_exhaustive]
pub enum Fee {
    /// Nothing, or whatever the office asks for later.
    None,
    /// This much before the draft can be submitted.
    BeforeSubmission {
        /// How much.
        amount: Money,
    },
}

/// One step of the form, as far as completeness goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Name, unique within the procedure.
    pub name: String,
    /// Keys that must be answered before submission.
    pub required: BTreeSet<String>,
    /// Keys that may be answered.
    #[serde(default)]
    pub optional: BTreeSet<String>,
    /// Keys among the optional ones that must be answered when another answer is this.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditional: BTreeMap<String, When>,
    /// Files that it asks for, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
}

/// When a key must be answered: another key has this answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The other key.
    pub key: String,
    /// Its answer.
    pub equals: Value,
}

impl Step {
    /// A step with these keys.
    #[must_use]
    pub fn new<K: Into<String>>(
        name: impl Into<String>,
        required: impl IntoIterator<Item = K>,
        optional: impl IntoIterator<Item = K>,
    ) -> Self {
        Self {
            name: name.into(),
            required: required.into_iter().map(Into::into).collect(),
            optional: optional.into_iter().map(Into::into).collect(),
            conditional: BTreeMap::new(),
            papers: Vec::new(),
        }
    }

    /// With a key that must be answered when `other` is answered with `equals`, and may be left
    /// empty otherwise.
    #[must_use]
    pub fn with_conditional(
        mut self,
        key: impl Into<String>,
        other: impl Into<String>,
        equals: Value,
    ) -> Self {
        let key = key.into();
        self.optional.insert(key.clone());
        self.conditional.insert(key, When { key: other.into(), equals });
        self
    }

    /// With a file that it asks for.
    #[must_use]
    pub fn with_paper(mut self, paper: Paper) -> Self {
        self.papers.push(paper);
        self
    }

    /// The papers that still need files.
    pub(crate) fn missing_papers<'a>(
        &'a self,
        answers: &'a BTreeMap<String, Value>,
        files: &'a [Attachment],
    ) -> impl Iterator<Item = &'a Paper> {
        self.papers.iter().filter(|paper| paper.lacks(answers, files))
    }

    /// The keys that must be answered and are not, given these answers.
    pub(crate) fn missing<'a>(
        &'a self,
        answers: &'a BTreeMap<String, Value>,
    ) -> impl Iterator<Item = &'a String> {
        let asked = |when: &When| answers.get(&when.key) == Some(&when.equals);
        let conditional = self.conditional.iter().filter(move |(_, when)| asked(when));
        self.required
            .iter()
            .chain(conditional.map(|(key, _)| key))
            .filter(|key| answers.get(*key).is_none_or(Value::is_blank))
    }
}

/// What else happens once a practice comes into a state: an order that the service adds to those
/// that every practice gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// The final state that sets it off: accepted, rejected, withdrawn, revoked, expired.
    pub on: State,
    /// What is ordered.
    pub order: FollowOrder,
}

/// What a service can order when a practice comes to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "order")]
#[non_exhaustive]
pub enum FollowOrder {
    /// A message is sent.
    Tell {
        /// To whom.
        to: Recipient,
        /// Stable code of the template, e.g. `practice.how-to-pay`.
        template: String,
    },
    /// A payment is requested.
    RequestPayment {
        /// How much.
        amount: Money,
        /// What for, in words.
        reason: String,
    },
}

impl Follow {
    /// On this state, this order.
    #[must_use]
    pub fn new(on: State, order: FollowOrder) -> Self {
        Self { on, order }
    }

    fn problem(&self) -> Option<Problem> {
        let (what, rule, remedy) = match &self.order {
            _ if !self.on.is_final() => (
                "follow-state",
                format!("must follow a final state, and {} is none", self.on),
                "name accepted, rejected, withdrawn, expired or revoked",
            ),
            FollowOrder::Tell { template, .. } if is_blank(template) => {
                ("follow-template", "must name a template".to_owned(), "give its code")
            }
            FollowOrder::RequestPayment { amount, .. } if *amount <= Money::ZERO => {
                ("follow-amount", "must be more than zero".to_owned(), "give the amount")
            }
            FollowOrder::RequestPayment { reason, .. } if is_blank(reason) => {
                ("follow-reason", "must say what the payment is for".to_owned(), "give a reason")
            }
            _ => return None,
        };
        Some(Problem::new(format!("practice.procedure.{what}"), "follows", rule, remedy))
    }
}

/// The rules a practice is opened under, and stays under whatever the service becomes later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[not_personal]
#[non_exhaustive]
pub struct Procedure {
    /// Steps of the form, in order.
    pub steps: Vec<Step>,
    /// Length of the term in days: 30, or up to 90 or 180 (L. 241/1990, art. 2, c. 2–4).
    pub term_days: u32,
    /// Individual or competitive.
    pub nature: Nature,
    /// Approval or forward.
    pub flow: Flow,
    /// Whether a number of the register comes first.
    pub registering: Registering,
    /// Whether the applicant may withdraw.
    pub withdrawal: Permission,
    /// Whether the ente may re-open.
    pub reopening: Permission,
    /// What is paid, and when.
    pub fee: Fee,
    /// For how long an untouched draft is kept; at least [`DRAFT_PERIOD_AT_LEAST`]. Stored as a
    /// number of days where it is one, as in procedures from before there were years.
    #[serde(rename = "draft_days")]
    pub draft_period: Period,
    /// What files may be.
    pub attachments: AttachmentLimits,
    /// What the service orders beyond what every practice does, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<Follow>,
    /// Keys whose answers together make two applications the same, e.g. the child's fiscal code.
    /// From its submission on, while it is not withdrawn or answered with no, a practice keeps
    /// others with the same answers from being submitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_key: Vec<String>,
    /// The rules that have to be asked before a draft is submitted, by their worlds: validation,
    /// eligibility.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub admission: BTreeSet<RuleWorld>,
}

impl Procedure {
    /// An individual procedure answered within `term_days`: registered, withdrawable, not
    /// re-openable, free, drafts kept a year.
    #[must_use]
    pub fn new(term_days: u32) -> Self {
        Self {
            steps: Vec::new(),
            term_days,
            nature: Nature::Individual,
            flow: Flow::Approval,
            registering: Registering::Needed,
            withdrawal: Permission::Granted,
            reopening: Permission::Denied,
            fee: Fee::None,
            draft_period: DRAFT_PERIOD_AT_LEAST,
            attachments: AttachmentLimits::default(),
            follows: Vec::new(),
            duplicate_key: Vec::new(),
            admission: BTreeSet::new(),
        }
    }

    /// With one more step of the form.
    #[must_use]
    pub fn with_step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// With this nature.
    #[must_use]
    pub fn with_nature(mut self, nature: Nature) -> Self {
        self.nature = nature;
        self
    }

    /// With this flow.
    #[must_use]
    pub fn with_flow(mut self, flow: Flow) -> Self {
        self.flow = flow;
        self
    }

    /// With or without a number of the register.
    #[must_use]
    pub fn with_registering(mut self, registering: Registering) -> Self {
        self.registering = registering;
        self
    }

    /// With or without withdrawal.
    #[must_use]
    pub fn with_withdrawal(mut self, withdrawal: Permission) -> Self {
        self.withdrawal = withdrawal;
        self
    }

    /// With or without re-opening.
    #[must_use]
    pub fn with_reopening(mut self, reopening: Permission) -> Self {
        self.reopening = reopening;
        self
    }

    /// With this fee.
    #[must_use]
    pub fn with_fee(mut self, fee: Fee) -> Self {
        self.fee = fee;
        self
    }

    /// With drafts kept for so long.
    ///
    /// ```
    /// use mattoni_core::calendar::Period;
    /// use mattoni_practice::Procedure;
    ///
    /// let procedure = Procedure::new(30).with_draft_period(Period::Months(18));
    /// assert!(procedure.check().is_ok());
    /// // 365 days are less than a year with a leap day in it.
    /// assert!(Procedure::new(30).with_draft_days(365).check().is_err());
    /// ```
    #[must_use]
    pub fn with_draft_period(mut self, period: Period) -> Self {
        self.draft_period = period;
        self
    }

    /// With drafts kept for so many days.
    #[must_use]
    pub fn with_draft_days(self, days: u32) -> Self {
        self.with_draft_period(Period::Days(days))
    }

    /// With these limits for files.
    #[must_use]
    pub fn with_attachments(mut self, limits: AttachmentLimits) -> Self {
        self.attachments = limits;
        self
    }

    /// With one more order that follows an outcome.
    ///
    /// ```
    /// use mattoni_core::record::Recipient;
    /// use mattoni_practice::{Follow, FollowOrder, Procedure, State};
    ///
    /// let order = FollowOrder::Tell {
    ///     to: Recipient::Applicant,
    ///     template: "practice.bring-the-papers".to_owned(),
    /// };
    /// let procedure = Procedure::new(30).with_follow(Follow::new(State::Accepted, order));
    /// assert!(procedure.check().is_ok());
    /// ```
    #[must_use]
    pub fn with_follow(mut self, follow: Follow) -> Self {
        self.follows.push(follow);
        self
    }

    /// With keys whose answers together make two applications the same.
    #[must_use]
    pub fn with_duplicate_key<K: Into<String>>(
        mut self,
        keys: impl IntoIterator<Item = K>,
    ) -> Self {
        self.duplicate_key = keys.into_iter().map(Into::into).collect();
        self
    }

    /// With a rule that has to be asked before a draft is submitted: one of validation or
    /// eligibility.
    ///
    /// ```
    /// use mattoni_core::RuleWorld;
    /// use mattoni_practice::Procedure;
    ///
    /// assert!(Procedure::new(30).with_admission(RuleWorld::Validation).check().is_ok());
    /// assert!(Procedure::new(30).with_admission(RuleWorld::Scoring).check().is_err());
    /// ```
    #[must_use]
    pub fn with_admission(mut self, world: RuleWorld) -> Self {
        self.admission.insert(world);
        self
    }

    /// Checks that the rules are sound.
    ///
    /// # Errors
    /// `practice.procedure.term` for a term of 0 or over 180 days; `.draft-days` for drafts kept
    /// less than a year; `.condition` for keys that depend on nothing; `.step-twice` and
    /// `.key-twice` for names that stand more than once; `.paper` for a paper that no file can fit; `.follow-state`, `.follow-template`,
    /// `.follow-amount` and `.follow-reason` for an order that cannot follow;
    /// `.admission` for a rule that lets nobody in.
    pub fn check(&self) -> Result<(), Problems> {
        let mut found = Vec::new();
        if !(1..=180).contains(&self.term_days) {
            found.push(Problem::new(
                "practice.procedure.term",
                "term_days",
                "must be 1 to 180 days (L. 241/1990, art. 2)",
                "set 30, or up to 90 or 180 where the ente's own act says so",
            ));
        }
        if !self.draft_period.is_a_year_at_least() {
            found.push(Problem::new(
                "practice.procedure.draft-days",
                "draft_days",
                "must be a year or more, whenever it begins",
                "set one year (P1Y), or at least 12 months or 366 days",
            ));
        }
        let mut seen = BTreeMap::new();
        for step in &self.steps {
            let papers = step.papers.iter().map(|paper| &paper.key);
            for key in step.required.iter().chain(&step.optional).chain(papers) {
                if let Some(first) = seen.insert(key, &step.name) {
                    found.push(Problem::new(
                        "practice.procedure.key-twice",
                        key,
                        format!("must be asked once; step {first} asks it already"),
                        "take it out of one step",
                    ));
                }
            }
        }
        let papers = || self.steps.iter().flat_map(|step| &step.papers);
        found.extend(papers().filter_map(Paper::problem));
        let fields = self.steps.iter().flat_map(|step| &step.conditional);
        let papers = papers().filter_map(|paper| Some((&paper.key, paper.when.as_ref()?)));
        for (key, when) in fields.chain(papers) {
            if !self.has(key) || !self.asks(&when.key) || *key == when.key {
                found.push(Problem::new(
                    "practice.procedure.condition",
                    key,
                    format!("must be asked, and so must {}, on which it depends", when.key),
                    "name another key of the form",
                ));
            }
        }
        let mut names = BTreeSet::new();
        for step in self.steps.iter().filter(|step| !names.insert(&step.name)) {
            found.push(Problem::new(
                "practice.procedure.step-twice",
                &step.name,
                "must be the name of one step",
                "rename one",
            ));
        }
        found.extend(self.follows.iter().filter_map(Follow::problem));
        let admits = [RuleWorld::Validation, RuleWorld::Eligibility];
        for world in self.admission.iter().filter(|world| !admits.contains(world)) {
            found.push(Problem::new(
                "practice.procedure.admission",
                "admission",
                format!("must be a rule that finds problems or requirements, and {world} is none"),
                "use validation or eligibility",
            ));
        }
        Problems::check(found)
    }

    /// What the law on terms holds a term of this procedure against.
    pub(crate) fn term_rules(&self) -> TermRules {
        match self.nature {
            Nature::Individual => TermRules::ordinary(),
            Nature::Competitive => TermRules::competitive(),
        }
        .with_max_days(law::LONGEST_COMPLEX_TERM.days)
    }

    /// The paper of this key.
    pub(crate) fn paper(&self, key: &str) -> Option<&Paper> {
        self.steps.iter().flat_map(|step| &step.papers).find(|paper| paper.key == key)
    }

    /// Whether the form has this key, for an answer or for files.
    fn has(&self, key: &str) -> bool {
        self.asks(key) || self.paper(key).is_some()
    }

    /// Whether the form has this key for an answer.
    pub(crate) fn asks(&self, key: &str) -> bool {
        self.steps.iter().any(|step| step.required.contains(key) || step.optional.contains(key))
    }
}
