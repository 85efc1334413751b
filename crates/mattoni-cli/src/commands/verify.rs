//! `mattoni verify`.

use mattoni_desk::Desk;
use mattoni_store::Store;
use serde_json::json;

use crate::args::Verify;
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::records::{self, desk};

pub(crate) async fn run(args: &Verify, reader: Reader) -> Result<(), Failure> {
    let ente = args.database.ente.as_ref();
    let store = records::open_to_read(&args.database.db).await?;
    prove(&desk(store, ente).await?, reader).await
}

async fn prove<S: Store>(desk: &Desk<S>, reader: Reader) -> Result<(), Failure> {
    let bar = Bar::new("verifying", None, reader);
    let proof = desk.verify(&bar).await?;
    drop(bar);

    let mut findings: Vec<String> = proof.chain.findings.iter().map(ToString::to_string).collect();
    findings.extend(proof.states.findings.iter().map(ToString::to_string));
    findings
        .extend(proof.altered_runs.iter().map(|(id, problems)| format!("run {id}: {problems}")));
    let more = proof.chain.more + proof.states.more;
    let (seq, hash) = proof.chain.head.map_or((0, String::new()), |h| (h.seq, h.hash.to_string()));
    match reader {
        Reader::Machine => print_json(&json!({
            "ente": desk.ente(),
            "clean": proof.is_clean(),
            "rows": proof.chain.rows,
            "states": proof.states.states,
            "runs": proof.runs,
            "head": { "seq": seq, "hash": hash },
            "findings": findings,
            "more": more,
        })),
        Reader::Person => {
            let mut checked = table(["", "checked", "found"]);
            let count = |n: usize| if n == 0 { "nothing".to_owned() } else { n.to_string() };
            let (chain, states) = (&proof.chain, &proof.states);
            checked.add_row([
                "journal, each row's link".into(),
                format!("{} rows", chain.rows),
                count(chain.findings.len()),
            ]);
            checked.add_row([
                "states against their history".into(),
                format!("{} states", states.states),
                count(states.findings.len()),
            ]);
            checked.add_row([
                "rankings, drawn up again".into(),
                format!("{} runs", proof.runs + proof.altered_runs.len() as u64),
                count(proof.altered_runs.len()),
            ]);
            print_text(&checked.to_string());
            for finding in &findings {
                print_text(&format!("FOUND {finding}"));
            }
            if more > 0 {
                print_text(&format!("and {more} more"));
            }
            print_text(&format!(
                "end of the chain of {}: {seq} {hash}\nkeep this line somewhere else: only that \
                 shows whether rows are ever cut off the end",
                desk.ente()
            ));
        }
    }
    if proof.is_clean() { Ok(()) } else { Err(Failure::Found) }
}
