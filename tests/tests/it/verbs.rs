//! Every verb of a brick shows how it is called.

use crate::floors::root;
use crate::manners::rust_files;

/// The crates whose verbs are read: those of the bricks.
const BRICKS: [&str; 3] = ["mattoni-practice", "mattoni-ranking", "mattoni-service"];

/// The public functions of a file that answer with an event: name, and whether their documentation
/// holds a code block.
fn verbs(text: &str) -> Vec<(&str, bool)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("pub fn ") else { continue };
        let signature = lines[at..].iter().take_while(|line| !line.is_empty());
        let mut answer =
            signature.filter_map(|line| line.split_once("-> ")).map(|(_, after)| after);
        let event = answer.next().is_some_and(|answer| {
            let answer = answer.trim_start_matches("Result<").trim_start_matches("Option<");
            answer.split([',', '>', ' ']).next().is_some_and(|name| name.ends_with("Event"))
        });
        if event {
            let name = rest.split(['(', '<']).next().unwrap_or(rest);
            let docs = lines[..at].iter().rev();
            let mut docs = docs.take_while(|line| line.starts_with("///") || line.starts_with('#'));
            found.push((name, docs.any(|line| line.starts_with("/// ```"))));
        }
    }
    found
}

#[test]
fn every_verb_has_an_example() {
    let mut count = 0;
    let mut without = Vec::new();
    for brick in BRICKS {
        for (path, text) in rust_files(&root().join("crates").join(brick).join("src")) {
            for (name, shown) in verbs(&text) {
                count += 1;
                if !shown {
                    without.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(count > 40, "the walk over the bricks found only {count} verbs");
    assert!(without.is_empty(), "must show an example in its documentation: {without:#?}");
}

#[test]
fn a_verb_without_an_example_is_found() {
    let text = "
    /// Accepts it.
    ///
    /// # Errors
    /// When it is closed.
    pub fn accept(
        &self,
        act: &Act,
    ) -> Result<OfferEvent, AcceptRefusal> {

    /// Refuses it.
    ///
    /// ```
    /// offer.refuse(&act)?;
    /// ```
    #[must_use]
    pub fn refuse(&self, act: &Act) -> Option<Event> {

    /// Who offered it.
    pub fn by(&self) -> &Actor {
";
    assert_eq!(verbs(text), [("accept", false), ("refuse", true)]);
}
