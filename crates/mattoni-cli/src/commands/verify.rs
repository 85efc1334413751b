//! `mattoni verify`.

use mattoni_office::Office;
use serde_json::json;

use crate::args::Verify;
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::store_access::desks;

pub(crate) async fn run(args: &Verify, reader: Reader) -> Result<(), Failure> {
    let desk = desks::to_look(&args.database.db, args.database.ente.as_ref()).await?;
    prove(&Office::new(desk), reader).await
}

async fn prove(office: &Office, reader: Reader) -> Result<(), Failure> {
    let bar = Bar::new("verifying", None, reader);
    let proof = office.verify(&bar).await?;
    drop(bar);

    let (chain, states) = (&proof.journal.chain, &proof.journal.states);
    let mut findings: Vec<String> = chain.findings.iter().map(ToString::to_string).collect();
    findings.extend(states.findings.iter().map(ToString::to_string));
    findings
        .extend(proof.altered_runs.iter().map(|(id, problems)| format!("run {id}: {problems}")));
    let more = chain.more + states.more;
    let (seq, hash) = chain.head.map_or((0, String::new()), |h| (h.seq, h.hash.to_string()));
    match reader {
        Reader::Machine => print_json(&json!({
            "ente": office.desk().ente(),
            "clean": proof.is_clean(),
            "rows": chain.rows,
            "states": states.states,
            "runs": proof.runs,
            "head": { "seq": seq, "hash": hash },
            "findings": findings,
            "more": more,
        })),
        Reader::Person => {
            let mut checked = table(["", "checked", "found"]);
            let count = |n: usize| if n == 0 { "nothing".to_owned() } else { n.to_string() };
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
                office.desk().ente()
            ));
        }
    }
    if proof.is_clean() { Ok(()) } else { Err(Failure::Found) }
}
