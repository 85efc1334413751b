//! Published data through the same bricks.

pub mod new_haven;
pub mod uci;
