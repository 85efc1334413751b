//! Reading and checking what is written down.

use expect_test::{Expect, expect, expect_file};
use mattoni_core::{Problems, RuleWorld};
use mattoni_service::{
    Nature, Publication, RequirementSource, Service, ServiceSource, SiblingsSource, StepSource,
    Versions,
};

use crate::fixture::{NURSERY, nursery, source, with};

fn check(tried: Result<Service, Problems>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().to_string());
}

#[test]
fn what_is_written_out_reads_back_the_same() {
    let text = toml::to_string(&source()).unwrap();
    assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), source());
    let json = serde_json::to_string_pretty(&source()).unwrap() + "\n";
    assert_eq!(serde_json::from_str::<ServiceSource>(&json).unwrap(), source());
    expect_file!["../golden/nursery.v1.json"].assert_eq(&json);
}

#[test]
fn a_misspelt_setting_is_refused_with_its_line() {
    let text = NURSERY.replace("closes =", "chiude =");
    let error = toml::from_str::<ServiceSource>(&text).unwrap_err().to_string();
    assert!(error.contains("line 7") && error.contains("chiude"), "{error}");
}

#[test]
fn a_service_is_refused_for_everything_at_once() {
    let refused = with(|source| {
        source.code = "Nido 2026".into();
        source.version = 0;
        source.procedure.term_days = 365;
        source.procedure.nature = Nature::Individual;
        source.valid_to = Some("2025-01-01".parse().unwrap());
        source.opens = Some("2026-03-29T02:30".into());
        source.closes = Some("15/05/2026".into());
        source.suspended = Some(" ".into());
        source.procedure.fee = Some(mattoni_core::Money::ZERO);
        source.duplicate_key = vec!["isee".into(), "targa".into()];
        source.sheet.topics.clear();
        source.rules.entry(RuleWorld::Scoring).plugin.clear();
    });
    check(
        refused,
        expect![[r#"
            code: must be 1 to 63 lower-case letters, digits and hyphens; write e.g. nido-2026 [service.code]
            version: must be 1 or more; write 1 for the first version [service.version]
            valid_to: must not be before valid_from; check the two dates [service.validity]
            procedure.term_days: must be 1 to 180 days (L. 241/1990, art. 2, c. 2–4); write 30, or up to 90 or 180 where the ente's own act says so [service.term]
            procedure.fee: must be more than zero; leave it out where nothing is paid [service.fee]
            sheet.costs: must say the “costi” where something is paid (C.SI.1.3); write what is paid, and how [service.sheet.missing]
            suspended: must give the reason of the suspension; write what citizens are to read, or leave it out [service.suspended]
            ranking: must come with a competitive procedure; write nature = "competitive" under [procedure] [service.ranking]
            rules.scoring.plugin: must name a plugin; write its name in the [rules.scoring] section [service.rules]
            opens: must be a time that exists: in Italy the clocks skip 2026-03-29 02:30:00; choose a time before or after the hour that does not exist [service.time.missing]
            closes: must be a local time in Italy; write e.g. 2026-04-01T09:00 [service.time.form]
            sheet.topics: must have the model's “argomenti” (C.SI.1.3); write it [service.sheet.missing]
            duplicate_key: “isee” must be a required field of the form; name fields that every application answers [service.duplicate-key]
            duplicate_key: “targa” must be a required field of the form; name fields that every application answers [service.duplicate-key]"#]],
    );
}

#[test]
fn a_form_is_refused_for_everything_at_once() {
    let steps = r#"
        [[steps]]
        name = "Il bambino"
        title = "Il bambino"

        [[steps]]
        name = "a"
        title = "A"
        [[steps.fields]]
        name = "età"
        label = "Età"
        kind = "integer"
        [[steps.fields]]
        name = "b"
        label = ""
        kind = "integer"
        max_chars = 3
        [[steps.fields]]
        name = "b"
        label = "B"
        kind = "number"
        [[steps.fields]]
        name = "c"
        label = "C"
        kind = "money"
        min = "12,50"
        [[steps.fields]]
        name = "d"
        label = "D"
        kind = "integer"
        min = 3
        max = 2
        [[steps.fields]]
        name = "e"
        label = "E"
        kind = "date"
        format = "fiscal-code"
        [[steps.fields]]
        name = "f"
        label = "F"
        kind = "choice"
        options = ["x", "x"]
    "#;
    #[derive(serde::Deserialize)]
    struct Steps {
        steps: Vec<StepSource>,
    }
    let Steps { steps } = toml::from_str(steps).unwrap();
    let refused = with(|source| {
        source.steps = steps;
        source.duplicate_key.clear();
    });
    check(
        refused,
        expect![[r#"
            steps.Il bambino: must be 1 to 63 lower-case letters, digits and underscores, a letter first; rename it; the label is where accents and spaces go [service.form.name]
            steps.Il bambino: must have a field; add one, or leave the step out [service.form.empty-step]
            steps.a.età: must be 1 to 63 lower-case letters, digits and underscores, a letter first; rename it; the label is where accents and spaces go [service.form.name]
            steps.a.b: must have a label; write what the citizen reads [service.form.label]
            steps.a.b: must have only options of a field of kind integer, and “max_chars” is none; check the spelling, or leave it out [service.form.option]
            steps.a.b: must have a name of its own; rename one of the two [service.form.twice]
            steps.a.b: must be of a known kind, and “number” is none; use boolean, integer, decimal, money, date, text, choice or file [service.form.kind]
            steps.a.c: must have bounds of its kind: invalid value: string "12,50", expected a Decimal type representing a fixed-point number; check the bounds [service.form.bounds]
            steps.a.d: must have bounds that an answer can fit; check the bounds [service.form.bounds]
            steps.a.e: must be a text to have a format; make it a text, or leave the format out [service.form.format]
            steps.a.f: must have bounds that an answer can fit; check the bounds [service.form.bounds]"#]],
    );
}

#[test]
fn a_requirement_is_about_a_field_and_fits_its_kind() {
    let refused = with(|source| {
        let first = source.requirements[0].clone();
        source.requirements = ["targa", "both_work", "isee", "first_choice"]
            .map(|field| {
                let mut other: RequirementSource = first.clone();
                other.test.field = Some(field.into());
                other
            })
            .into();
    });
    check(
        refused,
        expect![[r#"
            requirements[1]: “targa” must be a field of the form; name one that is [service.requirement]
            requirements[2]: the requirement on both_work: a field of kind boolean must be bounded in another way; write is = …, min and max of a number or date, options of a choice, or answered [service.requirement]
            requirements[3]: the requirement on isee: must be an amount in euro, found “2023-09-01”; write is = …, or min and max, or options [service.requirement]
            requirements[4]: the requirement on first_choice: a field of kind choice must be bounded in another way; write is = …, min and max of a number or date, options of a choice, or answered [service.requirement]"#]],
    );
}

#[test]
fn a_ranking_reads_fields_that_exist_and_fit() {
    let refused = with(|source| {
        let ranking = source.ranking.as_mut().unwrap();
        ranking.preferences.push("siblings".into());
        ranking.reserves.insert("disability".into(), "targa".into());
        let family = vec!["cognome".into()];
        ranking.siblings = Some(SiblingsSource { ask: "isee".into(), family });
    });
    check(
        refused,
        expect![[r#"
            ranking.preferences: “siblings” must be a choice or a text of the form; name one that is [service.ranking]
            ranking.reserves: “targa” must be a yes-or-no field of the form; name one that is [service.ranking]
            ranking.siblings.ask: “isee” must be a choice of alone, preferred, or-not-at-all of the form; name one that is [service.ranking]
            ranking.siblings.family: “cognome” must be a field of the form; name one that is [service.ranking]"#]],
    );
}

#[test]
fn a_draft_may_have_an_unfinished_sheet_and_a_published_service_may_not() {
    let unfinished = |publication| {
        with(|source| {
            source.publication = publication;
            source.sheet.who.clear();
        })
    };
    assert!(unfinished(Publication::Draft).is_ok());
    check(
        unfinished(Publication::Published),
        expect![
            "sheet.who: must have the model's “a chi è rivolto” (C.SI.1.3); write it [service.sheet.missing]"
        ],
    );
}

#[test]
fn a_practice_stays_under_its_version_and_no_day_has_two() {
    let version = |number, from: &str, to: Option<&str>| {
        with(|source| {
            source.version = number;
            source.valid_from = Some(from.parse().unwrap());
            source.valid_to = to.map(|day| day.parse().unwrap());
        })
        .unwrap()
    };
    let first = version(1, "2026-01-01", Some("2026-12-31"));
    let second = version(2, "2027-01-01", None);
    let versions = Versions::new([first.clone(), second]).unwrap();
    assert_eq!(versions.on("2026-12-31".parse().unwrap()).map(Service::version), Some(1));
    assert_eq!(versions.on("2027-01-01".parse().unwrap()).map(Service::version), Some(2));
    assert_eq!(versions.on("2025-12-31".parse().unwrap()), None);
    assert_eq!(versions.get(1), Some(&first));

    let overlapping = version(2, "2026-12-31", None);
    let refused = Versions::new([first.clone(), overlapping]).unwrap_err();
    assert_eq!(refused.into_vec()[0].code, "service.versions.overlap");
    let stranger = first.duplicate("mensa", []).unwrap();
    let refused = Versions::new([first, stranger]).unwrap_err();
    assert_eq!(refused.into_vec()[0].code, "service.versions.stranger");
    assert_eq!(Versions::new([]).unwrap_err().into_vec()[0].code, "service.versions.none");
}

#[test]
fn the_form_is_json_schema() {
    let schema = nursery().form().json_schema("Iscrizione al nido");
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    expect_file!["../golden/nursery.form.v2.json"].assert_eq(&text);
}
