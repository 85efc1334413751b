//! A rule as it was when it answered.

use mattoni_core::Digest;
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation};
use mattoni_rules::{Evaluation, Grant, Host, Limits, Pin, World};

use super::ask::{Ask, Noted};

/// The rule of an evaluation on record, out of the plugin's bytes, with the parameters of then.
///
/// # Errors
/// Why it cannot be run, in words.
pub(crate) fn granted_again(bytes: &[u8], evaluation: &Evaluation) -> Result<Box<dyn Ask>, String> {
    match evaluation.world.as_str() {
        Validation::NAME => in_world::<Validation>(bytes, evaluation),
        Eligibility::NAME => in_world::<Eligibility>(bytes, evaluation),
        Scoring::NAME => in_world::<Scoring>(bytes, evaluation),
        Routing::NAME => in_world::<Routing>(bytes, evaluation),
        Benefit::NAME => in_world::<Benefit>(bytes, evaluation),
        Tariff::NAME => in_world::<Tariff>(bytes, evaluation),
        other => Err(format!("there is no world {other}")),
    }
}

fn in_world<W: Noted>(bytes: &[u8], evaluation: &Evaluation) -> Result<Box<dyn Ask>, String> {
    let pin = Pin::to(evaluation.plugin);
    pin.admits(Digest::of(bytes)).map_err(|problems| problems.to_string())?;
    let loaded = Host::new(Limits::default()).and_then(|host| host.load(bytes));
    let loaded = loaded.map_err(|error| error.to_string())?;
    let parameters = evaluation.parameters.clone().into_iter();
    let grant = parameters.fold(Grant::of(pin), |grant, (name, v)| grant.with_parameter(name, v));
    let granted = loaded.grant::<W>(&grant).map_err(|problems| problems.to_string())?;
    Ok(Box::new(granted.ready()))
}
