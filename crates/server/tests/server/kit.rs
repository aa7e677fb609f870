//! A county in a temporary folder and the binary that works on it.

use domain::citizen::CitizenId;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes away with its test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("shuangyong-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        name.to_owned()
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The program, in this folder, with nothing of the tester's own settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shuangyong"));
        command
            .args(args)
            .current_dir(&self.0)
            .env("SHUANGYONG_KEYS", self.path("keys"))
            .env_remove("SHUANGYONG_DATABASE")
            .env_remove("SHUANGYONG_HEADS")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs what must succeed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
        ran.out
    }

    /// Runs with `--format json`; stdout must be one document.
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.ok(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// Runs what must be refused as a whole: exit 1, nothing on stdout, a problem on stderr. Gives the problem.
    pub fn problem(&self, args: &[&str]) -> Value {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(1), "{args:?}: {} {}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{args:?}");
        let line = ran.err.lines().rfind(|line| line.starts_with('{')).unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", ran.err))
    }

    /// Runs what must be refused with this problem.
    pub fn refused(&self, args: &[&str], code: &str) -> Value {
        let problem = self.problem(args);
        assert_eq!(problem["code"], code, "{args:?}: {problem}");
        problem
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a command answered.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// 石柱 with the campaign of 2024.
pub fn shizhu() -> Folder {
    let folder = Folder::new();
    folder.ok(&["init", "--county", "500240"]);
    assert_eq!(folder.ok(&["campaign", "create", "--template", "bayi", "--year", "2024"]), "bayi-2024\n");
    folder
}

/// A number that cannot belong to a living person: born in 1888, odd for men.
pub fn citizen(serial: u32) -> String {
    CitizenId::complete(&format!("50024018880203{serial:03}")).unwrap().reveal().to_owned()
}

/// A CSV of lines.
pub fn csv(head: &str, rows: &[&str]) -> String {
    let mut text = format!("{head}\n");
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}

/// The five counts of an import.
pub fn counts(answer: &Value) -> [u64; 5] {
    let counts =
        ["read", "added", "changed", "unchanged", "refused"].map(|key| answer[key].as_u64().unwrap());
    assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "nothing disappears");
    counts
}

/// The findings as `row severity code`, without the codes in `leave_out`, in the order of rows.
pub fn findings(answer: &Value, leave_out: &[&str]) -> Vec<String> {
    let mut list: Vec<(u64, String)> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| !leave_out.contains(&it["code"].as_str().unwrap()))
        .map(|it| {
            let row = it["row"].as_u64().unwrap_or(0);
            (row, format!("{row} {} {}", it["severity"].as_str().unwrap(), it["code"].as_str().unwrap()))
        })
        .collect();
    list.sort();
    list.into_iter().map(|(_, text)| text).collect()
}

/// The message of the first finding with this code.
pub fn message(answer: &Value, code: &str) -> String {
    let found = answer["findings"].as_array().unwrap().iter().find(|it| it["code"] == code);
    found.unwrap_or_else(|| panic!("no {code}"))["message"].as_str().unwrap().to_owned()
}

/// The keys of an object, sorted.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The row of a table with this key.
pub fn row<'a>(table: &'a Value, key: &str) -> &'a Value {
    table["rows"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap()
}

/// Whether two files hold the same bytes.
pub fn same(a: &Path, b: &Path) -> bool {
    std::fs::read(a).unwrap() == std::fs::read(b).unwrap()
}
