//! The contract that every plugin speaks.

/// Its text, from the SDK's folder. The SDK itself would bring a code generator along, which takes
/// longer to compile than all the rest of this crate's dependencies.
pub(crate) const WIT: &str = include_str!("../../mattoni-rules-sdk/wit/v1/rules.wit");
