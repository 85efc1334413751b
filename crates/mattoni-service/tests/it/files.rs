//! Fields that take files, and what files may be.

use expect_test::expect;
use mattoni_core::Problems;
use mattoni_core::calendar::Period;
use mattoni_service::{
    Access, Flow, Form, FormItem, Publication, Service, ServiceSource, StepSource,
};
use serde_json::json;

use crate::fixture::with;

fn step(toml: &str) -> StepSource {
    toml::from_str(toml).unwrap()
}

/// One step that asks for files between its questions.
fn papers() -> StepSource {
    step(
        r#"
        name = "papers"
        title = "I documenti"

        [[fields]]
        name = "plan"
        label = "Planimetria"
        help = "Una pagina per piano."
        kind = "file"
        media_types = ["application/pdf", "image/png"]
        max_bytes = 2_000_000
        min = 1
        max = 3

        [[fields]]
        name = "abroad"
        label = "Nato all'estero"
        kind = "boolean"

        [[fields]]
        name = "permit"
        label = "Permesso di soggiorno"
        kind = "file"
        required_if = { field = "abroad", equals = true }

        [[fields]]
        name = "photo"
        label = "Fotografia"
        kind = "file"
        optional = true
        "#,
    )
}

fn refused(steps: Vec<StepSource>) -> Problems {
    Form::new(&steps).unwrap_err()
}

#[test]
fn files_stand_among_the_questions_and_are_no_columns() {
    let form = Form::new(&[papers()]).unwrap();
    let names: Vec<_> = form.steps()[0]
        .items()
        .map(|item| match item {
            FormItem::Field(field) => field.name.as_str(),
            FormItem::File(file) => file.name.as_str(),
        })
        .collect();
    assert_eq!(names, ["plan", "abroad", "permit", "photo"]);
    assert_eq!(form.columns().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["abroad"]);
    let optional: Vec<_> = form.files().map(|file| file.optional).collect();
    assert_eq!(optional, [false, true, true]);
}

#[test]
fn a_file_is_no_answer() {
    let form = Form::new(&[papers()]).unwrap();
    let given = json!({ "abroad": true, "plan": "planimetria.pdf" });
    let refused = form.check(given.as_object().unwrap()).unwrap_err();
    expect![
        "plan: must be given as a file, not as an answer; attach it to the application [form.file]"
    ]
    .assert_eq(&refused.to_string());
}

#[test]
fn a_page_learns_from_the_schema_which_files_to_ask_for() {
    let schema = Form::new(&[papers()]).unwrap().json_schema("Permesso");
    assert_eq!(schema["properties"].as_object().unwrap().len(), 1);
    assert_eq!(schema["properties"]["abroad"]["x-order"], 1);
    assert_eq!(
        schema["x-files"],
        json!([
            {
                "name": "plan", "title": "Planimetria", "description": "Una pagina per piano.",
                "step": "papers", "order": 0, "min": 1, "max": 3, "required": true,
                "media-types": ["application/pdf", "image/png"], "max-bytes": 2_000_000,
            },
            {
                "name": "permit", "title": "Permesso di soggiorno", "step": "papers", "order": 2,
                "min": 1, "max": 1, "required": false,
                "required-if": { "field": "abroad", "equals": true },
            },
            {
                "name": "photo", "title": "Fotografia", "step": "papers", "order": 3,
                "min": 1, "max": 1, "required": false,
            },
        ])
    );
}

#[test]
fn a_field_for_files_is_refused_for_everything_at_once() {
    let wrong = step(
        r#"
        name = "papers"
        title = "I documenti"
        fields = [
            { name = "a", label = "A", kind = "file", options = ["x"] },
            { name = "b", label = "B", kind = "file", format = "fiscal-code" },
            { name = "c", label = "C", kind = "file", media_types = ["PDF"] },
            { name = "d", label = "D", kind = "file", min = 3, max = 2 },
            { name = "e", label = "E", kind = "file", max_bytes = 0 },
            { name = "f", label = "F", kind = "file", required_if = { field = "a", equals = true } },
            { name = "a", label = "", kind = "file" },
        ]
        "#,
    );
    expect![[r#"
        steps.papers.a: must have only options of a field of kind file, and “options” is none; check the spelling, or leave it out [service.form.option]
        steps.papers.b: must have neither format nor source: it takes files; leave them out; media_types says which files it takes [service.form.format]
        steps.papers.c: must have a “media_types” that a file can fit; write e.g. media_types = ["application/pdf"], max_bytes = 1000000, min = 1, max = 2 [service.form.bounds]
        steps.papers.d: must have a “max” that a file can fit; write e.g. media_types = ["application/pdf"], max_bytes = 1000000, min = 1, max = 2 [service.form.bounds]
        steps.papers.e: must have a “max_bytes” that a file can fit; write e.g. media_types = ["application/pdf"], max_bytes = 1000000, min = 1, max = 2 [service.form.bounds]
        steps.papers.f: must depend on a field that is asked before it, and “a” is not; name a field that comes before [service.form.condition]
        steps.papers.a: must have a name of its own; rename one of the two [service.form.twice]
        steps.papers.a: must have a label; write what the citizen reads [service.form.label]"#]].assert_eq(&refused(vec![wrong]).to_string());
}

/// The nursery with everything that a procedure can say.
fn set_out() -> Service {
    with(|source| {
        source.access = Access::Spid3;
        source.procedure = toml::from_str(
            r#"
            nature = "competitive"
            term_days = 60
            flow = "forward"
            draft_period = "P2Y"

            [files]
            max_bytes = 5_000_000
            total_bytes = 20_000_000
            max_files = 8
            media_types = ["application/pdf"]
            "#,
        )
        .unwrap();
        source.steps.push(papers());
    })
    .unwrap()
}

#[test]
fn what_a_procedure_says_is_written_out_and_read_back() {
    let source = set_out().source().clone();
    assert_eq!(source.procedure.flow, Flow::Forward);
    let text = toml::to_string(&source).unwrap();
    assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), source);
    let json = serde_json::to_string(&source).unwrap();
    assert_eq!(serde_json::from_str::<ServiceSource>(&json).unwrap(), source);
}

#[test]
fn limits_that_no_file_fits_are_refused_at_once() {
    let refused = with(|source| {
        source.steps.push(papers());
        source.procedure.draft_period = Some(Period::Days(365));
        let files = &mut source.procedure.files;
        files.max_bytes = Some(2_000_000);
        files.total_bytes = Some(1_000_000);
        files.max_files = Some(0);
        files.media_types = vec!["application/PDF".into()];
    });
    expect![[r#"
        procedure.draft_period: must be a year or more, whenever it begins; write P1Y, or at least P12M or P366D, or leave it out for a year [service.draft-period]
        procedure.files.max_files: must be more than zero; leave it out where nothing is limited [service.files]
        procedure.files.total_bytes: must not be less than max_bytes; raise it, or lower max_bytes [service.files]
        procedure.files.media_types: must be media types in lower case, and “application/PDF” is none; write e.g. application/pdf [service.files]
        steps: plan: must fit the limits of all files together; raise total_bytes or max_files under [procedure.files], or ask for less [service.files]
        steps: permit: must fit the limits of all files together; raise total_bytes or max_files under [procedure.files], or ask for less [service.files]
        steps: photo: must fit the limits of all files together; raise total_bytes or max_files under [procedure.files], or ask for less [service.files]"#]].assert_eq(&refused.unwrap_err().to_string());
}

#[test]
fn nothing_is_looked_up_about_people_who_do_not_say_who_they_are() {
    let open = |access| {
        with(|source| {
            source.publication = Publication::Draft;
            source.access = access;
        })
    };
    expect![[r#"
        access: must identify people: the answer to “Data di nascita” is looked up; ask for spid2, or take the source out of the field [service.access]
        access: must identify people: the answer to “ISEE” is looked up; ask for spid2, or take the source out of the field [service.access]"#]].assert_eq(&open(Access::Anonymous).unwrap_err().to_string());
    assert!(open(Access::Spid1).is_ok());
    let none: Access = serde_json::from_value(json!("none")).unwrap();
    assert_eq!(none, Access::Anonymous);
}
