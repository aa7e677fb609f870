//! The same commands on PostgreSQL. The database is made over the wire protocol: this crate speaks no SQL otherwise.

use super::kit::{Folder, citizen, counts, csv};
use std::io::{Read, Write};
use std::net::TcpStream;

/// The administrator's connection: trusted, as `./test` sets it up.
struct Admin(TcpStream);

impl Admin {
    fn open(url: &str) -> Self {
        let rest = url.split_once("://").expect("SHUANGYONG_TEST_PG is an address").1;
        let (user, rest) = rest.split_once('@').expect("SHUANGYONG_TEST_PG names a user");
        let (host, database) = rest.split_once('/').expect("SHUANGYONG_TEST_PG names a database");
        let database = database.split('?').next().unwrap_or_default();
        let user = user.split(':').next().unwrap_or_default();
        let mut stream = TcpStream::connect(host).expect("the PostgreSQL of SHUANGYONG_TEST_PG answers");
        let parameters = format!("user\0{user}\0database\0{database}\0\0");
        let mut hello = (u32::try_from(parameters.len()).unwrap() + 8).to_be_bytes().to_vec();
        hello.extend(196_608_u32.to_be_bytes());
        hello.extend(parameters.bytes());
        stream.write_all(&hello).unwrap();
        let mut admin = Self(stream);
        admin.wait();
        admin
    }

    /// Reads until the server is ready for the next command.
    fn wait(&mut self) {
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head).unwrap();
            let length = u32::from_be_bytes(head[1..].try_into().unwrap());
            let mut body = vec![0; usize::try_from(length).unwrap() - 4];
            self.0.read_exact(&mut body).unwrap();
            let text = String::from_utf8_lossy(&body);
            match head[0] {
                b'E' => panic!("PostgreSQL refuses: {text}"),
                b'R' => assert_eq!(body, [0; 4], "PostgreSQL must trust the tests' administrator"),
                b'Z' => return,
                _ => {}
            }
        }
    }

    fn run(&mut self, command: &str) {
        let mut message = vec![b'Q'];
        message.extend((u32::try_from(command.len()).unwrap() + 5).to_be_bytes());
        message.extend(command.bytes().chain([0]));
        self.0.write_all(&message).unwrap();
        self.wait();
    }
}

/// A database that goes away with its test.
struct Database {
    admin: Admin,
    name: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        self.admin.run(&format!("drop database if exists {} with (force)", self.name));
    }
}

impl Database {
    fn new(url: &str, purpose: &str) -> Self {
        let mut admin = Admin::open(url);
        let name = format!("shuangyong_{purpose}_{}", std::process::id());
        admin.run(&format!("drop database if exists {name} with (force)"));
        admin.run(&format!(
            "create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
        ));
        Self { admin, name }
    }

    fn address(&self, url: &str) -> String {
        format!("{}/{}", url.rsplit_once('/').unwrap().0, self.name)
    }
}

/// The server for tests; none when there is none by the tester's wish.
fn server() -> Option<String> {
    if std::env::var("SHUANGYONG_TEST_ONLY").is_ok_and(|only| only == "sqlite") {
        return None;
    }
    Some(
        std::env::var("SHUANGYONG_TEST_PG")
            .expect("SHUANGYONG_TEST_PG names a PostgreSQL for tests; ./test starts one"),
    )
}

/// Whether the server speaks TLS: it answers a request for it with one letter.
fn has_tls(url: &str) -> bool {
    let host = url.rsplit_once('@').unwrap().1.split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    let mut letter = [0];
    stream.read_exact(&mut letter).unwrap();
    letter == *b"S"
}

/// `./test` starts its server with a certificate of its own, named in `SHUANGYONG_TEST_PG_CA`. Another server may
/// have none: then what asks for TLS must be refused, not served in clear.
#[test]
fn postgres_is_reached_over_tls() {
    let Some(url) = server() else { return };
    let database = Database::new(&url, "tls");
    let here = database.address(&url);
    let folder = Folder::new();
    let init = |query: &str| {
        let address = format!("{here}?{query}");
        folder.run(&["init", "--county", "500240", "--database", &address])
    };
    if !has_tls(&url) {
        assert!(std::env::var_os("SHUANGYONG_TEST_PG_CA").is_none(), "the server has a certificate");
        assert_eq!(init("sslmode=require").code, Some(1));
        return;
    }
    // Nobody vouches for the certificate.
    assert_eq!(init("sslmode=verify-full").code, Some(1));
    let ran = init("sslmode=require");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    if let Ok(ca) = std::env::var("SHUANGYONG_TEST_PG_CA") {
        let address = format!("{here}?sslmode=verify-full&sslrootcert={ca}");
        let units = folder.json(&["unit", "list", "--database", &address]);
        assert!(units["items"].as_array().unwrap().len() > 300);
    }
}

#[test]
fn the_commands_work_on_postgres_too() {
    let Some(url) = server() else { return };
    let database = Database::new(&url, "cli");
    let here = database.address(&url);
    let folder = Folder::new();
    let place = ["--database", &here];
    let ok = |args: &[&str]| folder.ok(&[args, &place].concat());
    let json = |args: &[&str]| folder.json(&[args, &place].concat());

    ok(&["init", "--county", "500240"]);
    folder.refused(&[&place[..], &["init", "--county", "500240"]].concat(), "county.exists");
    assert_eq!(ok(&["campaign", "create", "--template", "bayi", "--year", "2024"]), "bayi-2024\n");
    let row = format!("张一,{},老复员军人,西沱镇", citizen(1));
    let file = folder.write("名册.csv", csv("姓名,公民身份号码,优抚类别,乡镇", &[&row]));
    assert_eq!(counts(&json(&["roster", "import", &file])), [1, 1, 0, 0, 0]);
    assert_eq!(counts(&json(&["roster", "import", &file])), [1, 0, 0, 1, 0]);
    let row = "2024-07-20,西沱镇,张一,登门看望,100,本单位";
    let file =
        folder.write("走访.csv", csv("走访日期,走访单位,对象姓名,走访方式,慰问金（元）,资金来源", &[row]));
    let visits = json(&["visit", "import", &file, "--campaign", "bayi-2024"]);
    assert_eq!(counts(&visits), [1, 1, 0, 0, 0]);
    let table = json(&["statistics", "--campaign", "bayi-2024", "--unit", "西沱镇", "--verify"]);
    assert_eq!(table["total"]["money_fen"], 10_000);
    assert_eq!(json(&["coverage", "--campaign", "bayi-2024"])["obligations"][0]["done"], 1);
    ok(&["visit", "undo", visits["import"].as_str().unwrap()]);
    assert_eq!(json(&["statistics", "--campaign", "bayi-2024"])["total"]["visits"], 0);
    assert_eq!(json(&["audit", "verify"])["whole"], true);
    assert!(!folder.path("data").exists());
}
