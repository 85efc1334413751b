//! What a plugin answers, read out of its memory by the host.
//!
//! The plugin is written by hand, so that it lies in every way there is: it copies what it was asked
//! about over its own answer, and hands that back.

use std::sync::LazyLock;

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready, RuleErrorKind};

use crate::guest::{Guest, HONEST};

/// Where the honest guest has its answer: everything from there on is the fuzzer's.
const LIAR: Guest = Guest {
    score: "(memory.copy (i32.const 512)
              (i32.load offset=4 (local.get 1)) (i32.mul (local.get 0) (i32.const 8)))
            i32.const 512",
    ..HONEST
};

/// Of the input, in bytes. The least has room for an answer about as many rows.
const SIZES: std::ops::RangeInclusive<usize> = 256..=2048;

static PLUGIN: LazyLock<Ready> = LazyLock::new(|| {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    let loaded = Host::new(limits).unwrap().load(&LIAR.bytes()).unwrap();
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).unwrap().ready()
});

/// Every eight bytes are a row, and all of them together the answer.
pub(crate) fn target(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().clamp(*SIZES.start(), *SIZES.end()).next_multiple_of(8), 0);
    let words = bytes.chunks_exact(8).map(|word| i64::from_le_bytes(word.try_into().unwrap()));
    let columns = [("n".to_owned(), Column::integers(words.collect()))].into();
    let batch = Batch::from_columns(PLUGIN.description(), columns).unwrap();
    match PLUGIN.score(&batch) {
        Ok(scored) => {
            assert_eq!(scored.rows(), batch.rows());
            for row in scored.iter() {
                assert!((0..=1_000).contains(&row.criteria[0].points), "{row:?}");
                assert!([None, Some("r")].contains(&row.criteria[0].reason.as_deref()), "{row:?}");
            }
            let _ = (scored.digest(), scored.columns());
        }
        Err(error) => assert!(
            matches!(error.kind(), RuleErrorKind::BadAnswer | RuleErrorKind::Failed),
            "{error}"
        ),
    }
}
