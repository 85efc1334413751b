//! The shell: loads, lets the bricks decide, commits, delivers what follows.
#![forbid(unsafe_code)]

mod bulk;
mod clock;
mod desk;
mod effects;
mod error;
mod kept;
pub mod practices;
mod protocol;
pub mod table;

pub use bulk::{BulkReport, Progress};
pub use clock::{Clock, SystemClock, ToldClock};
pub use desk::{Desk, Opened};
pub use effects::{DeliveryReport, Handled, Handler};
pub use error::DeskError;
pub use kept::{Kept, named_id};
pub use protocol::ProtocolOffice;
