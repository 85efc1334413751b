//! From bytes to a plugin that may run: loaded, granted, ready.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::value::Value;
use mattoni_core::{Digest, Problem, Problems};
use wasmtime::component::{ComponentExportIndex, InstancePre};

use crate::guard::Guard;
use crate::ready::{Inner, Ready};
use crate::settings::settings;
use crate::signature::{PublisherKey, Signature};
use crate::worlds::{Scoring, World};
use crate::{Description, Host, contract};

/// A component that has been compiled and has described itself. It may not answer yet: nobody has
/// said that it is the one they want.
pub struct Loaded {
    pub(crate) host: Host,
    pub(crate) instance: InstancePre<Guard>,
    pub(crate) verb: ComponentExportIndex,
    pub(crate) digest: Digest,
    pub(crate) description: Description,
    pub(crate) origin: Origin,
}

/// Where the machine code of a plugin came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Compiled just now.
    Compiled,
    /// Kept from an earlier time.
    Cache,
    /// Compiled just now, because what was kept was not what this host had put there.
    CompiledAgain,
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

    /// Where its machine code came from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Lets the plugin answer in world `W`, with the ente's parameters.
    ///
    /// # Errors
    /// It answers in another world (`rules.grant.world`), its digest is not the pinned one
    /// (`rules.grant.digest`), no trusted publisher signed it where the grant asks for one
    /// (`rules.grant.signature`), and every parameter that the plugin did not declare or that is
    /// not of its kind and within its bounds.
    pub fn grant<W: World>(self, grant: &Grant) -> Result<Granted<W>, Problems> {
        let mut found = Vec::new();
        let world = W::unwrap(&self.description.answers).cloned();
        if world.is_none() {
            found.push(self.other_world(W::NAME));
        }
        found.extend(grant.pin.admits(self.digest).err().into_iter().flatten());
        let (values, parameters) = settings(&self.description, &grant.parameters, &mut found);
        Problems::check(found)?;
        match world {
            Some(world) => Ok(Granted { loaded: self, world, values, parameters }),
            // Not reached: `Problems::check` has returned this problem with the others.
            None => Err(self.other_world(W::NAME).into()),
        }
    }

    fn other_world(&self, needed: &str) -> Problem {
        let own = self.description.world();
        Problem::new(
            "rules.grant.world",
            "world",
            format!("a plugin for {needed} is needed, this one is for {own}"),
            "name another plugin",
        )
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

/// Which bytes are wanted: those with a digest, or those that a publisher signed.
///
/// Asked before anything else reads them. Compiling is the most that bytes can make a host do
/// without having been asked for.
///
/// ```
/// use mattoni_core::Digest;
/// use mattoni_rules::Pin;
///
/// let pinned = Pin::to(Digest::of(b"the component's bytes"));
/// assert!(pinned.admits(Digest::of(b"the component's bytes")).is_ok());
/// assert!(pinned.admits(Digest::of(b"somebody else's bytes")).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pin {
    digest: Option<Digest>,
    signed: Option<Signed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signed {
    signature: Option<Signature>,
    by: Vec<PublisherKey>,
}

impl Signed {
    fn hold(&self, digest: Digest) -> bool {
        let Some(signature) = &self.signature else { return false };
        self.by.iter().any(|key| key.verifies(digest, signature))
    }
}

impl Pin {
    /// Any plugin: whoever asks has the bytes from where they trust them, as an author has who
    /// tries their own.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The plugin with this digest and no other.
    #[must_use]
    pub fn to(digest: Digest) -> Self {
        Self { digest: Some(digest), signed: None }
    }

    /// Only with a signature of one of these publishers; without any signature the plugin is
    /// refused.
    #[must_use]
    pub fn signed_by(
        mut self,
        publishers: impl IntoIterator<Item = PublisherKey>,
        signature: impl Into<Option<Signature>>,
    ) -> Self {
        self.signed =
            Some(Signed { signature: signature.into(), by: publishers.into_iter().collect() });
        self
    }

    /// Whether the bytes with this digest are wanted.
    ///
    /// # Errors
    /// Their digest is not the pinned one (`rules.grant.digest`), no trusted publisher signed
    /// them where that is asked for (`rules.grant.signature`), or both.
    pub fn admits(&self, digest: Digest) -> Result<(), Problems> {
        let mut found = Vec::new();
        if let Some(signed) = &self.signed
            && !signed.hold(digest)
        {
            found.push(Problem::new(
                "rules.grant.signature",
                "signature",
                "none of the trusted publishers signed this plugin",
                "get the signature again from the publisher, or ask them which key they use",
            ));
        }
        if let Some(pinned) = self.digest
            && pinned != digest
        {
            found.push(Problem::new(
                "rules.grant.digest",
                "digest",
                format!("the pinned plugin has the digest {pinned}, this one {digest}"),
                "install the pinned file, or pin the new one after reading its changes",
            ));
        }
        Problems::check(found)
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
    pin: Pin,
    parameters: BTreeMap<String, Value>,
}

impl Grant {
    /// The plugin with this digest and no other, every parameter at its default.
    #[must_use]
    pub fn pinned(digest: Digest) -> Self {
        Self::of(Pin::to(digest))
    }

    /// The plugin that this pin wants, every parameter at its default.
    #[must_use]
    pub fn of(pin: Pin) -> Self {
        Self { pin, parameters: BTreeMap::new() }
    }

    /// With the parameter `name` set to `value`.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: Value) -> Self {
        self.parameters.insert(name.into(), value);
        self
    }

    /// Only with a signature of one of these publishers; without any signature the plugin is
    /// refused.
    #[must_use]
    pub fn signed_by(
        mut self,
        publishers: impl IntoIterator<Item = PublisherKey>,
        signature: impl Into<Option<Signature>>,
    ) -> Self {
        self.pin = self.pin.signed_by(publishers, signature);
        self
    }
}

/// A plugin that is the pinned one, of the world it is wanted for, and whose parameters are in
/// order.
#[derive(Debug)]
pub struct Granted<W: World = Scoring> {
    loaded: Loaded,
    world: W,
    values: Vec<contract::Value>,
    parameters: BTreeMap<String, Value>,
}

impl<W: World> Granted<W> {
    /// Every parameter by name, those left at their default too.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.parameters
    }

    /// The plugin, ready to answer.
    #[must_use]
    pub fn ready(self) -> Ready<W> {
        let Loaded { host, instance, verb, digest, description, .. } = self.loaded;
        Ready {
            inner: Arc::new(Inner {
                host,
                instance,
                verb,
                digest,
                description: Arc::new(description),
                world: Arc::new(self.world),
                values: self.values,
                parameters: self.parameters,
            }),
        }
    }
}
