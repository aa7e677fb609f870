//! Counters of the server in the text format of Prometheus. Labels are route templates and statuses, never data.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the duration buckets, in milliseconds.
const BUCKETS_MS: [u64; 10] = [1, 3, 5, 10, 20, 50, 100, 500, 2_000, 10_000];

/// What one route has answered.
#[derive(Debug, Default, Clone)]
struct OfRoute {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BUCKETS_MS.len()],
    count: u64,
    sum_us: u64,
}

/// All counters.
#[derive(Debug, Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<String, OfRoute>>,
    running: AtomicI64,
    refused: AtomicU64,
}

/// Counts a request as running until it is dropped.
pub struct Running<'m>(&'m Metrics);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request has begun.
    pub fn begin(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    /// A request was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        if matches!(status, 401 | 403 | 429) {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let of = routes.entry(format!("{method} {route}")).or_default();
        *of.by_status.entry(status).or_default() += 1;
        of.count += 1;
        of.sum_us = of.sum_us.saturating_add(us);
        for (bound, bucket) in BUCKETS_MS.iter().zip(&mut of.buckets) {
            if us <= bound * 1_000 {
                *bucket += 1;
            }
        }
    }

    /// Everything as text.
    pub fn text(&self, statements: u64) -> String {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::new();
        let head = |name: &str, kind: &str, help: &str| {
            format!("# HELP shuangyong_{name} {help}\n# TYPE shuangyong_{name} {kind}\n")
        };
        text += &head("requests_total", "counter", "Answered requests by route and status.");
        for (route, of) in &routes {
            let (method, path) = route.split_once(' ').unwrap_or(("", route));
            for (status, count) in &of.by_status {
                let _ = writeln!(
                    text,
                    "shuangyong_requests_total{{method=\"{method}\",route=\"{path}\",status=\"{status}\"}} {count}"
                );
            }
        }
        text += &head("request_milliseconds", "histogram", "Time to the head of the answer.");
        for (route, of) in &routes {
            let (method, path) = route.split_once(' ').unwrap_or(("", route));
            let labels = format!("method=\"{method}\",route=\"{path}\"");
            for (bound, bucket) in BUCKETS_MS.iter().zip(&of.buckets) {
                let _ = writeln!(
                    text,
                    "shuangyong_request_milliseconds_bucket{{{labels},le=\"{bound}\"}} {bucket}"
                );
            }
            let count = of.count;
            let _ = writeln!(text, "shuangyong_request_milliseconds_bucket{{{labels},le=\"+Inf\"}} {count}");
            let (whole, rest) = (of.sum_us / 1_000, of.sum_us % 1_000);
            let _ = writeln!(text, "shuangyong_request_milliseconds_sum{{{labels}}} {whole}.{rest:03}");
            let _ = writeln!(text, "shuangyong_request_milliseconds_count{{{labels}}} {count}");
        }
        for (name, kind, help, value) in [
            ("requests_running", "gauge", "Requests under way.", self.running.load(Ordering::Relaxed)),
            (
                "requests_refused_total",
                "counter",
                "Answers 401, 403 and 429.",
                i64::try_from(self.refused.load(Ordering::Relaxed)).unwrap_or(i64::MAX),
            ),
            (
                "database_statements_total",
                "counter",
                "Statements sent to the database.",
                i64::try_from(statements).unwrap_or(i64::MAX),
            ),
        ] {
            text += &head(name, kind, help);
            let _ = writeln!(text, "shuangyong_{name} {value}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_counted() {
        let metrics = Metrics::default();
        let running = metrics.begin();
        metrics.answered("GET", "/a/{b}", 200, Duration::from_micros(1_500));
        metrics.answered("GET", "/a/{b}", 403, Duration::from_millis(40));
        let text = metrics.text(7);
        for line in [
            "shuangyong_requests_total{method=\"GET\",route=\"/a/{b}\",status=\"200\"} 1",
            "shuangyong_request_milliseconds_bucket{method=\"GET\",route=\"/a/{b}\",le=\"3\"} 1",
            "shuangyong_request_milliseconds_bucket{method=\"GET\",route=\"/a/{b}\",le=\"+Inf\"} 2",
            "shuangyong_request_milliseconds_sum{method=\"GET\",route=\"/a/{b}\"} 41.500",
            "shuangyong_requests_running 1",
            "shuangyong_requests_refused_total 1",
            "shuangyong_database_statements_total 7",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in {text}");
        }
        drop(running);
        assert!(metrics.text(0).contains("shuangyong_requests_running 0"));
    }
}
