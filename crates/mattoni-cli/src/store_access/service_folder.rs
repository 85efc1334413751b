//! A service's folder: `service.toml`, and the criteria and places that its ranking needs.

use std::path::Path;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Problem, Problems};
use mattoni_ranking::{Call, Prize};
use mattoni_service::{Service, ServiceSource};

use super::{ente_file, files, plugins};
use crate::output::Failure;

/// A service's folder: the service and what its ranking needs.
pub(crate) struct ServiceFolder {
    pub(crate) service: Service,
    /// The ente's own calendar, by which its terms are counted.
    pub(crate) calendar: LegalCalendar,
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
                let places = ranking.places;
                let places =
                    places.and_then(|places| files::facilities(&folder.join(places), &mut found));
                criteria.zip(places).map(|(criteria, facilities)| Call {
                    criteria,
                    prize: Prize::Places(facilities),
                })
            }
        };
        let calendar = service.as_ref().map_or(Ok(LegalCalendar::national()), |service| {
            ente_file::calendar(folder, service.ente())
        });
        let calendar = calendar.map_err(|problems| found.extend(problems)).unwrap_or_default();
        Problems::check(found)?;
        match service {
            Some(service) => Ok(Self { service, calendar, call }),
            None => Err(files::unreadable(&path, "is not a service").into()),
        }
    }

    /// Checks that form, rule, criteria and places fit together. Answers with the plugin's name,
    /// `None` when it is not built and its side was left out.
    pub(crate) fn fits(&self, built: &Path) -> Result<Option<String>, Failure> {
        let (service, call) = (&self.service, self.call.as_ref());
        let rules = service.source().rules.as_ref();
        let file = rules.map(|rules| built.join(format!("{}.wasm", rules.plugin)));
        let (Some(rules), Some(file)) = (rules, file.filter(|file| file.exists())) else {
            mattoni_office::coherence::check(service, call, None)?;
            return Ok(None);
        };
        let (loaded, _) = plugins::load(&file)?;
        let fitted = mattoni_office::coherence::check(service, call, Some(loaded.description()));
        let mut found: Vec<Problem> = fitted.err().into_iter().flatten().collect();
        if rules.digest.is_some_and(|pinned| pinned != loaded.digest()) {
            found.push(Problem::new(
                "rules.grant.digest",
                "rules.digest",
                format!("the plugin that is there has the digest {}", loaded.digest()),
                "install the pinned file, or pin this one after reading its changes",
            ));
        }
        Problems::check(found)?;
        Ok(Some(format!("{} {}", loaded.description().name, loaded.description().version)))
    }

    /// Criteria and places, which a ranking needs.
    pub(crate) fn call(&self) -> Result<&Call, Failure> {
        self.call.as_ref().ok_or_else(|| {
            let problem = Problem::new(
                "cli.service.ranking",
                "ranking",
                "the service decides by a ranking over places",
                "add [ranking] with criteria and places to service.toml",
            );
            Failure::Refused(problem.into())
        })
    }
}
