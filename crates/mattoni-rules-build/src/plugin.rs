//! One plugin: its crate compiled, its component written.

use std::fs;
use std::path::{Path, PathBuf};

use mattoni_core::Digest;
use serde::Deserialize;

use crate::choice::TARGET;
use crate::command::output;
use crate::{BuildError, WasmToolchain, component};

/// A plugin on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuiltPlugin {
    /// Where it is.
    pub path: PathBuf,
    /// What a service pins it by.
    pub digest: Digest,
    /// Its size.
    pub bytes: usize,
}

/// What is needed of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

pub(crate) fn build(
    toolchain: &WasmToolchain,
    dir: &Path,
    out_dir: &Path,
) -> Result<BuiltPlugin, BuildError> {
    let manifest = fs::canonicalize(dir.join("Cargo.toml")).map_err(|error| {
        BuildError::because(format!("{} holds no Cargo.toml", dir.display()), error)
    })?;
    let metadata = output(
        toolchain
            .cargo("metadata")
            .args(["--format-version", "1", "--no-deps", "--manifest-path"])
            .arg(&manifest)
            .current_dir(dir),
    )?;
    let metadata: Metadata = serde_json::from_str(&metadata)
        .map_err(|error| BuildError::because("cargo metadata cannot be read", error))?;
    let (package, library) = metadata
        .packages
        .iter()
        .find(|package| package.manifest_path == manifest)
        .and_then(|package| {
            let is_cdylib =
                |target: &&Target| target.crate_types.iter().any(|kind| kind == "cdylib");
            Some((package, package.targets.iter().find(is_cdylib)?))
        })
        .ok_or_else(|| {
            BuildError::new(format!(
                "{} is no plugin: its [lib] needs crate-type = [\"cdylib\", \"rlib\"]",
                manifest.display()
            ))
        })?;
    compile(toolchain, &manifest, &metadata, &package.name)?;
    let module = metadata
        .target_directory
        .join(TARGET)
        .join("release")
        .join(format!("{}.wasm", library.name.replace('-', "_")));
    let module = fs::read(&module).map_err(|error| {
        BuildError::because(format!("{} was not built", module.display()), error)
    })?;
    let component = component::encode(&package.name, &module)?;
    let path = out_dir.join(format!("{}.wasm", package.name));
    write(&path, &component)?;
    Ok(BuiltPlugin { path, digest: Digest::of(&component), bytes: component.len() })
}

fn compile(
    toolchain: &WasmToolchain,
    manifest: &Path,
    metadata: &Metadata,
    package: &str,
) -> Result<(), BuildError> {
    // Paths of this machine are kept out of panic messages, so that bytes depend on sources and
    // compiler alone. SIMD of fixed width is deterministic; it is what makes columns fast.
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned()];
    // A rule needs little stack, and an instance's memory is put back to zero after each call: a
    // megabyte of it would be most of what scoring a single row costs.
    flags.push("-Clink-args=-z stack-size=131072".to_owned());
    let root = metadata.workspace_root.parent().unwrap_or(&metadata.workspace_root);
    flags.push(format!("--remap-path-prefix={}=/src", root.display()));
    if let Some(home) = cargo_home() {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    let mut cargo = toolchain.cargo("build");
    cargo
        .args(["--release", "--target", TARGET, "--package", package, "--lib", "--manifest-path"])
        .arg(manifest)
        .args(toolchain.build_flags())
        .current_dir(&metadata.workspace_root)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3")
        .env("CARGO_PROFILE_RELEASE_LTO", "fat")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    output(&mut cargo)
        .map_err(|error| BuildError::because(format!("{package} does not compile"), error))?;
    Ok(())
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))
}

/// Writes all or nothing, and nothing when nothing changes.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&unfinished, bytes))
        .and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|error| {
        BuildError::because(format!("{} cannot be written", path.display()), error)
    })
}
