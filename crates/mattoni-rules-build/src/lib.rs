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
//!    `MATTONI_WASM_TOOLCHAIN=debian`, for machines that reach package mirrors only;
//! 3. Debian's own compiler (packages `rustc-web`, `cargo-web`, `rust-web-src`), which builds the
//!    standard library from source and links with rustup's `rust-lld`. Missing packages are
//!    installed when the process is root.
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

mod command;
mod component;
mod error;
mod plugin;
mod toolchain;

pub use error::BuildError;
pub use plugin::BuiltPlugin;
pub use toolchain::WasmToolchain;
