//! The rules of a service: every world, the short form of old, and when each is asked.

use expect_test::expect;
use mattoni_core::RuleWorld;
use mattoni_service::{Moment, Need, RuleSource, RulesSource};

use crate::fixture::with;

const ALL: &str = r#"
[validation]
plugin = "rent-form-checks"

[eligibility]
plugin = "rent-requirements"
on = "assessment"

[scoring]
plugin = "rent-points"

[routing]
plugin = "report-routing"

[benefit]
plugin = "home-bonus"

[benefit.parameters]
income_limit = "20000.00"

[tariff]
plugin = "school-meal-tariff"
"#;

#[test]
fn every_world_has_its_rule_and_its_moment() {
    let rules: RulesSource = toml::from_str(ALL).unwrap();
    let told: Vec<_> = rules
        .iter()
        .map(|(world, rule)| format!("{world} {} {}", rule.plugin, rule.moment(world).name()))
        .collect();
    expect![[r#"
        validation rent-form-checks submission
        eligibility rent-requirements assessment
        scoring rent-points call
        routing report-routing assessment
        benefit home-bonus assessment
        tariff school-meal-tariff assessment"#]]
    .assert_eq(&told.join("\n"));
    let at: Vec<_> = rules.at(Moment::Assessment).map(|(world, _)| world.name()).collect();
    assert_eq!(at, ["eligibility", "routing", "benefit", "tariff"]);
    let again: RulesSource = toml::from_str(&toml::to_string(&rules).unwrap()).unwrap();
    assert_eq!(again, rules);
}

#[test]
fn the_short_form_is_the_rule_for_scoring_and_stays_as_it_was_written() {
    let short = "plugin = \"nursery-points\"\n\n[parameters]\nresident = 20\n";
    let rules: RulesSource = toml::from_str(short).unwrap();
    assert_eq!(rules.of(RuleWorld::Scoring).unwrap().plugin, "nursery-points");
    assert_eq!(toml::to_string(&rules).unwrap(), short);
    let long: RulesSource =
        toml::from_str("[scoring]\nplugin = \"nursery-points\"\nparameters = { resident = 20 }")
            .unwrap();
    assert_eq!(long, rules);
}

#[test]
fn what_belongs_to_no_rule_is_refused_with_a_remedy() {
    let refused = |text: &str| toml::from_str::<RulesSource>(text).unwrap_err().to_string();
    let twice = refused("plugin = \"a\"\n[scoring]\nplugin = \"b\"");
    assert!(twice.contains("write it under [rules.scoring] alone"), "{twice}");
    let nobody = refused("[parameters]\nresident = 20");
    assert!(nobody.contains("must say which rule it is about"), "{nobody}");
    let unknown = refused("[points]\nplugin = \"a\"");
    assert!(unknown.contains("points"), "{unknown}");
}

#[test]
fn a_moment_of_another_world_and_a_missing_plugin_are_refused_together() {
    let rules = RulesSource::default()
        .with(
            RuleWorld::Benefit,
            RuleSource {
                plugin: "home-bonus".into(),
                on: Some(Moment::Submission),
                ..RuleSource::default()
            },
        )
        .with(RuleWorld::Routing, RuleSource::default());
    let refused = with(|source| source.rules = rules).unwrap_err();
    expect![[r#"
        rules.routing.plugin: must name a plugin; write its name in the [rules.routing] section [service.rules]
        rules.benefit.on: must be a moment at which a rule for benefit can be asked; use one of: assessment [service.rules.moment]"#]]
    .assert_eq(&refused.to_string());
}

#[test]
fn a_tariff_needs_payments() {
    let meals = RuleSource { plugin: "school-meal-tariff".into(), ..RuleSource::default() };
    let rules = RulesSource::default().with(RuleWorld::Tariff, meals);
    let service = with(|source| source.rules = rules).unwrap();
    assert!(service.needs().contains(&Need::Payment) && service.needs().contains(&Need::Rules));
}
