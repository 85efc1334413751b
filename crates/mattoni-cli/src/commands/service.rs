//! `mattoni service`.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use comfy_table::Table;
use mattoni_core::calendar::rome_date;
use mattoni_core::value::Kind;
use mattoni_core::{Problem, Problems, RuleWorld};
use mattoni_desk::{Clock as _, SystemClock};
use mattoni_office::import::columns;
use mattoni_service::{Field, FileField, Form, FormItem, differences};
use serde_json::json;

use crate::args::{Service, ServiceVerb};
use crate::db::shell_word;
use crate::italian;
use crate::output::{Failure, Reader, print_json, print_text, say, table};
use crate::store_access::service_folder::ServiceFolder;
use crate::store_access::{bricks, desks};

pub(crate) async fn run(args: &Service, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        ServiceVerb::Check { folder, plugins, draw, at } => {
            let at = at.unwrap_or_else(|| SystemClock.now());
            check(folder, plugins, draw.as_deref(), at, reader)
        }
        ServiceVerb::Duplicate { from, to, code } => duplicate(from, to, code, reader),
        ServiceVerb::Columns { folder } => {
            let columns = columns(&ServiceFolder::read(folder)?.service);
            let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
            match reader {
                Reader::Machine => print_json(&names),
                Reader::Person => print_text(&names.join(",")),
            }
            Ok(())
        }
        ServiceVerb::Offered(verb) => super::offered::run(verb, reader).await,
    }
}

fn check(
    folder: &Path,
    plugins: &Path,
    draw: Option<&Path>,
    at: DateTime<Utc>,
    reader: Reader,
) -> Result<(), Failure> {
    let folder = ServiceFolder::read(folder)?;
    let mut found = Vec::new();
    let rules = match folder.fits(plugins) {
        Ok(rules) => rules,
        Err(Failure::Refused(problems)) => {
            found.extend(problems);
            Vec::new()
        }
        Err(other) => return Err(other),
    };
    let ServiceFolder { service, calendar, call } = folder;
    let calendar = calendar.unwrap_or_default();
    let chain = service.chain();
    let bricks = bricks::bricks();
    let carried_out = mattoni_office::check_chain(&service, &bricks, &desks::taken());
    found.extend(carried_out.err().into_iter().flatten());
    Problems::check(found)?;
    if let Some(file) = draw {
        let written = std::fs::write(file, chain.svg());
        written.map_err(|error| Failure::file("non si può scrivere il disegno", file, &error))?;
    }
    let (lint, notes) = (service.source().sheet.lint(), service.notes());
    let follows = chain.links().iter().map(
        |link| json!({ "on": link.on, "order": link.order.topic(), "brick": link.order.brick() }),
    );
    // What scores is named by itself, as when there were no other worlds.
    let scoring = rules.iter().find(|(world, _)| *world == RuleWorld::Scoring);
    let scoring = scoring.and_then(|(_, plugin)| plugin.clone());
    let by_world: BTreeMap<_, _> =
        rules.iter().map(|(world, plugin)| (world.name(), plugin.clone())).collect();
    let due = service.answer_by(rome_date(at), &calendar);
    let sheet = service.sheet_at(at, &calendar);
    let answer = json!({
        "service": service.code(), "version": service.version(), "sheet": lint, "notes": notes,
        "plugin": scoring, "rules": by_world, "bricks": chain.bricks(), "then": follows.collect::<Vec<_>>(),
        "drawn": draw, "shown": sheet, "answer_by": due,
    });
    let mut lines: Vec<_> =
        sheet.iter().map(|item| format!("{}: {}", item.title, indented(&item.text))).collect();
    lines.push(String::new());
    lines.push(fields(service.form()).to_string());
    lines.push(String::new());
    lines.extend(
        lint.iter().chain(&notes).map(|found| format!("scheda: {}", italian::problem(found))),
    );
    lines.push(chain.text().trim_end().to_owned());
    let days = service.source().procedure.term_days;
    let (today, last) = (rome_date(at).format("%d/%m/%Y"), due.on.format("%d/%m/%Y"));
    lines.push(format!("chi invia il {today} ha una risposta entro il {last} ({days} giorni)"));
    lines.extend(draw.map(|file| format!("disegno: {}", file.display())));
    let ranking = call.map_or("nessuna graduatoria", |_| "modulo, criteri e posti combaciano");
    let named = rules.iter().filter_map(|(world, plugin)| {
        let rule = service.source().rules.of(*world)?;
        let (what, when) = (world.italian(), rule.moment(*world).italian());
        Some(match plugin {
            Some(plugin) => format!("anche con la regola {plugin} ({what}, {when})"),
            None => {
                format!("la regola {} ({what}) non è costruita: lasciata fuori", rule.plugin)
            }
        })
    });
    let named: Vec<_> = named.collect();
    let rule = if named.is_empty() { "nessuna regola".to_owned() } else { named.join(", ") };
    let (code, version) = (service.code(), service.version());
    lines.push(format!("{code} versione {version}: {ranking}, {rule}"));
    say(reader, &answer, &lines.join("\n"));
    Ok(())
}

/// A text of several lines, the later ones set in.
fn indented(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\n  ")
}

/// The form's fields, as officials read them.
fn fields(form: &Form) -> Table {
    let mut fields = table(["passo", "campo", "etichetta", "risposta", "obbligatorio"]);
    for step in form.steps() {
        for item in step.items() {
            let (name, label, kind, optional, condition) = match item {
                FormItem::Field(f) => {
                    (&f.name, &f.label, answer_of(f), f.optional, f.required_if.as_ref())
                }
                FormItem::File(f) => {
                    (&f.name, &f.label, files_of(f), f.optional, f.required_if.as_ref())
                }
            };
            let required = match condition.and_then(|c| Some((form.field(&c.field)?, c))) {
                Some((other, condition)) => {
                    format!("se “{}” è {}", other.label, other.shown(&condition.equals))
                }
                None => if optional { "no" } else { "sì" }.to_owned(),
            };
            fields.add_row([&step.title, name, label, &kind, &required]);
        }
    }
    fields
}

/// What is answered, in Italian.
fn answer_of(field: &Field) -> String {
    let range = |what: &str, min: Option<String>, max: Option<String>| match (min, max) {
        (None, None) => what.to_owned(),
        (Some(min), None) => format!("{what}, almeno {min}"),
        (None, Some(max)) => format!("{what}, al più {max}"),
        (Some(min), Some(max)) => format!("{what}, da {min} a {max}"),
    };
    let comma = |number: String| number.replace('.', ",");
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    match &field.kind {
        Kind::Boolean => "sì o no".to_owned(),
        Kind::Integer { min, max } => {
            range("numero intero", min.map(|n| n.to_string()), max.map(|n| n.to_string()))
        }
        Kind::Decimal { scale, min, max } => range(
            &format!("numero con {scale} decimali"),
            min.map(|n| comma(n.to_string())),
            max.map(|n| comma(n.to_string())),
        ),
        Kind::Money { min, max } => {
            range("euro", min.map(|m| comma(m.to_string())), max.map(|m| comma(m.to_string())))
        }
        Kind::Date { min, max } => range("data", min.map(day), max.map(day)),
        Kind::Text { .. } if field.format.is_some() => "codice fiscale".to_owned(),
        Kind::Text { max_chars } => format!("testo, al più {max_chars} caratteri"),
        Kind::Choice { .. } => {
            let labels: Vec<_> = field.options.iter().map(|o| o.label.as_str()).collect();
            format!("scelta: {}", labels.join(" · "))
        }
        other => other.name().to_owned(),
    }
}

/// Which files are given, in Italian.
fn files_of(file: &FileField) -> String {
    let mut text = match (file.min, file.max) {
        (1, 1) => "un file".to_owned(),
        (min, max) if min == max => format!("{min} file"),
        (min, max) => format!("da {min} a {max} file"),
    };
    if !file.media_types.is_empty() {
        text.push_str(&format!(", {}", file.media_types.join(" o ")));
    }
    if let Some(bytes) = file.max_bytes {
        let tenths = bytes.div_ceil(100_000);
        text.push_str(&format!(", al più {},{} MB l'uno", tenths / 10, tenths % 10));
    }
    text
}

fn duplicate(from: &Path, to: &Path, code: &str, reader: Reader) -> Result<(), Failure> {
    let original = ServiceFolder::read(from)?;
    let copy = original.service.duplicate(code, [])?;
    if to.exists() {
        let field = to.display().to_string();
        let remedy = "name a folder that does not exist";
        return Err(Problems::from(Problem::new(
            "cli.service.there",
            field,
            "must not be there yet",
            remedy,
        ))
        .into());
    }
    let broken = |error: std::io::Error| Failure::file("non si può scrivere in", to, &error);
    let text = toml::to_string(copy.source())
        .map_err(|e| Failure::broken("non si può scrivere il servizio", &e))?;
    std::fs::create_dir_all(to).map_err(broken)?;
    std::fs::write(to.join("service.toml"), text).map_err(broken)?;
    if let Some(ranking) = &copy.source().ranking {
        for name in std::iter::once(&ranking.criteria).chain(&ranking.places) {
            let (from, to) = (from.join(name), to.join(name));
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder).map_err(broken)?;
            }
            // A file beside the folders is theirs together; copying it onto itself empties it.
            if !to.exists() {
                let text = std::fs::read_to_string(from).map_err(broken)?;
                std::fs::write(to, without_seed(&text)).map_err(broken)?;
            }
        }
    }
    let differ = differences(&original.service, &copy);
    match reader {
        Reader::Machine => print_json(&json!({
            "folder": to, "code": code,
            "differences": differ.iter().map(|d| d.place.clone()).collect::<Vec<_>>(),
        })),
        Reader::Person => {
            print_text(&format!("{} è una bozza di {code}; che cosa è diverso:", to.display()));
            for difference in differ {
                print_text(&format!("  {}", difference.place));
            }
            print_text(&format!(
                "cambiala, pubblicala (publication = \"published\"), poi: mattoni service check {}",
                shell_word(to)
            ));
        }
    }
    Ok(())
}

/// The draw of another call is not this one's: its seed is left out.
fn without_seed(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("seed")).collect()
}
