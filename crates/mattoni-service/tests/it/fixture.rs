//! A nursery, as its `service.toml` says it.

use mattoni_service::{Service, ServiceSource};

pub(crate) const NURSERY: &str = include_str!("../golden/nursery.v1.toml");

pub(crate) fn source() -> ServiceSource {
    toml::from_str(NURSERY).unwrap()
}

pub(crate) fn nursery() -> Service {
    Service::new(source()).unwrap()
}

/// The nursery with its source changed, in sound ways or not.
pub(crate) fn with(
    change: impl FnOnce(&mut ServiceSource),
) -> Result<Service, mattoni_core::Problems> {
    let mut source = source();
    change(&mut source);
    Service::new(source)
}
