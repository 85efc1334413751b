//! What can be changed on a service, and by whom.

use std::collections::BTreeMap;

use mattoni_core::{Digest, Problem, Problems, Refusal, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::differences::of_sources;
use crate::{
    Access, Difference, ProcedureSource, Publication, RankingSource, RequirementSource, Service,
    ServiceSource, ServiceVerb, Sheet, StepSource, ThenSource,
};

/// Who works on services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Staff {
    /// The office that offers it: texts, dates, parameters of its own regulation.
    Office,
    /// Technical staff: form, plugins, access.
    Technical,
}

/// One change to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "setting", content = "value")]
#[non_exhaustive]
pub enum Setting {
    /// The sheet.
    Sheet(Box<Sheet>),
    /// Whether citizens see it.
    Publication(Publication),
    /// Why it is suspended; `None` to resume.
    Suspended(Option<String>),
    /// When it opens, in Italian local time.
    Opens(Option<String>),
    /// When it closes, in Italian local time.
    Closes(Option<String>),
    /// How the ente deals with applications.
    Procedure(ProcedureSource),
    /// Values for the parameters of the rule that gives points.
    Parameters(BTreeMap<String, serde_json::Value>),
    /// Values for the parameters of the rule of another world.
    ParametersOf {
        /// Which rule's.
        world: RuleWorld,
        /// The values, by name.
        parameters: BTreeMap<String, serde_json::Value>,
    },
    /// Who may have the service at all.
    Requirements(Vec<RequirementSource>),
    /// What follows an outcome.
    Then(Vec<ThenSource>),
    /// The form.
    Steps(Vec<StepSource>),
    /// What makes two applications the same.
    DuplicateKey(Vec<String>),
    /// How a citizen must have signed in.
    Access(Access),
    /// The ranking.
    Ranking(Option<RankingSource>),
    /// The bricks the service is put together from.
    Bricks(Vec<String>),
    /// A plugin, and the one component of it that is accepted.
    Plugin {
        /// What it is asked; points, where nothing is said.
        #[serde(default)]
        world: RuleWorld,
        /// Its name.
        name: String,
        /// Its digest.
        digest: Option<Digest>,
    },
}

impl Setting {
    /// Whose setting it is.
    #[must_use]
    pub fn owner(&self) -> Staff {
        match self {
            Self::Sheet(_)
            | Self::Publication(_)
            | Self::Suspended(_)
            | Self::Opens(_)
            | Self::Closes(_)
            | Self::Procedure(_)
            | Self::Parameters(_)
            | Self::ParametersOf { .. }
            | Self::Requirements(_)
            | Self::Then(_) => Staff::Office,
            Self::Steps(_)
            | Self::DuplicateKey(_)
            | Self::Access(_)
            | Self::Ranking(_)
            | Self::Bricks(_)
            | Self::Plugin { .. } => Staff::Technical,
        }
    }

    /// The verb of a kept service that changes it.
    #[must_use]
    pub fn verb(&self) -> ServiceVerb {
        match self.owner() {
            Staff::Office => ServiceVerb::Change,
            Staff::Technical => ServiceVerb::Configure,
        }
    }

    /// Whether it can be changed on a version that citizens rely on already: its texts, its window, its
    /// suspension. The rest is for a new version, under which new practices are opened.
    #[must_use]
    pub fn changes_when_published(&self) -> bool {
        matches!(
            self,
            Self::Sheet(_)
                | Self::Opens(_)
                | Self::Closes(_)
                | Self::Publication(_)
                | Self::Suspended(_)
        )
    }

    /// Stable name, as it is written down.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sheet(_) => "sheet",
            Self::Publication(_) => "publication",
            Self::Suspended(_) => "suspended",
            Self::Opens(_) => "opens",
            Self::Closes(_) => "closes",
            Self::Procedure(_) => "procedure",
            Self::Parameters(_) => "parameters",
            Self::ParametersOf { .. } => "parameters-of",
            Self::Requirements(_) => "requirements",
            Self::Then(_) => "then",
            Self::Steps(_) => "steps",
            Self::DuplicateKey(_) => "duplicate-key",
            Self::Access(_) => "access",
            Self::Ranking(_) => "ranking",
            Self::Bricks(_) => "bricks",
            Self::Plugin { .. } => "plugin",
        }
    }

    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(&self) -> &'static str {
        match self {
            Self::Sheet(_) => "scheda: i testi che il cittadino legge",
            Self::Publication(_) => "pubblicazione",
            Self::Suspended(_) => "sospensione, con il suo motivo",
            Self::Opens(_) => "apertura",
            Self::Closes(_) => "chiusura",
            Self::Procedure(_) => {
                "procedimento: termine, protocollo, ritiro, riapertura, costo, bozze, file"
            }
            Self::Parameters(_) => "parametri delle regole: punti, soglie, date",
            Self::ParametersOf { .. } => {
                "parametri delle altre regole: requisiti, importi, tariffe, uffici"
            }
            Self::Requirements(_) => "requisiti di accesso",
            Self::Then(_) => "che cosa segue a ogni esito: avvisi, pagamenti, documenti",
            Self::Steps(_) => "modulo: passi e campi",
            Self::DuplicateKey(_) => "che cosa rende doppia una domanda",
            Self::Access(_) => "livello di accesso",
            Self::Ranking(_) => "graduatoria",
            Self::Bricks(_) => "mattoni di cui il servizio è fatto",
            Self::Plugin { .. } => "programma delle regole",
        }
    }

    /// The settings that make `after` of `before`, in an order in which they can be put in.
    ///
    /// ```
    /// use mattoni_service::Setting;
    ///
    /// # let before: mattoni_service::ServiceSource = toml::from_str(include_str!("../tests/it/dog.toml"))?;
    /// let after = before.with("sheet.title", "Cani")?.with("procedure.term_days", "60")?;
    /// let changed = Setting::between(&before, &after)?;
    /// let names: Vec<_> = changed.iter().map(Setting::name).collect();
    /// assert_eq!(names, ["sheet", "procedure"]);
    /// assert!(Setting::between(&before, &before.with("code", "gatti")?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `service.setting.fixed` for each place that no setting changes: what the service is called,
    /// its version and its days, and what has a verb of its own (publication, suspension).
    pub fn between(before: &ServiceSource, after: &ServiceSource) -> Result<Vec<Self>, Problems> {
        let (mut standing, mut changed) = (before.clone(), Vec::new());
        for setting in Self::all_of(after) {
            let mut next = standing.clone();
            setting.clone().put_into(&mut next);
            if next != standing {
                standing = next;
                changed.push(setting);
            }
        }
        let fixed = |difference: Difference| {
            let remedy = "write a new version, or publish, suspend or resume the service";
            let rule = "must stay as it is: it is no setting";
            Problem::new("service.setting.fixed", difference.place, rule, remedy)
        };
        let left = of_sources(&standing, after);
        Problems::check(left.into_iter().map(fixed).collect()).map(|()| changed)
    }

    /// Every setting of a source, those apart that have verbs of their own.
    fn all_of(source: &ServiceSource) -> Vec<Self> {
        let source = source.clone();
        let mut all = vec![
            Self::Sheet(Box::new(source.sheet)),
            Self::Opens(source.opens),
            Self::Closes(source.closes),
            Self::Procedure(source.procedure),
            Self::Requirements(source.requirements),
            Self::Then(source.then),
            Self::Steps(source.steps),
            Self::DuplicateKey(source.duplicate_key),
            Self::Access(source.access),
            Self::Ranking(source.ranking),
            Self::Bricks(source.bricks),
        ];
        for (world, rule) in source.rules.iter() {
            let (name, parameters) = (rule.plugin.clone(), rule.parameters.clone());
            all.push(Self::Plugin { world, name, digest: rule.digest });
            all.push(match world {
                RuleWorld::Scoring => Self::Parameters(parameters),
                world => Self::ParametersOf { world, parameters },
            });
        }
        all
    }

    /// Whether publishing or suspending is what changes it: verbs with rights of their own.
    pub(crate) fn has_its_own_verb(&self) -> bool {
        matches!(self, Self::Publication(_) | Self::Suspended(_))
    }

    pub(crate) fn put_into(self, source: &mut ServiceSource) {
        match self {
            Self::Sheet(sheet) => source.sheet = *sheet,
            Self::Publication(publication) => source.publication = publication,
            Self::Suspended(reason) => source.suspended = reason,
            Self::Opens(opens) => source.opens = opens,
            Self::Closes(closes) => source.closes = closes,
            Self::Procedure(procedure) => source.procedure = procedure,
            Self::Parameters(parameters) => {
                // Without a plugin the name stays empty, which the check refuses.
                source.rules.entry(RuleWorld::Scoring).parameters = parameters;
            }
            Self::ParametersOf { world, parameters } => {
                source.rules.entry(world).parameters = parameters;
            }
            Self::Requirements(requirements) => source.requirements = requirements,
            Self::Then(then) => source.then = then,
            Self::Steps(steps) => source.steps = steps,
            Self::DuplicateKey(fields) => source.duplicate_key = fields,
            Self::Access(access) => source.access = access,
            Self::Ranking(ranking) => source.ranking = ranking,
            Self::Bricks(bricks) => source.bricks = bricks,
            Self::Plugin { world, name, digest } => {
                let rule = source.rules.entry(world);
                rule.plugin = name;
                rule.digest = digest;
            }
        }
    }
}

/// Why a service is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeRefusal {
    /// The setting is for others to change.
    #[error("must be changed by whose setting {setting} is")]
    NotTheirs {
        /// The setting.
        setting: &'static str,
        /// Whose it is.
        owner: Staff,
    },
    /// The service would not be sound.
    #[error("the service must be sound after the change")]
    Unsound(Problems),
}

impl Refusal for ChangeRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::NotTheirs { setting, owner } => Problem::new(
                "service.change.not-theirs",
                *setting,
                self.to_string(),
                match owner {
                    Staff::Office => "ask the office that offers the service",
                    Staff::Technical => "ask technical staff",
                },
            )
            .into(),
            Self::Unsound(problems) => problems.clone(),
        }
    }
}

impl Service {
    /// The service with one setting changed, by someone whose setting it is.
    ///
    /// Practices that are open stay under the version they were opened under; a change citizens
    /// would notice belongs in a new version.
    ///
    /// # Errors
    /// [`ChangeRefusal`] when it is for others to change, or with everything that would be
    /// wrong.
    pub fn change(&self, setting: Setting, by: Staff) -> Result<Self, ChangeRefusal> {
        if setting.owner() != by {
            let (setting, owner) = (setting.name(), setting.owner());
            return Err(ChangeRefusal::NotTheirs { setting, owner });
        }
        let mut source = self.source().clone();
        setting.put_into(&mut source);
        Self::new(source).map_err(ChangeRefusal::Unsound)
    }
}
