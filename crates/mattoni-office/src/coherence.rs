//! Whether the files of a service fit together, before any citizen applies.
//!
//! Form, rule plugin, criteria and places are written by different people. Each is checked by its
//! own brick; what one says about another is checked here: a question the rule needs and nobody
//! asks would otherwise be found when every application is in.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::value::Kind;
use mattoni_core::{Problem, Problems, RuleWorld};
use mattoni_ranking::{Call, Duplicates, Prize, TieOn};
use mattoni_rules::Description;
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::{Criterion, Scoring};
use mattoni_service::{RankingSource, SecondApplication, Service};

use crate::rules::parameters;

/// Checks a service against its call and what its plugins say of themselves, each by the world
/// that the service names it for.
///
/// # Errors
/// Everything that does not fit: `desk.fit.input`, `.parameter` (as the rules name them), `.world`,
/// `.criterion`, `.max`, `.tie`, `.class`, `.group`, `.reason`, `.pool`, `.facility`, `.duplicates`.
pub fn check(
    service: &Service,
    call: Option<&Call>,
    plugins: &BTreeMap<RuleWorld, &Description>,
) -> Result<(), Problems> {
    let mut found = Vec::new();
    for (world, plugin) in plugins {
        inputs(service, plugin, &mut found);
        if plugin.world() != world.name() {
            let rule =
                format!("must name a rule for {world}, and this one is for {}", plugin.world());
            let place = format!("rules.{world}.plugin");
            found.push(problem("desk.fit.world", place, rule, "name another plugin"));
        } else if let Some(rule) = service.source().rules.of(*world) {
            found.extend(parameters(plugin, &rule.parameters).err().into_iter().flatten());
        }
    }
    if let (Some(call), Some(ranking)) = (call, &service.source().ranking) {
        places(service, call, ranking, &mut found);
        duplicates(call, ranking, &mut found);
        let plugin = plugins.get(&RuleWorld::Scoring).copied();
        if let Some((plugin, Declared::Scoring(scoring))) = plugin.map(|p| (p, &p.answers)) {
            criteria(call, scoring, &mut found);
            reasons(call, ranking, plugin, &mut found);
        }
    }
    Problems::check(found)
}

fn problem(code: &'static str, field: impl Into<String>, rule: String, remedy: &str) -> Problem {
    Problem::new(code, field, rule, remedy)
}

/// Every input the rule requires is a required field of the same kind.
fn inputs(service: &Service, plugin: &Description, found: &mut Vec<Problem>) {
    for input in &plugin.inputs {
        let wrong = match service.form().field(&input.name) {
            None if !input.required => continue,
            None => "is needed by the rule, and the form does not ask it".to_owned(),
            Some(field) if input.required && field.optional => {
                "is needed by the rule, and the form lets it be empty".to_owned()
            }
            Some(field) => match misfit(&field.kind, &input.kind) {
                None => continue,
                Some(misfit) => misfit,
            },
        };
        let field = format!("steps: {}", input.name);
        found.push(problem("desk.fit.input", field, wrong, "change the form or the rule"));
    }
}

fn misfit(field: &Kind, input: &Kind) -> Option<String> {
    match (field, input) {
        (Kind::Choice { options }, Kind::Choice { options: known }) => {
            let strange: Vec<_> = options.iter().filter(|option| !known.contains(option)).collect();
            (!strange.is_empty())
                .then(|| format!("offers {strange:?}, which the rule does not know"))
        }
        (field, input) if field.name() == input.name() => None,
        (field, input) => {
            Some(format!("is of the kind {}, and the rule takes {}", field.name(), input.name()))
        }
    }
}

/// Criteria choose among second applications as the service takes them.
fn duplicates(call: &Call, ranking: &RankingSource, found: &mut Vec<Problem>) {
    let (ranked, name) = match ranking.duplicates {
        SecondApplication::KeepFirst => (Duplicates::KeepFirst, "keep-first"),
        SecondApplication::KeepLast => (Duplicates::KeepLast, "keep-last"),
        _ => (Duplicates::Refuse, "refuse"),
    };
    if call.criteria.duplicates() != ranked {
        let rule = format!("must be {name}, as in the service");
        let remedy = "write the same in criteria and service.toml";
        found.push(problem("desk.fit.duplicates", "criteria: duplicates", rule, remedy));
    }
}

/// What people can choose is what there is.
fn places(service: &Service, call: &Call, ranking: &RankingSource, found: &mut Vec<Problem>) {
    let Prize::Places(facilities) = &call.prize else { return };
    let facilities = facilities.source();
    let there: BTreeSet<&str> = facilities.facility.iter().map(|f| f.code.as_str()).collect();
    let mut offered = BTreeSet::new();
    for name in &ranking.preferences {
        if let Some(Kind::Choice { options }) = service.form().field(name).map(|field| &field.kind)
        {
            for option in options {
                offered.insert(option.as_str());
                if !there.contains(option.as_str()) {
                    let rule = format!("“{option}” is no facility");
                    let remedy = "add it to the places, or take the option out";
                    found.push(problem(
                        "desk.fit.facility",
                        format!("steps: {name}"),
                        rule,
                        remedy,
                    ));
                }
            }
        }
    }
    for code in there.iter().filter(|code| !offered.is_empty() && !offered.contains(*code)) {
        let rule = "nobody can choose it".to_owned();
        let remedy = "add it to the options, or take it out of the places";
        found.push(problem("desk.fit.facility", format!("places: {code}"), rule, remedy));
    }
    for pool in ranking.reserves.keys() {
        if !facilities.pool.iter().any(|known| known.code == *pool) {
            let field = format!("ranking.reserves.{pool}");
            let rule = "the places know no such pool".to_owned();
            found.push(problem("desk.fit.pool", field, rule, "check its code in the places"));
        }
    }
}

/// The rule and the criteria speak of the same points, ties and classes.
fn criteria(call: &Call, plugin: &Scoring, found: &mut Vec<Problem>) {
    let gives = |criterion: &&Criterion| criterion.max != 0 || criterion.min != 0;
    for given in plugin.criteria.iter().filter(gives) {
        let field = format!("criteria: {}", given.code);
        match call.criteria.criterion(&given.code) {
            None => {
                let rule =
                    "the rule gives points under it, and the criteria don't have it".to_owned();
                found.push(problem("desk.fit.criterion", field, rule, "add a [[criterion]]"));
            }
            Some(known) if known.max.in_hundredths() < i64::from(given.max) => {
                let most = mattoni_ranking::Points::hundredths(i64::from(given.max));
                let rule =
                    format!("the rule can give up to {most} points, and the most is {}", known.max);
                found.push(problem("desk.fit.max", field, rule, "raise max, or lower the rule's"));
            }
            Some(_) => {}
        }
    }
    for known in &call.criteria.source().criterion {
        if !plugin.criteria.iter().any(|given| given.code == known.code) {
            let rule = "the rule never gives points under it".to_owned();
            let field = format!("criteria: {}", known.code);
            found.push(problem(
                "desk.fit.criterion",
                field,
                rule,
                "take it out, or change the rule",
            ));
        }
    }
    for tie_break in call.criteria.tie_breaks() {
        if let TieOn::Key { name, .. } = &tie_break.on
            && !plugin.ties.iter().any(|tie| tie.name == *name)
        {
            let rule = "the rule gives no such tie key".to_owned();
            let field = format!("tie_break: {name}");
            found.push(problem("desk.fit.tie", field, rule, "take it out, or change the rule"));
        }
    }
    for class in &plugin.classes {
        if !call.criteria.classes().contains(&class.code) {
            let rule = "the rule gives this class, and the criteria don't have it".to_owned();
            let field = format!("class: {}", class.code);
            found.push(problem("desk.fit.class", field, rule, "add a [[class]]"));
        }
    }
}

/// Groups and exclusions are read off reasons that the rule can give.
fn reasons(call: &Call, ranking: &RankingSource, plugin: &Description, found: &mut Vec<Problem>) {
    let known = |code: &str| plugin.reasons.iter().any(|reason| reason.code == code);
    let unknown = |field: String| {
        let codes: Vec<_> = plugin.reasons.iter().map(|reason| reason.code.as_str()).collect();
        let rule = "the rule has no such reason".to_owned();
        problem("desk.fit.reason", field, rule, &format!("use one of: {}", codes.join(", ")))
    };
    let read_off = [
        ("desk.fit.group", "ranking.group", &ranking.group),
        ("desk.fit.class", "ranking.class", &ranking.class),
    ];
    for (code, field, criterion) in read_off {
        if let Some(criterion) = criterion
            && plugin.criterion(criterion).is_none()
        {
            let rule = format!("the rule has no criterion “{criterion}”");
            found.push(problem(code, field, rule, "check its code"));
        }
    }
    for code in ranking.excluded.iter().filter(|code| !known(code)) {
        found.push(unknown(format!("ranking.excluded: {code}")));
    }
    if let (Prize::Places(facilities), Some(_)) = (&call.prize, &ranking.group) {
        for group in facilities.source().group.iter().filter(|group| !known(&group.code)) {
            found.push(unknown(format!("places, group: {}", group.code)));
        }
    }
}
