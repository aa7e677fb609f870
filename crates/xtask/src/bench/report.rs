//! The printed table, in Markdown so that it can be put into docs/performance.md as it is.

use super::measure::Figures;
use std::path::PathBuf;

/// One work with what it took.
pub struct Line {
    work: String,
    mark: &'static str,
    ours: Figures,
    peers: Vec<(String, Figures)>,
}

impl Line {
    pub fn new(
        work: impl Into<String>,
        mark: &'static str,
        ours: Figures,
        peers: Vec<(String, Figures)>,
    ) -> Self {
        let line = Self { work: work.into(), mark, ours, peers };
        eprintln!("{}: {}", line.work, line.ours.said());
        line
    }

    fn peers_said(&self) -> String {
        let each = self.peers.iter().map(|(name, figures)| format!("{name}: {}", figures.said()));
        each.collect::<Vec<_>>().join("<br>")
    }

    fn ratios(&self) -> String {
        let each = self.peers.iter().map(|(_, peer)| {
            let wall = ratio(peer.wall_us, self.ours.wall_us);
            // On a machine with other work the wall says less than the CPU.
            let both = peer.cpu_ms > 0 && self.ours.cpu_ms > 0;
            if both { format!("{wall}, CPU {}", ratio(peer.cpu_ms, self.ours.cpu_ms)) } else { wall }
        });
        each.collect::<Vec<_>>().join("<br>")
    }
}

/// `12.3×`: how many times as much the peer took.
fn ratio(peer: u64, ours: u64) -> String {
    let tenths = peer * 10 / ours.max(1);
    format!("{}.{}×", tenths / 10, tenths % 10)
}

/// What the figures depend on.
pub fn head(python: &Result<PathBuf, String>) -> std::io::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    println!("{cores} cores, load average before {}", load.join(" "));
    if cfg!(debug_assertions) {
        println!("not optimised: build with --release");
    }
    if let Err(reason) = python {
        println!("no peers: {reason}");
    }
    Ok(())
}

/// Prints everything.
pub fn table(lines: &[Line]) {
    println!("\n| work | mark | ours | peer | peer ÷ ours |\n|---|---|---|---|---|");
    for line in lines {
        let Line { work, mark, ours, .. } = line;
        println!("| {work} | {mark} | {} | {} | {} |", ours.said(), line.peers_said(), line.ratios());
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\nload average after {}", load.split_whitespace().take(3).collect::<Vec<_>>().join(" "));
}
