//! Small services for every world of rules, with the plugins of the examples.

use std::collections::BTreeMap;

use mattoni_core::RuleWorld;
use mattoni_office::rules::{Installed, ServiceRules};
use mattoni_rules::{Host, Limits};
use mattoni_service::Service;
use serde_json::{Value as Json, json};

use crate::town::built;

const HEAD: &str = r#"
ente = "c_h223"
version = 1
publication = "published"
valid_from = "2027-01-01"

[sheet]
category = "educazione-e-formazione"
short_description = "Una prova."
who = "Famiglie."
how = "Online."
needed = ["SPID"]
obtained = "Una risposta."
times = "30 giorni."
access = "Online."
conditions = "Regolamento."
contacts = "Ufficio"
topics = ["Istruzione"]
costs = "Secondo la tariffa."
"#;

const CAMP: &str = r#"
[[steps]]
name = "child"
title = "Il bambino"
fields = [
    { name = "birth_date", label = "Data di nascita", kind = "date" },
    { name = "resident", label = "Residente", kind = "boolean" },
    { name = "school_in_town", label = "A scuola qui", kind = "boolean" },
    { name = "debts", label = "Debiti", kind = "money", min = "0" },
]
"#;

fn service(code: &str, title: &str, rest: &str) -> Service {
    let head = HEAD.replace("[sheet]", &format!("code = \"{code}\"\n[sheet]\ntitle = \"{title}\""));
    Service::new(toml::from_str(&format!("{head}{rest}")).unwrap()).unwrap()
}

/// A rent contribution: the form is checked, the amount is worked out.
pub(super) fn rent() -> Service {
    service(
        "contributo-affitto",
        "Contributo affitto",
        r#"
[rules.validation]
plugin = "rent-form-checks"

[rules.benefit]
plugin = "home-bonus"
parameters = { income_limit = "25000.00" }

[[steps]]
name = "contract"
title = "Il contratto"
fields = [
    { name = "contract_from", label = "Inizio", kind = "date" },
    { name = "contract_until", label = "Fine", kind = "date" },
    { name = "registered_on", label = "Registrazione", kind = "date", optional = true },
    { name = "people", label = "Componenti", kind = "integer", min = 1, max = 30 },
    { name = "minors", label = "Minori", kind = "integer", min = 0, max = 30 },
    { name = "income", label = "Reddito", kind = "money", min = "0" },
    { name = "rent", label = "Canone", kind = "money", min = "0" },
    { name = "frail", label = "Fragilità", kind = "boolean" },
]
"#,
    )
}

/// A summer camp whose requirements are asked before submission.
pub(super) fn camp() -> Service {
    let rules = "[rules.eligibility]\nplugin = \"summer-camp-eligibility\"\n";
    service("centro-estivo", "Centro estivo", &format!("{rules}{CAMP}"))
}

/// The same, with its requirements asked during the examination.
pub(super) fn camp_examined() -> Service {
    let rules = "[rules.eligibility]\nplugin = \"summer-camp-eligibility\"\non = \"assessment\"\n";
    service("centro-estivo", "Centro estivo", &format!("{rules}{CAMP}"))
}

/// A month of school meals, to be paid for.
pub(super) fn meals() -> Service {
    service(
        "mensa",
        "Mensa scolastica",
        r#"
[rules.tariff]
plugin = "school-meal-tariff"

[[steps]]
name = "month"
title = "Il mese"
fields = [
    { name = "meals", label = "Pasti", kind = "integer", min = 0, max = 31 },
    { name = "resident", label = "Residente", kind = "boolean" },
    { name = "isee", label = "ISEE", kind = "money", min = "0", optional = true },
    { name = "older_siblings", label = "Fratelli", kind = "integer", min = 0, max = 10 },
]
"#,
    )
}

/// Reports of citizens, sent to whoever answers for them.
pub(super) fn reports() -> Service {
    service(
        "segnalazioni",
        "Segnalazioni",
        r#"
[rules.routing]
plugin = "report-routing"

[[steps]]
name = "report"
title = "La segnalazione"
fields = [
    { name = "category", label = "Categoria", kind = "choice", options = ["pothole", "street-light", "waste", "water-leak", "tree", "other"] },
    { name = "danger", label = "Pericolo", kind = "boolean" },
    { name = "main_road", label = "Strada principale", kind = "boolean" },
    { name = "duplicates", label = "Uguali", kind = "integer", min = 0, max = 10000 },
]
"#,
    )
}

/// The rules of a service, out of the built plugins.
pub(super) fn rules(service: &Service) -> ServiceRules {
    ServiceRules::grant(service, installed(service)).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(super) fn installed(service: &Service) -> BTreeMap<RuleWorld, Installed> {
    let host = Host::new(Limits::default()).unwrap();
    let plugin = |plugin: &str| {
        let bytes = built(plugin);
        Installed { loaded: host.load(&bytes).unwrap(), bytes, signature: None }
    };
    let rules = service.source().rules.iter();
    rules.map(|(world, rule)| (world, plugin(&rule.plugin))).collect()
}

pub(super) fn contract() -> Json {
    json!({
        "contract_from": "2026-03-01", "contract_until": "2029-02-28",
        "registered_on": "2026-03-10", "people": 3, "minors": 1,
        "income": "10000.00", "rent": "4800.00", "frail": false,
    })
}

pub(super) fn child() -> Json {
    json!({
        "birth_date": "2020-03-01", "resident": true, "school_in_town": true, "debts": "0.00",
    })
}

pub(super) fn month() -> Json {
    json!({ "meals": 20, "resident": true, "isee": "6000.00", "older_siblings": 0 })
}

pub(super) fn report(category: &str, danger: bool) -> Json {
    json!({ "category": category, "danger": danger, "main_road": false, "duplicates": 0 })
}

/// These answers, with one of them otherwise; `null` for none.
pub(super) fn but(mut answers: Json, name: &str, value: Json) -> Json {
    answers[name] = value;
    answers
}
