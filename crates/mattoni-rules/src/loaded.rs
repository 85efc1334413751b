//! From bytes to a plugin that may run: loaded, granted, ready.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::value::Value;
use mattoni_core::{Digest, Problem, Problems};
use wasmtime::component::{ComponentExportIndex, InstancePre};

use crate::host::Guard;
use crate::ready::{Inner, Ready};
use crate::{Description, Host, contract, convert};

/// A component that has been compiled and has described itself. It may not score yet: nobody has
/// said that it is the one they want.
pub struct Loaded {
    pub(crate) host: Host,
    pub(crate) instance: InstancePre<Guard>,
    pub(crate) score: ComponentExportIndex,
    pub(crate) digest: Digest,
    pub(crate) description: Description,
}

impl Loaded {
    /// The digest of its bytes: what a service pins it by.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it says about itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Lets the plugin score, with the ente's parameters.
    ///
    /// # Errors
    /// The digest is not the pinned one (`rules.grant.digest`), and every parameter that the
    /// plugin did not declare or that is not of its kind and within its bounds.
    pub fn grant(self, grant: &Grant) -> Result<Granted, Problems> {
        let mut found = Vec::new();
        if grant.digest != self.digest {
            found.push(Problem::new(
                "rules.grant.digest",
                "digest",
                format!(
                    "the pinned plugin has the digest {}, this one {}",
                    grant.digest, self.digest
                ),
                "install the pinned file, or pin the new one after reading its changes",
            ));
        }
        for name in grant.parameters.keys() {
            if !self.description.parameters.iter().any(|declared| declared.name == *name) {
                found.push(Problem::new(
                    "rules.grant.parameter",
                    name,
                    "the plugin declares no such parameter",
                    "leave it out, or check its name",
                ));
            }
        }
        let mut values = Vec::new();
        let mut parameters = BTreeMap::new();
        for declared in &self.description.parameters {
            let given = grant.parameters.get(&declared.name);
            let value = given.unwrap_or(&declared.default);
            if let Err(problem) = declared.kind.check(value) {
                found.push(problem.in_field(&declared.name));
                continue;
            }
            match convert::to_contract(&declared.kind, value) {
                Some(value) => values.push(value),
                None => found.push(Problem::new(
                    "rules.value.range",
                    &declared.name,
                    "the value does not fit the contract's numbers",
                    "check the number of digits",
                )),
            }
            parameters.insert(declared.name.clone(), value.clone());
        }
        Problems::check(found)?;
        Ok(Granted { loaded: self, values, parameters })
    }
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("name", &self.description.name)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

/// What a service's configuration says about a plugin: which one, and with what parameters.
///
/// ```
/// use mattoni_core::{Digest, value::Value};
/// use mattoni_rules::Grant;
///
/// let grant = Grant::pinned(Digest::of(b"the component's bytes"))
///     .with_parameter("siblings_counted", Value::Integer(3));
/// # let _ = grant;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    digest: Digest,
    parameters: BTreeMap<String, Value>,
}

impl Grant {
    /// The plugin with this digest and no other, every parameter at its default.
    #[must_use]
    pub fn pinned(digest: Digest) -> Self {
        Self { digest, parameters: BTreeMap::new() }
    }

    /// With the parameter `name` set to `value`.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: Value) -> Self {
        self.parameters.insert(name.into(), value);
        self
    }
}

/// A plugin that is the pinned one and whose parameters are in order.
#[derive(Debug)]
pub struct Granted {
    loaded: Loaded,
    values: Vec<contract::Value>,
    parameters: BTreeMap<String, Value>,
}

impl Granted {
    /// Every parameter by name, those left at their default too.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.parameters
    }

    /// The plugin, ready to score.
    #[must_use]
    pub fn ready(self) -> Ready {
        let Loaded { host, instance, score, digest, description } = self.loaded;
        Ready {
            inner: Arc::new(Inner {
                host,
                instance,
                score,
                digest,
                description: Arc::new(description),
                values: self.values,
                parameters: self.parameters,
            }),
        }
    }
}
