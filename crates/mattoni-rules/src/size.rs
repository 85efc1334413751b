//! How large a component is, read off its sections before anything is made out of it.
//!
//! A component can be small in bytes and large in work: parts that are instantiated twice, by
//! parts that are instantiated twice, double with every level, and the compiler writes them all
//! out. So each part is weighed as if it were written out as often as it is instantiated, and what
//! the compiler would have to do is compared with [`Limits`] while it is still only a sum.
//!
//! A part that a component is handed (an import, an export of an instance) cannot be weighed by
//! reading from top to bottom. No rule has a use for instantiating one, and none may.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, FunctionBody, Instance, Parser, Payload, SectionLimited,
};

use crate::{Limits, RuleError, RuleErrorKind};

/// Components inside of each other. Those of the SDKs are two deep.
const DEPTH: usize = 8;
/// Parameters and results of one function or block. The contract passes at most 16 at once, and
/// interpreters at most 18: what a branch costs grows with them.
const ARITY: usize = 64;
/// Local variables of one function; Python's have 271.
const LOCALS: u64 = 10_000;

/// Why a component is not compiled.
#[derive(Debug)]
pub(crate) struct Wrong {
    kind: RuleErrorKind,
    detail: String,
    source: Option<wasmparser::BinaryReaderError>,
}

impl Wrong {
    fn too_large(what: &str, found: u64, allowed: u64) -> Self {
        let detail = format!("{found} {what}, and at most {allowed} are allowed");
        Self { kind: RuleErrorKind::TooLarge, detail, source: None }
    }

    fn malformed(detail: &str) -> Self {
        Self { kind: RuleErrorKind::Malformed, detail: detail.to_owned(), source: None }
    }

    /// As an error of the plugin.
    pub(crate) fn of(self, plugin: &str) -> RuleError {
        let error = RuleError::new(self.kind, plugin, self.detail);
        match self.source {
            Some(source) => error.because(source),
            None => error,
        }
    }
}

impl From<wasmparser::BinaryReaderError> for Wrong {
    fn from(source: wasmparser::BinaryReaderError) -> Self {
        Self { source: Some(source), ..Self::malformed("not a WebAssembly component") }
    }
}

/// What instantiating a component once comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    instances: u64,
    structure: u64,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.instances = self.instances.saturating_add(other.instances);
        self.structure = self.structure.saturating_add(other.structure);
    }
}

/// A component that is being read: what it comes to so far, and its index space of components.
/// `None` stands for one that cannot be weighed.
#[derive(Default)]
struct Open {
    weight: Weight,
    components: Vec<Option<Weight>>,
}

impl Open {
    fn weight_of(&self, index: u32) -> Option<Weight> {
        *self.components.get(usize::try_from(index).ok()?)?
    }
}

/// What all modules of a component have together.
#[derive(Default)]
struct Sums {
    entries: u64,
    code: u64,
}

struct Reading<'a> {
    limits: &'a Limits,
    /// The components around the place that is read, the outermost first.
    open: Vec<Open>,
    in_module: bool,
    sums: Sums,
}

/// Refuses what is no component, and one whose compilation would take more than the limits allow.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Wrong> {
    if bytes.len() > limits.component {
        return Err(Wrong::too_large("bytes", bytes.len() as u64, limits.component as u64));
    }
    if !Parser::is_component(bytes) {
        return Err(Wrong::malformed("not a WebAssembly component"));
    }
    let mut reading = Reading { limits, open: Vec::new(), in_module: false, sums: Sums::default() };
    for payload in Parser::new(0).parse_all(bytes) {
        reading.read(&payload?)?;
    }
    Ok(())
}

impl Reading<'_> {
    fn read(&mut self, payload: &Payload<'_>) -> Result<(), Wrong> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => self.in_module = true,
            Payload::Version { encoding: Encoding::Component, .. } => {
                if self.open.len() >= DEPTH {
                    let found = self.open.len() as u64 + 1;
                    return Err(Wrong::too_large(
                        "components inside each other",
                        found,
                        DEPTH as u64,
                    ));
                }
                self.open.push(Open::default());
            }
            Payload::End(_) if self.in_module => self.in_module = false,
            Payload::End(_) => {
                self.within()?;
                self.close();
            }
            payload if self.in_module => self.module(payload)?,
            payload => self.component(payload)?,
        }
        self.within()
    }

    /// Ends a component: the one around it has one more to instantiate.
    fn close(&mut self) {
        let closed = self.open.pop().map(|open| open.weight);
        if let Some(outer) = self.open.last_mut() {
            outer.components.push(closed);
        }
    }

    /// A section around the modules.
    fn component(&mut self, payload: &Payload<'_>) -> Result<(), Wrong> {
        let Some((open, around)) = self.open.split_last_mut() else { return Ok(()) };
        let inner = matches!(
            payload,
            Payload::ModuleSection { .. }
                | Payload::ComponentSection { .. }
                | Payload::CustomSection(_)
        );
        if let Some((_, range)) = payload.as_section().filter(|_| !inner) {
            open.weight.add(Weight { structure: range.len() as u64, instances: 0 });
        }
        match payload {
            Payload::InstanceSection(section) => {
                for instance in section.clone() {
                    let instances = u64::from(matches!(instance?, Instance::Instantiate { .. }));
                    open.weight.add(Weight { instances, structure: 0 });
                }
            }
            Payload::ComponentInstanceSection(section) => open.instantiate(section)?,
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    if matches!(import?.ty, ComponentTypeRef::Component(_)) {
                        open.components.push(None);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    let export = export?;
                    if export.kind == ComponentExternalKind::Component {
                        open.components.push(open.weight_of(export.index));
                    }
                }
            }
            Payload::ComponentAliasSection(section) => open.alias(section, around)?,
            _ => {}
        }
        Ok(())
    }

    /// A section of a module.
    fn module(&mut self, payload: &Payload<'_>) -> Result<(), Wrong> {
        let entries = match payload {
            Payload::TypeSection(section) => {
                for kind in section.clone().into_iter_err_on_gc_types() {
                    let kind = kind?;
                    let arity = kind.params().len().max(kind.results().len());
                    if arity > ARITY {
                        let what = "parameters or results of a function";
                        return Err(Wrong::too_large(what, arity as u64, ARITY as u64));
                    }
                }
                section.count()
            }
            Payload::ImportSection(section) => section.count(),
            Payload::FunctionSection(section) => section.count(),
            Payload::TableSection(section) => section.count(),
            Payload::MemorySection(section) => section.count(),
            Payload::GlobalSection(section) => section.count(),
            Payload::ExportSection(section) => section.count(),
            Payload::ElementSection(section) => section.count(),
            Payload::DataSection(section) => section.count(),
            Payload::CodeSectionEntry(body) => return self.function(body),
            _ => 0,
        };
        self.sums.entries = self.sums.entries.saturating_add(u64::from(entries));
        Ok(())
    }

    fn function(&mut self, body: &FunctionBody<'_>) -> Result<(), Wrong> {
        let bytes = body.range().len() as u64;
        self.sums.code = self.sums.code.saturating_add(bytes);
        if bytes > self.limits.function {
            return Err(Wrong::too_large("bytes of one function", bytes, self.limits.function));
        }
        let mut locals: u64 = 0;
        for run in body.get_locals_reader()? {
            locals = locals.saturating_add(u64::from(run?.0));
        }
        if locals > LOCALS {
            return Err(Wrong::too_large("local variables of one function", locals, LOCALS));
        }
        Ok(())
    }

    /// Compares what was read so far: the reading of a bomb ends where it goes too far. What a
    /// component inside comes to counts only where it is instantiated.
    fn within(&self) -> Result<(), Wrong> {
        let Limits { instances, structure, entries, code, .. } = *self.limits;
        let weight = self.open.last().map(|open| open.weight).unwrap_or_default();
        let sums = [
            ("instances", weight.instances, instances),
            ("bytes around the modules, written out", weight.structure, structure),
            ("functions, types, imports, exports and segments", self.sums.entries, entries),
            ("bytes of code", self.sums.code, code),
        ];
        match sums.into_iter().find(|(_, found, allowed)| found > allowed) {
            Some((what, found, allowed)) => Err(Wrong::too_large(what, found, allowed)),
            None => Ok(()),
        }
    }
}

impl Open {
    fn instantiate(
        &mut self,
        section: &SectionLimited<'_, ComponentInstance<'_>>,
    ) -> Result<(), Wrong> {
        for instance in section.clone() {
            if let ComponentInstance::Instantiate { component_index, .. } = instance? {
                let Some(inside) = self.weight_of(component_index) else {
                    let detail = "instantiates a component that it was handed";
                    return Err(Wrong::malformed(detail));
                };
                self.weight.add(inside);
                self.weight.add(Weight { instances: 1, structure: 0 });
            }
        }
        Ok(())
    }

    /// Other names for components: of an instance's exports, or of components further out.
    fn alias(
        &mut self,
        section: &SectionLimited<'_, ComponentAlias<'_>>,
        around: &[Self],
    ) -> Result<(), Wrong> {
        for alias in section.clone() {
            match alias? {
                ComponentAlias::InstanceExport {
                    kind: ComponentExternalKind::Component, ..
                } => {
                    self.components.push(None);
                }
                ComponentAlias::Outer {
                    kind: ComponentOuterAliasKind::Component,
                    count,
                    index,
                } => {
                    let named = match usize::try_from(count) {
                        Ok(0) => self.weight_of(index),
                        Ok(count) => around
                            .len()
                            .checked_sub(count)
                            .and_then(|place| around.get(place)?.weight_of(index)),
                        Err(_) => None,
                    };
                    self.components.push(named);
                }
                _ => {}
            }
        }
        Ok(())
    }
}
