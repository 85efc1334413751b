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
        day(at)
    );
    if entries.is_empty() {
        text.push_str("L'ente non conserva pratiche che La riguardano.\n");
    } else {
        text.push_str("Pratiche che La riguardano:\n");
        for entry in entries {
            let number = entry.number.as_deref().unwrap_or("senza numero di protocollo");
            // Writing to a string does not fail, here and below.
            let _ = writeln!(
                text,
                "- {number}, servizio {}, {}; Lei è: {}",
                entry.service,
                entry.state,
                entry.relation.italian()
            );
        }
    }
    text.push_str(
        "\nPer ogni pratica trova una pagina da leggere (pratica.html), gli stessi dati in forma \
         leggibile da un programma (pratica.json, e tutti insieme in dati.json) e i Suoi allegati.\n\
         Delle pratiche altrui sono compresi solo i dati che riguardano Lei (art. 15, par. 4).\n\
         Le note dell'ufficio che La riguardano sono comprese. Gli operatori sono indicati come \
         “ufficio”.\n\
         La storia di ogni pratica dice che cosa è stato fatto e quando; l'ente non registra \
         altro sulla consultazione dei dati in questo sistema.\n\n\
         Può chiedere la rettifica, la cancellazione, la limitazione del trattamento od opporsi \
         (artt. 16, 17, 18 e 21), e proporre reclamo al Garante per la protezione dei dati \
         personali (art. 77).\n",
    );
    text
}

/// One practice, to be read in a browser.
pub(super) fn practice(entry: &DossierEntry) -> String {
    let number = entry.number.as_deref().unwrap_or("senza numero di protocollo");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"it\">\n<head><meta charset=\"utf-8\">\
         <title>Pratica {0}</title></head>\n<body>\n<h1>Pratica {0}</h1>\n\
         <p>Servizio {1}. Stato: {2}. Lei è: {3}.</p>\n",
        escaped(number),
        escaped(&entry.service),
        escaped(entry.state),
        entry.relation.italian()
    );
    if let Some(person) = &entry.person {
        let born = person.born_on.format("%d/%m/%Y");
        let _ = writeln!(
            page,
            "<p>{} {}, codice fiscale {}, data di nascita {born}</p>",
            escaped(&person.given_name),
            escaped(&person.family_name),
            person.fiscal_code
        );
    }
    list(&mut page, "Risposte", &entry.answers, |(key, value)| format!("{key}: {value}"));
    list(&mut page, "Decisioni", &entry.outcomes, |outcome| {
        let text = |name: &str| outcome[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", text("at"), text("motivation"))
    });
    list(&mut page, "Messaggi e note", &entry.messages, |message| {
        format!("{}, {}: {}", day(message.at), message.by, message.text)
    });
    list(&mut page, "Storia", &entry.history, |past| {
        format!("{}, {}: {} (riga {} del registro)", day(past.at), past.by, past.event, past.seq)
    });
    list(&mut page, "Allegati", &entry.attachments, Clone::clone);
    page.push_str("</body>\n</html>\n");
    page
}

fn list<T>(
    page: &mut String,
    title: &str,
    of: impl IntoIterator<Item = T>,
    say: impl Fn(T) -> String,
) {
    let mut items = of.into_iter().peekable();
    if items.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul>");
    for item in items {
        let _ = writeln!(page, "<li>{}</li>", escaped(&say(item)));
    }
    page.push_str("</ul>\n");
}

fn day(at: DateTime<Utc>) -> String {
    rome_date(at).format("%d/%m/%Y").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
