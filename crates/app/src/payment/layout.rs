//! The bank's layouts: those that come along, and those that the county entered or changed.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::region::CountyCode;
use formats::bank::Layout;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use store::Tx;

/// The layout when none is named: what most banks take, and what needs no constants.
pub(crate) const USUAL: &str = "plain_xlsx";

/// A layout as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayoutView {
    /// Its key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What must be asked of the bank.
    pub note: String,
    /// Whether the county entered or changed it.
    pub is_own: bool,
    /// Constants that must be filled in before a file can be written.
    pub missing: Vec<String>,
    /// Constants with their values.
    pub constants: BTreeMap<String, String>,
    /// Version; 0 is the one that comes along.
    pub version: i64,
    /// The TOML text.
    pub text: String,
}

/// A layout by key: the county's own, else the one that comes along.
pub(crate) async fn find(tx: &mut Tx, county: CountyCode, key: &str) -> Result<Layout, Problem> {
    let own = store::payment::beside::layouts(tx, county).await?.into_iter().find(|it| it.key == key);
    let text = match own {
        Some(own) => own.text,
        None => formats::bank::builtin()
            .iter()
            .find(|it| it.0 == key)
            .map(|it| it.1.to_owned())
            .ok_or_else(|| unknown(key))?,
    };
    read(&text)
}

fn read(text: &str) -> Result<Layout, Problem> {
    formats::bank::read(text).map_err(|error| {
        let details = json!({ "line": error.line, "key": error.key });
        Problem::new(Code::TemplateBad, error.to_string()).with(details)
    })
}

fn unknown(key: &str) -> Problem {
    let known: Vec<&str> = formats::bank::builtin().iter().map(|it| it.0).collect();
    let message = format!("没有代发格式“{key}”；程序自带的有 {}，也可以自己录入", known.join("、"));
    Problem::new(Code::NotFound, message)
}

/// All layouts of a county.
pub async fn layouts(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<LayoutView>, Problem> {
    app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let own = store::payment::beside::layouts(&mut tx, county).await?;
    let mut texts: BTreeMap<String, (String, i64)> =
        formats::bank::builtin().iter().map(|it| (it.0.to_owned(), (it.1.to_owned(), 0))).collect();
    for row in own {
        texts.insert(row.key, (row.text, row.version));
    }
    texts
        .into_iter()
        .map(|(key, (text, version))| {
            let layout = read(&text)?;
            Ok(LayoutView {
                key,
                missing: layout.missing().into_iter().map(str::to_owned).collect(),
                name: layout.name,
                note: layout.note,
                is_own: version > 0,
                constants: layout.constants,
                version,
                text,
            })
        })
        .collect()
}

/// Enters or changes a layout of the county; the text names its key.
pub async fn save_layout(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    text: &str,
) -> Result<LayoutView, Problem> {
    app.permit(caller, Permission::PaymentSetting, county).await?;
    if text.len() > 64 << 10 {
        return Err(Problem::new(Code::TooLarge, "代发格式文件不能超过 64 KB"));
    }
    let layout = read(text)?;
    crate::guard::check_text(app, caller, county, &[("代发格式", text)]).await?;
    let (inner, who, key, owned) = (app.clone(), caller.clone(), layout.key.clone(), text.to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let now_ms = inner.now_ms();
                store::payment::beside::put_layout(act, county, &key, &owned, &who.actor, now_ms).await?;
                let detail = json!({ "sm3": super::sm3_hex(owned.as_bytes()) });
                act.audit(inner.entry(&who, "payment.layout", "bank_layout", &key, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    let all = layouts(app, caller, county).await?;
    all.into_iter().find(|it| it.key == layout.key).ok_or_else(|| unknown(&layout.key))
}
