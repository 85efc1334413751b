//! The shell: loads, lets the bricks decide, commits, delivers what follows.
#![forbid(unsafe_code)]

mod bulk;
mod clock;
pub mod coherence;
mod desk;
mod effects;
mod error;
mod evaluation;
pub mod explain;
pub mod import;
mod kept;
mod postbox;
pub mod practices;
mod procedure;
mod protocol;
pub mod ranking;
pub mod scoring;
pub mod table;
mod verify;

pub use bulk::{Acted, BulkReport, Progress, Verdict};
pub use clock::{Clock, SystemClock, ToldClock};
pub use desk::{Desk, Opened};
pub use effects::{DeliveryReport, Handled, Handler};
pub use error::DeskError;
pub use evaluation::{EvaluationEvent, EvaluationRecord, evaluation_digest, evaluation_id};
pub use kept::{Kept, named_id};
pub use postbox::FilePostbox;
pub use procedure::procedure_of;
pub use protocol::ProtocolOffice;
pub use verify::Proof;
