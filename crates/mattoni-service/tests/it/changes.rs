//! Settings, their owners, duplicates and differences.

use expect_test::expect;
use mattoni_core::{Refusal, RuleWorld};
use mattoni_service::{
    Access, ChangeRefusal, ProcedureSource, Publication, RankingSource, RulesSource, Setting,
    Sheet, Staff, differences,
};

use crate::fixture::{nursery, source, with};

pub(crate) fn every_setting() -> Vec<Setting> {
    let source = source();
    vec![
        Setting::Sheet(Box::new(source.sheet)),
        Setting::Publication(Publication::Draft),
        Setting::Suspended(Some("lavori".into())),
        Setting::Opens(Some("2026-04-02T09:00".into())),
        Setting::Closes(Some("2026-05-16T12:00".into())),
        Setting::Procedure(source.procedure),
        Setting::Parameters([("points_both_work".to_owned(), 9.into())].into()),
        Setting::ParametersOf {
            world: RuleWorld::Scoring,
            parameters: [("points_both_work".to_owned(), 9.into())].into(),
        },
        Setting::Requirements(source.requirements),
        Setting::Then(vec![]),
        Setting::Steps(source.steps),
        Setting::DuplicateKey(vec![]),
        Setting::Access(Access::Cie),
        Setting::Ranking(None),
        Setting::Bricks(vec![]),
        Setting::Plugin { world: RuleWorld::Scoring, name: "nursery-points".into(), digest: None },
    ]
}

#[test]
fn a_setting_is_changed_by_its_owner_and_nobody_else() {
    for setting in every_setting() {
        let owner = setting.owner();
        let other = if owner == Staff::Office { Staff::Technical } else { Staff::Office };
        assert!(nursery().change(setting.clone(), owner).is_ok(), "{setting:?}");
        let refused = nursery().change(setting.clone(), other).unwrap_err();
        assert_eq!(refused, ChangeRefusal::NotTheirs { setting: setting.name(), owner });
        assert_eq!(refused.problems().into_vec()[0].code, "service.change.not-theirs");
    }
}

#[test]
fn names_of_settings_are_the_names_that_are_stored() {
    for setting in every_setting() {
        let json = serde_json::to_value(&setting).unwrap();
        assert_eq!(json["setting"], setting.name());
        assert_eq!(serde_json::from_value::<Setting>(json).unwrap(), setting);
    }
}

#[test]
fn a_change_that_would_break_the_service_is_refused_and_leaves_it_as_it_was() {
    let before = nursery();
    let sheet = Setting::Sheet(Box::default());
    let refused = before.change(sheet, Staff::Office).unwrap_err();
    assert_eq!(refused.problems().iter().count(), 12);
    let individual = Setting::Procedure(ProcedureSource::default());
    let refused = before.change(individual, Staff::Office).unwrap_err();
    assert_eq!(refused.problems().into_vec()[0].code, "service.ranking");
    assert_eq!(before, nursery());
}

#[test]
fn a_summer_camp_is_made_from_a_nursery_in_a_few_changes() {
    let nursery = nursery();
    let mut steps = nursery.source().steps.clone();
    steps[1].fields.retain(|field| field.name != "distance_km");
    steps[1].fields[0].label = "ISEE minorenni".into();
    steps.reverse();
    let camp = nursery
        .duplicate(
            "centro-estivo-2026",
            [
                Setting::Steps(steps),
                Setting::Ranking(Some(RankingSource {
                    criteria: "camp.toml".into(),
                    ..nursery.source().ranking.clone().unwrap()
                })),
                Setting::Sheet(Box::new(Sheet {
                    title: "Centro estivo".into(),
                    ..nursery.source().sheet.clone()
                })),
            ],
        )
        .unwrap();
    let told: Vec<_> = differences(&nursery, &camp).iter().map(ToString::to_string).collect();
    expect![[r#"
        closes: "2026-05-15T12:00" → –
        code: "nido-2026" → "centro-estivo-2026"
        opens: "2026-04-01T09:00" → –
        publication: "published" → "draft"
        ranking.criteria: "criteria.toml" → "camp.toml"
        sheet.title: "Iscrizione al nido d'infanzia" → "Centro estivo"
        steps: ["child","family"] → ["family","child"]
        steps.family.fields: ["isee","siblings","both_work","distance_km","first_choice"] → ["isee","siblings","both_work","first_choice"]
        steps.family.fields.distance_km.kind: "decimal" → –
        steps.family.fields.distance_km.label: "Distanza in km" → –
        steps.family.fields.distance_km.name: "distance_km" → –
        steps.family.fields.distance_km.optional: true → –
        steps.family.fields.distance_km.scale: 1 → –
        steps.family.fields.isee.label: "ISEE" → "ISEE minorenni"
        valid_from: "2026-01-01" → –"#]]
    .assert_eq(&told.join("\n"));
    assert_eq!(differences(&camp, &camp), []);
}

#[test]
fn a_duplicate_with_a_bad_change_is_no_service() {
    let bad = Setting::DuplicateKey(vec!["targa".into()]);
    let refused = nursery().duplicate("mensa", [bad]).unwrap_err();
    assert_eq!(refused.into_vec()[0].code, "service.duplicate-key");
}

#[test]
fn a_service_says_what_it_needs() {
    use mattoni_service::Need;
    let all = [Need::Registry, Need::Rules, Need::Ranking];
    assert_eq!(nursery().needs(), all.into());
    let plain = with(|source| {
        (source.rules, source.ranking) = (RulesSource::default(), None);
        source.procedure.registered = false;
        source.procedure.fee = Some(mattoni_core::Money::from_cents(1600));
        source.sheet.costs = "16 euro di bollo".into();
    });
    assert_eq!(plain.unwrap().needs(), [Need::Payment].into());
}
