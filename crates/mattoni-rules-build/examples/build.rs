//! Builds plugins into a folder.
//!
//! Run with: `cargo run -p mattoni-rules-build --example build -- target/plugins plugins/*/`

use std::path::Path;

use mattoni_rules_build::WasmToolchain;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("name the folder to build into, then the plugins")?;
    let toolchain = WasmToolchain::find()?;
    for plugin in arguments.filter(|plugin| Path::new(plugin).join("Cargo.toml").exists()) {
        let built = toolchain.build_plugin(Path::new(&plugin), Path::new(&out))?;
        println!("{} {} ({} bytes)", built.digest.short(), built.path.display(), built.bytes);
    }
    Ok(())
}
