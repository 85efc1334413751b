//! The wasmtime engine that runs plugins, and the checks when one is loaded.

use std::path::Path;
use std::sync::Arc;

use mattoni_core::Digest;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store,
};

use crate::cache::{Cache, Kept};
use crate::contract::{self, PACKAGE};
use crate::guard::{Guard, fault};
use crate::loaded::{Loaded, Origin};
use crate::ready::{Answer, Arguments};
use crate::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use crate::{Description, Limits, RuleError, RuleErrorKind, check, size};

/// Runs plugins. One a process is enough: it is shared freely between threads, and plugins of one
/// host never see each other.
#[derive(Clone)]
pub struct Host {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
    cache: Option<Arc<Cache>>,
}

const WORLDS: [&str; 6] = [
    Scoring::NAME,
    Eligibility::NAME,
    Benefit::NAME,
    Tariff::NAME,
    Routing::NAME,
    Validation::NAME,
];

/// A component whose description is being read.
struct Opened<'a> {
    host: &'a Host,
    component: &'a Component,
    instance: &'a InstancePre<Guard>,
}

impl Opened<'_> {
    fn function(
        &self,
        interface: &str,
        name: &str,
        plugin: &str,
    ) -> Result<ComponentExportIndex, RuleError> {
        self.component
            .get_export_index(None, interface)
            .and_then(|interface| self.component.get_export_index(Some(&interface), name))
            .ok_or_else(|| {
                let detail = format!("exports no {interface} with a function {name}");
                RuleError::new(RuleErrorKind::UnknownContract, plugin, detail)
            })
    }

    fn describe<W: World>(
        &self,
        plugin: &str,
    ) -> Result<(Description, ComponentExportIndex), RuleError> {
        let interface = format!("{PACKAGE}{}@{}", W::NAME, contract::VERSION);
        let describe = self.function(contract::ABOUT, "describe", plugin)?;
        let declare = self.function(&interface, "declare", plugin)?;
        let verb = self.function(&interface, W::VERB, plugin)?;

        let mut store = self.host.store(plugin, 0)?;
        let failed = |error| fault(plugin, error);
        let mismatch = |error: wasmtime::Error| {
            let detail = "its functions are not those of the contract it names";
            RuleError::new(RuleErrorKind::UnknownContract, plugin, detail)
                .because(error.into_boxed_dyn_error())
        };
        let running = self.instance.instantiate(&mut store).map_err(failed)?;
        let describe = running
            .get_typed_func::<(), (contract::Description,)>(&mut store, describe)
            .map_err(mismatch)?;
        let declare = running
            .get_typed_func::<(), (W::Declaration,)>(&mut store, declare)
            .map_err(mismatch)?;
        running.get_typed_func::<Arguments<'_>, Answer<W>>(&mut store, verb).map_err(mismatch)?;
        let (about,) = describe.call(&mut store, ()).map_err(failed)?;
        let (answers,) = declare.call(&mut store, ()).map_err(failed)?;
        let description =
            check::description(about, |check, inputs| W::declared(check, inputs, answers).wrap())
                .map_err(|problems| RuleError::description(plugin, problems))?;
        Ok((description, verb))
    }
}

impl Host {
    /// A host with these limits for every plugin.
    ///
    /// # Errors
    /// [`RuleErrorKind::Host`] when the machine cannot reserve the address space.
    pub fn new(limits: Limits) -> Result<Self, RuleError> {
        let mut pool = PoolingAllocationConfig::new();
        let calls = limits.concurrent_calls;
        pool.total_component_instances(calls)
            .total_core_instances(calls.saturating_mul(limits.modules))
            .max_core_instances_per_component(limits.modules)
            .total_memories(calls)
            .max_memories_per_component(1)
            .total_tables(calls.saturating_mul(limits.modules))
            .max_tables_per_component(limits.modules)
            .table_elements(limits.table_elements)
            .max_memory_size(limits.memory)
            .linear_memory_keep_resident(limits.resident)
            // Where the kernel can report which pages were written, only those are reset.
            .pagemap_scan(Enabled::Auto)
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
        Ok(Self { engine, limits: Arc::new(limits), cache: None })
    }

    /// With compiled plugins kept in `folder` from one process to the next; see
    /// [the crate's manual](crate#the-cache) for whom the folder has to be kept from.
    ///
    /// # Errors
    /// [`RuleErrorKind::Cache`] when the folder cannot be made or read, is a link, or when it or its
    /// key is another user's or open to others.
    pub fn with_cache(mut self, folder: &Path) -> Result<Self, RuleError> {
        self.cache = Some(Arc::new(Cache::open(folder, &self.engine)?));
        Ok(self)
    }

    /// Compiles a component, or takes it from the cache, and asks it to describe itself.
    ///
    /// Whether these are the bytes that were asked for is [`Pin::admits`](crate::Pin::admits) to
    /// say, first. How large the component is in every respect that compiling takes time or
    /// memory for is read off its sections before anything is made out of it.
    ///
    /// # Errors
    /// The bytes are no component or one too large, it imports something, it speaks another
    /// contract, or its description is wrong (all that is wrong is in the error's source).
    pub fn load(&self, bytes: &[u8]) -> Result<Loaded, RuleError> {
        let digest = Digest::of(bytes);
        let nameless = digest.short();
        size::check(bytes, &self.limits).map_err(|wrong| wrong.of(&nameless))?;
        let (component, origin) = self.component(bytes, digest)?;
        let world = self.check_interface(&component, &nameless)?;
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
        let opened = Opened { host: self, component: &component, instance: &instance };
        let (description, verb) = match world {
            Eligibility::NAME => opened.describe::<Eligibility>(&nameless),
            Benefit::NAME => opened.describe::<Benefit>(&nameless),
            Tariff::NAME => opened.describe::<Tariff>(&nameless),
            Routing::NAME => opened.describe::<Routing>(&nameless),
            Validation::NAME => opened.describe::<Validation>(&nameless),
            _ => opened.describe::<Scoring>(&nameless),
        }
        .map_err(|error| error.in_world(world))?;
        Ok(Loaded { host: self.clone(), instance, verb, digest, description, origin })
    }

    fn component(&self, bytes: &[u8], digest: Digest) -> Result<(Component, Origin), RuleError> {
        let kept = self.cache.as_ref().map(|cache| cache.get(&self.engine, digest));
        let origin = match kept {
            Some(Kept::Found(component)) => return Ok((component, Origin::Cache)),
            Some(Kept::Refused) => Origin::CompiledAgain,
            Some(Kept::Nothing) | None => Origin::Compiled,
        };
        let component = Component::from_binary(&self.engine, bytes).map_err(|error| {
            RuleError::new(RuleErrorKind::Malformed, &digest.short(), "not a WebAssembly component")
                .because(error.into_boxed_dyn_error())
        })?;
        if let Some(cache) = &self.cache {
            cache.put(digest, &component);
        }
        Ok((component, origin))
    }

    /// The world a component answers in.
    fn check_interface(
        &self,
        component: &Component,
        plugin: &str,
    ) -> Result<&'static str, RuleError> {
        let interface = component.component_type();
        let imports: Vec<_> =
            interface.imports(&self.engine).map(|(name, _)| name.to_owned()).collect();
        if !imports.is_empty() {
            let detail = format!("imports {}, and plugins import nothing", imports.join(", "));
            return Err(RuleError::new(RuleErrorKind::ForeignImport, plugin, detail));
        }
        let spoken: Vec<(String, String)> = interface
            .exports(&self.engine)
            .filter_map(|(name, _)| name.strip_prefix(PACKAGE)?.split_once('@'))
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .collect();
        let unknown = |detail| Err(RuleError::new(RuleErrorKind::UnknownContract, plugin, detail));
        let mut versions: Vec<&str> = spoken.iter().map(|(_, version)| version.as_str()).collect();
        versions.sort_unstable();
        versions.dedup();
        if versions != [contract::VERSION] {
            let found = if versions.is_empty() { "none".to_owned() } else { versions.join(", ") };
            let own = contract::VERSION;
            return unknown(format!("speaks contract {found}, and this host speaks {own}"));
        }
        let worlds: Vec<&'static str> = WORLDS
            .into_iter()
            .filter(|world| spoken.iter().any(|(name, _)| name == world))
            .collect();
        match worlds.as_slice() {
            [world] => Ok(world),
            several => {
                let found = if several.is_empty() { "none".to_owned() } else { several.join(", ") };
                unknown(format!("answers in exactly one world, and this one in: {found}"))
            }
        }
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
