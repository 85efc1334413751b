//! What to do when the machine fails.

use std::error::Error;
use std::io;

use mattoni_desk::DeskError;
use mattoni_store::ErrorKind;

/// What to do about a failure: what the first of its causes that is known calls for.
pub(crate) fn remedy(error: &(dyn Error + 'static)) -> &'static str {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let known = error
            .downcast_ref::<mattoni_store::Error>()
            .map(|error| of_store(error.kind()))
            .or_else(|| error.downcast_ref::<mattoni_rules::RuleError>().map(|_| OF_RULES))
            .or_else(|| error.downcast_ref::<DeskError>().and_then(of_desk))
            .or_else(|| error.downcast_ref::<io::Error>().map(|error| of_file(error.kind())));
        if let Some(known) = known {
            return known;
        }
        cause = error.source();
    }
    "riprovi; se succede ancora, mandi questo messaggio a chi cura il programma"
}

const OF_RULES: &str = "ricompili il plugin, o chieda a chi lo ha scritto";

fn of_desk(error: &DeskError) -> Option<&'static str> {
    match error {
        DeskError::Contended(_) => Some("riprovi: altri stavano cambiando le stesse cose"),
        DeskError::Scanner(_) => Some("controlli che l'antivirus funzioni, e riprovi"),
        _ => None,
    }
}

fn of_store(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Busy => "aspetti che l'altro programma abbia finito, e riprovi",
        ErrorKind::Full => "liberi spazio sul disco, e riprovi: non è stato scritto niente",
        ErrorKind::ReadOnly => {
            "dia al suo utente il diritto di scrivere quel file e la sua cartella"
        }
        ErrorKind::NotAStore => {
            "controlli il percorso in --db: il file non è un database di Mattoni"
        }
        ErrorKind::NewerSchema => "usi la versione più nuova del programma, che l'ha già aperto",
        ErrorKind::Corrupt => {
            "lanci `mattoni store verify`; se trova qualcosa, ripristini un backup"
        }
        ErrorKind::Unreadable => {
            "usi la versione del programma che ha scritto quei dati, o una più nuova"
        }
        ErrorKind::Unknown => "guardi se la cosa è stata fatta prima di rifarla",
        ErrorKind::Unavailable => "lanci di nuovo il comando",
        ErrorKind::Unreachable => {
            "controlli che il server del database sia acceso e raggiungibile, e --db"
        }
        ErrorKind::Privileged => "usi un ruolo che non è superuser e non ha BYPASSRLS",
        ErrorKind::Locked => {
            "metta la chiave giusta accanto al database; dopo un ripristino, `mattoni keys restore`"
        }
        ErrorKind::TooLarge => "mandi un file più piccolo",
        ErrorKind::Io => "controlli il disco, il percorso e i permessi",
        _ => "lanci `mattoni store verify`, e mandi questo messaggio a chi cura il programma",
    }
}

fn of_file(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "controlli il percorso",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "controlli i permessi sul file e sulla cartella"
        }
        io::ErrorKind::AlreadyExists => "scelga un altro nome",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "liberi spazio sul disco",
        io::ErrorKind::InvalidData => "controlli che il file sia intero e in UTF-8",
        _ => "controlli il disco, il percorso e i permessi",
    }
}
