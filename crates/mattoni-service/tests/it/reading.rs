//! The sheet as citizens read it.

use chrono::{DateTime, Utc};
use expect_test::expect;
use mattoni_core::Problem;
use mattoni_core::calendar::LegalCalendar;
use mattoni_service::{
    Access, ContactList, Contacts, Flow, Publication, Responsible, Service, ServiceSource,
};

use crate::fixture::with;

fn contacts() -> Contacts {
    ContactList {
        office: Some("Ufficio Nidi".into()),
        address: Some("via Guido da Castello 12".into()),
        hours: Some("lunedì e giovedì 9-13".into()),
        phone: Some("+39 0522 456111".into()),
        email: Some("nidi@comune.re.it".into()),
        pec: Some("comune@pec.comune.re.it".into()),
    }
    .into()
}

fn responsible() -> Responsible {
    let (person, role) = ("Anna Bianchi".to_owned(), "Responsabile del Servizio Nidi".to_owned());
    Responsible { office: "Servizio Nidi".into(), person: Some(person), role: Some(role) }
}

fn set_out() -> Service {
    with(|source| {
        source.publication = Publication::Published;
        source.sheet.contacts = contacts();
        source.sheet.responsible = Some(responsible());
    })
    .unwrap()
}

fn item(service: &Service, at: &str, name: &str) -> String {
    let at: DateTime<Utc> = at.parse().unwrap();
    let items = service.sheet_at(at, &LegalCalendar::national());
    items.into_iter().find(|item| item.name == name).unwrap().text
}

#[test]
fn contacts_and_who_answers_are_read_item_by_item() {
    let service = set_out();
    expect![[r#"
        Ufficio Nidi
        via Guido da Castello 12
        Orari: lunedì e giovedì 9-13
        Telefono: +39 0522 456111
        E-mail: nidi@comune.re.it
        PEC: comune@pec.comune.re.it"#]]
    .assert_eq(&item(&service, "2026-04-02T10:00:00Z", "contacts"));
    expect!["Anna Bianchi, Responsabile del Servizio Nidi, Servizio Nidi"].assert_eq(&item(
        &service,
        "2026-04-02T10:00:00Z",
        "responsible",
    ));
}

#[test]
fn while_it_is_open_the_sheet_says_by_when_there_is_an_answer() {
    let service = set_out();
    assert_eq!(service.source().procedure.term_days, 90);
    let open = item(&service, "2026-04-02T10:00:00Z", "times");
    // 2 April and 90 days: 1 July, a Wednesday.
    assert!(open.ends_with("Se invii oggi, hai una risposta entro il 01/07/2026."), "{open}");
    // After midnight in Italy it is the next day.
    let later = item(&service, "2026-04-02T22:30:00Z", "times");
    assert!(later.ends_with("entro il 02/07/2026."), "{later}");
    // 6 April and 90 days is 5 July, a Sunday: the term moves on to Monday (c.c. art. 2963).
    let due = service.answer_by("2026-04-06".parse().unwrap(), &LegalCalendar::national());
    assert_eq!(due.on.to_string(), "2026-07-06");
    for closed in ["2026-03-01T10:00:00Z", "2026-06-01T10:00:00Z"] {
        assert_eq!(item(&service, closed, "times"), service.source().sheet.times);
    }
    let mut source = service.source().clone();
    source.procedure.flow = Flow::Forward;
    let forward = Service::new(source).unwrap();
    let times = item(&forward, "2026-04-02T10:00:00Z", "times");
    assert_eq!(times, forward.source().sheet.times);
}

#[test]
fn contacts_may_be_a_text_as_they_were() {
    let plain: ServiceSource = with(|_| ()).unwrap().source().clone();
    assert!(matches!(&plain.sheet.contacts, Contacts::Text(text) if !text.is_empty()));
    let source = set_out().source().clone();
    for source in [plain, source] {
        let text = toml::to_string(&source).unwrap();
        assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), source);
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(serde_json::from_str::<ServiceSource>(&json).unwrap(), source);
    }
}

#[test]
fn contacts_that_reach_nobody_are_refused_at_once() {
    let refused = with(|source| {
        source.sheet.contacts = ContactList {
            office: Some(" ".into()),
            phone: Some("centralino".into()),
            email: Some("nidi@comune".into()),
            pec: Some("comune re@pec.it".into()),
            ..ContactList::default()
        }
        .into();
        source.sheet.responsible = Some(Responsible::default());
    });
    expect![[r#"
        sheet.contacts.office: must have a text; write it, or leave it out [service.sheet.contact]
        sheet.contacts.phone: must be a telephone number; write e.g. 0522 456111 [service.sheet.contact]
        sheet.contacts.email: must be an e-mail address; write e.g. nidi@comune.re.it [service.sheet.contact]
        sheet.contacts.pec: must be an e-mail address; write e.g. nidi@comune.re.it [service.sheet.contact]
        sheet.responsible: must name the office, and have no empty items (L. 241/1990, art. 4 and 5); write office = "…", and person and role where they are known [service.sheet.responsible]"#]].assert_eq(&refused.unwrap_err().to_string());
    // No contacts at all are none.
    let empty = with(|source| {
        source.publication = Publication::Published;
        source.sheet.contacts = ContactList::default().into();
    });
    assert_eq!(empty.unwrap_err().into_vec()[0].field, "sheet.contacts");
}

#[test]
fn what_somebody_should_look_at_again_stands_in_nobodys_way() {
    let service = with(|source| {
        source.access = Access::Cie;
        source.sheet.access = "Online, con SPID.".into();
        let office = Some("Ufficio Nidi".into());
        source.sheet.contacts = ContactList { office, ..ContactList::default() }.into();
    })
    .unwrap();
    let notes: Vec<_> = service.notes().iter().map(Problem::to_string).collect();
    expect![[r#"
        sheet.life_events: “avere-un-figlio” must be among the “eventi della vita”; use one of the list in docs/service.md [service.sheet.unknown-life-event]
        sheet.responsible: must say who answers for the procedure (L. 241/1990, art. 5; D.Lgs. 33/2013, art. 35); write responsible = { office = "…", person = "…" } under [sheet] [service.sheet.responsible]
        sheet.contacts: must have a telephone number or an e-mail address; write phone or email [service.sheet.contact]
        sheet.access: must name what people sign in with, as access says; write SPID or CIE into it, or change access [service.sheet.access]"#]].assert_eq(&notes.join("\n"));
    let mut source = set_out().source().clone();
    source.sheet.life_events.clear();
    source.sheet.access = "Online con la CIE o con SPID".into();
    assert_eq!(Service::new(source).unwrap().notes(), []);
}
