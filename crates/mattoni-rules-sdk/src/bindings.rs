//! The contract as Rust types and exported functions, generated from `wit/v1`.
//!
//! All interfaces are generated at once, so that they share their types; which of them a plugin
//! exports is `export!`'s choice, and its world is written into the module when the component is
//! made.
// wit-bindgen's code hands lists to the host as raw pointers, as the canonical ABI asks; that is
// the one `unsafe` of this crate. Its items carry the WIT's comments or none.
#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

wit_bindgen::generate!({
    path: "wit/v1",
    inline: r#"
        package mattoni:everything;
        world everything {
            export mattoni:rules/types@1.0.0;
            export mattoni:rules/about@1.0.0;
            export mattoni:rules/scoring@1.0.0;
            export mattoni:rules/eligibility@1.0.0;
            export mattoni:rules/benefit@1.0.0;
            export mattoni:rules/tariff@1.0.0;
            export mattoni:rules/routing@1.0.0;
            export mattoni:rules/validation@1.0.0;
        }
    "#,
    world: "mattoni:everything/everything",
    pub_export_macro: true,
    export_macro_name: "__export_everything",
    default_bindings_module: "mattoni_rules_sdk::bindings",
    additional_derives: [PartialEq, Clone],
});
