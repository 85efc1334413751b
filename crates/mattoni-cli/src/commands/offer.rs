//! `mattoni offer`: a family's answer to an offered place, at the counter.

use mattoni_core::record::{PEOPLE, Record as _, Sight, Span};
use mattoni_office::Office;
use mattoni_office::ranking::PlaceAnswer;
use mattoni_practice::Practice;
use mattoni_ranking::{Afterwards, Offer, OfferStatus, italian};
use mattoni_store::Loaded;
use serde_json::json;

use super::practice::{find, official};
use crate::args::offer::{Answered, Offer as Args, OfferVerb};
use crate::output::{Failure, Reader, refused, say, table};
use crate::store_access::officials::Official;

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        OfferVerb::List { number, acting } => {
            let who = official(acting).await?;
            let practice = find(&who.counter().of::<Practice>(), number).await?;
            list(&of(&who, &practice).await?, reader);
            Ok(())
        }
        OfferVerb::Accept(answered) => {
            answer(answered, PlaceAnswer::Accept(then(answered)), reader).await
        }
        OfferVerb::Decline(answered) => {
            answer(answered, PlaceAnswer::Refuse(then(answered)), reader).await
        }
        OfferVerb::Withdraw(answered) => answer(answered, PlaceAnswer::Withdraw, reader).await,
    }
}

fn then(answered: &Answered) -> Afterwards {
    if answered.wait { Afterwards::WaitsForBetter } else { Afterwards::StopsWaiting }
}

/// The offers that go with a practice and that the official may see.
async fn of(who: &Official, practice: &Practice) -> Result<Vec<Loaded<Offer>>, Failure> {
    let person = practice.applicant().id.to_string();
    let mut offers = who.desk.all_of::<Offer>(&Span::new(PEOPLE, person)).await?;
    let subject = who.subject();
    offers.retain(|offer| {
        let with = offer.state.concerns().and_then(|about| about.record.id::<Practice>());
        with == Some(practice.id()) && offer.state.sight(&subject) != Sight::Nothing
    });
    Ok(offers)
}

fn list(offers: &[Loaded<Offer>], reader: Reader) {
    let mut lines = table(["posto", "risposta entro il", "stato"]);
    for Loaded { state, .. } in offers {
        lines.add_row([
            state.place().facility.clone(),
            state.answer_by().format("%d/%m/%Y").to_string(),
            italian::offer_status(state.status()).to_owned(),
        ]);
    }
    let all: Vec<_> = offers
        .iter()
        .map(|offer| {
            let state = &offer.state;
            json!({ "id": offer.id, "place": state.place(), "answer_by": state.answer_by(),
                    "status": state.status() })
        })
        .collect();
    let text =
        if offers.is_empty() { "nessun posto offerto".to_owned() } else { lines.to_string() };
    say(reader, &json!({ "offers": all }), &text);
}

async fn answer(answered: &Answered, answer: PlaceAnswer, reader: Reader) -> Result<(), Failure> {
    let who = official(&answered.acting).await?;
    let practice = find(&who.counter().of::<Practice>(), &answered.number).await?;
    let open = |offer: &&Loaded<Offer>| offer.state.status() == OfferStatus::Open;
    let offers = of(&who, &practice).await?;
    // The family may leave the ranking also when it has answered.
    let one = offers.iter().find(open).or_else(|| offers.last());
    let Some(Loaded { id, .. }) = one else {
        return Err(refused(
            "cli.offer.none",
            &answered.number,
            "must have a place that was offered",
            "look at the ranking with `mattoni explain`",
        ));
    };
    let act = who.for_person(practice.applicant().id, &answered.signed).await?;
    let office = Office::new(who.desk.clone());
    let offer = office.answer_offer(&who.subject(), *id, &act, answer).await?;
    let status = italian::offer_status(offer.status());
    let text = format!("{}: {} {status}", answered.number, offer.place().facility);
    let told = json!({ "id": id, "place": offer.place(), "status": offer.status() });
    say(reader, &told, &text);
    Ok(())
}
