//! The page and the reading API, asked over a plain socket.

use super::kit::{Folder, shizhu};
use super::visit::{import, roster};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A server that is stopped with its test.
pub struct Server {
    pub child: Child,
    pub address: String,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    pub fn start(county: &Folder) -> Self {
        Self::start_with(county, &[])
    }

    pub fn start_with(county: &Folder, variables: &[(&str, &str)]) -> Self {
        let mut command = county.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied()).env("RUST_LOG", "warn");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.split_once("http://").and_then(|(_, rest)| rest.split_once('/')).unwrap().0.to_owned();
        Self { child, address }
    }

    /// Sends these bytes and reads until the server closes.
    pub fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // A server that has refused may close before it has read everything.
        let _ = stream.write_all(bytes);
        answer(stream)
    }

    pub fn ask(&self, path: &str, host: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(path, &self.address)
    }
}

/// What comes until the server closes.
pub fn answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // A connection that is reset has still been answered.
    let _ = stream.read_to_end(&mut bytes);
    let cut = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer with a head");
    let head = String::from_utf8(bytes[..cut].to_vec()).unwrap().to_lowercase();
    let status = head[9..12].parse().unwrap();
    Answer { status, head, body: bytes[cut + 4..].to_vec() }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const COUNTY: &str = "/api/v1/counties/500240";

#[test]
fn the_page_and_its_api_answer() {
    let county = shizhu();
    roster(&county);
    import(&county, &["2024-07-20,西沱镇,,,,,张一,,登门看望,,100,本单位,,,,"], &[]);
    let server = Server::start(&county);
    let page = server.get("/");
    // Built without web/dist, the program says how to build it.
    assert!(page.status == 200 || page.status == 503, "{}", page.status);
    assert!(page.head.contains("content-type: text/html"));
    assert!(page.head.contains("content-security-policy") && page.head.contains("nosniff"));
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("<title>双拥通</title>"), "{text}");
    assert_eq!(server.get("/api/v1/counties").json()["items"][0]["code"], "500240");
    assert!(server.get(&format!("{COUNTY}/units")).json()["items"].as_array().unwrap().len() > 300);
    assert_eq!(server.get(&format!("{COUNTY}/campaigns")).json()["items"][0]["code"], "bayi-2024");
    let statistics = format!("{COUNTY}/campaigns/bayi-2024/statistics");
    let table = server.get(&statistics).json();
    assert_eq!(table["total"]["visits"], 1);
    let columns = table["columns"].as_array().unwrap().len();
    let printed = table["printed"].as_array().unwrap();
    assert_eq!(printed.len(), table["rows"].as_array().unwrap().len() + 1);
    assert!(printed.iter().all(|line| line.as_array().unwrap().len() == columns));
    let label = table["total"]["label"].as_str().unwrap();
    assert_eq!(
        (&printed[printed.len() - 1][0], &printed[printed.len() - 1][3]),
        (&json!(label), &json!("100元"))
    );
    assert_eq!(server.get(&format!("{statistics}?unit=500240001000")).json()["total"]["visits"], 0);
    for (format, head) in [("csv", &b"\xEF\xBB\xBF"[..]), ("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF")]
    {
        let file = server.get(&format!("{statistics}?format={format}"));
        assert_eq!(file.status, 200, "{format}");
        assert!(file.head.contains("content-disposition: attachment"), "{format}");
        assert!(file.body.starts_with(head), "{format}");
    }
    let coverage = server.get(&format!("{COUNTY}/campaigns/bayi-2024/coverage"));
    let text = String::from_utf8(coverage.body).unwrap();
    assert!(text.contains("key_person_visit") && text.contains("张*") && !text.contains("张七"));
}

#[test]
fn what_is_wrong_is_a_problem_in_json() {
    let county = shizhu();
    let server = Server::start(&county);
    for (path, status, code) in [
        ("/nothing.png".to_owned(), 404, "record.not_found"),
        ("/assets/nothing.js".to_owned(), 404, "record.not_found"),
        ("/api/v1/counties/1/units".to_owned(), 404, "county.unknown"),
        (format!("{COUNTY}/campaigns/bayi-1999/statistics"), 404, "campaign.unknown"),
        (format!("{COUNTY}/campaigns/bayi-2024/statistics?unit=x"), 404, "unit.unknown"),
        (format!("{COUNTY}/campaigns/bayi-2024/statistics?format=doc"), 400, "request.bad"),
    ] {
        let answer = server.get(&path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{path}");
        assert_eq!(answer.json()["code"], code, "{path}");
    }
    let foreign = server.ask("/", "example.org");
    assert_eq!(foreign.status, 403);
    assert_eq!(foreign.json()["code"], "authority.forbidden");
}

#[test]
fn only_this_machine_is_listened_to_and_a_signal_ends_it() {
    let county = shizhu();
    for address in ["0.0.0.0:0", "[::]:0", "nonsense"] {
        county.refused(&["serve", "--listen", address], "request.bad");
    }
    let mut server = Server::start(&county);
    let stopped = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(server.child.wait().unwrap().success());
}
