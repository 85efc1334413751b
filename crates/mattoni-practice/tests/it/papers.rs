//! Files that the form asks for.

use expect_test::{Expect, expect};
use mattoni_core::value::Value;
use mattoni_core::{Digest, Refusal};
use mattoni_practice::*;

use crate::fixture::{Life, calendar, citizen, day, file, office, procedure};

const MIB: u64 = 1 << 20;

/// The usual form, which also asks for a plan of one to two pages, and a permit of those who
/// answered that they were born abroad.
fn asking() -> Procedure {
    let plan = Paper::new("plan", "Planimetria")
        .with_files(2, 3)
        .with_media_types(["image/png"])
        .with_max_bytes(MIB);
    let permit = Paper::new("permit", "Permesso di soggiorno").when("abroad", Value::Boolean(true));
    let photo = Paper::new("photo", "Fotografia").optional();
    let step =
        Step::new("carte", [], ["abroad"]).with_paper(plan).with_paper(permit).with_paper(photo);
    procedure().with_step(step)
}

fn page(name: &str) -> Attachment {
    Attachment { media_type: "image/png".into(), ..file(name) }.for_paper("plan")
}

fn refused<R: Refusal>(tried: Result<Event, R>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().problems().to_string());
}

fn born_abroad(life: Life) -> Life {
    let answers = [("abroad".to_owned(), Value::Boolean(true))].into();
    life.then(|p| p.save(&citizen(1), Saving::set(answers)))
}

#[test]
fn a_submission_names_every_file_that_is_missing() {
    let life = born_abroad(Life::draft(asking()));
    refused(
        life.practice.submit(&citizen(1), life.practice.summary().digest(), &calendar()),
        expect![[r#"
            plan: “Planimetria” must be attached; attach 2 more files in step carte [practice.submit.missing-file]
            permit: “Permesso di soggiorno” must be attached; attach it in step carte [practice.submit.missing-file]"#]],
    );
    let life = life.then(|p| p.attach(&citizen(1), page("uno.png")));
    refused(
        life.practice.submit(&citizen(1), life.practice.summary().digest(), &calendar()),
        expect![[r#"
            plan: “Planimetria” must be attached; attach it in step carte [practice.submit.missing-file]
            permit: “Permesso di soggiorno” must be attached; attach it in step carte [practice.submit.missing-file]"#]],
    );
    let sent = life
        .then(|p| p.attach(&citizen(1), page("due.png")))
        .then(|p| p.attach(&citizen(1), file("permesso.pdf").for_paper("permit")))
        .then(|p| p.submit(&citizen(1), p.summary().digest(), &calendar()));
    assert_eq!(sent.practice.state(), State::Submitted);
}

#[test]
fn an_answer_decides_whether_a_paper_is_asked_for() {
    let ready = Life::draft(asking())
        .then(|p| p.attach(&citizen(1), page("uno.png")))
        .then(|p| p.attach(&citizen(1), page("due.png")));
    let submit = |life: &Life| {
        life.practice.submit(&citizen(2), life.practice.summary().digest(), &calendar())
    };
    assert!(submit(&ready).is_ok());
    refused(
        submit(&born_abroad(ready)),
        expect![
            "permit: “Permesso di soggiorno” must be attached; attach it in step carte [practice.submit.missing-file]"
        ],
    );
}

#[test]
fn progress_counts_papers_among_the_keys() {
    let step = |life: &Life| life.practice.progress().pop().unwrap();
    let life = Life::draft(asking()).then(|p| p.attach(&citizen(1), page("uno.png")));
    let half = step(&life);
    assert_eq!((half.answered, half.keys), (0, 4));
    assert_eq!(half.missing, ["plan".to_owned()].into());
    let whole = step(&life.then(|p| p.attach(&citizen(1), page("due.png"))));
    assert_eq!((whole.answered, whole.missing.len()), (1, 0));
}

#[test]
fn a_file_is_refused_for_all_that_its_paper_says() {
    let life = Life::draft(asking());
    let bad = Attachment { bytes: 2 * MIB, ..file("pianta.pdf") };
    let attach = |file| life.practice.attach(&citizen(1), file);
    refused(
        attach(bad.clone().for_paper("plan")),
        expect![[r#"
        plan: “Planimetria”: the file has 2097152 bytes, the limit is 1048576; use at most 1048576 bytes [practice.attach.too-large]
        plan: “Planimetria”: application/pdf is not among the kinds of file the service takes; use one of: image/png [practice.attach.media-type]"#]],
    );
    refused(
        attach(bad.clone().for_paper("pianta")),
        expect![
            "attachment: the form asks for no file under pianta; name a paper of the form, or none [practice.attach.unknown-paper]"
        ],
    );
    // For no paper, or for one that says nothing of its own, the limits of the procedure hold.
    assert!(attach(bad.clone()).is_ok());
    assert!(attach(bad.for_paper("permit")).is_ok());
}

#[test]
fn a_paper_takes_no_more_files_than_it_says_and_the_procedure_no_more_than_it_does() {
    let full = ["uno.png", "due.png", "tre.png"]
        .into_iter()
        .fold(Life::draft(asking()), |life, name| life.then(|p| p.attach(&citizen(1), page(name))));
    refused(
        full.practice.attach(&citizen(1), page("quattro.png")),
        expect![
            "plan: “Planimetria”: there may be at most 3 files; take one out first, or leave it out [practice.attach.too-many]"
        ],
    );
    let freed = full.then(|p| p.detach(&citizen(1), Digest::of(b"uno.png")));
    assert!(freed.practice.attach(&citizen(1), page("quattro.png")).is_ok());

    let few = procedure().with_attachments(AttachmentLimits::default().with_files(1));
    refused(
        Life::draft(few).practice.attach(&citizen(1), file("altro.pdf")),
        expect![
            "attachment: there may be at most 1 files; take one out first, or leave it out [practice.attach.too-many]"
        ],
    );
}

#[test]
fn a_paper_asked_for_anew_comes_on_top_of_the_first() {
    let first = file("scaduto.pdf").for_paper("photo");
    let ask = Asked::Paper { name: "fototessera".into(), why: "scaduta".into() };
    let life = Life::draft(asking())
        .then(|p| p.attach(&citizen(1), first))
        .then(|p| p.attach(&citizen(1), page("uno.png")))
        .then(|p| p.attach(&citizen(1), page("due.png")))
        .then(|p| p.submit(&citizen(1), p.summary().digest(), &calendar()))
        .then(|p| p.register(&office(1), Document::Application, "2026/0000123"))
        .then(|p| p.take_in_charge(&office(1), Assignee::office("scuola")))
        .then(|p| p.request_integration(&office(2), vec![ask], day("2026-09-20"), &calendar()));
    let papers = [("fototessera".to_owned(), file("nuovo.pdf").for_paper("photo"))].into();
    let answer = IntegrationAnswer { papers, ..IntegrationAnswer::default() };
    let answered = life.then(|p| p.answer_integration(&citizen(3), answer, &calendar()));
    let photos = answered.practice.attachments().iter();
    let photos = photos.filter(|file| file.field.as_deref() == Some("photo"));
    assert_eq!(photos.count(), 2);
}

#[test]
fn what_the_summary_shows_includes_which_paper_a_file_is_for() {
    let digest = |file| {
        Life::draft(asking()).then(|p| p.attach(&citizen(1), file)).practice.summary().digest()
    };
    assert_ne!(digest(file("a.pdf").for_paper("permit")), digest(file("a.pdf").for_paper("photo")));
}

#[test]
fn papers_are_stored_and_read_back_and_are_absent_where_there_are_none() {
    let life = Life::draft(asking()).then(|p| p.attach(&citizen(1), page("uno.png")));
    let text = serde_json::to_string(&life.practice).unwrap();
    assert_eq!(serde_json::from_str::<Practice>(&text).unwrap(), life.practice);
    let plain = serde_json::to_string(&Life::draft(procedure()).practice).unwrap();
    assert!(!plain.contains("papers") && !plain.contains("\"field\""), "{plain}");
}

#[test]
fn a_paper_has_a_key_of_its_own_and_room_for_a_file() {
    let step = Step::new("a", ["x"], [])
        .with_paper(Paper::new("x", "X"))
        .with_paper(Paper::new("y", "Y").with_files(3, 2))
        .with_paper(Paper::new("z", "Z").with_max_bytes(0))
        .with_paper(Paper::new("w", "W").when("nobody", Value::Boolean(true)));
    expect![[r#"
        x: must be asked once; step a asks it already; take it out of one step [practice.procedure.key-twice]
        y: must take at least one file, no more at least than at most, and some bytes; check how many files it takes, and of what size [practice.procedure.paper]
        z: must take at least one file, no more at least than at most, and some bytes; check how many files it takes, and of what size [practice.procedure.paper]
        w: must be asked, and so must nobody, on which it depends; name another key of the form [practice.procedure.condition]"#]]
        .assert_eq(&Procedure::new(30).with_step(step).check().unwrap_err().to_string());
}
