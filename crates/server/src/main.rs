//! `shuangyong`: the command line and the server.

mod cli;
mod clock;
mod http;
mod keeper;
mod output;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
