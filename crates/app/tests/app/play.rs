//! A county to play with: the application on a fresh database, with a clock and ids that repeat.

use app::account::NewToken;
use app::audit::Trail;
use app::import::Outcome;
use app::statistics::verify;
use app::visit::{Sent, Taken};
use app::{App, Caller, Chance, Clock, Principal, Problem};
use domain::authority::{Grant, Permission, Role};
use domain::citizen::CitizenId;
use domain::ids::{UnitId, VisitId};
use domain::region::CountyCode;
use domain::sheet::{Cell, RawRow};
use domain::statistics::{Line, Table};
use domain::unit::{Unit, UnitKind, UnitTree};
use domain::visit::COLUMNS;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::tables::TABLES;
use store::testing::{NOW_MS, Scratch};
use store::{FilesAt, HeadFiles, MasterKey, Objects, Sealer, Signer, Target, on};
use tempfile::TempDir;

pub const CAMPAIGN: &str = "bayi-2024";

pub struct Ticks(AtomicI64);

impl Clock for Ticks {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

struct Counted(AtomicU64);

impl Chance for Counted {
    fn uuid(&self, now_ms: i64) -> uuid::Uuid {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now_ms).unwrap(), &random).into_uuid()
    }

    fn fill(&self, bytes: &mut [u8]) {
        // SplitMix64 over the same counter: repeatable, and no two fillings are alike.
        for chunk in bytes.chunks_mut(8) {
            let mut word = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// A clock that is later than another.
struct Later(Arc<dyn Clock>, i64);

impl Clock for Later {
    fn now_ms(&self) -> i64 {
        self.0.now_ms() + self.1
    }
}

/// An application on its own database.
pub struct Play {
    pub app: App,
    pub caller: Caller,
    pub county: CountyCode,
    /// Where the database is.
    pub target: Target,
    /// For files to import.
    pub folder: TempDir,
    pub clock: Arc<Ticks>,
}

/// Plays on SQLite and on PostgreSQL.
pub async fn both(test: impl AsyncFn(&Play)) {
    store::testing::both(async |scratch: &Scratch| test(&Play::new(scratch)).await).await;
}

impl Play {
    pub fn new(scratch: &Scratch) -> Self {
        let clock = Arc::new(Ticks(AtomicI64::new(NOW_MS)));
        let folder = tempfile::tempdir().unwrap();
        let files = FilesAt::Folder(folder.path().join("files"));
        let app = App {
            db: scratch.db.clone(),
            objects: Objects::open(&files, &[]).unwrap(),
            sealer: Sealer::new(&MasterKey::new([7; 32])),
            clock: clock.clone(),
            chance: Arc::new(Counted(AtomicU64::new(1))),
            trail: Trail::new(
                Signer::new(&[7; 32]).unwrap(),
                HeadFiles::in_folder(&folder.path().join("heads")),
            ),
        };
        let caller = Caller::machine("安");
        Self { app, caller, county: "500240".parse().unwrap(), target: scratch.target.clone(), folder, clock }
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Sets 石柱 and its campaign of 2024 up.
    pub async fn begin(&self) {
        let county = formats::division::county("500240").unwrap();
        app::county::init(&self.app, &self.caller, &county).await.unwrap();
        app::campaign::create(&self.app, &self.caller, self.county, bayi(), 2024, None).await.unwrap();
    }

    /// The same application so many milliseconds later.
    pub fn later(&self, ms: i64) -> App {
        App { clock: Arc::new(Later(Arc::clone(&self.app.clock), ms)), ..self.app.clone() }
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub async fn roster_file(&self, path: &Path) -> Result<Outcome, Problem> {
        app::roster::import(&self.app, &self.caller, self.county, path, false).await
    }

    pub async fn roster(&self, people: &[Someone]) -> Outcome {
        let path = self.file("名册.csv", someones(people).as_bytes());
        self.roster_file(&path).await.unwrap()
    }

    pub async fn visits_file(&self, path: &Path) -> Result<Outcome, Problem> {
        app::visit::import(&self.app, &self.caller, self.county, CAMPAIGN, path, false).await
    }

    pub async fn visits(&self, visits: &[Call]) -> Outcome {
        let path = self.file("走访.csv", calls(visits).as_bytes());
        self.visits_file(&path).await.unwrap()
    }

    /// Visits as forms send them, all in one act.
    pub async fn sent(&self, visits: Vec<Sent>) -> Vec<Result<Taken, Problem>> {
        app::visit::put_many(&self.app, &self.caller, self.county, CAMPAIGN, visits).await.unwrap()
    }

    pub async fn units(&self) -> Arc<UnitTree> {
        app::unit::tree(&self.app, &self.caller, self.county).await.unwrap()
    }

    /// A village of a township, by place.
    pub async fn village(&self, township: &str, place: usize) -> Unit {
        let units = self.units().await;
        units.children(units.find(township).unwrap().id)[place].clone()
    }

    /// The first department of the county.
    pub async fn department(&self) -> Unit {
        let units = self.units().await;
        let mut all: Vec<&Unit> =
            units.all().iter().filter(|unit| unit.kind == UnitKind::Department).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all[0].clone()
    }

    pub async fn table(&self, unit: Option<&str>) -> Table {
        app::statistics::table(&self.app, &self.caller, self.county, CAMPAIGN, unit).await.unwrap()
    }

    /// A row of the county's table.
    pub async fn row(&self, key: &str) -> Line {
        row(&self.table(None).await, key).clone()
    }

    /// What is kept is what the records say.
    pub async fn verified(&self, after: &str) {
        let differences = verify(&self.app, &self.caller, self.county, CAMPAIGN).await.unwrap();
        assert!(differences.is_empty(), "after {after}: {differences:#?}");
    }

    pub async fn coverage(&self, key: &str) -> domain::coverage::Obliged {
        let all = app::coverage::of(&self.app, &self.caller, self.county, CAMPAIGN, None).await.unwrap();
        all.obligations.into_iter().find(|it| it.key == key).unwrap()
    }

    /// How many rows each table has.
    pub async fn sizes(&self) -> Vec<(&'static str, i64)> {
        let mut tx = self.app.db.read().await.unwrap();
        let mut sizes = Vec::new();
        for table in TABLES {
            let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", table.name));
            let (rows,): (i64,) = on!(&mut tx, c => sqlx::query_as(sql).fetch_one(c).await).unwrap();
            sizes.push((table.name, rows));
        }
        sizes
    }

    /// The audit's acts so far, in order.
    pub async fn acts(&self) -> Vec<String> {
        let mut tx = self.app.db.read().await.unwrap();
        let rows = store::audit::list_after(&mut tx, self.county, 0, 10_000).await.unwrap();
        rows.into_iter().map(|row| row.act).collect()
    }
}

/// An account with one role, by number.
pub fn account(play: &Play, number: u128, role: Role, unit: Option<UnitId>) -> Caller {
    let principal = Principal {
        account: uuid::Uuid::from_u128(number),
        session: None,
        staff: Some(uuid::Uuid::from_u128(number)),
        county: play.county,
        grants: vec![Grant { role, unit }],
        only: None,
        pending: None,
    };
    Caller::account(format!("account:{number}"), principal, None, None)
}

/// A machine of the county office with a token for these permissions: background work finds it again.
pub async fn machine(play: &Play, permissions: &[Permission]) -> Caller {
    let new = NewToken {
        name: "数据交换".to_owned(),
        role: Role::CountyOffice,
        unit: None,
        permissions: permissions.to_vec(),
        days: 30,
    };
    let (_, secret) = app::account::create_token(&play.app, &play.caller, play.county, new).await.unwrap();
    app::account::token(&play.app, secret.reveal()).await.unwrap()
}

pub fn row<'t>(table: &'t Table, key: &str) -> &'t Line {
    table.rows.iter().find(|line| line.key == key).unwrap()
}

/// The template as it is shipped.
pub fn bayi() -> &'static str {
    formats::campaign::builtin().iter().find(|(key, _)| *key == "bayi").unwrap().1
}

/// A number of someone born in 1890; odd ones are men's.
pub fn number(n: u32) -> CitizenId {
    CitizenId::complete(&format!("5123251890{:02}{:02}{n:03}", 1 + n % 12, 1 + n % 28)).unwrap()
}

/// One row of a roster.
#[derive(Debug, Clone, Default)]
pub struct Someone {
    pub name: String,
    pub number: String,
    pub cells: Vec<(&'static str, String)>,
}

/// Someone in a township.
pub fn someone(n: u32, class: &str, township: &str) -> Someone {
    let person =
        Someone { name: format!("安{}", word(n)), number: number(n).reveal().to_owned(), cells: Vec::new() };
    person.with("优抚类别", class).with("乡镇（街道）", township)
}

fn word(n: u32) -> String {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    n.to_string().bytes().map(|digit| digits[usize::from(digit - b'0')]).collect()
}

impl Someone {
    pub fn with(mut self, column: &'static str, value: &str) -> Self {
        self.cells.retain(|(known, _)| *known != column);
        self.cells.push((column, value.to_owned()));
        self
    }
}

/// One row of visits.
#[derive(Debug, Clone, Default)]
pub struct Call(pub Vec<(&'static str, String)>);

/// A visit by a unit on a day of July.
pub fn call(unit: &str, day: u32, method: &str) -> Call {
    Call::default()
        .with("走访单位", unit)
        .with("走访日期", &format!("2024-07-{day:02}"))
        .with("走访方式", method)
}

impl Call {
    pub fn with(mut self, column: &'static str, value: &str) -> Self {
        self.0.retain(|(known, _)| *known != column);
        self.0.push((column, value.to_owned()));
        self
    }

    /// To the person with this number.
    pub fn to(self, n: u32) -> Self {
        self.with("公民身份号码", number(n).reveal())
    }

    /// To whoever has this name.
    pub fn named(self, name: &str) -> Self {
        self.with("对象姓名", name)
    }

    pub fn money(self, yuan: &str, source: &str) -> Self {
        self.with("慰问金（元）", yuan).with("资金来源", source)
    }

    pub fn led(self, name: &str, kind: &str) -> Self {
        self.with("带队领导", name).with("领导类别", kind)
    }
}

/// A visit as a form sends it: the cells of a row, under an id of the sender's.
pub fn sent(id: VisitId, call: &Call) -> Sent {
    let cell = |title: &str| call.0.iter().find(|(column, _)| *column == title).map(|(_, text)| text.clone());
    let cells = COLUMNS.iter().map(|column| cell(column.title).map_or(Cell::Empty, Cell::Text)).collect();
    let typed = RawRow { sheet: 0, row: 0, cells };
    Sent {
        id,
        typed,
        goods: Vec::new(),
        help: Vec::new(),
        person: None,
        keeps_object: false,
        expected: None,
        confirms: false,
    }
}

const ROSTER: &str = "姓名,公民身份号码,性别,民族,优抚类别,伤残等级,伤残性质,证书编号,户号,乡镇（街道）,村（社区）,住址,\
    联系电话,享受定期抚恤补助,开户银行,银行账号,户名,状态,死亡（停发）日期,特殊困难,备注";
const VISITS: &str = "走访日期,走访单位,带队领导,领导职务,领导类别,对象类别,对象姓名,公民身份号码,走访方式,人数,慰问金（元）,\
    资金来源,慰问品,慰问品折价（元）,解决困难类别,解决困难件数,备注";

pub fn someones(people: &[Someone]) -> String {
    sheet(
        ROSTER,
        people.iter().map(|it| it.clone().with("姓名", &it.name).with("公民身份号码", &it.number).cells),
    )
}

pub fn calls(visits: &[Call]) -> String {
    sheet(VISITS, visits.iter().map(|it| it.0.clone()))
}

fn sheet(heads: &str, rows: impl Iterator<Item = Vec<(&'static str, String)>>) -> String {
    let heads: Vec<&str> = heads.split(',').collect();
    let mut text = format!("\u{feff}{}\n", heads.join(","));
    for row in rows {
        let cell = |head: &&str| row.iter().find(|(column, _)| column == head).map_or("", |(_, value)| value);
        text.push_str(&heads.iter().map(cell).collect::<Vec<&str>>().join(","));
        text.push('\n');
    }
    text
}
