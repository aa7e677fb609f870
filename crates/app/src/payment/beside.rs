//! Lists of others (殡葬、户籍、社保) that payments are compared with. Of a list only the index of each number is
//! kept: it finds people of the roster and tells nothing of anybody else.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::citizen::CitizenId;
use domain::payment::check::ListKind;
use domain::region::CountyCode;
use domain::sheet::Column;
use domain::text::trim;
use formats::sheet::{Limits, read_bytes};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::payment::beside::ComparisonRow;
use uuid::Uuid;

const COLUMNS: &[Column] = &[Column {
    title: "公民身份号码",
    synonyms: &["身份证号", "身份证号码", "证件号码", "身份号码", "死者身份证号", "公民身份证号码", "号码"],
    required: true,
}];

/// What a list came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Identity.
    pub id: String,
    /// Humans named.
    pub entries: usize,
    /// Rows without a number that can be read.
    pub unreadable: Vec<u32>,
}

/// Takes a list in: a file, or a pasted column of numbers.
pub async fn compare(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    kind: &str,
    source: &str,
    (name, bytes): (&str, Vec<u8>),
) -> Result<Compared, Problem> {
    app.permit(caller, Permission::PaymentSetting, county).await?;
    let kind = ListKind::from_code(kind).ok_or_else(|| {
        let all: Vec<&str> = ListKind::ALL.iter().map(|it| it.code()).collect();
        Problem::new(Code::BadRequest, format!("名单类别“{kind}”不认识，可写 {}", all.join("、")))
    })?;
    let source = trim(source).to_owned();
    if !(2..=100).contains(&source.chars().count()) {
        return Err(Problem::new(
            Code::BadRequest,
            "请写明名单来源（2 至 100 个字），如“县殡仪馆 2024年7月”",
        ));
    }
    crate::guard::check_text(app, caller, county, &[("名单来源", &source)]).await?;
    let (file, text) = (name.to_owned(), bytes);
    let read = crate::blocking(move || numbers(&file, &text)).await?;
    let (found, unreadable) = read;
    if found.is_empty() {
        return Err(Problem::new(Code::FileRefused, "名单里没有一个能识别的公民身份号码"));
    }
    let mut indexes: Vec<String> = found.iter().map(|number| app.sealer.citizen_index(number)).collect();
    indexes.sort_unstable();
    let id: Uuid = app.id();
    let row = ComparisonRow {
        id: id.to_string(),
        kind: kind.code().to_owned(),
        source,
        file_name: name.to_owned(),
        entries: i64::try_from(indexes.len()).unwrap_or(i64::MAX),
        by_actor: caller.actor.clone(),
        at_ms: app.now_ms(),
    };
    let compared = Compared { id: row.id.clone(), entries: indexes.len(), unreadable };
    let (inner, by) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                store::payment::beside::add_comparison(act, county, &row, &indexes).await?;
                let detail = json!({ "kind": row.kind, "source": row.source, "entries": row.entries });
                act.audit(inner.entry(&by, "payment.compare", "comparison", &row.id, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(compared)
}

/// The numbers of a file with a head, or of plain lines; rows that hold none.
fn numbers(name: &str, bytes: &[u8]) -> Result<(BTreeSet<CitizenId>, Vec<u32>), Problem> {
    let (mut found, mut bad) = (BTreeSet::new(), Vec::new());
    let mut take = |row: u32, text: Option<&str>| match text.map(CitizenId::parse) {
        Some(Ok((number, _))) => drop(found.insert(number)),
        Some(Err(_)) | None => bad.push(row),
    };
    let read = read_bytes(name, bytes, COLUMNS, &[], &Limits::default(), &mut |row| {
        let text = row.cells.first().and_then(|cell| cell.identifier().ok().flatten());
        take(row.row, text.as_deref());
        ControlFlow::Continue(())
    });
    if let Err(error) = read {
        // A column of numbers that was pasted has no head.
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(error.into()) };
        found.clear();
        bad.clear();
        for (row, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let word = line.split([',', '\t', ' ', '，']).map(str::trim).find(|word| word.len() >= 15);
            match word.map(CitizenId::parse) {
                Some(Ok((number, _))) => drop(found.insert(number)),
                _ => bad.push(row),
            }
        }
        if found.is_empty() {
            return Err(error.into());
        }
    }
    Ok((found, bad))
}

/// The lists, newest first.
pub async fn comparisons(
    app: &App,
    caller: &Caller,
    county: CountyCode,
) -> Result<Vec<ComparisonRow>, Problem> {
    app.permit(caller, Permission::PaymentSetting, county).await?;
    let mut tx = app.db.read().await?;
    Ok(store::payment::beside::comparisons(&mut tx, county).await?)
}

/// Removes a list that was wrong or is out of date.
pub async fn remove_comparison(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: Uuid,
) -> Result<(), Problem> {
    app.permit(caller, Permission::PaymentSetting, county).await?;
    let (inner, by, id) = (app.clone(), caller.clone(), id.to_string());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !store::payment::beside::remove_comparison(act, county, &id).await? {
                    return Err(Problem::new(Code::NotFound, "没有这份比对名单"));
                }
                act.audit(inner.entry(&by, "payment.compare", "comparison", &id, json!({ "removed": true })))
                    .await?;
                Ok(())
            })
        })
        .await
}
