//! The command's own layers: what is lower imports nothing that is higher, and no two files import
//! each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's path from the crate: empty for `lib.rs`.
type Module = Vec<String>;

/// The text of every module.
fn modules(folder: &Path, at: &[String], found: &mut BTreeMap<Module, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let below: Module = at.iter().cloned().chain([name.clone()]).collect();
        if path.is_dir() {
            modules(&path, &below, found);
        } else if path.extension().is_some_and(|e| e == "rs") && name != "main" {
            let module = if name == "lib" || name == "mod" { at.to_vec() } else { below };
            found.insert(module, std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The paths that a tree of `use` names.
fn expand(tree: &str, before: &str, found: &mut Vec<String>) {
    let (mut depth, mut start) = (0, 0);
    let mut parts = Vec::new();
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tree[start..]);
    for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                let rest = rest.strip_suffix('}').unwrap();
                expand(rest, &format!("{before}{head}"), found);
            }
            None => found.push(format!("{before}{}", part.split(' ').next().unwrap())),
        }
    }
}

/// The modules that a module imports: those it declares, and those its paths lead to.
fn imports(module: &Module, text: &str, all: &BTreeMap<Module, String>) -> BTreeSet<Module> {
    let mut paths = Vec::new();
    for piece in text.split("\nuse ").skip(1) {
        expand(&piece[..piece.find(';').unwrap()].replace('\n', " "), "", &mut paths);
    }
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        let inside = word.starts_with("crate::") || word.starts_with("super::");
        // What goes on with a brace is a `use`, which was read above.
        paths.extend((inside && !word.ends_with("::")).then(|| word.to_owned()));
    }
    for line in text.lines() {
        let declared = line.strip_prefix("mod ").or_else(|| line.strip_prefix("pub(crate) mod "));
        paths.extend(declared.map(|name| format!("self::{}", name.trim_end_matches(';'))));
    }
    let leads_to = |path: &String| {
        let mut words = path.split("::").map(str::to_owned);
        let mut at: Module = match words.next().unwrap().as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        at.extend(words);
        while !all.contains_key(&at) {
            at.pop()?;
        }
        (at != *module).then_some(at)
    };
    paths.iter().filter_map(leads_to).collect()
}

#[test]
fn lower_files_import_no_higher_ones_and_no_two_import_each_other() {
    let mut all = BTreeMap::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[], &mut all);
    let edges: BTreeMap<_, _> =
        all.iter().map(|(module, text)| (module, imports(module, text, &all))).collect();
    assert!(edges[&vec!["args".to_owned()]].contains(&vec!["db".to_owned()]), "{edges:?}");
    for (module, imported) in &edges {
        for other in imported {
            let back = edges.get(other).is_some_and(|back| back.contains(*module));
            assert!(!back, "{module:?} and {other:?} import each other");
        }
        let may: &[&str] = match module.first().map(String::as_str) {
            None => continue,
            Some("args") => &["args", "db"],
            Some("commands") => &["args", "commands", "store_access", "output", "italian", "db"],
            Some("store_access") => &["store_access", "output", "db"],
            Some("output") => &["italian"],
            Some("italian") => &["italian"],
            _ => &[],
        };
        for other in imported {
            let top = other.first().map(String::as_str);
            assert!(top.is_some_and(|top| may.contains(&top)), "{module:?} imports {other:?}");
        }
    }
}
