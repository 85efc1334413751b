//! Why a service is not changed.

use mattoni_core::{Problem, Problems, Refusal};

use crate::{ChangeRefusal, Staff};

/// Why a verb of a service is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceRefusal {
    /// The service would not be sound.
    #[error("the service must be sound")]
    Unsound(Problems),
    /// The act of the ente is not named.
    #[error("must name the act of the ente that says so")]
    NoBasis,
    /// It has no such version.
    #[error("must be a version of the service: it has no version {0}")]
    NoVersion(u32),
    /// The version is published, and citizens rely on it.
    #[error("must be a draft: version {0} is published")]
    Published(u32),
    /// The version is published, and citizens rely on this setting of it.
    #[error("must be a draft: version {version} is published, and citizens rely on its {setting}")]
    ReliedOn {
        /// The version.
        version: u32,
        /// The setting.
        setting: &'static str,
    },
    /// The version is a draft.
    #[error("must be published: version {0} is a draft")]
    Draft(u32),
    /// It is of another service.
    #[error("must be of the service {0}")]
    OtherService(String),
    /// A later version is published already.
    #[error("must begin after version {0}, which is published")]
    Overtaken(u32),
    /// It is not suspended.
    #[error("must be suspended to be resumed")]
    NotSuspended,
    /// Several things at once.
    #[error("several things stand in the way")]
    Several(Problems),
    /// Whoever has this role does not change such a setting.
    #[error(transparent)]
    Change(#[from] ChangeRefusal),
}

impl Refusal for ServiceRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::Unsound(problems) | Self::Several(problems) => return problems.clone(),
            Self::Change(refusal) => return refusal.problems(),
            Self::NoBasis => ("basis", "basis", "write e.g. det. 12/2027"),
            Self::NoVersion(_) => ("no-version", "version", "look at its versions"),
            Self::Published(_) => ("published", "version", "write a new version"),
            Self::ReliedOn { setting, .. } => ("published", *setting, "write a new version"),
            Self::Draft(_) => ("draft", "version", "publish it first"),
            Self::OtherService(_) => ("other", "code", "import it as a service of its own"),
            Self::Overtaken(_) => ("overtaken", "from", "choose a later day"),
            Self::NotSuspended => ("not-suspended", "version", "look at its status"),
        };
        Problem::new(format!("service.offered.{what}"), field, self.to_string(), remedy).into()
    }
}

impl ServiceRefusal {
    pub(super) fn not_theirs(setting: &'static str, owner: Staff) -> Self {
        Self::Change(ChangeRefusal::NotTheirs { setting, owner })
    }
}
