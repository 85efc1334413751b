//! Limits on the memory of a plugin, and what an error of the runtime means.

use wasmtime::{ResourceLimiter, Trap};

use crate::{RuleError, RuleErrorKind};

/// Refuses memory beyond the limit with an error of its own, so that it differs from a
/// plugin's panic.
pub(crate) struct Guard {
    pub(crate) memory: usize,
    pub(crate) table: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("asked for {asked} of {what}, and {allowed} are allowed")]
struct Beyond {
    what: &'static str,
    asked: usize,
    allowed: usize,
}

impl ResourceLimiter for Guard {
    fn memory_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired <= self.memory {
            return Ok(true);
        }
        let beyond = Beyond { what: "bytes of memory", asked: desired, allowed: self.memory };
        Err(wasmtime::Error::new(beyond))
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired <= self.table {
            return Ok(true);
        }
        let beyond = Beyond { what: "table elements", asked: desired, allowed: self.table };
        Err(wasmtime::Error::new(beyond))
    }
}

/// What a failed call means.
pub(crate) fn fault(plugin: &str, error: wasmtime::Error) -> RuleError {
    let trap = error.downcast_ref::<Trap>().copied();
    let (kind, detail) = if error.downcast_ref::<Beyond>().is_some() {
        (RuleErrorKind::OutOfMemory, "asked for more memory than it may have")
    } else if error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>().is_some() {
        (RuleErrorKind::Busy, "all instances are in use, try again")
    } else {
        match trap {
            Some(Trap::OutOfFuel) => (RuleErrorKind::OutOfFuel, "worked for longer than it may"),
            Some(Trap::StackOverflow) => (RuleErrorKind::Trap, "called itself too deep"),
            Some(_) => (RuleErrorKind::Trap, "stopped by itself"),
            None => (RuleErrorKind::BadAnswer, "its answer cannot be read"),
        }
    };
    RuleError::new(kind, plugin, detail).because(error.into_boxed_dyn_error())
}
