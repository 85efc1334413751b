//! Files the command reads: TOML, plugins, databases; each failure names the file.

use std::path::Path;

use mattoni_core::{Problem, Problems};
use mattoni_ranking::{Call, Criteria, CriteriaSource, Facilities, FacilitiesSource, Prize};
use mattoni_service::{Service, ServiceSource};
use serde::de::DeserializeOwned;

use crate::output::Failure;

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| unreadable(path, &error.to_string()).into())
}

/// A TOML file as a `T`.
pub(crate) fn toml<T: DeserializeOwned>(path: &Path) -> Result<T, Problems> {
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(path, &e.to_string()))?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
        let mut problem = Problem::new(
            "cli.file.toml",
            path.display().to_string(),
            error.message().to_owned(),
            "mend the file",
        );
        problem.line = line;
        problem.into()
    })
}

fn unreadable(path: &Path, why: &str) -> Problems {
    let field = path.display().to_string();
    Problem::new("cli.file.unreadable", field, why, "check the path and the rights on it").into()
}

/// Problems of a file's contents, named with the file.
pub(crate) fn of_file(path: &Path, problems: Problems) -> Vec<Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let within = |problem: Problem| {
        let field = format!("{name}: {}", problem.field);
        problem.in_field(field)
    };
    problems.into_iter().map(within).collect()
}

/// A service's folder: the service and what its ranking needs.
pub(crate) struct ServiceFolder {
    pub(crate) service: Service,
    pub(crate) call: Option<Call>,
}

impl ServiceFolder {
    /// Reads and checks the folder; all problems of all files at once.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("service.toml");
        let mut found = Vec::new();
        let source: ServiceSource = toml(&path)?;
        let ranking = source.ranking.clone();
        let service = Service::new(source).map_err(|p| found.extend(of_file(&path, p))).ok();
        let call = match ranking {
            None => None,
            Some(ranking) => {
                let criteria = criteria(&folder.join(&ranking.criteria), &mut found);
                let places = ranking.places;
                let places = places.and_then(|places| facilities(&folder.join(places), &mut found));
                criteria.zip(places).map(|(criteria, facilities)| Call {
                    criteria,
                    prize: Prize::Places(facilities),
                })
            }
        };
        Problems::check(found)?;
        match service {
            Some(service) => Ok(Self { service, call }),
            None => Err(unreadable(&path, "is not a service").into()),
        }
    }

    /// Checks that form, rule, criteria and places fit together. Answers with the plugin's name,
    /// `None` when it is not built and its side was left out.
    pub(crate) fn fits(&self, plugins: &Path) -> Result<Option<String>, Failure> {
        let (service, call) = (&self.service, self.call.as_ref());
        let rules = service.source().rules.as_ref();
        let file = rules.map(|rules| plugins.join(format!("{}.wasm", rules.plugin)));
        let (Some(rules), Some(file)) = (rules, file.filter(|file| file.exists())) else {
            mattoni_desk::coherence::check(service, call, None)?;
            return Ok(None);
        };
        let loaded = crate::commands::rank::host()?
            .load(&bytes(&file)?)
            .map_err(|error| Failure::broken("the plugin is unusable", &error))?;
        let fitted = mattoni_desk::coherence::check(service, call, Some(loaded.description()));
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

/// The criteria in a file; problems go to `found`.
pub(crate) fn criteria(path: &Path, found: &mut Vec<Problem>) -> Option<Criteria> {
    let source: CriteriaSource = toml(path).map_err(|problems| found.extend(problems)).ok()?;
    Criteria::new(source).map_err(|problems| found.extend(of_file(path, problems))).ok()
}

/// The facilities in a file; problems go to `found`.
pub(crate) fn facilities(path: &Path, found: &mut Vec<Problem>) -> Option<Facilities> {
    let source: FacilitiesSource = toml(path).map_err(|problems| found.extend(problems)).ok()?;
    Facilities::new(source).map_err(|problems| found.extend(of_file(path, problems))).ok()
}
