//! The dossier's words, in Italian.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::{EnteId, Id, Person};

use super::DossierEntry;

/// The letter on top.
pub(super) fn letter(
    ente: &EnteId,
    person: Id<Person>,
    at: DateTime<Utc>,
    entries: &[DossierEntry],
) -> String {
    let mut text = format!(
        "DATI PERSONALI TRATTATI DALL'ENTE {ente}\n\
         Copia ai sensi dell'art. 15, par. 3, del Regolamento (UE) 2016/679\n\n\
         Data: {}\nPersona: {person} (il codice con cui i registri dell'ente La indicano)\n\n",
        rome_date(at).format("%d/%m/%Y")
    );
    if entries.is_empty() {
        text.push_str("L'ente non conserva documenti che La riguardano.\n");
    } else {
        text.push_str("Documenti che La riguardano:\n");
        for DossierEntry { title, name, about, relation, .. } in entries {
            // Writing to a string does not fail, here and below.
            let _ = writeln!(text, "- {title} {name}: {about}; Lei è: {relation}");
        }
    }
    text.push_str(
        "\nPer ogni documento trova una scheda da leggere (scheda.html), gli stessi dati in forma \
         leggibile da un programma (dati.json, e tutti insieme nel dati.json di questa cartella) e i \
         Suoi allegati.\n\
         Delle pratiche altrui sono compresi solo i dati che riguardano Lei (art. 15, par. 4).\n\
         Le note dell'ufficio che La riguardano sono comprese. Gli operatori sono indicati come \
         “ufficio”.\n\
         La storia di ogni documento dice che cosa è stato fatto e quando; l'ente non registra \
         altro sulla consultazione dei dati in questo sistema.\n\n\
         Può chiedere la rettifica, la cancellazione, la limitazione del trattamento od opporsi \
         (artt. 16, 17, 18 e 21), e proporre reclamo al Garante per la protezione dei dati \
         personali (art. 77).\n",
    );
    text
}

/// One record, to be read in a browser.
pub(super) fn page(entry: &DossierEntry) -> String {
    let heading = escaped(&format!("{} {}", capitalised(entry.title), entry.name));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"it\">\n<head><meta charset=\"utf-8\">\
         <title>{heading}</title></head>\n<body>\n<h1>{heading}</h1>\n\
         <p>{}. Lei è: {}.</p>\n",
        escaped(&capitalised(&entry.about)),
        escaped(&entry.relation)
    );
    for section in &entry.sections {
        list(&mut page, &section.title, &section.lines);
    }
    list(&mut page, "Allegati", &entry.files);
    page.push_str("</body>\n</html>\n");
    page
}

fn list(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{}</h2>\n<ul>", escaped(title));
    for line in lines {
        let _ = writeln!(page, "<li>{}</li>", escaped(line));
    }
    page.push_str("</ul>\n");
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
