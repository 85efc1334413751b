//! The public list as a table: CSV for whoever counts, HTML for the ente's site.
//!
//! Both say what the [text](crate::italian::public_list) says, and where another list took the
//! place of this one, both say so: the table for machines in two columns of every line, the page
//! above the table.

use mattoni_core::calendar::rome_date;

use crate::italian::{decimal, public_outcome, superseded};
use crate::{PublicEntry, PublicList};

/// The columns of [`csv`].
const COLUMNS: [&str; 6] =
    ["posizione", "domanda", "esito", "punti_da", "sostituita_il", "sostituita_da"];

/// The list as CSV (RFC 4180, UTF-8), a line an application. `sostituita_il` and `sostituita_da` are
/// empty in a list that holds.
#[must_use]
pub fn csv(list: &PublicList) -> String {
    let (on, by) = match &list.superseded {
        Some(superseded) => (rome_date(superseded.at).to_string(), superseded.by.to_string()),
        None => (String::new(), String::new()),
    };
    let mut text = format!("{}\r\n", COLUMNS.join(","));
    for entry in &list.entries {
        let [position, code, outcome, band] = cells(entry);
        let cells = [position, code, outcome, band, on.clone(), by.clone()].map(quoted);
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell: in quotes where it has to be, and never a formula for a spreadsheet.
fn quoted(cell: String) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// The list as a page of its own (HTML 5, no scripts, no styles of others), for the ente's site.
#[must_use]
pub fn html(list: &PublicList) -> String {
    let notice = list
        .superseded
        .as_ref()
        .map(|by| format!("<p role=\"alert\"><strong>{}</strong></p>\n", escaped(&superseded(by))));
    let rows: String = list
        .entries
        .iter()
        .map(|entry| {
            let [position, code, outcome, band] = cells(entry).map(|cell| escaped(&cell));
            let band = if band.is_empty() { "—".to_owned() } else { band };
            let position = if position.is_empty() { "—".to_owned() } else { position };
            format!(
                "<tr><td>{position}</td><th scope=\"row\">{code}</th><td>{outcome}</td>\
                 <td>{band}</td></tr>\n"
            )
        })
        .collect();
    let seed = list.seed.as_deref().map(|seed| format!("<p>Sorteggio: {}</p>\n", escaped(seed)));
    let title = escaped(&list.title);
    format!(
        "<!doctype html>\n<html lang=\"it\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}<table>\n\
         <caption>{title}</caption>\n<thead><tr><th scope=\"col\">Posizione</th>\
         <th scope=\"col\">Domanda</th><th scope=\"col\">Esito</th>\
         <th scope=\"col\">Punti, da</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n\
         <p>Impronta della graduatoria: {}</p>\n\
         <p>Impronta dell'elenco dei partecipanti: {}</p>\n{}</main>\n</body>\n</html>\n",
        notice.unwrap_or_default(),
        list.run,
        list.entrants,
        seed.unwrap_or_default()
    )
}

/// Position, code, outcome and band of a line, as people read them.
fn cells(entry: &PublicEntry) -> [String; 4] {
    [
        entry.position.map(|position| position.to_string()).unwrap_or_default(),
        entry.code.clone(),
        public_outcome(&entry.outcome),
        entry.band_from.map(decimal).unwrap_or_default(),
    ]
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    })
}
