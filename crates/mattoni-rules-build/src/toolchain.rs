//! Finding, or installing, a compiler for WebAssembly.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::choice::{
    AUTO_INSTALL, CHOICE, DEBIAN_PACKAGES, Debian, Decision, Machine, Rustup, TARGET, decide,
    no_target,
};
use crate::command::output;
use crate::{BuildError, BuiltPlugin, plugin};

const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// A compiler that makes WebAssembly.
#[derive(Debug, Clone)]
pub struct WasmToolchain {
    compiler: Compiler,
}

#[derive(Debug, Clone)]
enum Compiler {
    /// The active `rustc` has the target.
    Active,
    /// Debian's, linking with this `rust-lld`.
    Debian { linker: PathBuf },
}

impl WasmToolchain {
    /// Finds a compiler with the target, installing what is missing where that is possible. Says
    /// on stderr what it took.
    ///
    /// # Errors
    /// There is none and none can be installed; the message says what to do.
    pub fn find() -> Result<Self, BuildError> {
        let sysroot = sysroot()?;
        let variable = |name| env::var(name).ok();
        let asked = Rustup::of(variable(CHOICE).as_deref(), variable(AUTO_INSTALL).as_deref());
        let mut rustup = asked;
        let mut debian = debian();
        loop {
            let machine = Machine { has_target: has_target(&sysroot), rustup, debian };
            match decide(machine) {
                Decision::TakeActive => {
                    eprintln!("wasm target: {TARGET} of the active rustc");
                    return Ok(Self { compiler: Compiler::Active });
                }
                Decision::AskRustup => {
                    eprintln!("wasm target: asking rustup for {TARGET}");
                    // Whatever it answers, it is not asked again.
                    let _ = rustup_adds_target();
                    rustup = Rustup::Failed;
                }
                Decision::InstallDebian => {
                    debian = install_debian();
                }
                Decision::TakeDebian => {
                    let linker = linker(&sysroot)?;
                    if !linker.exists() {
                        return Err(BuildError::new(no_target(asked)));
                    }
                    eprintln!(
                        "wasm target: Debian's rustc in /usr/bin, with the standard library from \
                         source"
                    );
                    return Ok(Self { compiler: Compiler::Debian { linker } });
                }
                Decision::Stop(line) => return Err(BuildError::new(line)),
            }
        }
    }

    /// Builds the plugin in folder `dir` into `out_dir/<package>.wasm`. Does nothing that cargo
    /// finds done already.
    ///
    /// # Errors
    /// It does not compile, is no `cdylib`, speaks another contract, imports something, or a file
    /// cannot be written.
    pub fn build_plugin(&self, dir: &Path, out_dir: &Path) -> Result<BuiltPlugin, BuildError> {
        plugin::build(self, dir, out_dir)
    }

    /// A cargo command of this compiler, free of the environment of the cargo that runs us.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = match &self.compiler {
            Compiler::Active => Command::new("cargo"),
            Compiler::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        cargo.arg(subcommand);
        for inherited in [
            "CARGO",
            "CARGO_BUILD_TARGET",
            "CARGO_BUILD_TARGET_DIR",
            "CARGO_TARGET_DIR",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTFLAGS",
        ] {
            cargo.env_remove(inherited);
        }
        if let Compiler::Debian { linker } = &self.compiler {
            cargo
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    /// Flags for `cargo build` that only this compiler needs.
    pub(crate) fn build_flags(&self) -> &'static [&'static str] {
        match self.compiler {
            Compiler::Active => &[],
            // No backtraces, which a plugin cannot print: their readers of debug information would be
            // most of what there is to compile.
            Compiler::Debian { .. } => &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="],
        }
    }
}

fn sysroot() -> Result<PathBuf, BuildError> {
    Ok(PathBuf::from(output(Command::new("rustc").args(["--print", "sysroot"]))?.trim()))
}

fn has_target(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
}

fn rustup_adds_target() -> bool {
    Command::new("rustup")
        .args(["target", "add", TARGET])
        .status()
        .is_ok_and(|status| status.success())
}

fn linker(sysroot: &Path) -> Result<PathBuf, BuildError> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(sysroot.join("lib/rustlib").join(host).join("bin/rust-lld"))
}

/// Whether Debian's compiler is here, or could be.
fn debian() -> Debian {
    if Path::new(DEBIAN_SOURCES).exists() {
        return Debian::Installed;
    }
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    match root && Path::new("/usr/bin/apt-get").exists() {
        true => Debian::Installable,
        false => Debian::Absent,
    }
}

/// Installs Debian's compiler; answers whether it is here now.
fn install_debian() -> Debian {
    eprintln!("wasm target: installing {} with apt-get", DEBIAN_PACKAGES.join(", "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    let updated = output(apt().args(["update", "-q"]));
    let installed = output(
        apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(DEBIAN_PACKAGES),
    );
    match updated.and(installed) {
        Ok(_) if Path::new(DEBIAN_SOURCES).exists() => Debian::Installed,
        _ => Debian::Absent,
    }
}
