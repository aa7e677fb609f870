//! `shuangyong`: the command line and the server.

mod cli;
mod clock;
mod http;
mod keeper;
mod output;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
