//! Chores of the project that are run by hand: `cargo run -p xtask -- TASK …`.
//!
//! `bench` is there with `cargo run --release -p xtask --features bench -- bench`.
//!
//! A new chore is a file with `pub fn run(arguments: &[String]) -> Outcome` and a line in [`TASKS`].

mod authority;
#[cfg(feature = "bench")]
mod bench;
mod division;
mod long;
mod tidy;

use std::process::ExitCode;

/// What a chore answers: nothing, or one sentence that says what happened.
type Outcome = Result<(), Box<dyn std::error::Error>>;

struct Task {
    name: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task { name: "authority", help: authority::HELP, run: authority::run },
    #[cfg(feature = "bench")]
    Task { name: "bench", help: bench::HELP, run: bench::run },
    Task { name: "division", help: division::HELP, run: division::run },
    Task { name: "long", help: long::HELP, run: long::run },
    Task { name: "tidy", help: tidy::HELP, run: tidy::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(name) = arguments.first().filter(|first| !matches!(first.as_str(), "help" | "-h" | "--help"))
    else {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprint!("没有任务 no such task: {name}\n\n{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("用法 usage: cargo run -p xtask -- <任务 task> [选项 options]\n\n");
    for task in TASKS {
        text.push_str(task.name);
        for line in task.help.lines() {
            text.push_str("\n    ");
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// The value behind `--name`, or a sentence that asks for it.
fn option<'a>(arguments: &'a [String], name: &str) -> Result<&'a str, String> {
    arguments
        .iter()
        .position(|argument| argument == name)
        .and_then(|at| arguments.get(at + 1))
        .map(String::as_str)
        .ok_or_else(|| format!("缺少选项 missing option: {name}"))
}
