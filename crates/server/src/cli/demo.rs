//! `shuangyong demo` and `serve`.

use super::args::{Place, Serving};
use super::print;
use crate::config::{self, Flags, Settings};
use crate::http;
use crate::output::{self, CoverageFile, TableFile};
use app::{App, Code, Problem};
use std::path::Path;

/// The demo county and its size (domain.md F): 33 townships, 242 villages.
const COUNTY: &str = "500240";
const PEOPLE: usize = 4_000;
const VISITS: usize = 6_500;
const SEED: u64 = 81;
const YEAR: i16 = 2024;

/// Makes the demo county when it is not there, then serves it or prints it once.
pub async fn run(
    place: &Place,
    listen: &str,
    once: bool,
    folder: &Path,
    web_dir: Option<String>,
) -> Result<(), Problem> {
    let place = demo_place(place);
    // Find out early that the address is taken, before minutes of anything else.
    let mut settings = Settings::default();
    listen.clone_into(&mut settings.server.listen);
    settings.server.web_dir = web_dir.unwrap_or_default();
    settings.web()?;
    let listener = if once { None } else { Some(http::listen(&settings).await?) };
    let app = super::open_or_create(&place).await?;
    let campaign = prepare(&app).await?;
    match listener {
        Some(listener) => {
            hand_out_accounts(&app).await?;
            announce_and_serve(app, settings, listener).await
        }
        None => print_once(&app, &campaign, folder).await,
    }
}

/// `shuangyong serve`
pub async fn serve(place: &Place, serving: &Serving) -> Result<(), Problem> {
    let settings = settings(serving)?;
    let app = super::open(place).await?;
    let listener = http::listen(&settings).await?;
    announce_and_serve(app, settings, listener).await
}

/// `shuangyong config check`
pub fn check(serving: &Serving) -> Result<(), Problem> {
    print!("{}", settings(serving)?.text());
    Ok(())
}

fn settings(serving: &Serving) -> Result<Settings, Problem> {
    let flags = Flags {
        listen: serving.listen.clone(),
        allow_remote: serving.allow_remote,
        web_dir: serving.web_dir.clone(),
    };
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    config::load(serving.config.as_deref(), variables, &flags)
}

async fn announce_and_serve(
    app: App,
    settings: Settings,
    listener: tokio::net::TcpListener,
) -> Result<(), Problem> {
    let address = listener.local_addr().map_err(|error| Problem::new(Code::Output, error.to_string()))?;
    let ready = http::ready(app.clone(), settings, listener)?;
    println!("请在浏览器打开 http://{address}/ （按 Ctrl+C 停止）");
    let keeper = tokio::spawn(crate::keeper::keep(app.clone()));
    crate::work::beside(&app, http::serve(ready)).await;
    keeper.abort();
    Ok(())
}

/// One account per role, with passwords that hold until the next start.
async fn hand_out_accounts(app: &App) -> Result<(), Problem> {
    let caller = super::caller();
    let county = app.county(&caller, Some(COUNTY)).await?;
    println!("演示账号（密码每次启动都会更换）：");
    for (role, login, secret) in app::account::demonstrate(app, &caller, county).await? {
        println!("  {login:<10}  {}  {}", secret.reveal(), role.label());
    }
    Ok(())
}

/// The demo never touches a county's own data: without `--data` it lives in a folder of its own.
fn demo_place(place: &Place) -> Place {
    let mut place = place.clone();
    if place.database.is_none() && place.data == Path::new("./data") {
        place.data = std::path::PathBuf::from("./demo/data");
    }
    place
}

async fn prepare(app: &App) -> Result<String, Problem> {
    let caller = super::caller();
    if let Some(county) =
        app::county::list(app, &caller).await?.into_iter().find(|county| county.code == COUNTY)
    {
        let code = county.code.parse().map_err(|_| Problem::new(Code::CountyUnknown, "县级代码有误"))?;
        if let Some(campaign) = app::campaign::list(app, &caller, code).await?.into_iter().next() {
            return Ok(campaign.code.clone());
        }
    }
    eprintln!("正在准备演示数据（测试数据，不是真实人员）……");
    let divisions = formats::division::county(COUNTY)
        .map_err(|error| Problem::new(Code::CountyUnknown, error.to_string()))?;
    let spec = app::synthetic::spec(&divisions, PEOPLE, VISITS, SEED, YEAR);
    let campaign = app::synthetic::load(app, &caller, &divisions, &spec).await?.campaign;
    let county = app.county(&caller, Some(COUNTY)).await?;
    app::synthetic::allot(app, &caller, county, &campaign).await?;
    Ok(campaign)
}

async fn print_once(app: &App, campaign: &str, folder: &Path) -> Result<(), Problem> {
    let caller = super::caller();
    let county = app.county(&caller, Some(COUNTY)).await?;
    let taken = app.taken(&caller);
    let failed = |error: std::io::Error| {
        Problem::new(Code::Output, format!("“{}”写不出去：{error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let table = app::statistics::table(app, &caller, county, campaign, None).await?;
    let coverage = app::coverage::of(app, &caller, county, campaign, None).await?;
    print::bytes(&output::table(&table, TableFile::Text, &taken)?, None)?;
    println!();
    print::bytes(&output::coverage(&coverage, CoverageFile::Text, &taken)?, None)?;
    for (word, kind) in TableFile::ALL {
        let extension = if *word == "text" { "txt" } else { word };
        let bytes = output::table(&table, *kind, &taken)?;
        print::bytes(&bytes, Some(&folder.join(format!("统计表.{extension}"))))?;
    }
    for (word, kind) in
        [("csv", CoverageFile::Csv), ("json", CoverageFile::Json), ("xlsx", CoverageFile::Xlsx)]
    {
        print::bytes(
            &output::coverage(&coverage, kind, &taken)?,
            Some(&folder.join(format!("覆盖情况.{word}"))),
        )?;
    }
    app::statistics::exported(app, &caller, county, &table, "all").await?;
    app::visit::export(app, &caller, county, campaign, None, &folder.join("走访记录.xlsx")).await?;
    Ok(())
}
