//! Run with: cargo xtask demo

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use nursery::{Options, Stopped};

/// A nursery's places, from draft to published ranking.
#[derive(Parser)]
struct Args {
    /// Where the database and everything else goes.
    #[arg(long, default_value = nursery::FOLDER)]
    folder: PathBuf,
    /// How many families apply.
    #[arg(long, default_value_t = nursery::FAMILIES)]
    families: usize,
    /// Forget the last demo instead of carrying on from it.
    #[arg(long)]
    fresh: bool,
}

fn main() -> ExitCode {
    let Args { folder, families, fresh } = Args::parse();
    let data = std::env::var_os("MATTONI_REAL_DATA").filter(|folder| !folder.is_empty());
    let options = Options { folder, families, fresh, real_data: data.map(PathBuf::from) };
    match nursery::run(&options, &mut |line| println!("{line}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stopped(why)) => {
            eprintln!("demo: {why}");
            ExitCode::FAILURE
        }
    }
}
