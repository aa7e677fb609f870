//! The peers: `benches/peers.py` with the usual Python packages, on the same files in the same run.

use super::measure::{self, Figures};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `benches` of the workspace.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches")
}

/// The Python that has the packages: the one named, else the one that `benches/setup.sh` makes.
pub fn python(named: Option<&str>) -> Result<PathBuf, String> {
    if let Some(named) = named {
        return Ok(PathBuf::from(named));
    }
    let output = Command::new("bash")
        .arg(folder().join("setup.sh"))
        .output()
        .map_err(|error| format!("benches/setup.sh: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let python = text.lines().last().unwrap_or_default().trim();
    if output.status.success() && !python.is_empty() {
        return Ok(PathBuf::from(python));
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(why.lines().last().unwrap_or("benches/setup.sh failed").to_owned())
}

/// Runs one peer; what went wrong is said and leaves its cell empty.
pub fn run(python: &Path, name: &str, file: &Path) -> Option<(String, Figures)> {
    let mut command = Command::new(python);
    command.arg(folder().join("peers.py")).arg(name).arg(file);
    match measure::child(&mut command) {
        Ok(figures) => Some((name.to_owned(), figures)),
        Err(error) => {
            eprintln!("peers.py {name}: {error}");
            None
        }
    }
}
