//! The bank's files: written from the approved list, and made again from it whenever they are fetched. Equal lines
//! give equal bytes, so what is kept of a file is its SM3 and nothing in clear.

use super::act::{Blocked, Done, go};
use super::facts::shared;
use super::prepare::corrupt;
use super::review::{held_back, list_sm3};
use super::{load, sm3_hex};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::mask;
use domain::money::Fen;
use domain::payment::{Act as Word, Human, LineState, Open};
use domain::region::CountyCode;
use domain::unit::UnitTree;
use formats::bank::{BankError, BankFile, Entry, Layout, Order, Value, write};
use jiff::civil::Date;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use store::payment::batch::BatchRow;
use store::payment::line::{Change, LineRow};
use store::payment::result::FileRow;
use store::{Act, Tx};

/// Writes the files: who died, moved, was suspended or stopped since the approval is left out and told.
pub(super) async fn export(
    act: &mut Act,
    app: &App,
    who: &Human,
    batch: &mut BatchRow,
    (layout, constants, date): (Option<String>, &BTreeMap<String, String>, Option<Date>),
) -> Result<Done, Problem> {
    go(batch, Word::Export, who, Open::default())?;
    let county = act.county();
    let lines = store::payment::line::of_batch(act, county, &batch.id).await?;
    if batch.list_sm3.as_deref() != Some(list_sm3(batch, &lines).as_str()) {
        let message = format!("批次 {} 的清单与审批时不一致，不能导出；请联系审计管理员核查", batch.code);
        return Err(Problem::new(Code::PaymentRefused, message));
    }
    let blocked = block(act, batch, &lines).await?;
    let lines: Vec<LineRow> = lines
        .into_iter()
        .filter(|line| line.state == LineState::Waiting.code())
        .filter(|line| !blocked.iter().any(|it| it.seq == line.seq))
        .collect();
    if lines.is_empty() {
        return Err(Problem::new(Code::PaymentRefused, "没有可以发的笔，请取消批次"));
    }
    if let Some(key) = layout {
        batch.layout_key = key;
    }
    let layout = super::layout::find(act, county, &batch.layout_key).await?.with(constants);
    let date = date.unwrap_or_else(|| app.today());
    batch.pay_date = Some(date.to_string());
    let text = serde_json::to_string(&layout).map_err(|_| crate::interrupted())?;
    batch.layout_json = Some(text);
    let files = files(act, app, county, batch, &lines).await?;
    let rows: Vec<FileRow> = files.iter().map(row).collect();
    store::payment::result::put_files(act, county, &batch.id, &rows).await?;
    let sum: Fen = lines.iter().map(LineRow::amount).sum();
    let note = format!("{}个文件，{}笔，{}元，处理日期 {date}", files.len(), lines.len(), sum.yuan_short());
    let detail = json!({ "files": rows, "layout": layout.key, "date": date, "blocked": blocked.len() });
    Ok(Done { note, detail, blocked, ..Done::default() })
}

fn row(file: &BankFile) -> FileRow {
    let number = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    FileRow {
        part: number(file.part),
        name: file.name.clone(),
        count: number(file.count),
        sum_fen: file.sum_fen.0,
        sm3: file.sm3.clone(),
    }
}

/// Gives up the lines of persons who are not to be paid any more.
async fn block(act: &mut Act, batch: &mut BatchRow, lines: &[LineRow]) -> Result<Vec<Blocked>, Problem> {
    let held = held_back(act, batch).await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let county = act.county();
    let by_id: HashMap<&str, &LineRow> = lines.iter().map(|line| (line.id.as_str(), line)).collect();
    let mut totals = batch.totals();
    let (mut changes, mut blocked, mut claims, mut again) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, status) in &held {
        let Some(line) = by_id.get(id.as_str()) else { continue };
        totals.moved(LineState::Waiting, LineState::Cancelled, line.amount());
        changes.push(Change {
            id: id.clone(),
            state: LineState::Cancelled.code(),
            cancelled_at: Some("export"),
            note: Some(format!("导出时{}", status.label())),
            ..Change::default()
        });
        claims.push((line.citizen_index.as_str(), id.as_str()));
        again.extend(line.repays_id.as_deref().map(|returned| (returned, None)));
        blocked.push(Blocked { seq: line.seq, name: mask::name(&line.name), status: status.label() });
    }
    store::payment::line::apply(act, county, &changes).await?;
    let campaign = batch.campaign_id.parse().map_err(|_| corrupt("campaign_id", &batch.id))?;
    store::payment::claim::release(act, county, campaign, &batch.item, &claims).await?;
    store::payment::line::set_repaid(act, county, &again).await?;
    batch.set_totals(&totals);
    Ok(blocked)
}

/// The files from lines, with the layout and day that the batch keeps.
async fn files(
    tx: &mut Tx,
    app: &App,
    county: CountyCode,
    batch: &BatchRow,
    lines: &[LineRow],
) -> Result<Vec<BankFile>, Problem> {
    let bad = |column| corrupt(column, &batch.id);
    let layout: Layout = batch
        .layout_json
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| bad("layout_json"))?;
    let date: Date =
        batch.pay_date.as_deref().and_then(|day| day.parse().ok()).ok_or_else(|| bad("pay_date"))?;
    let rule = super::prepare::rule(batch)?;
    let units = crate::unit::tree_in(tx, county).await?;
    // Nobody's number is opened for a bank that does not ask for it.
    let numbers = if layout.shows(Value::IdNumber) {
        Some(store::payment::facts::numbers(tx, county, &batch.id).await?)
    } else {
        None
    };
    let open = |line: &LineRow| -> Result<(String, String), Problem> {
        let account = line.account(&app.sealer, county)?;
        let Some(numbers) = &numbers else { return Ok((account, String::new())) };
        let sealed = numbers.get(&line.person_id).map_or((None, ""), |it| (it.0.as_deref(), it.1.as_str()));
        let number = store::payment::facts::open_number(&app.sealer, county, &line.person_id, sealed)?;
        Ok((account, number.reveal().to_owned()))
    };
    let opened = shared(lines, open)?;
    let mut times: HashMap<&str, u32> = HashMap::new();
    let entries: Vec<Entry<'_>> = lines
        .iter()
        .zip(&opened)
        .map(|(line, (account, number))| {
            let times = times.entry(account.as_str()).or_insert(0);
            *times += 1;
            Entry {
                number: line.seq,
                name: &line.payee,
                account,
                amount_fen: line.amount(),
                id_number: number,
                bank_name: line.bank_name.as_deref().unwrap_or_default(),
                township: township(&units, &line.township_id),
                times: *times,
            }
        })
        .collect();
    let order = Order { date, batch: &batch.code, summary: rule.summary() };
    write(&layout, &order, &entries).map_err(unwritten)
}

fn township<'u>(units: &'u UnitTree, id: &str) -> &'u str {
    id.parse().ok().and_then(|id| units.get(id)).map_or("", |unit| unit.name.as_str())
}

fn unwritten(error: BankError) -> Problem {
    match error {
        BankError::Workbook(error) => Problem::new(Code::Output, format!("文件未能生成：{error}")),
        error => Problem::new(Code::PaymentRefused, error.to_string()),
    }
}

/// A file that is given out.
#[derive(Debug, Clone)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SM3 of the bytes, as it was kept.
    pub sm3: String,
}

/// One of the bank's files, made again and compared with what was exported.
pub async fn download(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    batch: &str,
    part: i64,
) -> Result<Download, Problem> {
    app.permit(caller, Permission::PaymentExport, county).await?;
    let (row, known, made) = {
        let mut tx = app.db.read().await?;
        let row = load(&mut tx, county, batch).await?;
        let known = store::payment::result::files(&mut tx, county, &row.id).await?;
        let known = known.into_iter().find(|it| it.part == part).ok_or_else(|| {
            Problem::new(Code::NotFound, format!("批次 {} 没有第 {part} 个代发文件", row.code))
        })?;
        let lines = store::payment::line::of_batch(&mut tx, county, &row.id).await?;
        // What is in the file: all lines but those taken out of the draft or at the export.
        let lines: Vec<LineRow> = lines
            .into_iter()
            .filter(|line| !matches!(line.cancelled_at.as_deref(), Some("draft" | "export")))
            .collect();
        let made = files(&mut tx, app, county, &row, &lines).await?;
        (row, known, made)
    };
    let place = usize::try_from(part - 1).unwrap_or(usize::MAX);
    let file = made.into_iter().nth(place).filter(|file| file.sm3 == known.sm3);
    let file = file.ok_or_else(|| {
        let message = format!("批次 {} 的代发文件与导出时不一致，没有给出；请联系审计管理员核查", row.code);
        Problem::new(Code::PaymentRefused, message)
    })?;
    debug_assert_eq!(sm3_hex(&file.bytes), known.sm3, "the hash of a file is that of its bytes");
    let detail = json!({ "batch": row.code, "part": part, "sm3": known.sm3 });
    crate::audit::note(app, caller, county, "payment.download", ("payment_batch", &row.id), detail).await?;
    Ok(Download { name: known.name, bytes: file.bytes, sm3: known.sm3 })
}
