//! Run with: cargo xtask demo competition

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    competition::run(&mut |line| println!("{line}"))
}
