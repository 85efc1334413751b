//! `mattoni proof`: one event, and what proves it.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use mattoni_core::Problem;
use mattoni_core::calendar::rome_date;
use mattoni_store::proof::{EventProof, NoProof, PublicKey, SignedCheckpoint, prove_event};
use serde_json::json;

use crate::args::proof::{Proof, ProofVerb};
use crate::output::{Bar, Failure, Reader, print_json, print_text, say};
use crate::store_access::bricks::bricks;
use crate::store_access::{desks, files};

pub(crate) async fn run(args: &Proof, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        ProofVerb::Event { seq, checkpoint, key, out, database } => {
            let checkpoint = checkpoint.as_deref().map(signed).transpose()?;
            if let Some(signed) = &checkpoint {
                signed.verify(key.as_ref().unwrap_or(&signed.key))?;
            }
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let bar = Bar::new("lettura del giornale", None, reader);
            let proved =
                prove_event(desk.store(), desk.ente(), *seq, checkpoint.as_ref(), |_| {}).await?;
            drop(bar);
            let proof = match proved {
                Ok(proof) => proof,
                Err(why) => return Err(unproved(*seq, why, reader)),
            };
            // What is handed out is what was checked: by the same words as whoever receives it.
            proof.verify(key.as_ref())?;
            if let Some(path) = out {
                let bytes = serde_json::to_vec_pretty(&proof).unwrap_or_default();
                files::write_new(path, &bytes)?;
            }
            shown(&proof, key.as_ref(), reader);
            Ok(())
        }
        ProofVerb::Check { proof, key } => {
            let read: EventProof = read(proof)?;
            read.verify(key.as_ref())?;
            shown(&read, key.as_ref(), reader);
            Ok(())
        }
    }
}

fn signed(path: &Path) -> Result<SignedCheckpoint, Failure> {
    read(path)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&files::bytes(path)?).map_err(|error| {
        let (field, why) = (path.display().to_string(), error.to_string());
        let remedy = "take the file as it was written";
        Failure::Refused(Problem::new("cli.proof.form", field, why, remedy).into())
    })
}

/// Why not, and that the command found something.
fn unproved(seq: u64, why: NoProof, reader: Reader) -> Failure {
    let (code, text) = match why {
        NoProof::Beyond { last } => {
            ("beyond", format!("la riga {seq} non è nel giornale, che fin qui ha {last} righe"))
        }
        NoProof::Broken { seq: broken } => (
            "broken",
            format!(
                "la riga {broken} non segue da quella che la precede: è stata alterata, tolta o \
                 aggiunta; mattoni verify dice di più"
            ),
        ),
        _ => ("otherwise", "il giornale non passa per questo checkpoint".to_owned()),
    };
    let text = format!("NON PROVATO: l'evento {seq}. Motivo: {text}.");
    say(reader, &json!({ "proved": false, "seq": seq, "because": code, "text": text }), &text);
    Failure::Found
}

fn shown(proof: &EventProof, key: Option<&PublicKey>, reader: Reader) {
    if reader == Reader::Machine {
        print_json(&json!({ "proved": true, "proof": proof, "key_given": key.is_some() }));
        return;
    }
    for line in page(proof, key) {
        print_text(&line);
    }
}

fn page(proof: &EventProof, key: Option<&PublicKey>) -> Vec<String> {
    let row = &proof.row;
    let kinds = bricks();
    let kind = kinds.kind(&row.kind);
    // What is personal in the event may be sealed in the proof: then its name has to do.
    let event = kind.and_then(|kind| kind.event_italian(row.body.as_bytes()).ok());
    let at = DateTime::<Utc>::from_timestamp_micros(row.at_micros);
    let at = at.map_or_else(
        || row.at_micros.to_string(),
        |at| {
            let utc = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("{} ({utc})", rome_date(at).format("%d/%m/%Y"))
        },
    );
    let mut text = vec![
        format!("PROVATO: l'evento {} del giornale di {}", row.seq, proof.ente),
        format!("  che cosa: {}", event.as_deref().unwrap_or(&row.event)),
        format!("  a che cosa: {} {}", kind.map_or(&*row.kind, |kind| kind.title()), row.id),
        format!("  quando: {at}"),
        format!("  chi: {}", row.by),
        format!("  impronta della riga: {}", row.hash),
        format!("  segue dalla riga precedente: {}", proof.previous),
        format!(
            "  compresa fra le {} righe del giornale fino all'impronta {}",
            proof.end.seq, proof.end.hash
        ),
    ];
    match &proof.checkpoint {
        Some(signed) => {
            let on = rome_date(signed.checkpoint.at).format("%d/%m/%Y");
            text.push(format!(
                "  fine firmata nel checkpoint del {on}, con la chiave {}",
                signed.key
            ));
            if key.is_none() {
                text.push("  la chiave è quella scritta nel checkpoint: confrontala con quella pubblicata dall'ente".into());
            }
        }
        None => text.push(
            "  nessun checkpoint: la prova vale quanto la fiducia in quell'ultima impronta".into(),
        ),
    }
    text
}
