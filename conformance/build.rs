//! Compiles the hand-written cases, the rules' texts, scenarios with their messages, and presets of faults into the program, so
//! that it has them wherever it is installed.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    for folder in ["cases", "rules", "scenarios", "payloads", "faults"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder);
        let root = root.canonicalize().expect("the checkout has its fixtures");
        let mut files = Vec::new();
        collect(&root, &mut files);
        files.sort();
        let mut source = String::from("&[\n");
        for file in files {
            let name = file.strip_prefix(&root).expect("found below it").display().to_string();
            let name = format!("fixtures/{folder}/{}", name.replace('\\', "/"));
            writeln!(source, "({name:?}, include_str!({:?})),", file.display().to_string())
                .expect("writing to a String cannot fail");
        }
        source.push(']');
        let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
        std::fs::write(out.join(format!("{folder}.rs")), source).expect("OUT_DIR can be written");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder).expect("a folder of the checkout") {
        let path = entry.expect("an entry of the checkout").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}
