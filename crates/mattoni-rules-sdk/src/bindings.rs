//! The contract as Rust types and exported functions, generated from `wit/v1`.
// wit-bindgen's code hands lists to the host as raw pointers, as the canonical ABI asks; that is
// the one `unsafe` of this crate. Its items carry the WIT's comments or none.
#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

wit_bindgen::generate!({
    path: "wit/v1",
    world: "scorer",
    pub_export_macro: true,
    export_macro_name: "__export_bindings",
    default_bindings_module: "mattoni_rules_sdk::bindings",
    additional_derives: [PartialEq, Clone],
});
