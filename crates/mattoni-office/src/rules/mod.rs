//! A service's rules at work on its practices: one way of asking for all six worlds.
//!
//! A [`ServiceRules`] holds the plugins that a service names, each granted as its configuration
//! says. An office [with](Office::with_rules) them asks
//!
//! - before a draft is [submitted](Office::submit): validation, and eligibility unless it is set
//!   to `on = "assessment"`;
//! - by the [clock](Office::apply_rules), for all practices that wait for an answer, in one batch a
//!   rule: eligibility, routing, benefit, tariff;
//! - for a call as a whole: [scoring](Office::score).
//!
//! Every answer is noted on its practice as an assessment: the plugin, the digest of what it saw,
//! its answer, the fuel. What it was asked by, and with which parameters, is an
//! [`EvaluationRecord`](crate::EvaluationRecord), so that each answer can be
//! [computed again](Office::recompute).

mod admission;
mod again;
mod ask;
mod by_clock;
mod grant;
mod installed;
mod note;
pub mod scoring;

pub use admission::Sending;
pub(crate) use admission::submitted;
pub(crate) use again::granted_again;
pub(crate) use ask::{Ask, row_digest};
pub use by_clock::RuleReport;
pub(crate) use by_clock::as_problems;
pub use grant::{grant_rule, parameters, pin_rule};
pub use installed::{Installed, ServiceRules};

#[expect(unused_imports, reason = "the documentation links to it")]
use crate::Office;
