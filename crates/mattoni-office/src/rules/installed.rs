//! The plugins of a service, each granted as its configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::{Digest, Problem, Problems, RuleWorld};
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation};
use mattoni_rules::{Batch, Evaluation, Loaded as LoadedPlugin, RuleError, Signature};
use mattoni_service::{Moment, RuleSource, Service};

use super::ask::{Ask, Noted};
use super::grant::grant_rule;
use crate::Office;
use crate::evaluation::evaluation_digest;

/// A plugin as it is found where plugins are installed.
#[derive(Debug)]
pub struct Installed {
    /// The plugin, loaded.
    pub loaded: LoadedPlugin,
    /// The bytes it was loaded from: kept in the store, so that its answers can be computed again.
    pub bytes: Vec<u8>,
    /// The signature beside it.
    pub signature: Option<Signature>,
}

/// The rules of one version of a service, ready to answer.
#[derive(Debug, Clone)]
pub struct ServiceRules {
    service: String,
    version: u32,
    rules: Vec<Rule>,
}

/// One rule of a service.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) world: RuleWorld,
    pub(crate) moment: Moment,
    pub(crate) ask: Arc<dyn Ask>,
    pub(crate) bytes: Arc<[u8]>,
    /// The evaluation of no rows: which plugin with which parameters. Answers about single
    /// practices refer to it; what each was about is digested on the practice, under the key of
    /// the person, and nowhere else.
    pub(crate) standing: Evaluation,
}

impl Rule {
    /// The digest that its answers about single practices are known by.
    pub(crate) fn standing_digest(&self) -> Digest {
        evaluation_digest(&self.standing)
    }
}

impl ServiceRules {
    /// The rules that the service names, out of the plugins that are installed for their worlds.
    ///
    /// # Errors
    /// `desk.rules.absent` for a rule that is asked by itself and has no plugin, `desk.rules.bytes`
    /// for bytes of another plugin, and whatever [`grant_rule`] refuses: everything at once.
    pub fn grant(
        service: &Service,
        mut installed: BTreeMap<RuleWorld, Installed>,
    ) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let mut rules = Vec::new();
        for (world, source) in service.source().rules.iter() {
            let moment = source.moment(world);
            match installed.remove(&world) {
                Some(plugin) => match granted(world, source, plugin) {
                    Ok(rule) => rules.push(rule),
                    Err(problems) => found.extend(problems),
                },
                // Scoring is asked with a plugin of its own.
                None if moment == Moment::Call => {}
                None => found.push(absent(service.code(), world)),
            }
        }
        Problems::check(found)?;
        Ok(Self { service: service.code().to_owned(), version: service.version(), rules })
    }

    /// The rule of a world, if it is there.
    pub(crate) fn of(&self, world: RuleWorld) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.world == world)
    }

    /// The rules that are asked at this moment.
    pub(crate) fn at(&self, moment: Moment) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.moment == moment)
    }
}

impl Office {
    /// The office with the rules of one more service, or of one more version of it.
    #[must_use]
    pub fn with_rules(mut self, rules: ServiceRules) -> Self {
        let rules_of = Arc::make_mut(&mut self.rules);
        rules_of.insert((rules.service.clone(), rules.version), rules);
        self
    }

    /// The rules of this version of a service. A service that names none has none; one that names
    /// some which the office was not given is refused, so that nobody is let in unasked.
    ///
    /// # Errors
    /// `desk.rules.absent` for every rule that is asked by itself and is not there.
    pub(crate) fn rules_of(&self, service: &Service) -> Result<Option<&ServiceRules>, Problems> {
        let there = self.rules.get(&(service.code().to_owned(), service.version()));
        let by_itself = service
            .source()
            .rules
            .iter()
            .filter(|(world, rule)| rule.moment(*world) != Moment::Call);
        let missing = by_itself
            .filter(|(world, _)| there.is_none_or(|rules| rules.of(*world).is_none()))
            .map(|(world, _)| absent(service.code(), world));
        Problems::check(missing.collect())?;
        Ok(there)
    }
}

fn granted(world: RuleWorld, source: &RuleSource, plugin: Installed) -> Result<Rule, Problems> {
    match world {
        RuleWorld::Validation => granted_in::<Validation>(source, plugin),
        RuleWorld::Eligibility => granted_in::<Eligibility>(source, plugin),
        RuleWorld::Scoring => granted_in::<Scoring>(source, plugin),
        RuleWorld::Routing => granted_in::<Routing>(source, plugin),
        RuleWorld::Benefit => granted_in::<Benefit>(source, plugin),
        RuleWorld::Tariff => granted_in::<Tariff>(source, plugin),
    }
}

fn granted_in<W: Noted>(source: &RuleSource, plugin: Installed) -> Result<Rule, Problems> {
    let Installed { loaded, bytes, signature } = plugin;
    if Digest::of(&bytes) != loaded.digest() {
        return Err(Problem::new(
            "desk.rules.bytes",
            format!("rules.{}.plugin", W::NAME),
            "must be the bytes that the plugin was loaded from",
            "hand over the file it was loaded from",
        )
        .into());
    }
    let ready = grant_rule::<W>(source, loaded, signature)?;
    let standing = standing(&ready)?;
    Ok(Rule {
        world: W::WORLD,
        moment: source.moment(W::WORLD),
        ask: Arc::new(ready),
        bytes: bytes.into(),
        standing,
    })
}

/// The evaluation of no rows by this rule. Without rows the plugin is not called.
fn standing(rule: &dyn Ask) -> Result<Evaluation, Problems> {
    let nothing = Batch::builder(rule.description()).finish()?;
    Ok(rule.ask(&nothing).map_err(|error| failure(&error))?.evaluation)
}

/// The refusal of a service whose rule of this world the office does not have.
pub(crate) fn absent(service: &str, world: RuleWorld) -> Problem {
    Problem::new(
        "desk.rules.absent",
        format!("rules.{world}"),
        format!("must be loaded before {service} is worked on"),
        "give the office the service's plugins (Office::with_rules)",
    )
}

/// What is said about a practice whose rule failed: it waits.
pub(crate) fn failure(error: &RuleError) -> Problem {
    Problem::new(
        error.kind().code(),
        error.world().map(|world| format!("rules.{world}")).unwrap_or_default(),
        format!("must be answered by the rule, and it failed: {error}"),
        "have its author look at it; an official can go on without it",
    )
}
