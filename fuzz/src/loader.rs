//! Any bytes for the loader of plugins: an error or a plugin.

use std::sync::LazyLock;

use mattoni_rules::{Host, Limits};

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    Host::new(limits).unwrap()
});

/// The bytes are those of a component.
pub(crate) fn target(bytes: &[u8]) {
    if let Ok(loaded) = HOST.load(bytes) {
        assert!(!loaded.description().name.is_empty());
    }
}
