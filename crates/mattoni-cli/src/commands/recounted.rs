//! Terms that were counted again, as people read of them.

use mattoni_office::RecountReport;
use mattoni_office::italian::grouped;

use crate::italian;

/// What a calendar that was set moved, a line for each thing to know.
pub(super) fn lines(report: &RecountReport) -> Vec<String> {
    let mut lines = Vec::new();
    match report.moved {
        0 => {}
        1 => lines.push("il calendario è cambiato: 1 termine ricontato".to_owned()),
        moved => {
            lines.push(format!("il calendario è cambiato: {} termini ricontati", grouped(moved)));
        }
    }
    for (id, problems) in &report.refused {
        let told = problems.iter().map(italian::problem);
        lines.extend(told.map(|problem| format!("pratica {id}, termine non ricontato: {problem}")));
    }
    lines.extend(italian::counted(report.unreadable.len()));
    lines
}
