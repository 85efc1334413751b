//! Builds rule plugins: finds or installs the WebAssembly target, compiles, makes the component.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use mattoni_rules_build::WasmToolchain;
//!
//! let toolchain = WasmToolchain::find()?;
//! let plugin = toolchain.build_plugin(Path::new("plugins/nursery-points"), Path::new("target/plugins"))?;
//! println!("{} {} ({} bytes)", plugin.digest, plugin.path.display(), plugin.bytes);
//! # Ok::<(), mattoni_rules_build::BuildError>(())
//! ```
//!
//! # Where the target comes from
//! [`WasmToolchain::find`] takes the first that there is, and says on stderr what it found or
//! installed:
//! 1. `wasm32-unknown-unknown` of the active `rustc`;
//! 2. the same after `rustup target add`, unless the environment says
//!    `MATTONI_WASM_TOOLCHAIN=debian`, for machines that reach package mirrors only, or
//!    `RUSTUP_AUTO_INSTALL=0`, which is how rustup itself is told not to download;
//! 3. Debian's own compiler (packages `rustc-web`, `cargo-web`, `rust-web-src`), which builds the
//!    standard library from source and links with rustup's `rust-lld`. Missing packages are
//!    installed when the process is root.
//!
//! # JavaScript and Python
//! [`build`] also takes a folder with a `rule.js` or a `rule.py`: componentize-js (from npm) or
//! componentize-py (from PyPI), of fixed versions, installed beside the output, put the
//! interpreter, the SDK and the rule into one component with every ability switched off or
//! stubbed, and the SDK takes away what would still answer: no clock, no chance, no files, no
//! network; a script that tries gets an error. Such plugins are 12 to 19 MB.
//!
//! # What comes out
//! `<out>/<package>.wasm`: a component in release mode (optimised over all crates, `panic =
//! "abort"`, no symbols, no path of this machine), which imports nothing; a plugin that imports
//! something is refused here, before any host sees it. The file is written under another name and
//! renamed, and left alone when its bytes would not change. The same compiler and sources give
//! the same bytes in any folder; another compiler gives others, so digests are pinned to the file
//! that was built, not to its sources.
//!
//! # What this crate does not do
//! Run plugins or judge what they declare: that is `mattoni-rules`.
#![forbid(unsafe_code)]

mod choice;
mod command;
mod component;
mod contract;
mod error;
mod plugin;
mod script;
mod toolchain;

use std::path::Path;

use crate::script::Script;

pub use error::BuildError;
pub use plugin::BuiltPlugin;
pub use toolchain::WasmToolchain;

/// Builds the rule in `folder` into `out`, whatever its language: a Rust crate, or a folder with a
/// `rule.js` or a `rule.py`. `toolchain` is asked for where Rust has to be compiled.
///
/// # Errors
/// What the rule's compiler or componentizer says; [`BuildError::is_missing_tool`] tells a tool
/// that could not be had from a rule that is wrong.
pub fn build(
    folder: &Path,
    out: &Path,
    toolchain: impl FnOnce() -> Result<WasmToolchain, BuildError>,
) -> Result<BuiltPlugin, BuildError> {
    match Script::of(folder) {
        Some(script) => script::build(script, folder, out),
        None => toolchain()?.build_plugin(folder, out),
    }
}
