//! Run with: cargo xtask demo

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use nursery::{Stopped, life, real};

/// A nursery's places, from draft to published ranking.
#[derive(Parser)]
struct Args {
    /// Where the database and everything else goes.
    #[arg(long, default_value = "target/demo")]
    folder: PathBuf,
    /// How many families apply.
    #[arg(long, default_value_t = 5_000)]
    families: usize,
    /// Forget the last demo instead of carrying on from it.
    #[arg(long)]
    fresh: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stopped(why)) => {
            eprintln!("demo: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Stopped> {
    if args.fresh && args.folder.exists() {
        std::fs::remove_dir_all(&args.folder)?;
    }
    std::fs::create_dir_all(&args.folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut say = |line: &str| println!("{line}");
    runtime.block_on(async {
        life::run(&args.folder, args.families, &mut say).await?;
        let data = std::env::var_os("MATTONI_REAL_DATA").filter(|folder| !folder.is_empty());
        match data.map(PathBuf::from) {
            Some(data) => {
                real::uci::run(&args.folder, &data, &mut say).await?;
                real::new_haven::run(&data, &mut say)?;
            }
            None => say("\nMATTONI_REAL_DATA is not set: the published data were left out (docs/real-data.md)"),
        }
        life::where_to_look(&args.folder, &mut say).await
    })
}
