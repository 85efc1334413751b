//! What the rules of a service answered about a practice, with the sentences behind the codes.

use mattoni_core::{Digest, RuleWorld};
use mattoni_desk::DeskError;
use mattoni_practice::{AmountPart, Assessment, Practice, RuleAnswer};
use mattoni_rules::Description;
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::DayCount;
use serde::Serialize;

use crate::Office;
use crate::evaluation::{EvaluationRecord, evaluation_id};
use crate::italian::euro;

/// What a rule answered, in Italian. For points see
/// [`AssessmentExplained`](crate::explain::AssessmentExplained).
#[derive(Debug, Clone, Serialize)]
pub struct RuleExplained {
    /// The world of the rule.
    pub world: RuleWorld,
    /// What offices call it.
    pub title: &'static str,
    /// The answer in one sentence.
    pub result: String,
    /// The answer, part by part.
    pub lines: Vec<RuleLine>,
    /// Plugin by name and version.
    pub plugin: String,
    /// Digest of the plugin.
    pub plugin_digest: Digest,
    /// The evaluation this answer is from.
    pub evaluation: Digest,
    /// Digest of the answers the rule saw.
    pub inputs: Digest,
    /// Parameters, by name.
    pub parameters: Vec<(String, String)>,
    /// Fuel used by the call.
    pub fuel: u64,
}

/// One part of a rule's answer.
#[derive(Debug, Clone, Serialize)]
pub struct RuleLine {
    /// Italian label of the check, requirement, component, charge or reduction.
    pub label: String,
    /// The answer, in Italian.
    pub answer: String,
    /// The reason, as an Italian sentence; empty where none was given.
    pub reason: String,
    /// Legal source.
    pub source: String,
}

impl Office {
    /// The latest answer of each world but scoring, in the order in which a practice meets them.
    pub(crate) async fn explain_rules(
        &self,
        practice: &Practice,
    ) -> Result<Vec<RuleExplained>, DeskError> {
        let mut explained = Vec::new();
        for world in RuleWorld::ALL {
            let Some(assessment) = practice.assessment_of(world) else { continue };
            let Some(answer) = &assessment.answer else { continue };
            let id = evaluation_id(self.desk().ente(), assessment.evaluation);
            let record = self.desk().load::<EvaluationRecord>(id).await?.map(|there| there.state);
            explained.push(rule(assessment, answer, record.as_ref()));
        }
        Ok(explained)
    }
}

fn rule(
    assessment: &Assessment,
    answer: &RuleAnswer,
    record: Option<&EvaluationRecord>,
) -> RuleExplained {
    let words = Words(record.map(|record| &record.description));
    let parameters = record.iter().flat_map(|record| &record.evaluation.parameters);
    RuleExplained {
        world: answer.world(),
        title: answer.world().italian(),
        result: words.result(answer),
        lines: words.lines(answer),
        plugin: format!("{} {}", assessment.plugin.name, assessment.plugin.version),
        plugin_digest: assessment.plugin.digest,
        evaluation: assessment.evaluation,
        inputs: assessment.inputs,
        parameters: parameters.map(|(name, value)| (name.clone(), value.to_string())).collect(),
        fuel: assessment.fuel,
    }
}

/// The plugin's own words; codes where its record is not there.
struct Words<'a>(Option<&'a Description>);

impl Words<'_> {
    fn result(&self, answer: &RuleAnswer) -> String {
        match answer {
            RuleAnswer::Validation { checks } => {
                match checks.iter().filter(|check| check.problem.is_some()).count() {
                    0 => "Nessun errore nel modulo.".to_owned(),
                    1 => "Un errore nel modulo.".to_owned(),
                    several => format!("{several} errori nel modulo."),
                }
            }
            RuleAnswer::Eligibility { requirements } => {
                if requirements.iter().all(|requirement| requirement.met) {
                    "I requisiti ci sono tutti.".to_owned()
                } else {
                    "Proposta: rigetto per requisiti mancanti. Decide l'ufficio.".to_owned()
                }
            }
            RuleAnswer::Benefit { .. } => format!("Spettano {} euro.", amount(answer)),
            RuleAnswer::Tariff { .. } => format!("Sono dovuti {} euro.", amount(answer)),
            RuleAnswer::Routing { office, priority, days, .. } => {
                let days = self.days(*days);
                let (office, priority) = (self.office(office), self.priority(priority));
                format!("Ufficio: {office}. Priorità: {priority}. Entro {days}.")
            }
            _ => String::new(),
        }
    }

    fn lines(&self, answer: &RuleAnswer) -> Vec<RuleLine> {
        match answer {
            RuleAnswer::Validation { checks } => checks
                .iter()
                .map(|check| {
                    let told = if check.problem.is_some() { "da correggere" } else { "a posto" };
                    self.line(&check.check, told.to_owned(), check.problem.as_deref())
                })
                .collect(),
            RuleAnswer::Eligibility { requirements } => requirements
                .iter()
                .map(|one| {
                    let told = if one.met { "sì" } else { "no" };
                    self.line(&one.code, told.to_owned(), one.reason.as_deref())
                })
                .collect(),
            RuleAnswer::Benefit { components } => self.amounts("", components).collect(),
            RuleAnswer::Tariff { charges, reductions } => {
                self.amounts("", charges).chain(self.amounts("-", reductions)).collect()
            }
            RuleAnswer::Routing { office, reason, .. } => {
                let mut line = self.line(office, self.office(office), reason.as_deref());
                "Ufficio".clone_into(&mut line.label);
                vec![line]
            }
            _ => Vec::new(),
        }
    }

    fn amounts(&self, sign: &'static str, parts: &[AmountPart]) -> impl Iterator<Item = RuleLine> {
        parts.iter().map(move |part| {
            let sign = if part.amount.cents() == 0 { "" } else { sign };
            let told = format!("{sign}{} euro", euro(part.amount));
            self.line(&part.code, told, part.reason.as_deref())
        })
    }

    fn line(&self, code: &str, answer: String, reason: Option<&str>) -> RuleLine {
        let (label, source) = self.declared(code).unwrap_or((code, ""));
        let sentence =
            |code| self.0.and_then(|said| said.reason_text(code)).unwrap_or(code).to_owned();
        RuleLine {
            label: label.to_owned(),
            answer,
            reason: reason.map(sentence).unwrap_or_default(),
            source: source.to_owned(),
        }
    }

    /// Label and source of what the plugin declares under this code.
    fn declared(&self, code: &str) -> Option<(&str, &str)> {
        match &self.0?.answers {
            Declared::Validation(rule) => {
                let found = rule.checks.iter().find(|one| one.code == code)?;
                Some((&found.label, &found.source))
            }
            Declared::Eligibility(rule) => {
                let found = rule.requirements.iter().find(|one| one.code == code)?;
                Some((&found.label, &found.source))
            }
            Declared::Benefit(rule) => {
                let found = rule.components.iter().find(|one| one.code == code)?;
                Some((&found.label, &found.source))
            }
            Declared::Tariff(rule) => {
                let mut items = rule.charges.iter().chain(&rule.reductions);
                let found = items.find(|one| one.code == code)?;
                Some((&found.label, &found.source))
            }
            Declared::Routing(rule) => {
                let found = rule.offices.iter().find(|one| one.code == code)?;
                Some((&found.label, &rule.term.source))
            }
            Declared::Scoring(_) => None,
        }
    }

    fn office(&self, code: &str) -> String {
        self.declared(code).map_or(code, |(label, _)| label).to_owned()
    }

    fn priority(&self, code: &str) -> String {
        let Some(Declared::Routing(rule)) = self.0.map(|said| &said.answers) else {
            return code.to_owned();
        };
        let found = rule.priorities.iter().find(|one| one.code == code);
        found.map_or(code, |one| one.label.as_str()).to_owned()
    }

    fn days(&self, days: u16) -> String {
        let unit = if days == 1 { "giorno" } else { "giorni" };
        match self.0.map(|said| &said.answers) {
            Some(Declared::Routing(rule)) if rule.term.days == DayCount::Working => {
                let working = if days == 1 { "lavorativo" } else { "lavorativi" };
                format!("{days} {unit} {working}")
            }
            _ => format!("{days} {unit}"),
        }
    }
}

fn amount(answer: &RuleAnswer) -> String {
    answer.amount().map(euro).unwrap_or_default()
}
