//! `mattoni service`.

use std::path::Path;

use mattoni_core::{Problem, Problems};
use mattoni_office::import::columns;
use mattoni_service::differences;
use serde_json::json;

use crate::args::{Service, ServiceVerb};
use crate::output::{Failure, Reader, print_json, print_text, say, table};
use crate::store_access::service_folder::ServiceFolder;
use crate::store_access::{bricks, desks};

pub(crate) async fn run(args: &Service, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        ServiceVerb::Check { folder, plugins, draw } => {
            check(folder, plugins, draw.as_deref(), reader)
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
    reader: Reader,
) -> Result<(), Failure> {
    let folder = ServiceFolder::read(folder)?;
    let mut found = Vec::new();
    let plugin = match folder.fits(plugins) {
        Ok(plugin) => plugin,
        Err(Failure::Refused(problems)) => {
            found.extend(problems);
            None
        }
        Err(other) => return Err(other),
    };
    let ServiceFolder { service, call } = folder;
    let chain = service.chain();
    let bricks = bricks::bricks();
    let carried_out = mattoni_office::check_chain(&service, &bricks, &desks::taken());
    found.extend(carried_out.err().into_iter().flatten());
    Problems::check(found)?;
    if let Some(file) = draw {
        let written = std::fs::write(file, chain.svg());
        written.map_err(|error| Failure::broken("the picture cannot be written", &error))?;
    }
    let sheet = &service.source().sheet;
    let (lint, terms) = (sheet.lint(), sheet.unknown_terms());
    let follows = chain.links().iter().map(
        |link| json!({ "on": link.on, "order": link.order.topic(), "brick": link.order.brick() }),
    );
    let answer = json!({
        "service": service.code(), "version": service.version(), "sheet": lint, "terms": terms,
        "plugin": plugin, "bricks": chain.bricks(), "then": follows.collect::<Vec<_>>(),
        "drawn": draw,
    });
    let mut fields = table(["step", "field", "kind", "required", "label"]);
    for step in service.form().steps() {
        for field in &step.fields {
            let required = if field.optional { "" } else { "yes" };
            let (kind, label) = (field.kind.name(), &field.label);
            fields.add_row([&step.name, &field.name, kind, required, label]);
        }
    }
    let mut lines = vec![fields.to_string()];
    lines.extend(lint.iter().chain(&terms).map(|problem| format!("sheet: {problem}")));
    lines.push(chain.text().trim_end().to_owned());
    lines.extend(draw.map(|file| format!("disegno: {}", file.display())));
    let ranking = call.map_or("no ranking", |_| "form, criteria and places fit");
    let rule = match (plugin, &service.source().rules) {
        (Some(plugin), _) => format!("and the rule {plugin}"),
        (None, Some(rules)) => format!("the rule {} is not built: left out", rules.plugin),
        (None, None) => "no rule".to_owned(),
    };
    let (code, version) = (service.code(), service.version());
    lines.push(format!("{code} version {version}: {ranking}, {rule}"));
    say(reader, &answer, &lines.join("\n"));
    Ok(())
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
            "is there already",
            remedy,
        ))
        .into());
    }
    let broken = |error: std::io::Error| Failure::broken("cannot write", &error);
    let text = toml::to_string(copy.source()).map_err(|e| Failure::broken("cannot write", &e))?;
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
            print_text(&format!("{} is a draft of {code}; what is different now:", to.display()));
            for difference in differ {
                print_text(&format!("  {}", difference.place));
            }
            print_text(&format!(
                "change it, publish it (publication = \"published\"), then: mattoni service check {}",
                to.display()
            ));
        }
    }
    Ok(())
}

/// The draw of another call is not this one's: its seed is left out.
fn without_seed(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("seed")).collect()
}
