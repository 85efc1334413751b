//! The operator's guide, so that what it says is what is tried.

const GUIDE: &str = include_str!("../../../../docs/store.md");

/// The fenced block of this language under the heading.
fn block(heading: &str, language: &str) -> &'static str {
    let section = GUIDE.split("\n#").find(|section| {
        section.trim_start_matches('#').lines().next().is_some_and(|line| line.trim() == heading)
    });
    let section = section.unwrap_or_else(|| panic!("docs/store.md has no section {heading}"));
    let opening = format!("```{language}\n");
    let block = section.split_once(&opening).and_then(|(_, rest)| rest.split_once("```"));
    block.unwrap_or_else(|| panic!("{heading} in docs/store.md has no {language}")).0
}

/// The statements under the heading.
pub(crate) fn sql(heading: &str) -> Vec<String> {
    block(heading, "sql").lines().map(str::to_owned).collect()
}

/// The commands under the heading, as one script.
pub(crate) fn commands(heading: &str) -> String {
    let lines = block(heading, "console").lines();
    lines.filter_map(|line| line.strip_prefix("$ ")).collect::<Vec<_>>().join(" &&\n")
}
