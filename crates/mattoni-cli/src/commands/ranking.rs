//! `mattoni ranking`: rankings that were drawn up.

use mattoni_core::Aggregate as _;
use mattoni_core::calendar::rome_date;
use mattoni_desk::DeskError;
use mattoni_office::Office;
use mattoni_ranking::{RankingRun, SupersededBy, italian, posting};
use mattoni_store::{Loaded, StoredState};
use serde_json::json;

use crate::args::database::Database;
use crate::args::ranking::{Format, Ranking, RankingVerb, Which};
use crate::output::{Failure, Reader, print_json, print_text, say, table};
use crate::store_access::{desks, files};

pub(crate) async fn run(args: &Ranking, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        RankingVerb::List { database } => list(&office(database).await?, reader).await,
        RankingVerb::Show { which, format, out } => {
            let office = office(&which.database).await?;
            let list = office.published_list(office.run_named(&which.run).await?).await?;
            let text = match (reader, format) {
                (Reader::Machine, _) => serde_json::to_string_pretty(&list).unwrap_or_default(),
                (Reader::Person, Format::Text) => italian::public_list(&list).join("\n"),
                (Reader::Person, Format::Csv) => posting::csv(&list),
                (Reader::Person, Format::Html) => posting::html(&list),
            };
            match out {
                Some(path) => files::write_new(path, text.as_bytes()),
                None => {
                    print_text(text.trim_end());
                    Ok(())
                }
            }
        }
        RankingVerb::Export { which, out } => export(which, out, reader).await,
    }
}

async fn office(database: &Database) -> Result<Office, Failure> {
    Ok(Office::new(desks::to_look(&database.db, database.ente.as_ref()).await?))
}

async fn list(office: &Office, reader: Reader) -> Result<(), Failure> {
    let mut lines = table(["graduatoria", "servizio", "domande", "formata il", "stato"]);
    let mut all = Vec::new();
    let read = |stored: StoredState| Loaded::read(&stored);
    let unreadable = office
        .desk()
        .each_page(RankingRun::KIND, 100, read, async |page: Vec<Loaded<RankingRun>>| {
            for Loaded { id, state, .. } in page {
                let superseded = state.superseded().map(SupersededBy::from);
                lines.add_row([
                    state.run().short(),
                    state.of().to_owned(),
                    state.lines().to_string(),
                    rome_date(state.drawn_up().at).format("%d/%m/%Y").to_string(),
                    status(&state),
                ]);
                all.push(json!({
                    "id": id, "service": state.of(), "run": state.run(), "lines": state.lines(),
                    "drawn_up": state.drawn_up().at,
                    "published": state.published().map(|act| act.at), "superseded": superseded,
                }));
            }
            Ok::<_, DeskError>(())
        })
        .await?;
    match reader {
        Reader::Machine => print_json(&all),
        Reader::Person if all.is_empty() => print_text("nessuna graduatoria"),
        Reader::Person => print_text(&lines.to_string()),
    }
    Failure::none_left_out(&unreadable)
}

/// Draft, published or superseded, in Italian.
pub(crate) fn status(run: &RankingRun) -> String {
    let day = |at| rome_date(at).format("%d/%m/%Y").to_string();
    match (run.published(), run.superseded()) {
        (_, Some(by)) => {
            format!("SOSTITUITA il {} dalla {}", day(by.act.at), by.by_run.short())
        }
        (Some(act), None) => format!("pubblicata il {}", day(act.at)),
        (None, None) => "bozza".to_owned(),
    }
}

async fn export(which: &Which, out: &std::path::Path, reader: Reader) -> Result<(), Failure> {
    let office = office(&which.database).await?;
    let drawn = office.drawn(office.run_named(&which.run).await?).await?;
    // A run is made of strings, numbers and dates: JSON always takes it.
    let bytes = serde_json::to_vec(&drawn.run).unwrap_or_default();
    files::write_new(out, &bytes)?;
    let (state, lines) = (&drawn.standing.state, drawn.run.lines().len());
    let file = out.display();
    let text = format!(
        "{lines} domande della graduatoria {} ({}) scritte in {file}\n\
         Il file contiene i dati di tutti: va dato solo a chi ha titolo per vederli.\n\
         Per rifare i conti: python3 docs/scripts/rederive.py {file}",
        state.run().short(),
        status(state)
    );
    let superseded = state.superseded().map(SupersededBy::from);
    say(
        reader,
        &json!({ "run": state.run(), "lines": lines, "file": out, "superseded": superseded }),
        &text,
    );
    Ok(())
}
