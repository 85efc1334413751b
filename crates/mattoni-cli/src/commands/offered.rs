//! `mattoni service import, publish, …`: the services that the ente keeps.

use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Actor, Problems, Refusal};
use mattoni_desk::{Clock, Desk, SystemClock};
use mattoni_office::{Office, RecountReport};
use mattoni_service::{
    Category, InCatalogue, OfferedService, Publication, Service, ServiceEvent, ServiceVerb, Status,
    differences,
};
use serde_json::json;

use super::{recounted, settings, who};
use crate::args::offered::Offered;
use crate::args::staff::Whoever;
use crate::output::{Failure, Reader, print_json, print_text, say, table};
use crate::store_access::service_folder::ServiceFolder;
use crate::store_access::{desks, officials};

pub(crate) async fn run(verb: &Offered, reader: Reader) -> Result<(), Failure> {
    match verb {
        Offered::Import { folder, basis, new_ente, acting } => {
            let ServiceFolder { service, calendar, .. } = ServiceFolder::read(folder)?;
            let (db, ente) = (&acting.database.db, service.ente().clone());
            let desk = desks::at_work(db, ente, *new_ente).await?;
            let who = officials::Whoever::at(desk, acting.account.as_deref(), acting.at).await?;
            let subject = who.on_service(service.code());
            let office = Office::new(who.desk);
            let mut moved = RecountReport::default();
            if let Some(calendar) = &calendar {
                moved = office.set_calendar(&subject, calendar, &who.act).await?;
            }
            office.import_service_as(&subject, &service, &who.act, basis).await?;
            let (code, version) = (service.code(), service.version());
            let mut text = vec![format!("{code}, versione {version}: importata come bozza")];
            text.extend(recounted::lines(&moved));
            let answer = json!({
                "service": code, "version": version, "recounted": moved.moved,
                "recount_refused": moved.refused, "unreadable": moved.unreadable,
            });
            say(reader, &answer, &text.join("\n"));
            Ok(())
        }
        Offered::NewVersion { code, basis, acting } => {
            let draft = |service: &OfferedService, act: &Act| service.next_version(act, basis);
            let (service, _) = decide(acting, code, ServiceVerb::Draft, draft).await?;
            let version = service.versions().last();
            let text = format!("{code}, versione {}: bozza", version.unwrap_or(0));
            say(reader, &json!({ "service": code, "version": version }), &text);
            Ok(())
        }
        Offered::Set { code, set, version, basis, preview, acting } => {
            let asked = settings::Asked { code, set, version: *version, preview: *preview };
            settings::run(&asked, basis.as_deref(), acting, reader).await
        }
        Offered::Publish { code, version, from, basis, acting } => {
            let publish = |service: &OfferedService, act: &Act| {
                let version = version.or_else(|| newest_draft(service)).unwrap_or(0);
                let named = || service.source(version).and_then(|source| source.valid_from);
                let from = from.or_else(named).unwrap_or_else(|| rome_date(act.at));
                service.publish(act, version, from, basis)
            };
            let (service, at) = decide(acting, code, ServiceVerb::Publish, publish).await?;
            told(&service, at, reader)
        }
        Offered::Suspend { code, reason, acting } => {
            let suspend = |service: &OfferedService, act: &Act| {
                let version = current(service, act.at);
                service.suspend(act, version, reason)
            };
            let (service, at) = decide(acting, code, ServiceVerb::Suspend, suspend).await?;
            told(&service, at, reader)
        }
        Offered::Resume { code, reason, acting } => {
            let resume = |service: &OfferedService, act: &Act| {
                let version = current(service, act.at);
                service.resume(act, version, reason)
            };
            let (service, at) = decide(acting, code, ServiceVerb::Resume, resume).await?;
            told(&service, at, reader)
        }
        Offered::List { category, life_event, topic, office, words, database } => {
            let mut asked = InCatalogue::new().words(words.as_deref().unwrap_or_default());
            if let Some(code) = category {
                asked = asked.category(named_category(code)?);
            }
            asked.life_event.clone_from(life_event);
            asked.topic.clone_from(topic);
            if let Some(office) = office {
                asked = asked.office(office);
            }
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            list(&desk, &asked, reader).await
        }
        Offered::Show { code, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let service = Office::new(desk).offered(code).await?;
            show(&service, SystemClock.now(), reader)
        }
        Offered::Export { code, version, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let service = Office::new(desk).offered(code).await?;
            let version = version.or_else(|| service.versions().last()).unwrap_or(0);
            let source = service.source(version).ok_or_else(|| settings::no_version(version))?;
            match reader {
                Reader::Machine => print_json(source),
                Reader::Person => {
                    let text = toml::to_string(source)
                        .map_err(|error| Failure::broken("non si può scrivere", &error))?;
                    print_text(text.trim_end());
                }
            }
            Ok(())
        }
        Offered::Diff { code, one, other, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let service = Office::new(desk).offered(code).await?;
            let version = |number: u32| -> Result<Service, Failure> {
                let version =
                    service.version(number).ok_or_else(|| settings::no_version(number))?;
                Ok(version?)
            };
            let found = differences(&version(*one)?, &version(*other)?);
            match reader {
                Reader::Machine => {
                    print_json(&found.iter().map(|d| d.place.clone()).collect::<Vec<_>>());
                }
                Reader::Person => found.iter().for_each(|d| print_text(&d.to_string())),
            }
            Ok(())
        }
    }
}

/// Does a verb at the counter, by the account that acts. Answers also with when.
async fn decide<R: Refusal>(
    acting: &Whoever,
    code: &str,
    verb: ServiceVerb,
    decide: impl Fn(&OfferedService, &Act) -> Result<ServiceEvent, R>,
) -> Result<(OfferedService, DateTime<Utc>), Failure> {
    let who = who::acting(acting).await?;
    let id = OfferedService::id_of(who.desk.ente(), code);
    let counter = who.desk.at_counter(who.on_service(code));
    let service = counter.of::<OfferedService>().decide(id, verb, &who.act, decide).await?;
    Ok((service, who.act.at))
}

fn newest_draft(service: &OfferedService) -> Option<u32> {
    let draft = |version: &u32| {
        service.source(*version).is_some_and(|source| source.publication == Publication::Draft)
    };
    service.versions().filter(draft).last()
}

/// The number of the version that citizens read about; 0, which no version has, without one.
fn current(service: &OfferedService, at: DateTime<Utc>) -> u32 {
    service.shown_on(rome_date(at)).map_or(0, |source| source.version)
}

fn told(service: &OfferedService, at: DateTime<Utc>, reader: Reader) -> Result<(), Failure> {
    let status = service.status(at);
    let text = format!("{}: {}", service.code(), word(&status));
    say(reader, &json!({ "service": service.code(), "status": status }), &text);
    Ok(())
}

async fn list(desk: &Desk, asked: &InCatalogue, reader: Reader) -> Result<(), Failure> {
    let roles = vec![Role::Auditor];
    let counter = desk.at_counter(Subject::new(desk.ente().clone(), roles));
    let services = counter.of::<OfferedService>();
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = services.page(asked, after.as_ref(), 100).await?;
        rows.extend(page.records);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let now = SystemClock.now();
    if reader == Reader::Machine {
        let row = |service: &OfferedService| json!({ "service": service.code(), "title": title(service), "status": service.status(now) });
        print_json(&rows.iter().map(row).collect::<Vec<_>>());
        return Ok(());
    }
    let mut lines = table(["codice", "titolo", "categoria", "stato"]);
    for service in &rows {
        let source = service.versions().last().and_then(|version| service.source(version));
        let category = source.and_then(|source| source.sheet.category).map(Category::italian);
        lines.add_row([
            service.code(),
            &title(service),
            category.unwrap_or("-"),
            &word(&service.status(now)),
        ]);
    }
    let services = if rows.len() == 1 { "servizio" } else { "servizi" };
    print_text(&format!("{lines}\n{} {services}", rows.len()));
    Ok(())
}

fn show(service: &OfferedService, now: DateTime<Utc>, reader: Reader) -> Result<(), Failure> {
    if reader == Reader::Machine {
        print_json(service);
        return Ok(());
    }
    let mut lines =
        vec![format!("{}: {} ({})", service.code(), title(service), word(&service.status(now)))];
    let day = |day: Option<chrono::NaiveDate>| {
        day.map_or("-".to_owned(), |day| day.format("%d/%m/%Y").to_string())
    };
    let mut versions = table(["versione", "stato", "dal", "al"]);
    for number in service.versions() {
        let Some(source) = service.source(number) else { continue };
        let published = match source.publication {
            Publication::Draft => "bozza",
            Publication::Published => "pubblicata",
        };
        versions.add_row([
            number.to_string(),
            published.to_owned(),
            day(source.valid_from),
            day(source.valid_to),
        ]);
    }
    lines.push(versions.to_string());
    let mut log = table(["quando", "chi", "versione", "che cosa", "atto"]);
    for entry in service.log() {
        let who = match &entry.act.by {
            Actor::Operator(account) => account.clone(),
            other => other.to_string(),
        };
        log.add_row([
            rome_date(entry.act.at).format("%d/%m/%Y").to_string(),
            who,
            entry.version.to_string(),
            entry.what.clone(),
            entry.basis.clone(),
        ]);
    }
    lines.push(log.to_string());
    print_text(&lines.join("\n\n"));
    Ok(())
}

fn title(service: &OfferedService) -> String {
    let newest = service.versions().last().and_then(|version| service.source(version));
    newest.map(|source| source.sheet.title.clone()).unwrap_or_default()
}

fn named_category(code: &str) -> Result<Category, Problems> {
    let known = || Category::ALL.iter().map(|known| known.code()).collect::<Vec<_>>().join(", ");
    let found = Category::ALL.iter().find(|known| known.code() == code);
    found.copied().ok_or_else(|| {
        let rule = "must be one of the national categories";
        let remedy = format!("write one of: {}", known());
        mattoni_core::Problem::new("cli.service.category", "--category", rule, remedy).into()
    })
}

/// How a service stands, as people read it.
pub(super) fn word(status: &Status) -> String {
    match status {
        Status::Draft => "in preparazione".into(),
        Status::Scheduled { .. } => "non ancora aperto".into(),
        Status::Open { .. } => "aperto".into(),
        Status::Closed => "chiuso".into(),
        Status::Suspended { reason } => format!("sospeso: {reason}"),
        other => other.name().to_owned(),
    }
}
