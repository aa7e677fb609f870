//! Cold start and idle memory of the built program.

use super::measure::{Figures, memory_kb, micros};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a start is measured; the median counts.
const STARTS: usize = 5;
const LONGEST: Duration = Duration::from_secs(20);

/// Starts the program on a county that `init` made: time until `/health` answers, and memory after two seconds.
pub fn measure(program: &Path, data: &Path) -> Result<(Figures, Figures), Box<dyn std::error::Error>> {
    let made = Command::new(program)
        .args(["init", "--county", "500240", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("init failed".into());
    }
    let mut took = Vec::with_capacity(STARTS);
    let mut idle_kb = 0;
    for _ in 0..STARTS {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let start = Instant::now();
        let child = Command::new(program)
            .args(["serve", "--listen", &address, "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .spawn()?;
        let mut child = Running(child);
        while !answers(&address) {
            if start.elapsed() > LONGEST || child.0.try_wait()?.is_some() {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        took.push(micros(start.elapsed()));
        std::thread::sleep(Duration::from_secs(2));
        idle_kb = memory_kb(&child.0.id().to_string(), "VmRSS:");
    }
    let note = format!("median of {STARTS}");
    let wall_us = super::measure::percentile(&mut took, 50);
    Ok((Figures { wall_us, note, ..Figures::default() }, Figures { peak_kb: idle_kb, ..Figures::default() }))
}

/// Whether `/health` answers with 200.
pub fn answers(address: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

/// A server that ends with the measurement.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
