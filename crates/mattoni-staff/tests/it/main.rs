//! Offices, accounts and readings: what may be done, by whom, and what is stored of it.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod golden;
mod laws;
mod rights;

use chrono::NaiveDate;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Actor, Aggregate, EnteId, Refusal, fold};
use mattoni_staff::{Account, AccountDetails, Office, OfficeDetails, StaffRole};

fn ente() -> EnteId {
    "c_h223".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn by(account: &str) -> Act {
    Act::new("2027-01-04T08:00:00Z".parse().unwrap(), Actor::Operator(account.to_owned()))
}

fn codes(refusal: &impl Refusal) -> Vec<String> {
    refusal.problems().iter().map(|problem| problem.code.to_string()).collect()
}

fn begun<A: Aggregate>(event: &A::Event) -> A {
    fold([event]).unwrap()
}

fn operator() -> AccountDetails {
    AccountDetails::new("Giulia Verdi", day("2027-01-07"))
        .with_roles([StaffRole::Operator])
        .in_offices(["scuola"])
}

fn account(name: &str, details: AccountDetails) -> Account {
    begun(&Account::create(&by("ced"), &ente(), name, details).unwrap())
}

fn office(code: &str) -> Office {
    let details = OfficeDetails::new("Servizi scolastici");
    begun(&Office::open_office(&by("ced"), &ente(), code, details).unwrap())
}

fn role(role: Role) -> Subject {
    Subject::new(ente(), vec![role])
}

fn technical(account: &str) -> Subject {
    role(Role::TechnicalAdmin { account: account.to_owned() })
}

fn works_in(account: &str, office: &str) -> Subject {
    let (account, offices) = (account.to_owned(), [office.to_owned()].into());
    role(Role::Operator { account, offices, services: [].into() })
}
