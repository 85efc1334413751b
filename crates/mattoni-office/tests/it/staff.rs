//! Offices and accounts on a desk: they keep the laws of every record, and nothing is assigned to
//! what does not exist.

use mattoni_core::record::{Concerns, PEOPLE, RecordRef, Role, Subject, Verb as _};
use mattoni_core::{Act, Actor, Aggregate, Id, Refusal as _, fold};
use mattoni_desk::conformance::Sample;
use mattoni_desk::{Desk, DeskError, DeskParts};
use mattoni_office::{AccountGuard, AssigneeGuard, OfficeGuard};
use mattoni_practice::{Assignee, Practice};
use mattoni_staff::{
    ACCOUNTS, Account, AccountDetails, AccountEvent, AccountVerb, AccountsOf, EveryOffice, OFFICES,
    Office, OfficeDetails, OfficeVerb, READERS, Reading, ReadingEvent, StaffRole, office_bucket,
};
use mattoni_store::Memory;

use crate::conformance::{listed, passes};
use crate::practices::{Spec, anna, ente, id, open_all, person};
use crate::privacy::rejected;

fn ced() -> Act {
    Act::new("2027-01-04T08:00:00Z".parse().unwrap(), Actor::Operator("ced".into()))
}

fn role(role: Role) -> Subject {
    Subject::new(ente(), vec![role])
}

fn technical() -> Subject {
    role(Role::TechnicalAdmin { account: "ced".into() })
}

fn operator(office: &str) -> Subject {
    let (account, offices) = ("a.neri".into(), [office.to_owned()].into());
    role(Role::Operator { account, offices, services: [].into() })
}

fn details() -> AccountDetails {
    AccountDetails::new("Giulia Verdi", "2027-01-07".parse().unwrap())
        .with_roles([StaffRole::Operator])
        .in_offices(["scuola"])
}

#[tokio::test]
async fn an_office_keeps_the_laws() {
    let opened = Office::open_office(&ced(), &ente(), "scuola", OfficeDetails::new("Scuola"));
    let opened = opened.unwrap();
    let mut office: Office = fold([&opened]).unwrap();
    let changed = office.change(&ced(), OfficeDetails::new("Servizi scolastici")).unwrap();
    office.apply(&changed);
    let closed = office.close(&ced()).unwrap();
    let sample = Sample::of_nobody(Office::id_of(&ente(), "scuola"))
        .event(ced(), opened)
        .event(ced(), changed)
        .event(ced(), closed)
        .seen_by(technical())
        .seen_by(role(Role::Citizen { person: person(0).id }))
        .seen_by(operator("tributi"));
    passes(mattoni_staff::brick, listed(sample, OFFICES, "all")).await;
}

#[tokio::test]
async fn an_account_keeps_the_laws() {
    let holder = person(0).id;
    let first = details().of_person(holder);
    let created = Account::create(&ced(), &ente(), "g.verdi", first.clone()).unwrap();
    let mut account: Account = fold([&created]).unwrap();
    let changed = account.change(&ced(), first.on_services(["nido"])).unwrap();
    account.apply(&changed);
    let disabled = account.disable(&ced()).unwrap();
    let sample = Sample::new(Account::id_of(&ente(), "g.verdi"), holder)
        .event(ced(), created)
        .event(ced(), changed)
        .event(ced(), disabled)
        .secret("Giulia Verdi")
        .seen_by(technical())
        .seen_by(role(Role::Auditor))
        .seen_by(operator("scuola"))
        .seen_by(role(Role::Citizen { person: holder }))
        .hidden_from(operator("tributi"))
        .hidden_from(role(Role::Citizen { person: person(1).id }));
    let sample = listed(sample, ACCOUNTS, office_bucket("scuola"));
    passes(mattoni_staff::brick, listed(sample, PEOPLE, holder.to_string())).await;
}

#[tokio::test]
async fn a_reading_keeps_the_laws() {
    let holder = person(0).id;
    let about = Concerns { record: RecordRef::of(id(0)), person: holder };
    let read =
        Reading::of(&ced(), &ente(), "practice.show", Some(about.clone()), "reclamo di oggi");
    let read = read.unwrap();
    let sample = Sample::new(read.id(), holder)
        .event(ced(), ReadingEvent::Read(read))
        .secret("reclamo di oggi")
        .seen_by(role(Role::Auditor))
        .seen_by(technical())
        .hidden_from(operator("scuola"));
    let sample = listed(sample, READERS, "account/ced");
    let sample = listed(sample, READERS, format!("record/{}", about.record));
    passes(mattoni_staff::brick, sample).await;
}

/// A desk where accounts, offices, and whom practices are assigned to are guarded.
fn desk() -> Desk {
    let parts = DeskParts::new(mattoni_office::bricks())
        .guard(AssigneeGuard)
        .guard(AccountGuard)
        .guard(OfficeGuard)
        .unguarded("practice")
        .delivering_nothing();
    Desk::new(Memory::new(), ente(), parts).unwrap()
}

async fn open_office(desk: &Desk, code: &str) -> Result<Office, DeskError> {
    let opened = Office::open_office(&ced(), &ente(), code, OfficeDetails::new(code)).unwrap();
    let offices = desk.at_counter(technical()).of::<Office>();
    offices.open(Office::id_of(&ente(), code), OfficeVerb::Change, &ced(), &[opened]).await
}

async fn create(desk: &Desk, name: &str, details: AccountDetails) -> Result<Account, DeskError> {
    let created = Account::create(&ced(), &ente(), name, details).unwrap();
    let accounts = desk.at_counter(technical()).of::<Account>();
    accounts.open(Account::id_of(&ente(), name), AccountVerb::Change, &ced(), &[created]).await
}

fn codes<T: std::fmt::Debug>(result: Result<T, DeskError>) -> Vec<String> {
    let error = result.unwrap_err();
    error.problems().unwrap().iter().map(|problem| problem.code.to_string()).collect()
}

#[tokio::test]
async fn a_practice_is_assigned_to_offices_and_accounts_that_exist() {
    let desk = desk();
    let registered = Spec { stage: 2, ..rejected() };
    open_all(&desk, &[registered]).await;
    open_office(&desk, "scuola").await.unwrap();
    open_office(&desk, "tributi").await.unwrap();
    create(&desk, "g.verdi", details()).await.unwrap();
    create(&desk, "l.blu", details().until("2027-01-31".parse().unwrap())).await.unwrap();
    let act = anna(40);
    let assign = async |to: Assignee| {
        let take = |p: &Practice| p.take_in_charge(&act, to.clone()).map(|event| vec![event]);
        desk.decide(id(0), &act, take).await
    };
    assert_eq!(codes(assign(Assignee::office("nidi")).await), ["office.unknown"]);
    let nobody = Assignee::official("scuola", "nessuno");
    assert_eq!(codes(assign(nobody).await), ["account.unknown"]);
    let elsewhere = Assignee::official("tributi", "g.verdi");
    assert_eq!(codes(assign(elsewhere).await), ["account.other-office"]);
    let gone = Assignee::official("scuola", "l.blu");
    assert_eq!(codes(assign(gone).await), ["account.not-active"]);
    let close = |office: &Office, act: &Act| office.close(act);
    let offices = desk.at_counter(technical()).of::<Office>();
    offices
        .decide(Office::id_of(&ente(), "tributi"), OfficeVerb::Close, &ced(), close)
        .await
        .unwrap();
    assert_eq!(codes(assign(Assignee::office("tributi")).await), ["office.closed"]);
    assign(Assignee::official("scuola", "g.verdi")).await.unwrap();
}

#[tokio::test]
async fn accounts_name_offices_that_exist_and_offices_heads_that_do() {
    let desk = desk();
    assert_eq!(codes(create(&desk, "g.verdi", details()).await), ["office.unknown"]);
    open_office(&desk, "scuola").await.unwrap();
    create(&desk, "g.verdi", details()).await.unwrap();
    let headed = |head: &str| {
        let mut details = OfficeDetails::new("Scuola");
        details.head = Some(head.to_owned());
        details
    };
    let offices = desk.at_counter(technical()).of::<Office>();
    let id = Office::id_of(&ente(), "scuola");
    let late = Act::new("2027-02-01T08:00:00Z".parse().unwrap(), ced().by);
    let change = async |head: &str| {
        let details = headed(head);
        let change = |office: &Office, act: &Act| office.change(act, details.clone());
        offices.decide(id, OfficeVerb::Change, &late, change).await
    };
    assert_eq!(codes(change("nessuno").await), ["account.unknown"]);
    assert_eq!(change("g.verdi").await.unwrap().details().head.as_deref(), Some("g.verdi"));
}

#[tokio::test]
async fn accounts_name_services_that_the_ente_keeps() {
    let desk = desk();
    open_office(&desk, "scuola").await.unwrap();
    let on = |service: &str| details().on_services([service]);
    assert_eq!(codes(create(&desk, "g.verdi", on("nido")).await), ["office.service.unknown"]);
    let service = crate::town::service();
    let office = mattoni_office::Office::new(desk.clone());
    office.import_service(&service, &ced(), "det. 1/2027").await.unwrap();
    create(&desk, "g.verdi", on(service.code())).await.unwrap();
    let accounts = desk.at_counter(technical()).of::<Account>();
    let change = |account: &Account, act: &Act| account.change(act, on("nido"));
    let id = Account::id_of(&ente(), "g.verdi");
    let changed = accounts.decide(id, AccountVerb::Change, &ced(), change).await;
    assert_eq!(codes(changed), ["office.service.unknown"]);
}

#[tokio::test]
async fn accounts_and_offices_are_listed_for_whoever_may_see_them() {
    let desk = desk();
    for code in ["scuola", "tributi"] {
        open_office(&desk, code).await.unwrap();
    }
    create(&desk, "g.verdi", details()).await.unwrap();
    let other = AccountDetails::new("Luca Blu", "2027-01-07".parse().unwrap())
        .with_roles([StaffRole::Head])
        .in_offices(["tributi"]);
    create(&desk, "l.blu", other).await.unwrap();
    let names = async |who: Subject, office: Option<&str>| {
        let question = AccountsOf { office: office.map(str::to_owned) };
        let rows = desk.at_counter(who).of::<Account>().rows(&question, None, 20).await.unwrap();
        rows.rows.into_iter().map(|(_, row)| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names(technical(), None).await, ["g.verdi", "l.blu"]);
    assert_eq!(names(operator("scuola"), None).await, ["g.verdi"]);
    assert_eq!(names(operator("scuola"), Some("tributi")).await, Vec::<String>::new());
    let nobody = Subject::new(ente(), vec![]);
    assert_eq!(names(nobody.clone(), None).await, Vec::<String>::new());
    let offices = desk.at_counter(nobody).of::<Office>();
    assert_eq!(offices.count(&EveryOffice).await.unwrap(), 2, "offices are public");
}

#[tokio::test]
async fn only_technical_staff_create_accounts() {
    let desk = desk();
    open_office(&desk, "scuola").await.unwrap();
    let act = Act::new(ced().at, Actor::Operator("a.neri".into()));
    let created: AccountEvent = Account::create(&act, &ente(), "g.verdi", details()).unwrap();
    let accounts = desk.at_counter(operator("scuola")).of::<Account>();
    let id: Id<Account> = Account::id_of(&ente(), "g.verdi");
    let refused = accounts.open(id, AccountVerb::Change, &act, &[created]).await;
    assert_eq!(codes(refused), ["account.access.not-theirs"]);
    assert!(
        AccountVerb::ALL.iter().all(|verb| verb.by() == [mattoni_core::record::Side::Technical])
    );
    let own = Account::create(&ced(), &ente(), "ced", details()).unwrap_err();
    assert_eq!(own.problems().iter().next().unwrap().code, "account.own");
}
