//! Rules in JavaScript and Python: their interpreter, their source and the SDK in one component.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mattoni_core::{Digest, DigestBuilder};

use crate::command::output;
use crate::contract::WIT;
use crate::plugin::write;
use crate::{BuildError, BuiltPlugin, component};

/// A language with an interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    JavaScript,
    Python,
}

const COMPONENTIZE_JS: &str = "@bytecodealliance/componentize-js@0.23.0";
const COMPONENTIZE_PY: &str = "componentize-py==0.25.1";

/// What its command does. The command itself names the folder it was installed in, and so ends
/// with a move of it.
const RUN_PY: &str = "import sys, componentize_py; sys.exit(componentize_py.script())";

/// Worlds of the contract: interface, and the WIT's world.
const WORLDS: [(&str, &str); 6] = [
    ("scoring", "scorer"),
    ("eligibility", "examiner"),
    ("benefit", "grantor"),
    ("tariff", "biller"),
    ("routing", "router"),
    ("validation", "validator"),
];

/// Everything the toolchain would let a script reach is switched off: what is left imports
/// nothing.
const BUILD_JS: &str = r#"
import { componentize } from "@bytecodealliance/componentize-js";
import { writeFileSync } from "node:fs";
const [, , sourcePath, witPath, worldName, out] = process.argv;
const disableFeatures = ["random", "stdio", "clocks", "http", "fetch-event"];
const { component } = await componentize({ sourcePath, witPath, worldName, disableFeatures });
writeFileSync(out, component);
"#;

impl Script {
    /// The language of the rule in `folder`.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        [Self::JavaScript, Self::Python].into_iter().find(|s| folder.join(s.source()).exists())
    }

    fn source(self) -> &'static str {
        match self {
            Self::JavaScript => "rule.js",
            Self::Python => "rule.py",
        }
    }

    fn tool(self) -> &'static str {
        match self {
            Self::JavaScript => COMPONENTIZE_JS,
            Self::Python => COMPONENTIZE_PY,
        }
    }

    fn sdk(self) -> (&'static str, &'static str) {
        match self {
            Self::JavaScript => ("mattoni.js", include_str!("../../../sdk/js/mattoni.js")),
            Self::Python => ("mattoni.py", include_str!("../../../sdk/python/mattoni.py")),
        }
    }

    /// The world of a rule, from the line that makes it.
    fn world(self, rule: &str) -> Option<(&'static str, &'static str)> {
        let makes = |interface: &str| match self {
            Self::JavaScript => rule
                .lines()
                .any(|line| line.starts_with(&format!("export const {{ about, {interface} }}"))),
            Self::Python => rule
                .lines()
                .any(|line| line.starts_with(&format!("rule = {}(", capital(interface)))),
        };
        WORLDS.into_iter().find(|(interface, _)| makes(interface))
    }

    fn how(self) -> &'static str {
        match self {
            Self::JavaScript => "it needs a line `export const { about, scoring } = …`",
            Self::Python => "it needs a line `rule = Scoring(…`",
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Builds the rule in `folder` into `out/<folder's name>.wasm`, with tools kept beside `out`. Does
/// nothing where sources, SDK, contract and tool are what they were.
pub(crate) fn build(script: Script, folder: &Path, out: &Path) -> Result<BuiltPlugin, BuildError> {
    let unusable = |what: &Path, error: std::io::Error| {
        BuildError::because(format!("{} cannot be used", what.display()), error)
    };
    let folder = fs::canonicalize(folder).map_err(|error| unusable(folder, error))?;
    fs::create_dir_all(out).map_err(|error| unusable(out, error))?;
    let out = fs::canonicalize(out).map_err(|error| unusable(out, error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let path = out.join(format!("{name}.wasm"));
    let sources = sources(script, &folder).map_err(|error| unusable(&folder, error))?;
    let rule = sources.iter().find(|(file, _)| file == script.source());
    let rule = rule.map_or_else(String::new, |(_, bytes)| String::from_utf8_lossy(bytes).into());
    let (interface, world) = script.world(&rule).ok_or_else(|| {
        BuildError::new(format!("{name}: {} names no world: {}", script.source(), script.how()))
    })?;

    let inputs = inputs(script, &sources);
    let mark = out.join(format!("{name}.inputs"));
    let done = fs::read_to_string(&mark).is_ok_and(|text| text == inputs.to_string());
    if !done || !path.exists() {
        let tools = out.parent().unwrap_or(&out).join("tools");
        let stage = stage(script, &tools.join("stage").join(&name), &sources, interface)
            .map_err(|error| unusable(&tools, error))?;
        let made = stage.join("made.wasm");
        eprintln!("building {name}: an interpreter comes along, this takes up to a minute");
        componentize(script, &tools, &stage, world, &made)?;
        let component = fs::read(&made).map_err(|error| unusable(&made, error))?;
        component::check_imports(&name, &component)?;
        write(&path, &component)?;
        write(&mark, inputs.to_string().as_bytes())?;
    }
    let component = fs::read(&path).map_err(|error| unusable(&path, error))?;
    Ok(BuiltPlugin { path, digest: Digest::of(&component), bytes: component.len() })
}

/// The author's files, by name.
fn sources(script: Script, folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let extension = Path::new(script.source()).extension();
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == extension {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sources.push((name, fs::read(&path)?));
        }
    }
    sources.sort();
    Ok(sources)
}

fn inputs(script: Script, sources: &[(String, Vec<u8>)]) -> Digest {
    let digest = DigestBuilder::new("mattoni.rules.script.v1")
        .field(script.tool().as_bytes())
        .field(WIT.as_bytes())
        .field(script.sdk().1.as_bytes());
    let each = |digest: DigestBuilder, (name, bytes): &(String, Vec<u8>)| {
        digest.field(name.as_bytes()).field(bytes)
    };
    sources.iter().fold(digest, each).finish()
}

/// A folder with all that goes into the component.
fn stage(
    script: Script,
    stage: &Path,
    sources: &[(String, Vec<u8>)],
    interface: &str,
) -> std::io::Result<PathBuf> {
    if stage.exists() {
        fs::remove_dir_all(stage)?;
    }
    fs::create_dir_all(stage.join("wit"))?;
    fs::write(stage.join("wit").join("rules.wit"), WIT)?;
    for (name, bytes) in sources {
        fs::write(stage.join(name), bytes)?;
    }
    let (name, sdk) = script.sdk();
    fs::write(stage.join(name), sdk)?;
    if script == Script::Python {
        let class = capital(interface);
        // The SDK first: it takes away what a rule must not import.
        let imports = "import mattoni\nfrom rule import rule\n";
        let app = format!("{imports}\nAbout = rule.about()\n{class} = rule.export()\n");
        fs::write(stage.join("app.py"), app)?;
    }
    Ok(stage.to_owned())
}

fn componentize(
    script: Script,
    tools: &Path,
    stage: &Path,
    world: &str,
    made: &Path,
) -> Result<(), BuildError> {
    let mut command = match script {
        Script::JavaScript => {
            let folder = tools.join("js");
            install_node(&folder)?;
            let mut node = Command::new("node");
            node.arg(folder.join("build.mjs")).arg(stage.join("rule.js")).arg(stage.join("wit"));
            node.arg(world).arg(made);
            node
        }
        Script::Python => {
            let mut tool = Command::new(install_python(&tools.join("python"))?);
            tool.args(["-c", RUN_PY]).arg("-d").arg(stage.join("wit")).args([
                "-w",
                world,
                "componentize",
            ]);
            tool.args(["--stub-wasi", "app", "-o"]).arg(made);
            tool
        }
    };
    output(command.current_dir(stage)).map(drop)
}

/// componentize-js in `folder`, installed if it is not there.
fn install_node(folder: &Path) -> Result<(), BuildError> {
    if !folder.join("node_modules/@bytecodealliance/componentize-js").exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
        install(npm.arg(COMPONENTIZE_JS), "npm")?;
    }
    write(&folder.join("build.mjs"), BUILD_JS.as_bytes())
}

/// The Python of `folder` that has componentize-py, installed if it is not there, or does not run
/// any more: because the checkout was moved, or the Python it was made with is gone.
fn install_python(folder: &Path) -> Result<PathBuf, BuildError> {
    let python = folder.join("bin/python");
    if output(Command::new(&python).args(["-c", "import componentize_py"])).is_err() {
        let mut venv = Command::new("python3");
        install(venv.args(["-m", "venv", "--clear"]).arg(folder), "python3 with venv")?;
        let mut pip = Command::new(&python);
        install(pip.args(["-m", "pip", "install", "--quiet", COMPONENTIZE_PY]), "PyPI")?;
    }
    Ok(python)
}

fn install(command: &mut Command, what: &str) -> Result<(), BuildError> {
    eprintln!("installing with {what}: {command:?}");
    output(command).map(drop).map_err(|error| {
        BuildError::because(format!("{what} could not be reached or failed"), error).missing_tool()
    })
}
