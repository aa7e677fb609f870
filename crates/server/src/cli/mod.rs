//! The command line: parse, open, act, print. Exit codes: 0 done (also when rows were refused), 1 refused as a
//! whole with a problem on stderr, 2 usage.

mod account;
mod args;
mod audit;
mod backup;
mod demo;
mod generate;
mod help;
mod manage;
mod payment;
mod person;
mod print;
mod record;
mod report;
mod secrecy;
mod submission;
mod text;
mod usage;

use crate::clock::System;
use app::{App, Caller, Code, Problem};
use args::{Action, Cli, Place};
use clap::FromArgMatches;
use domain::region::CountyCode;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use store::{Db, FileKeys, FilesAt, HeadFiles, Objects, Sealer, Signer, Target};

/// Runs the program.
pub fn run() -> ExitCode {
    let parsed = help::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error, help::command()),
    };
    // The demo's accounts stand on the screen: no log of requests pushes them away.
    let said = if matches!(cli.command, Action::Demo { .. }) { "warn" } else { "warn,access=info" };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(said)),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("程序不能启动：{error}");
            return ExitCode::FAILURE;
        }
    };
    let opened = cli.place.opened.clone();
    let outcome = runtime.block_on(async {
        let outcome = act(cli).await;
        opened.finish().await;
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            print::problem(&problem);
            ExitCode::FAILURE
        }
    }
}

/// The database that a command opened, so that what it added is also told outside the database when it ends.
#[derive(Clone, Default)]
pub struct Opened(Arc<OnceLock<App>>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

impl Opened {
    async fn finish(&self) {
        if let Some(app) = self.0.get() {
            crate::keeper::finish(app).await;
        }
    }
}

async fn act(cli: Cli) -> Result<(), Problem> {
    let place = cli.place;
    match cli.command {
        Action::Demo { listen, once, output, web_dir } => {
            demo::run(&place, &listen, once, &output, web_dir).await
        }
        Action::Init { county, format } => manage::init(&place, &county, format).await,
        Action::Serve { serving } => demo::serve(&place, &serving).await,
        Action::Campaign(action) => manage::campaign(&place, action).await,
        Action::Roster(action) => record::roster(&place, action).await,
        Action::Visit(action) => record::visit(&place, action).await,
        Action::Candidate(action) => record::candidate(&place, action).await,
        Action::Unit(action) => manage::unit(&place, action).await,
        Action::Statistics(asked) => report::statistics(&place, asked).await,
        Action::Coverage(asked) => report::coverage(&place, asked).await,
        Action::Submission(action) => submission::run(&place, action).await,
        Action::Audit(action) => audit::audit(&place, action).await,
        Action::Db(args::DbAction::Migrate) => manage::migrate(&place).await,
        Action::Person(action) => person::person(&place, action).await,
        Action::Erasure(action) => person::erasure(&place, action).await,
        Action::Backup(asked) => backup::backup(&place, asked).await,
        Action::Restore(asked) => backup::restore(&place, asked).await,
        Action::Calendar(action) => manage::calendar(&place, action).await,
        Action::Payment(action) => Box::pin(payment::run(&place, action)).await,
        Action::Account(action) => account::run(&place, action).await,
        Action::Generate(asked) => generate::run(&place, asked).await,
        Action::Secrecy(action) => {
            secrecy::run(&action);
            Ok(())
        }
        Action::Config(args::ConfigAction::Check { serving }) => demo::check(&serving),
    }
}

/// Opens the database at the place, which must be there already.
pub(crate) async fn open(place: &Place) -> Result<App, Problem> {
    let is_there = |name: &str| place.data.join(name).exists();
    if place.database.is_none() && !is_there(store::FILE_NAME) && !is_there(store::RESTORING) {
        return Err(Problem::new(
            Code::CountyMissing,
            format!(
                "“{}”中没有数据，请先运行 shuangyong init --county 县级代码，或用 --data 指明目录",
                place.data.display()
            ),
        ));
    }
    open_or_create(place).await
}

/// Opens the database at the place, making it when it is not there.
pub(crate) async fn open_or_create(place: &Place) -> Result<App, Problem> {
    let target = target(place)?;
    let system = Arc::new(System::default());
    let db = Db::open(&target, app::Clock::now_ms(system.as_ref())).await?;
    let keys = file_keys(&target);
    let sealer = Sealer::open(&db, &keys, |bytes| app::Chance::fill(system.as_ref(), bytes)).await?;
    let signer = Signer::open(&keys, |bytes| app::Chance::fill(system.as_ref(), bytes))?;
    let more = std::env::var_os("SHUANGYONG_HEADS").unwrap_or_default();
    let more: Vec<_> = std::env::split_paths(&more).filter(|folder| !folder.as_os_str().is_empty()).collect();
    let trail = app::audit::Trail::new(signer, HeadFiles::beside(&target).and(more));
    let objects = objects(place)?;
    let app = App { db, sealer, trail, objects, clock: system.clone(), chance: system };
    // A command opens one database; were there a second, the first is the county's.
    let _ = place.opened.0.set(app.clone());
    Ok(app)
}

/// The database that is meant.
pub(crate) fn target(place: &Place) -> Result<Target, Problem> {
    Ok(match &place.database {
        Some(url) => url.parse::<Target>()?,
        None => Target::Dir(place.data.clone()),
    })
}

/// Where its keys are.
pub(crate) fn file_keys(target: &Target) -> FileKeys {
    match std::env::var_os("SHUANGYONG_KEYS") {
        Some(folder) => FileKeys::in_folder(folder.as_ref()),
        None => FileKeys::beside(target),
    }
}

/// The object store at the place: `--files`, or the folder `files` in the data folder.
fn objects(place: &Place) -> Result<Objects, Problem> {
    let at = match &place.files {
        Some(text) => text.parse::<FilesAt>()?,
        None => FilesAt::Folder(place.data.join("files")),
    };
    let settings: Vec<(String, String)> =
        std::env::vars().filter(|(key, _)| key.starts_with("AWS_")).collect();
    Ok(Objects::open(&at, &settings)?)
}

/// The app, its county and who asks.
pub(crate) async fn county(place: &Place) -> Result<(App, CountyCode, Caller), Problem> {
    let app = open(place).await?;
    let caller = caller();
    let county = app.county(&caller, place.in_county.as_deref()).await?;
    Ok((app, county, caller))
}

/// The operating-system user: these commands work on the machine itself and are audited under that name.
pub(crate) fn caller() -> Caller {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    Caller::machine(user.as_deref().unwrap_or("unknown"))
}
