//! `shuangyong`: the command line and the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::run()
}
