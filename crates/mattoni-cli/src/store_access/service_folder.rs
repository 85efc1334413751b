//! A service's folder: `service.toml`, and the criteria and places that its ranking needs.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Problem, Problems, RuleWorld};
use mattoni_office::Office;
use mattoni_office::rules::{Installed, ServiceRules};
use mattoni_ranking::{Call, Prize};
use mattoni_service::{Moment, Service, ServiceSource};

use super::{ente_file, files, plugins};
use crate::output::Failure;

/// A service's folder: the service and what its ranking needs.
pub(crate) struct ServiceFolder {
    pub(crate) service: Service,
    /// The ente's own calendar, where an `ente.toml` says it.
    pub(crate) calendar: Option<LegalCalendar>,
    pub(crate) call: Option<Call>,
}

impl ServiceFolder {
    /// Reads and checks the folder; all problems of all files at once.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("service.toml");
        let mut found = Vec::new();
        let source: ServiceSource = files::toml(&path)?;
        let ranking = source.ranking.clone();
        let service = Service::new(source).map_err(|p| found.extend(files::of_file(&path, p))).ok();
        let call = match ranking {
            None => None,
            Some(ranking) => {
                let criteria = files::criteria(&folder.join(&ranking.criteria), &mut found);
                let prize = match (ranking.places, ranking.fund) {
                    (Some(places), _) => {
                        files::facilities(&folder.join(places), &mut found).map(Prize::Places)
                    }
                    (None, Some(fund)) => {
                        files::fund(&folder.join(fund), &mut found).map(Prize::Fund)
                    }
                    (None, None) => None,
                };
                criteria.zip(prize).map(|(criteria, prize)| Call { criteria, prize })
            }
        };
        let calendar = service
            .as_ref()
            .map_or(Ok(None), |service| ente_file::calendar(folder, service.ente()));
        let calendar = calendar.map_err(|problems| found.extend(problems)).unwrap_or_default();
        Problems::check(found)?;
        match service {
            Some(service) => Ok(Self { service, calendar, call }),
            None => Err(files::unreadable(&path, "is not a service").into()),
        }
    }

    /// Checks that form, rules, criteria and places fit together. Answers with each rule's plugin
    /// by name and version, `None` for one that is not built and whose side was left out.
    pub(crate) fn fits(&self, built: &Path) -> Result<Vec<(RuleWorld, Option<String>)>, Failure> {
        let (mut found, mut checked) = (Vec::new(), Vec::new());
        let mut plugins = BTreeMap::new();
        for (world, rule) in self.service.source().rules.iter() {
            let file = built.join(format!("{}.wasm", rule.plugin));
            if !file.exists() {
                checked.push((world, None));
                continue;
            }
            let (loaded, _) = match plugins::load_rule(&file, rule) {
                Err(Failure::Refused(problems)) => {
                    found.extend(problems.into_iter().map(|problem| {
                        let field = format!("rules.{world}.{}", problem.field);
                        problem.in_field(field)
                    }));
                    continue;
                }
                loaded => loaded?,
            };
            let description = loaded.description().clone();
            let plugin = format!("{} {}", description.name, description.version);
            checked.push((world, Some(plugin)));
            plugins.insert(world, description);
        }
        let said = plugins.iter().map(|(world, description)| (*world, description)).collect();
        let fitted = mattoni_office::coherence::check(&self.service, self.call.as_ref(), &said);
        found.extend(fitted.err().into_iter().flatten());
        Problems::check(found)?;
        Ok(checked)
    }

    /// Criteria, and places or a fund, which a ranking needs.
    pub(crate) fn call(&self) -> Result<&Call, Failure> {
        self.call.as_ref().ok_or_else(|| {
            let problem = Problem::new(
                "cli.service.ranking",
                "ranking",
                "the service decides by a ranking",
                "add [ranking] with criteria, and places or a fund, to service.toml",
            );
            Failure::Refused(problem.into())
        })
    }
}

/// The office with the service's rules, out of the folder with the built plugins: those that are
/// asked by themselves. Scoring is asked by a step of its own.
pub(crate) fn with_rules(
    office: Office,
    service: &Service,
    built: &Path,
) -> Result<Office, Failure> {
    let mut installed = BTreeMap::new();
    for (world, rule) in service.source().rules.iter() {
        let file = built.join(format!("{}.wasm", rule.plugin));
        if rule.moment(world) != Moment::Call {
            let (loaded, bytes) = plugins::load_rule(&file, rule)?;
            let signature = plugins::signature(&file)?;
            installed.insert(world, Installed { loaded, bytes, signature });
        }
    }
    Ok(office.with_rules(ServiceRules::grant(service, installed)?))
}
