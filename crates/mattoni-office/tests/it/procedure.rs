//! What a service says of its procedure is what its practices are opened under.

use mattoni_office::procedure_of;
use mattoni_practice::{Flow, Nature, Permission, Procedure, Registering};
use mattoni_service::{Service, ServiceSource};
use serde_json::Value as Json;

/// A service that sets everything otherwise than where nothing is said.
fn set_out() -> Service {
    let source: ServiceSource = toml::from_str(
        r#"
        ente = "c_h223"
        code = "permessi"
        duplicate_key = ["address"]
        version = 1

        [procedure]
        nature = "competitive"
        term_days = 60
        flow = "forward"
        registered = false
        withdrawal = false
        reopening = true
        fee = "16.00"
        draft_period = "P2Y"

        [procedure.files]
        max_bytes = 5_000_000
        total_bytes = 20_000_000
        max_files = 8
        media_types = ["application/pdf"]

        [rules.validation]
        plugin = "permit-form-checks"

        [sheet]
        title = "Permesso"
        costs = "Marca da bollo da 16 euro."

        [[steps]]
        name = "place"
        title = "Il posto"

        [[steps.fields]]
        name = "address"
        label = "Indirizzo"
        kind = "text"
        max_chars = 200

        [[steps.fields]]
        name = "centre"
        label = "In centro storico"
        kind = "boolean"

        [[steps.fields]]
        name = "reason"
        label = "Perché"
        kind = "text"
        max_chars = 200
        required_if = { field = "centre", equals = true }

        [[steps.fields]]
        name = "plan"
        label = "Planimetria"
        kind = "file"
        media_types = ["image/png"]
        max_bytes = 1_000_000
        min = 2
        max = 3
        required_if = { field = "centre", equals = true }

        [[then]]
        on = "accepted"
        order = "message.tell"
        template = "permit.bring-a-photo"
        to = "applicant"
        "#,
    )
    .unwrap();
    Service::new(source).unwrap()
}

#[test]
fn every_rule_of_a_procedure_comes_from_the_service() {
    let said = serde_json::to_value(procedure_of(&set_out())).unwrap();
    let unsaid = serde_json::to_value(Procedure::new(30)).unwrap();
    // A rule that is added to practices, and that no service can set, fails here.
    let source = include_str!("../../../mattoni-practice/src/procedure.rs");
    let (_, from) = source.split_once("pub struct Procedure {").unwrap();
    let (fields, _) = from.split_once("\n}").unwrap();
    let names = fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'));
    // The period of drafts is stored under the name it had when it was a number of days.
    let stored = |name| if name == "draft_period" { "draft_days" } else { name };
    let names: Vec<_> = names.map(|(name, _)| stored(name)).collect();
    assert!(names.len() >= 11, "{names:?}");
    for name in names {
        let shown = said.get(name).unwrap_or(&Json::Null);
        assert_ne!(Some(shown), unsaid.get(name).or(Some(&Json::Null)), "{name} is not set");
    }
}

#[test]
fn a_procedure_says_what_the_service_says() {
    let procedure = procedure_of(&set_out());
    assert!(procedure.check().is_ok());
    assert_eq!((procedure.nature, procedure.flow), (Nature::Competitive, Flow::Forward));
    assert_eq!(procedure.registering, Registering::NotNeeded);
    assert_eq!(
        (procedure.withdrawal, procedure.reopening),
        (Permission::Denied, Permission::Granted)
    );
    let limits = &procedure.attachments;
    assert_eq!((limits.each, limits.total, limits.files), (5_000_000, 20_000_000, Some(8)));
    assert_eq!(limits.media_types, ["application/pdf".to_owned()].into());

    let [step] = procedure.steps.as_slice() else { panic!("one step") };
    let [plan] = step.papers.as_slice() else { panic!("one paper") };
    assert_eq!((plan.key.as_str(), plan.label.as_str()), ("plan", "Planimetria"));
    assert_eq!((plan.min, plan.max, plan.max_bytes), (2, 3, Some(1_000_000)));
    assert!(plan.optional && plan.when == step.conditional.get("reason").cloned());
}

#[test]
fn a_service_that_takes_larger_files_takes_at_least_one() {
    let mut source = set_out().source().clone();
    source.procedure.files.total_bytes = None;
    source.procedure.files.max_bytes = Some(200 << 20);
    let limits = procedure_of(&Service::new(source.clone()).unwrap()).attachments;
    assert_eq!((limits.each, limits.total), (200 << 20, 200 << 20));

    source.procedure.files.max_bytes = None;
    let plan = source.steps[0].fields.last_mut().unwrap();
    plan.kind.insert("max_bytes".into(), (100 << 20).into());
    let limits = procedure_of(&Service::new(source).unwrap()).attachments;
    assert_eq!((limits.each, limits.total), (10 << 20, 100 << 20));
}
