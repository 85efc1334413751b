//! A small town for the tests: a service with its rule plugin, and families that apply.

use std::path::PathBuf;

use chrono::{DateTime, Days, NaiveDate, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Act, Actor, EnteId, FiscalCode, RuleWorld, Sex};
use mattoni_desk::FileMailbox;
use mattoni_office::{Office, ProtocolOffice, scoring};
use mattoni_ranking::{Call, Criteria, Facilities, Prize};
use mattoni_rules::{Grant, Host, Limits, Ready};
use mattoni_service::Service;
use mattoni_store::Store;

use crate::practices::desk_on;

pub(crate) fn ente() -> EnteId {
    "c_h223".parse().unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// While the service takes applications.
pub(crate) fn march() -> DateTime<Utc> {
    at("2027-03-10T09:00:00Z")
}

pub(crate) fn by_office(when: &str) -> Act {
    Act::new(at(when), Actor::Operator("anna".into()))
}

pub(crate) fn service() -> Service {
    Service::new(toml::from_str(include_str!("town/service.toml")).unwrap()).unwrap()
}

pub(crate) fn call() -> Call {
    let criteria = toml::from_str(include_str!("town/criteria.toml")).unwrap();
    let places = toml::from_str(include_str!("town/places.toml")).unwrap();
    let prize = Prize::Places(Facilities::new(places).unwrap());
    Call { criteria: Criteria::new(criteria).unwrap(), prize }
}

/// The bytes of the plugin that gives points.
pub(crate) fn plugin() -> Vec<u8> {
    built("nursery-points")
}

/// The bytes of a plugin of `plugins/`, built.
pub(crate) fn built(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins")),
        PathBuf::from,
    );
    let path = folder.join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|e| {
        panic!("no plugin at {} ({e}): run cargo xtask plugins", path.display())
    })
}

/// The plugin with the service's parameters, and `more` of them.
pub(crate) fn ready(plugin: &[u8], more: &[(&str, &str)]) -> Ready {
    let loaded = Host::new(Limits::default()).unwrap().load(plugin).unwrap();
    let mut given = service().source().rules.of(RuleWorld::Scoring).unwrap().parameters.clone();
    given.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    let values = scoring::parameters(loaded.description(), &given).unwrap();
    let pinned = Grant::pinned(loaded.digest());
    let grant = values.into_iter().fold(pinned, |grant, (name, v)| grant.with_parameter(name, v));
    loaded.grant(&grant).unwrap().ready()
}

pub(crate) const HEADER: &str = "applicant_fiscal_code,applicant_given_name,applicant_family_name,\
    applicant_birth_date,child_fiscal_code,child_given_name,child_family_name,child_birth_date,\
    resident,disability_child,single_parent,first_parent_work,second_parent_work,\
    siblings_under_14,sibling_enrolled,disability_family,social_services_report,isee,\
    first_choice,second_choice";

/// What family `number` writes, a cell for each column.
pub(crate) fn cells(number: u64) -> Vec<String> {
    let person = |given: &str, born: NaiveDate, sex| {
        let code = FiscalCode::make("Bianchi", given, born, sex, "H223").unwrap();
        [code.to_string(), given.to_owned(), "Bianchi".into(), born.to_string()]
    };
    let (parent, child): (NaiveDate, NaiveDate) =
        ("1985-01-01".parse().unwrap(), "2024-09-10".parse().unwrap());
    let mut cells = person("Maria", parent + Days::new(number), Sex::Female).to_vec();
    // One a day: three sections' worth of children, and no two with one code.
    cells.extend(person("Luca", child + Days::new(number * 29 % 880), Sex::Male));
    let yes = |every: u64| if number.is_multiple_of(every) { "sì" } else { "no" };
    let work = ["full-time", "part-time", "none", "student"][number as usize % 4];
    let second = if number.is_multiple_of(7) { "" } else { "full-time" };
    let isee =
        if number.is_multiple_of(5) { String::new() } else { format!("{}.50", number * 997) };
    let (first, other) =
        if number.is_multiple_of(2) { ("sole", "allende") } else { ("allende", "") };
    cells.extend(
        [
            yes(1),
            yes(11),
            yes(7),
            work,
            second,
            ["0", "1", "2"][number as usize % 3],
            yes(4),
            yes(9),
            yes(13),
            &isee,
            first,
            other,
        ]
        .map(str::to_owned),
    );
    cells
}

/// The file of the first `count` families.
pub(crate) fn csv(count: u64) -> String {
    let rows = (1..=count).map(|number| cells(number).join(",") + "\n");
    format!("{HEADER}\n{}", rows.collect::<String>())
}

/// The column's place in a row.
pub(crate) fn column(name: &str) -> usize {
    HEADER.split(',').position(|column| column == name).unwrap()
}

/// The office of a town where nobody has applied yet.
pub(crate) fn town(store: impl Store + 'static) -> Office {
    Office::new(desk_on(store))
}

/// A town whose families have applied and have their numbers.
pub(crate) async fn registered(store: impl Store + 'static, count: u64) -> Office {
    let office = town(store);
    let file = csv(count);
    let report = office.import(&service(), file.as_bytes(), march(), &|_| ()).await.unwrap();
    assert_eq!(report.opened, count);
    let calendar = LegalCalendar::national();
    let sent = office
        .submit_drafts(&service(), &report.practices, &calendar, march(), &|_| ())
        .await
        .unwrap();
    assert_eq!((sent.done, sent.refused.len()), (count, 0));
    deliver(&office, march()).await;
    office
}

/// Delivers what is due, the messages to a file that is gone afterwards.
pub(crate) async fn deliver(office: &Office, now: DateTime<Utc>) {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = FileMailbox::open(folder.path().join("messages.jsonl")).unwrap();
    let takers: [&dyn mattoni_desk::Taker; 2] = [&ProtocolOffice, &mailbox];
    let report = office.desk().deliver_to(&takers, now, &|_| ()).await.unwrap();
    assert_eq!((report.later, report.never), (0, 0));
}
