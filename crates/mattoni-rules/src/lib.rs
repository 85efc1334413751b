//! Host for rule plugins: sandboxed, columnar, metered, recomputable.
//!
//! What is special to an ente is its rules. They are small WebAssembly components, written with
//! `mattoni-rules-sdk`, that see the columns they declared and nothing else, and answer in one of
//! six [worlds]: points, acceptance, amounts granted or due, offices, problems. This crate runs
//! them.
//!
//! ```no_run
//! use mattoni_core::Digest;
//! use mattoni_core::value::Value;
//! use mattoni_rules::{Batch, Evaluation, Grant, Host, Limits, Pin};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pinned: Digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse()?;
//! let bytes = std::fs::read("target/plugins/nursery-points.wasm")?;
//!
//! let host = Host::new(Limits::default())?;
//! Pin::to(pinned).admits(Digest::of(&bytes))?;
//! let grant = Grant::pinned(pinned).with_parameter("siblings_counted", Value::Integer(3));
//! let plugin = host.load(&bytes)?.grant(&grant)?.ready();
//!
//! let practices: Vec<std::collections::BTreeMap<String, Value>> = vec![];
//! let mut batch = Batch::builder(plugin.description());
//! for fields in &practices {
//!     batch.push(|name| fields.get(name));
//! }
//! let batch = batch.finish()?;
//!
//! let scored = plugin.score(&batch)?;
//! for row in scored.iter() {
//!     println!("{} hundredths, class {:?}", row.total(), row.class);
//! }
//! let record = Evaluation::of(&plugin, &batch, &scored);
//! # let _ = record;
//! # Ok(())
//! # }
//! ```
//!
//! # The life of a plugin
//! Bytes that are [wanted](Pin) and not [too large](Limits) become [`Loaded`] (a component that imports nothing, speaks the contract and describes
//! itself well), then [`Granted`] (it is the one that was pinned, of the world it is wanted for,
//! signed where the ente asks for that, and its parameters are in order), then [`Ready`]. Whoever
//! holds a `Ready<Tariff>` has been through all of it.
//!
//! # What a plugin cannot do
//! - See what it did not declare: a [`Batch`] takes the declared columns and no others.
//! - Reach anything: components with any import are refused.
//! - Depend on when, where or how often it runs: no clock, no chance; each call has a fresh
//!   instance; NaNs are canonical, relaxed SIMD and threads are off.
//! - Use more than [`Limits`] give it: fuel, memory, stack, the size of its answer.
//! - Lie about its answers' shape: each is checked against what was declared.
//!
//! Each costs one [`RuleError`] and nothing else. Limits are in fuel, not in time (no epochs): a
//! rule that is stopped is stopped at the same instruction on every machine.
//!
//! # A fresh instance for every call
//! Instances are pooled: their memory is put back to what the component's own data say by mapping
//! it again, which costs microseconds. Keeping one alive from call to call would be faster by
//! those microseconds and would let a plugin remember: its allocator alone makes the fuel of a
//! second call differ from the first's. The same question must cost and answer the same, so no
//! instance is used twice.
//!
//! # The cache
//! [`Host::with_cache`] keeps compiled plugins in a folder, each under the digest of plugin,
//! compiler, machine and settings, with an authentication code over all of it. An entry that was
//! altered, moved or put there by somebody else is not run: the plugin is compiled again, and
//! [`Loaded::origin`] says so. Folder and key must be this user's and closed to all others, or there
//! is no cache; links are not followed. Whoever acts as this user can replace the program, and
//! against them it does nothing.
//!
//! # The record
//! [`Evaluation`] names rule, parameters, inputs and answers by digest; [`Ready::recompute`] runs
//! it again and says "same" or shows the first difference.
//!
//! # What this crate does not do
//! Decide (`mattoni-ranking` reads the points), store (`mattoni-desk` records), build plugins
//! (`mattoni-rules-build`). wasmtime is private to it: no type of wasmtime is in its API.

// Two modules allow unsafe code: `contract`, because wasmtime's derives write `unsafe impl`s, and
// `cache`, which runs machine code from the disk. No other module may.
#![deny(unsafe_code)]

mod answered;
mod batch;
mod cache;
pub mod cases;
mod check;
mod column;
mod contract;
mod convert;
mod declared;
pub mod description;
mod error;
mod evaluation;
mod guard;
mod host;
mod limits;
mod loaded;
mod private_folder;
mod ready;
mod settings;
mod signature;
mod size;
pub mod worlds;

pub use answered::{Answered, Scored};
pub use batch::{Batch, BatchBuilder};
pub use column::Column;
pub use description::Description;
pub use error::{RuleError, RuleErrorKind};
pub use evaluation::{Difference, Evaluation, Recomputed};
pub use host::Host;
pub use limits::Limits;
pub use loaded::{Grant, Granted, Loaded, Origin, Pin};
pub use ready::Ready;
pub use signature::{PublisherKey, SecretKey, Signature};
pub use worlds::{AnswerColumn, CriterionScore, ScoredRow, World};
