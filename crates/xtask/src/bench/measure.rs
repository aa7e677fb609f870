//! Wall time, CPU time and peak memory of this process, and figures handed from a child to its parent.

use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Linux counts CPU time in hundredths of a second for programs, whatever the kernel's own tick is.
const MS_PER_TICK: u64 = 10;

/// What one case took.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Microseconds on the wall: of the whole, or the median of one call.
    pub wall_us: u64,
    /// Milliseconds of CPU, 0 when not measured.
    pub cpu_ms: u64,
    /// Peak resident memory of the process, 0 when not measured.
    pub peak_kb: u64,
    /// More about it.
    #[serde(default)]
    pub note: String,
}

impl Figures {
    /// `1.23 s, CPU 1.80 s, 120 MB`
    pub fn said(&self) -> String {
        let mut text = match self.wall_us {
            0 => String::new(),
            wall if wall < 100_000 => format!("{}.{:02} ms", wall / 1000, wall % 1000 / 10),
            wall => format!("{}.{:02} s", wall / 1_000_000, wall % 1_000_000 / 10_000),
        };
        let mut add = |more: String| {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&more);
        };
        if self.cpu_ms > 0 {
            add(format!("CPU {}.{:02} s", self.cpu_ms / 1000, self.cpu_ms % 1000 / 10));
        }
        if self.peak_kb > 0 {
            add(format!("{} MB", self.peak_kb / 1024));
        }
        if !self.note.is_empty() {
            add(self.note.clone());
        }
        text
    }
}

/// Runs since when the watch was started.
pub struct Watch {
    start: Instant,
    cpu_ms: u64,
}

impl Watch {
    /// Starts.
    pub fn start() -> Self {
        Self { cpu_ms: cpu_ms(), start: Instant::now() }
    }

    /// Stops. The peak is the process's, so a case does nothing large before.
    pub fn stop(&self, note: impl Into<String>) -> Figures {
        let wall_us = micros(self.start.elapsed());
        Figures {
            wall_us,
            cpu_ms: cpu_ms() - self.cpu_ms,
            peak_kb: memory_kb("self", "VmHWM:"),
            note: note.into(),
        }
    }
}

/// Whole microseconds.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Sorts and says the value at this percentage.
pub fn percentile(times: &mut [u64], percent: usize) -> u64 {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or(0)
}

/// User and system time of this process and its threads.
fn cpu_ms() -> u64 {
    process_cpu_ms("self")
}

/// User and system time of a process and its threads, ms.
pub fn process_cpu_ms(process: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; utime and stime are the 12th and 13th word behind it.
    let behind = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok());
    ticks.sum::<u64>() * MS_PER_TICK
}

/// A line of `/proc/PID/status`, in KiB; 0 where there is none.
pub fn memory_kb(process: &str, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|it| it.strip_prefix(line))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// The median time until 4 KiB are on the disk.
pub fn sync_us(folder: &Path, times: usize) -> std::io::Result<u64> {
    let path = folder.join("sync.probe");
    let mut file = std::fs::File::create(&path)?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        took.push(micros(start.elapsed()));
    }
    std::fs::remove_file(path)?;
    Ok(percentile(&mut took, 50))
}

/// Runs a process whose last line is its figures.
pub fn child(command: &mut Command) -> Result<Figures, Box<dyn std::error::Error>> {
    let output = command.stdout(std::process::Stdio::piped()).output()?;
    if !output.status.success() {
        return Err(format!("ended with {}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(serde_json::from_str(text.lines().last().unwrap_or_default())?)
}
