//! The rules of a service: one plugin a world, and the moment at which each is asked.
//!
//! ```toml
//! [rules.eligibility]
//! plugin = "summer-camp-eligibility"
//! on = "assessment"
//!
//! [rules.benefit]
//! plugin = "home-bonus"
//! parameters = { income_limit = "20000.00" }
//! ```
//!
//! `[rules]` with `plugin` right below it is the short form of `[rules.scoring]`.

use std::collections::BTreeMap;

use mattoni_core::text::is_blank;
use mattoni_core::{Digest, Problem, RuleWorld};
use serde::{Deserialize, Serialize};

/// When a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Moment {
    /// Before an application is let in: what the rule finds refuses it.
    Submission,
    /// After it was let in, by the clock: what the rule answers is noted on the practice.
    Assessment,
    /// When the office scores all applications of a call together.
    Call,
}

impl Moment {
    /// Stable name, as it is written in `on`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Assessment => "assessment",
            Self::Call => "call",
        }
    }

    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Submission => "all'invio",
            Self::Assessment => "dopo l'invio",
            Self::Call => "quando l'ufficio calcola i punteggi",
        }
    }
}

/// The moments at which a rule of this world can be asked; the first unless `on` says otherwise.
#[must_use]
pub const fn moments(world: RuleWorld) -> &'static [Moment] {
    match world {
        RuleWorld::Validation => &[Moment::Submission],
        RuleWorld::Eligibility => &[Moment::Submission, Moment::Assessment],
        RuleWorld::Scoring => &[Moment::Call],
        RuleWorld::Routing | RuleWorld::Benefit | RuleWorld::Tariff => &[Moment::Assessment],
    }
}

/// One rule as `service.toml` names it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// Name of the plugin.
    pub plugin: String,
    /// When it is asked, where the world leaves a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Moment>,
    /// Digest of the one component that is accepted; any of that name without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Keys of those who may publish the plugin, where one of them has to have signed it; 64
    /// hexadecimal digits each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<String>,
    /// Parameters that differ from the plugin's defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, serde_json::Value>,
}

impl RuleSource {
    /// When a rule of `world` that is declared so is asked.
    ///
    /// ```
    /// use mattoni_core::RuleWorld;
    /// use mattoni_service::{Moment, RuleSource};
    ///
    /// let rule = RuleSource { plugin: "camp".into(), ..RuleSource::default() };
    /// assert_eq!(rule.moment(RuleWorld::Eligibility), Moment::Submission);
    /// ```
    #[must_use]
    pub fn moment(&self, world: RuleWorld) -> Moment {
        self.on.unwrap_or(moments(world)[0])
    }
}

/// The rules of a service, one a world at most.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct RulesSource {
    by_world: BTreeMap<RuleWorld, RuleSource>,
}

impl RulesSource {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_world.is_empty()
    }

    /// The rule of a world.
    ///
    /// ```
    /// use mattoni_core::RuleWorld;
    /// use mattoni_service::RulesSource;
    ///
    /// let rules: RulesSource = toml::from_str(r#"
    ///     [tariff]
    ///     plugin = "school-meal-tariff"
    /// "#)?;
    /// assert_eq!(rules.of(RuleWorld::Tariff).unwrap().plugin, "school-meal-tariff");
    /// assert!(rules.of(RuleWorld::Scoring).is_none());
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    #[must_use]
    pub fn of(&self, world: RuleWorld) -> Option<&RuleSource> {
        self.by_world.get(&world)
    }

    /// Every rule, in the order in which a practice meets them.
    pub fn iter(&self) -> impl Iterator<Item = (RuleWorld, &RuleSource)> {
        self.by_world.iter().map(|(world, rule)| (*world, rule))
    }

    /// The rules that are asked at this moment, in order.
    pub fn at(&self, moment: Moment) -> impl Iterator<Item = (RuleWorld, &RuleSource)> {
        self.iter().filter(move |(world, rule)| rule.moment(*world) == moment)
    }

    /// The rule of a world, to be changed; one without a plugin where there is none yet.
    pub fn entry(&mut self, world: RuleWorld) -> &mut RuleSource {
        self.by_world.entry(world).or_default()
    }

    /// With this rule for this world.
    #[must_use]
    pub fn with(mut self, world: RuleWorld, rule: RuleSource) -> Self {
        self.by_world.insert(world, rule);
        self
    }

    /// What is wrong with them: `service.rules` for a rule without a plugin, `service.rules.moment`
    /// for a moment at which its world cannot be asked.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (world, rule) in self.iter() {
            if is_blank(&rule.plugin) {
                found.push(Problem::new(
                    "service.rules",
                    format!("rules.{world}.plugin"),
                    "must name a plugin",
                    format!("write its name in the [rules.{world}] section"),
                ));
            }
            if !moments(world).contains(&rule.moment(world)) {
                let moments: Vec<_> = moments(world).iter().map(|m| m.name()).collect();
                found.push(Problem::new(
                    "service.rules.moment",
                    format!("rules.{world}.on"),
                    format!("must be a moment at which a rule for {world} can be asked"),
                    format!("use one of: {}", moments.join(", ")),
                ));
            }
        }
        found
    }
}

/// The section as it is written. Scoring alone may stand right below `[rules]`, as it did when
/// there were no other worlds; so written, it stays so.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plugin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    publishers: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validation: Option<RuleSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    eligibility: Option<RuleSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scoring: Option<RuleSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    routing: Option<RuleSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    benefit: Option<RuleSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tariff: Option<RuleSource>,
}

impl TryFrom<Written> for RulesSource {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { plugin, digest, publishers, parameters, mut scoring, .. } = written;
        let more = digest.is_some() || !publishers.is_empty() || !parameters.is_empty();
        match plugin {
            Some(_) if scoring.is_some() => {
                return Err("must have one rule for scoring; write it under [rules.scoring] alone");
            }
            Some(plugin) => {
                scoring = Some(RuleSource { plugin, on: None, digest, publishers, parameters });
            }
            None if more => {
                return Err("must say which rule it is about; \
                            write it under [rules.scoring], [rules.benefit] or another world");
            }
            None => {}
        }
        let rules = [
            (RuleWorld::Validation, written.validation),
            (RuleWorld::Eligibility, written.eligibility),
            (RuleWorld::Scoring, scoring),
            (RuleWorld::Routing, written.routing),
            (RuleWorld::Benefit, written.benefit),
            (RuleWorld::Tariff, written.tariff),
        ];
        let by_world = rules.into_iter().filter_map(|(world, rule)| Some((world, rule?))).collect();
        Ok(Self { by_world })
    }
}

impl From<RulesSource> for Written {
    fn from(RulesSource { by_world: mut rules }: RulesSource) -> Self {
        let alone = rules.len() == 1;
        let mut take = |world| rules.remove(&world);
        let mut written = Self {
            plugin: None,
            digest: None,
            publishers: Vec::new(),
            parameters: BTreeMap::new(),
            validation: take(RuleWorld::Validation),
            eligibility: take(RuleWorld::Eligibility),
            scoring: take(RuleWorld::Scoring),
            routing: take(RuleWorld::Routing),
            benefit: take(RuleWorld::Benefit),
            tariff: take(RuleWorld::Tariff),
        };
        if alone
            && let Some(RuleSource { plugin, on: None, digest, publishers, parameters }) =
                written.scoring.take_if(|rule| rule.on.is_none())
        {
            written.plugin = Some(plugin);
            (written.digest, written.publishers, written.parameters) =
                (digest, publishers, parameters);
        }
        written
    }
}
