//! `mattoni practice`: the daily work of an official.

mod bulk;
mod for_applicant;
mod list;
mod official;
mod payment;
mod people;
mod show;
mod words;
mod work;

pub(super) use self::official::{find, official};
use crate::args::practice::{Practice as Args, PracticeVerb};
use crate::output::{Failure, Reader};

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        PracticeVerb::List { listed, acting } => {
            list::run(&official(acting).await?, listed, reader).await
        }
        PracticeVerb::Show { number, why, acting } => {
            show::run(&official(acting).await?, number, why.as_deref(), reader).await
        }
        PracticeVerb::Answer(given) => for_applicant::answer(given, reader).await,
        PracticeVerb::Withdraw { number, reason, signed, acting } => {
            for_applicant::withdraw(acting, number, reason, signed, reader).await
        }
        PracticeVerb::Observe { number, text, signed, acting } => {
            for_applicant::observe(acting, number, text, signed, reader).await
        }
        PracticeVerb::Delegate(given) => people::delegate(given, reader).await,
        PracticeVerb::RevokeDelegation { number, fiscal_code, signed, acting } => {
            people::revoke_delegation(acting, number, fiscal_code, signed, reader).await
        }
        PracticeVerb::Contacts(new) => people::contacts(new, reader).await,
        PracticeVerb::AddPerson { number, person, role, acting } => {
            people::add(acting, number, person, *role, reader).await
        }
        PracticeVerb::RemovePerson { number, fiscal_code, acting } => {
            people::remove(acting, number, fiscal_code, reader).await
        }
        PracticeVerb::AskPayment { number, amount, reason, acting } => {
            payment::ask(acting, number, amount.as_deref(), reason, reader).await
        }
        PracticeVerb::RecordPayment(paid) => payment::record(paid, reader).await,
        PracticeVerb::CancelPayment { number, reason, acting } => {
            payment::cancel(acting, number, reason, reader).await
        }
        PracticeVerb::Bulk(work) => bulk::run(work, reader).await,
        verb => work::run(verb, reader).await,
    }
}
