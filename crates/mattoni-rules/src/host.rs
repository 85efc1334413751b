//! The machine under the plugins, and what loading one checks.

use std::sync::Arc;

use mattoni_core::Digest;
use wasmtime::component::{Component, Linker};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter, Store,
    Trap,
};

use crate::contract::{self, PACKAGE};
use crate::loaded::Loaded;
use crate::{Limits, RuleError, RuleErrorKind, check};

/// Bytes of an instance's memory that stay mapped from one call to the next, put back to zero.
/// Page faults cost more than zeroing does; see `benches/benches/rules.rs`.
const KEEP_RESIDENT: usize = 8 << 20;

/// Runs plugins. One a process is enough: it is shared freely between threads, and plugins of one
/// host never see each other.
#[derive(Clone)]
pub struct Host {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
}

impl Host {
    /// A host with these limits for every plugin.
    ///
    /// # Errors
    /// [`RuleErrorKind::Host`] when the machine cannot reserve the address space.
    pub fn new(limits: Limits) -> Result<Self, RuleError> {
        let mut pool = PoolingAllocationConfig::new();
        let calls = limits.concurrent_calls;
        // A component is one core instance or a few (wit-component adds shims).
        pool.total_component_instances(calls)
            .total_core_instances(calls.saturating_mul(4))
            .max_core_instances_per_component(4)
            .total_memories(calls)
            .max_memories_per_component(1)
            .total_tables(calls.saturating_mul(4))
            .max_tables_per_component(4)
            .table_elements(limits.table_elements)
            .max_memory_size(limits.memory)
            .linear_memory_keep_resident(KEEP_RESIDENT)
            .table_keep_resident(64 << 10);
        let mut config = Config::new();
        config
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
            .consume_fuel(true)
            .max_wasm_stack(limits.stack)
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true)
            .wasm_relaxed_simd(false)
            .wasm_memory64(false)
            .wasm_multi_memory(false);
        let engine = Engine::new(&config).map_err(|error| {
            RuleError::new(RuleErrorKind::Host, "host", "the engine cannot be set up")
                .because(error.into_boxed_dyn_error())
        })?;
        Ok(Self { engine, limits: Arc::new(limits) })
    }

    /// Compiles a component and asks it to describe itself.
    ///
    /// # Errors
    /// The bytes are no component or too many, it imports something, it speaks another contract,
    /// or its description is wrong (all that is wrong is in the error's source).
    pub fn load(&self, bytes: &[u8]) -> Result<Loaded, RuleError> {
        let digest = Digest::of(bytes);
        let nameless = digest.short();
        if bytes.len() > self.limits.component {
            let detail =
                format!("{} bytes, and at most {} are allowed", bytes.len(), self.limits.component);
            return Err(RuleError::new(RuleErrorKind::Malformed, &nameless, detail));
        }
        let component = Component::from_binary(&self.engine, bytes).map_err(|error| {
            RuleError::new(RuleErrorKind::Malformed, &nameless, "not a WebAssembly component")
                .because(error.into_boxed_dyn_error())
        })?;
        self.check_interface(&component, &nameless)?;
        let unusable = |error: wasmtime::Error| {
            RuleError::new(
                RuleErrorKind::Malformed,
                &nameless,
                "asks for more than an instance has",
            )
            .because(error.into_boxed_dyn_error())
        };
        let instance =
            Linker::<Guard>::new(&self.engine).instantiate_pre(&component).map_err(unusable)?;
        let function = |interface: &str, name: &str| {
            component
                .get_export_index(None, interface)
                .and_then(|interface| component.get_export_index(Some(&interface), name))
                .ok_or_else(|| {
                    let detail = format!("exports no {interface} with a function {name}");
                    RuleError::new(RuleErrorKind::UnknownContract, &nameless, detail)
                })
        };
        let describe = function(contract::ABOUT, "describe")?;
        let declare = function(contract::SCORING, "declare")?;
        let score = function(contract::SCORING, "score")?;

        let mut store = self.store(&nameless, 0)?;
        let failed = |error| fault(&nameless, error);
        let mismatch = |error: wasmtime::Error| {
            let detail = "its functions are not those of the contract it names";
            RuleError::new(RuleErrorKind::UnknownContract, &nameless, detail)
                .because(error.into_boxed_dyn_error())
        };
        let running = instance.instantiate(&mut store).map_err(failed)?;
        let describe = running
            .get_typed_func::<(), (contract::Description,)>(&mut store, describe)
            .map_err(mismatch)?;
        let declare = running
            .get_typed_func::<(), (contract::Declaration,)>(&mut store, declare)
            .map_err(mismatch)?;
        running
            .get_typed_func::<crate::ready::Arguments<'_>, crate::ready::Answer>(&mut store, score)
            .map_err(mismatch)?;
        let (about,) = describe.call(&mut store, ()).map_err(failed)?;
        let (answers,) = declare.call(&mut store, ()).map_err(failed)?;
        let description = check::description(about, answers)
            .map_err(|problems| RuleError::description(&nameless, problems))?;
        Ok(Loaded { host: self.clone(), instance, score, digest, description })
    }

    fn check_interface(&self, component: &Component, plugin: &str) -> Result<(), RuleError> {
        let interface = component.component_type();
        let imports: Vec<_> =
            interface.imports(&self.engine).map(|(name, _)| name.to_owned()).collect();
        if !imports.is_empty() {
            let detail = format!("imports {}, and plugins import nothing", imports.join(", "));
            return Err(RuleError::new(RuleErrorKind::ForeignImport, plugin, detail));
        }
        let mut spoken: Vec<_> = interface
            .exports(&self.engine)
            .filter_map(|(name, _)| name.strip_prefix(PACKAGE)?.split_once('@'))
            .map(|(_, version)| version.to_owned())
            .collect();
        spoken.sort();
        spoken.dedup();
        if spoken == [contract::VERSION] {
            return Ok(());
        }
        let found = if spoken.is_empty() { "none".to_owned() } else { spoken.join(", ") };
        let detail = format!("speaks contract {found}, and this host speaks {}", contract::VERSION);
        Err(RuleError::new(RuleErrorKind::UnknownContract, plugin, detail))
    }

    /// A store with the limits for one call about `rows` rows.
    pub(crate) fn store(&self, plugin: &str, rows: usize) -> Result<Store<Guard>, RuleError> {
        let guard = Guard { memory: self.limits.memory, table: self.limits.table_elements };
        let mut store = Store::new(&self.engine, guard);
        store.limiter(|guard| guard);
        store.set_hostcall_fuel(self.limits.answer);
        store.set_fuel(self.limits.fuel(rows)).map_err(|error| {
            RuleError::new(RuleErrorKind::Host, plugin, "fuel cannot be set")
                .because(error.into_boxed_dyn_error())
        })?;
        Ok(store)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Refuses memory beyond the limit with an error of its own, so that it is told apart from a
/// plugin's panic.
pub(crate) struct Guard {
    memory: usize,
    table: usize,
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
