//! A service as a record: versions, rights, the catalogue.

use mattoni_core::record::{Question as _, Record as _, Role, Sight, Spans, Subject};
use mattoni_core::{Act, Actor, Aggregate as _, fold};
use mattoni_service::{
    Category, InCatalogue, OfferedService, Publication, ServiceEvent, ServiceSource, ServiceVerb,
    Setting, Sheet, Staff, Status,
};

fn source() -> ServiceSource {
    toml::from_str(include_str!("dog.toml")).unwrap()
}

fn act(day: &str, account: &str) -> Act {
    Act::new(format!("{day}T09:00:00Z").parse().unwrap(), Actor::Operator(account.to_owned()))
}

fn imported() -> OfferedService {
    let event = OfferedService::import(&act("2027-01-10", "ced"), source(), "det. 1/2027").unwrap();
    fold([&event]).unwrap()
}

fn published() -> OfferedService {
    let mut service = imported();
    let from = "2027-02-01".parse().unwrap();
    let event = service.publish(&act("2027-01-11", "rossi"), 1, from, "det. 2/2027").unwrap();
    service.apply(&event);
    service
}

fn code(refusal: &impl mattoni_core::Refusal) -> String {
    refusal.problems().iter().next().unwrap().code.clone().into_owned()
}

fn role(role: Role) -> Subject {
    Subject::new("c_h223".parse().unwrap(), vec![role])
}

fn head() -> Subject {
    let services = ["cani".to_owned()].into();
    role(Role::OfficeHead { account: "rossi".into(), offices: [].into(), services })
}

fn citizen() -> Subject {
    role(Role::Citizen { person: mattoni_core::Id::from_u128(7) })
}

#[test]
fn an_imported_service_is_a_draft_whatever_its_file_says() {
    let mut as_published = source();
    as_published.publication = Publication::Published;
    let event = OfferedService::import(&act("2027-01-10", "ced"), as_published, "det. 1").unwrap();
    let service: OfferedService = fold([&event]).unwrap();
    assert_eq!(service.status("2027-03-01T09:00:00Z".parse().unwrap()), Status::Draft);
    assert_eq!(service.sight(&citizen()), Sight::Nothing);
}

#[test]
fn what_is_not_sound_and_what_names_no_act_is_refused() {
    let mut unsound = source();
    unsound.procedure.term_days = 1_000;
    let ced = act("2027-01-10", "ced");
    assert_eq!(code(&OfferedService::import(&ced, unsound, "det. 1").unwrap_err()), "service.term");
    let refusal = OfferedService::import(&ced, source(), "  ").unwrap_err();
    assert_eq!(code(&refusal), "service.offered.basis");
}

#[test]
fn a_service_is_published_from_a_day_on_and_replaced_from_another() {
    let mut service = published();
    let day = |day: &str| service.on(day.parse().unwrap()).map(|service| service.version());
    assert_eq!((day("2027-01-31"), day("2027-02-01"), day("2030-01-01")), (None, Some(1), Some(1)));

    let mut next = source();
    next.version = 2;
    next.procedure.term_days = 60;
    service.apply(&service.draft(&act("2027-05-01", "ced"), next, "delib. 7/2027").unwrap());
    let from = "2027-09-01".parse().unwrap();
    service.apply(&service.publish(&act("2027-05-02", "rossi"), 2, from, "det. 8/2027").unwrap());
    let day = |day: &str| service.on(day.parse().unwrap()).map(|service| service.version());
    assert_eq!((day("2027-08-31"), day("2027-09-01")), (Some(1), Some(2)));

    let early = service.publish(&act("2027-05-03", "rossi"), 2, from, "det. 9/2027").unwrap_err();
    assert_eq!(code(&early), "service.offered.published");
    let mut third = source();
    third.version = 3;
    service.apply(&service.draft(&act("2027-05-04", "ced"), third, "delib. 9/2027").unwrap());
    let before = "2027-06-01".parse().unwrap();
    let overtaken = service.publish(&act("2027-05-05", "rossi"), 3, before, "det. 10").unwrap_err();
    assert_eq!(code(&overtaken), "service.offered.overtaken");
}

#[test]
fn a_sheet_that_citizens_could_not_read_is_not_published() {
    let mut unfinished = source();
    unfinished.sheet = Sheet { title: "Cani".into(), ..Sheet::default() };
    let ced = act("2027-01-10", "ced");
    let event = OfferedService::import(&ced, unfinished, "det. 1").unwrap();
    let service: OfferedService = fold([&event]).unwrap();
    let from = "2027-02-01".parse().unwrap();
    let refusal = service.publish(&act("2027-01-11", "rossi"), 1, from, "det. 2").unwrap_err();
    assert_eq!(code(&refusal), "service.sheet.missing");
}

#[test]
fn settings_belong_to_the_office_or_to_technical_staff() {
    let service = imported();
    let (ced, rossi) = (act("2027-01-12", "ced"), act("2027-01-12", "rossi"));
    let steps = || Setting::Steps(source().steps);
    let closes = || Setting::Closes(Some("2027-12-01T12:00".into()));
    let change = |act, setting, by| service.change(act, 1, setting, by, "det. 3/2027");
    assert!(matches!(
        change(&ced, steps(), Staff::Technical),
        Ok(event @ ServiceEvent::Changed(_)) if event.verb() == Some(ServiceVerb::Configure)
    ));
    assert!(matches!(
        change(&rossi, closes(), Staff::Office),
        Ok(event) if event.verb() == Some(ServiceVerb::Change)
    ));
    for (act, setting, by) in [(&ced, closes(), Staff::Technical), (&rossi, steps(), Staff::Office)]
    {
        assert_eq!(code(&change(act, setting, by).unwrap_err()), "service.change.not-theirs");
    }
    // Publishing and suspending are verbs of their own, whose rights are others.
    let round_about = Setting::Publication(Publication::Published);
    let refusal = change(&rossi, round_about, Staff::Office).unwrap_err();
    assert_eq!(code(&refusal), "service.change.not-theirs");
}

#[test]
fn what_citizens_rely_on_changes_only_in_a_new_version() {
    let service = published();
    let rossi = act("2027-03-01", "rossi");
    let procedure = Setting::Procedure(source().procedure);
    let refusal = service.change(&rossi, 1, procedure, Staff::Office, "det. 4").unwrap_err();
    assert_eq!(code(&refusal), "service.offered.published");
    let later = Setting::Closes(Some("2027-12-01T12:00".into()));
    assert!(service.change(&rossi, 1, later, Staff::Office, "det. 4").is_ok());
}

#[test]
fn settings_change_together_or_not_at_all() {
    let service = published();
    let rossi = act("2027-03-01", "rossi");
    let after = |places: &[(&str, &str)]| {
        places.iter().fold(source(), |source, (place, text)| source.with(place, text).unwrap())
    };
    let settings = |places: &[(&str, &str)]| Setting::between(&source(), &after(places)).unwrap();
    // The new opening is after the old closing: only together they are sound.
    let moved = settings(&[("opens", "2028-01-01T09:00"), ("closes", "2028-02-01T09:00")]);
    let events = service.change_all(&rossi, 1, moved, "det. 4/2027").unwrap();
    let changed = events.iter().fold(service.clone(), |mut service, event| {
        service.apply(event);
        service
    });
    assert_eq!(changed.source(1).unwrap().closes.as_deref(), Some("2028-02-01T09:00"));

    let wrong = settings(&[("procedure.term_days", "999"), ("sheet.title", " ")]);
    let refusal = service.change_all(&rossi, 1, wrong, " ").unwrap_err();
    let problems = mattoni_core::Refusal::problems(&refusal);
    let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_ref()).collect();
    let all = [
        "service.offered.published",
        "service.offered.basis",
        "service.term",
        "service.sheet.missing",
    ];
    assert_eq!(codes, all);
}

#[test]
fn places_of_a_source_are_named_as_differences_name_them() {
    let source = source();
    let fixed = Setting::between(&source, &source.with("version", "3").unwrap()).unwrap_err();
    assert_eq!(fixed.iter().next().unwrap().code, "service.setting.fixed");
    for (place, text) in [
        ("sheet", ""),
        ("sheet.title.long", "Cani"),
        ("steps.nowhere.title", "Cani"),
        ("sheet.costs", ""),
        ("access", "telefono"),
        ("", "Cani"),
    ] {
        let refused = source.with(place, text).unwrap_err();
        assert_eq!(refused.code, "service.setting.value", "{place}={text}");
    }
    // A text that looks like a number stays a text where texts stand.
    assert_eq!(source.with("sheet.title", "2027").unwrap().sheet.title, "2027");
    assert_eq!(source.with("sheet.title", "[a]").unwrap().sheet.title, "[a]");
    let listed = source.with("sheet.contacts", r#"{"phone": "0522 456111"}"#).unwrap();
    let other = listed.with("sheet.contacts.phone", "0522 456112").unwrap();
    assert_eq!(other.sheet.contacts.to_string(), "Telefono: 0522 456112");
    let topics = source.with("sheet.topics", r#"["Sport", "Turismo"]"#).unwrap();
    assert_eq!(topics.sheet.topics, ["Sport", "Turismo"]);
    // The rule for scoring has two places, of which a source is written with one.
    let rule = source.with("rules.scoring.plugin", "dogs").unwrap();
    assert_eq!(rule, source.with("rules.plugin", "dogs").unwrap());
    let pinned = rule.with("rules.scoring.parameters.most", "5").unwrap();
    assert_eq!(pinned, rule.with("rules.parameters.most", "5").unwrap());
    let names: Vec<_> =
        Setting::between(&source, &pinned).unwrap().iter().map(Setting::name).collect();
    assert_eq!(names, ["plugin", "parameters"]);
}

#[test]
fn rights_stand_on_roles() {
    let service = published();
    let ced = role(Role::TechnicalAdmin { account: "ced".into() });
    let of_another = role(Role::OfficeHead {
        account: "verdi".into(),
        offices: [].into(),
        services: ["gatti".to_owned()].into(),
    });
    let may = |who: &Subject, verb| service.may(who, verb).is_ok();
    assert!(may(&head(), ServiceVerb::Publish) && may(&head(), ServiceVerb::Change));
    assert!(!may(&head(), ServiceVerb::Configure) && !may(&head(), ServiceVerb::Draft));
    assert!(may(&ced, ServiceVerb::Configure) && may(&ced, ServiceVerb::Draft));
    assert!(!may(&ced, ServiceVerb::Publish) && !may(&ced, ServiceVerb::Suspend));
    for verb in [ServiceVerb::Publish, ServiceVerb::Change, ServiceVerb::Suspend] {
        assert!(!may(&of_another, verb) && !may(&citizen(), verb), "{verb:?}");
    }
}

#[test]
fn citizens_see_what_is_published_and_nobody_who_did_it() {
    let mut service = published();
    let mut next = source();
    next.version = 2;
    service.apply(&service.draft(&act("2027-05-01", "ced"), next, "delib. 7/2027").unwrap());
    let seen = service.shown_to(&citizen()).unwrap();
    assert_eq!(seen.versions().collect::<Vec<_>>(), [1]);
    assert!(seen.log().is_empty());
    assert_eq!(service.shown_to(&head()).unwrap().log().len(), 3);
    let elsewhere = Subject::new("c_f051".parse().unwrap(), head().roles);
    assert!(service.shown_to(&elsewhere).is_none());
}

#[test]
fn the_catalogue_is_browsed_by_category_event_topic_and_word() {
    let service = published();
    let found = |question: InCatalogue| {
        let Spans::Of(spans) = question.spans(&citizen()) else { panic!("reads everything") };
        let lists = service.projection().entries;
        let stands = |entry: &&mattoni_core::record::ListEntry| {
            let span = &spans[0];
            (&entry.list, &entry.bucket) == (&span.list, &span.bucket)
                && *entry.sort >= *span.from
                && *entry.sort < *span.end()
        };
        lists.iter().filter(stands).filter(|entry| question.picks(&service, &entry.sort)).count()
    };
    let event = "Possesso, cura, smarrimento animale da compagnia";
    for question in [
        InCatalogue::new(),
        InCatalogue::new().category(Category::Environment),
        InCatalogue::new().life_event(event),
        InCatalogue::new().topic("Animale domestico"),
        InCatalogue::new().office("UFFICIO ambiente"),
        // Two of its words begin with "an".
        InCatalogue::new().words("an"),
        InCatalogue::new().words("canina iscriz"),
    ] {
        assert_eq!(found(question.clone()), 1, "{question:?}");
    }
    for question in [
        InCatalogue::new().category(Category::Education),
        InCatalogue::new().words("gatti"),
        InCatalogue::new().office("tributi"),
        InCatalogue::new().words("canina gatti"),
    ] {
        assert_eq!(found(question.clone()), 0, "{question:?}");
    }
}

#[test]
fn a_service_is_written_out_as_it_was_read() {
    let service = published();
    let written = toml::to_string(service.source(1).unwrap()).unwrap();
    let mut read: ServiceSource = toml::from_str(&written).unwrap();
    assert_eq!(read.publication, Publication::Published);
    read.publication = Publication::Draft;
    read.valid_from = None;
    assert_eq!(read, source());
    let json = serde_json::to_vec(&service).unwrap();
    assert_eq!(serde_json::from_slice::<OfferedService>(&json).unwrap(), service);
}
