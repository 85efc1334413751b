//! Run with: cargo xtask demo bonus

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    bonus::run(&mut |line| println!("{line}"))
}
