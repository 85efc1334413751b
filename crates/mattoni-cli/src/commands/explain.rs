//! `mattoni explain`.

use mattoni_core::record::{Concerns, RecordRef};
use mattoni_office::explain::{AssessmentExplained, PracticeExplained, RankingExplained};
use mattoni_office::{Office, RuleExplained};

use super::who;
use crate::args::Explain;
use crate::output::{Failure, Reader, print_json, print_text, table};

pub(crate) async fn run(args: &Explain, reader: Reader) -> Result<(), Failure> {
    let who = who::looking(&args.by.whoever).await?;
    let (office, reader_of) = (Office::new(who.desk.clone()), who.reader());
    let explained = office.explain_to(&reader_of, &args.practice).await?;
    let practice = office.practice(&args.practice).await?.state;
    let (record, person) = (RecordRef::of(practice.id()), practice.applicant().id);
    let why = who.why(&practice, args.by.why.as_deref());
    who.reads("practice.explain", Some(Concerns { record, person }), why).await?;
    match reader {
        Reader::Machine => print_json(&explained),
        Reader::Person => print_text(&page(&explained)),
    }
    Ok(())
}

/// The explanation as an official reads it, in Italian.
fn page(explained: &PracticeExplained) -> String {
    let mut parts = Vec::new();
    let number = explained.number.as_deref().unwrap_or("non ancora protocollata");
    parts.push(format!("Pratica {number}, servizio {}", explained.service));
    parts.push(format!("Stato: {}", explained.state_italian));
    if let Some(due) = explained.answer_due_on {
        parts.push(format!("Risposta entro il {}", due.format("%d/%m/%Y")));
        parts.extend(explained.due_reasons.iter().map(|reason| format!("  - {reason}")));
    }
    let mut history = table(["data", "evento", "chi", "giornale"]);
    for happened in &explained.history {
        history.add_row([
            happened.on.format("%d/%m/%Y").to_string(),
            happened.italian.to_owned(),
            who(&happened.by),
            match (happened.seq, happened.hash) {
                (Some(seq), Some(hash)) => format!("{seq} {}", hash.short()),
                _ => happened.number.to_string(),
            },
        ]);
    }
    parts.push(format!("\nCosa è successo\n{history}"));
    if let Some(assessment) = &explained.assessment {
        parts.push(assessment_page(assessment));
    }
    parts.extend(explained.rules.iter().map(rule_page));
    for ranking in &explained.rankings {
        let status = match (&ranking.superseded, ranking.published) {
            (Some(_), _) => "pubblicata e poi SOSTITUITA",
            (None, true) => "pubblicata",
            (None, false) => "in bozza",
        };
        parts.push(format!(
            "\n{} ({status}, impronta {})",
            ranking.explanation.title,
            ranking.explanation.run.short()
        ));
        parts.extend(ranking.sentences.iter().map(|sentence| format!("  {sentence}")));
        if let Some(offer) = &ranking.offer {
            parts.push(format!(
                "  Posto offerto: {}, risposta entro il {}: {}.",
                facility(ranking, &offer.place().facility),
                offer.answer_by().format("%d/%m/%Y"),
                mattoni_ranking::italian::offer_status(offer.status())
            ));
        }
    }
    parts.join("\n")
}

/// What people call a facility that the application named.
fn facility<'a>(ranking: &'a RankingExplained, code: &'a str) -> &'a str {
    let named = ranking.explanation.choices.iter().find(|choice| choice.facility == code);
    named.map(|choice| choice.label.as_str()).filter(|label| !label.is_empty()).unwrap_or(code)
}

/// Who did something, as it is written in the journal, in Italian.
fn who(by: &str) -> String {
    let sides = [("citizen ", "cittadino "), ("operator ", "operatore "), ("system ", "sistema ")];
    let known = sides.iter().find_map(|(side, italian)| Some((by.strip_prefix(side)?, italian)));
    known.map_or_else(|| by.to_owned(), |(name, italian)| format!("{italian}{name}"))
}

fn rule_page(rule: &RuleExplained) -> String {
    let mut lines = table(["voce", "risposta", "perché", "fonte"]);
    for line in &rule.lines {
        lines.add_row([&line.label, &line.answer, &line.reason, &line.source]);
    }
    let mut title = rule.title.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!(
        "\n{title}\n{}\n{lines}\nRegola {} (impronta {}), valutazione {}, dati {}",
        rule.result,
        rule.plugin,
        rule.plugin_digest.short(),
        rule.evaluation.short(),
        rule.inputs.short()
    )
}

fn assessment_page(assessment: &AssessmentExplained) -> String {
    let points = |hundredths: i64| {
        mattoni_ranking::italian::decimal(mattoni_ranking::Points::hundredths(hundredths))
    };
    let mut lines = table(["criterio", "punti", "perché", "fonte"]);
    for line in &assessment.points {
        lines.add_row([
            line.label.clone(),
            points(line.hundredths),
            line.reason.clone(),
            line.source.clone(),
        ]);
    }
    lines.add_row(["Totale".to_owned(), points(assessment.total_hundredths)]);
    let class = assessment.class.as_ref().map(|class| format!("\nClasse: {class}"));
    format!(
        "\nPunteggio\n{lines}{}\nRegola {} (impronta {}), valutazione {}, dati {}",
        class.unwrap_or_default(),
        assessment.plugin,
        assessment.plugin_digest.short(),
        assessment.evaluation.short(),
        assessment.inputs.short()
    )
}
