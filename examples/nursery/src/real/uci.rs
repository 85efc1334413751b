//! The cases of the UCI data set "Nursery" as practices, scored by the plugin `nursery-model`.

use std::path::Path;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor};
use mattoni_office::Office;
use mattoni_practice::Practice;

use crate::life::{self, Say};
use crate::{Stopped, town};

/// The attributes, in the order of the file; the last column is the expected class.
const ATTRIBUTES: [&str; 8] =
    ["parents", "has_nurs", "form", "children", "housing", "finance", "social", "health"];

/// The cases as applications of made-up people, and the class each is expected to get. The class
/// is never part of an application.
fn cases(data: &Path) -> Result<(String, Vec<String>), Stopped> {
    let path = data.join("uci_nursery.data");
    let mut reader =
        csv::Reader::from_path(&path).map_err(|error| Stopped::because(path.display(), &error))?;
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let people = town::families(records.len(), 1989);
    let mut text = format!(
        "applicant_fiscal_code,applicant_given_name,applicant_family_name,applicant_birth_date,case,{}\n",
        ATTRIBUTES.join(",")
    );
    let mut expected = Vec::with_capacity(records.len());
    for (number, (record, family)) in (1..).zip(records.iter().zip(&people)) {
        let cells: Vec<&str> = record.iter().collect();
        let [attributes @ .., class] = cells.as_slice() else {
            return Err(Stopped(format!("{}: case {number} is empty", path.display())));
        };
        let person = &family.parent;
        text.push_str(&format!(
            "{},{},{},{},{number},{}\n",
            person.fiscal_code,
            person.given_name,
            person.family_name,
            person.born_on,
            attributes.join(",")
        ));
        expected.push((*class).to_owned());
    }
    Ok((text, expected))
}

/// Takes every case through import, submission, register and scoring, and compares the classes.
///
/// # Errors
/// When a class differs, a file is missing or the machine fails.
pub async fn run(folder: &Path, data: &Path, say: &mut Say<'_>) -> Result<(), Stopped> {
    let equipped = life::equip("model.toml")?;
    let service = &equipped.service;
    let (text, expected) = cases(data)?;
    let desk = life::desk(folder).await?;
    let at: DateTime<Utc> = "2027-02-01T08:00:00Z".parse()?;
    let quiet = |_: u64| ();
    let office = Office::new(desk.clone());
    let act = Act::new(at, Actor::Operator("ufficio.nidi".into()));
    office.offer(service, &act, "det. 1/2027").await?;
    let report = office.import(service, text.as_bytes(), at, &quiet).await?;
    let calendar = LegalCalendar::national();
    office.submit_drafts(service, &report.practices, &calendar, at, &quiet).await?;
    desk.deliver(at, &quiet).await?;
    let scored = office.score(service, &equipped.ready, &equipped.plugin, &act, &quiet).await?;

    let (mut agree, mut differ) = (0_usize, Vec::new());
    for page in report.practices.chunks(1_000) {
        for loaded in desk.load_many::<Practice>(page).await? {
            let practice = loaded.state;
            let Some(Value::Integer(case)) = practice.answers().get("case") else { continue };
            let class = practice.assessment().and_then(|assessment| assessment.class.as_ref());
            let index = usize::try_from(*case - 1).unwrap_or(usize::MAX);
            if class.is_some() && class == expected.get(index) {
                agree += 1;
            } else {
                differ.push(*case);
            }
        }
    }
    say(&format!(
        "\nreal data  UCI nursery: {} cases as practices ({} new), scored by {}: {agree} of {} classes agree",
        expected.len(),
        report.opened,
        scored.evaluation.name,
        expected.len()
    ));
    if agree == expected.len() && differ.is_empty() {
        Ok(())
    } else {
        Err(Stopped(format!("{} classes differ, first case {:?}", differ.len(), differ.first())))
    }
}
