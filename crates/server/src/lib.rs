//! What the program `shuangyong` is made of; a library so that tests can ask the router without a socket.

mod cli;
mod clock;
pub mod config;
pub mod http;
mod keeper;
mod output;
mod work;

pub use cli::run;
pub use clock::System;
