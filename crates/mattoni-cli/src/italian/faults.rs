//! What was left out or put off, as people read it.

use mattoni_desk::{DeliveryReport, Unreadable};

/// Records named in one line; the others are counted.
const NAMED: usize = 5;

/// That records were left out because they cannot be read; nothing where none was.
pub(crate) fn left_out(unreadable: &[Unreadable]) -> Option<String> {
    let count = counted(unreadable.len())?;
    let named = unreadable.iter().take(NAMED).map(|one| format!("{}: {}", one.record, one.why));
    let mut text = format!("{count}: {}", named.collect::<Vec<_>>().join("; "));
    if unreadable.len() > NAMED {
        text.push_str(&format!("; e altri {}", unreadable.len() - NAMED));
    }
    Some(text)
}

/// The same where only their number may be told.
pub(crate) fn counted(unreadable: usize) -> Option<String> {
    match unreadable {
        0 => None,
        1 => Some("1 documento non si legge ed è rimasto fuori (`mattoni verify`)".to_owned()),
        n => Some(format!("{n} documenti non si leggono e sono rimasti fuori (`mattoni verify`)")),
    }
}

/// What a round of deliveries could not do.
pub(crate) fn undelivered(report: &DeliveryReport) -> Vec<String> {
    let mut lines: Vec<String> = report
        .faults
        .iter()
        .map(|(topic, fault)| {
            format!("consegna di {topic} non riuscita {} volte: {}", fault.times, fault.last)
        })
        .collect();
    if report.later > 0 {
        lines.push(format!("da consegnare più tardi: {}", report.later));
    }
    if report.never > 0 {
        lines.push(format!("non consegnabili: {} (`mattoni outbox dead`)", report.never));
    }
    lines
}
