//! `mattoni practice`: the daily work of an official.

mod bulk;
mod for_applicant;
mod list;
mod official;
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
        PracticeVerb::Bulk(work) => bulk::run(work, reader).await,
        verb => work::run(verb, reader).await,
    }
}
