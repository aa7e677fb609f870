//! This year's table beside last year's, and the rule behind a row.

use crate::authority::unit_in;
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::campaign::Campaign;
use domain::region::CountyCode;
use domain::statistics::{Line, Table, TableUnit, lay_out};
use serde::Serialize;
use std::sync::Arc;

/// The figures of one line that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sums {
    /// The figure under 走访慰问人数, in the row's own unit.
    pub count: i64,
    /// 人次.
    pub person_times: i64,
    /// Records.
    pub visits: i64,
    /// 慰问金, fen.
    pub money_fen: i64,
    /// 慰问品折款, fen.
    pub goods_fen: i64,
    /// Money and goods, fen.
    pub total_fen: i64,
    /// 解决实际困难, 件.
    pub help: i64,
}

impl Sums {
    fn of(line: &Line) -> Self {
        Self {
            count: line.count(),
            person_times: line.person_times,
            visits: line.visits,
            money_fen: line.money_fen.0,
            goods_fen: line.goods_fen.0,
            total_fen: line.total_fen.0,
            help: line.help.sum(),
        }
    }

    /// What this one has more than another.
    fn less(self, other: Self) -> Self {
        Self {
            count: self.count - other.count,
            person_times: self.person_times - other.person_times,
            visits: self.visits - other.visits,
            money_fen: self.money_fen - other.money_fen,
            goods_fen: self.goods_fen - other.goods_fen,
            total_fen: self.total_fen - other.total_fen,
            help: self.help - other.help,
        }
    }
}

/// One row of both years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Row key; `total` for the total.
    pub key: String,
    /// 类别
    pub label: String,
    /// 人, 户, 个.
    pub count_unit: &'static str,
    /// This year; `None` when its template has no such row.
    pub this: Option<Sums>,
    /// The year before; `None` when there is no such campaign, or no such row in it.
    pub last: Option<Sums>,
    /// This year less the year before, where both have the row.
    pub change: Option<Sums>,
}

/// A unit's table beside that of another campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The campaign's code.
    pub campaign: String,
    /// The other campaign's code; `None` when there is none.
    pub with: Option<String>,
    /// Whose tables.
    pub unit: TableUnit,
    /// Rows in the order of the table; those that only the other has behind them.
    pub rows: Vec<Compared>,
    /// The totals.
    pub total: Compared,
}

/// A unit's table beside that of the campaign named, else of the last one before it from the same template.
pub async fn compare(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (unit, with): (Option<&str>, Option<&str>),
) -> Result<Comparison, Problem> {
    let scope = app.permit(caller, Permission::StatisticsRead, county).await?;
    let mut tx = app.db.read().await?;
    let reference = store::reference::get(&mut tx, county).await?;
    let units = crate::unit::tree_of(&reference, county)?;
    let campaign = crate::campaign::find(&mut tx, county, campaign).await?;
    let other = match with {
        Some(code) => Some(crate::campaign::find(&mut tx, county, code).await?),
        None => before(&reference.campaigns, &campaign),
    };
    let unit = unit_in(&units, &scope, unit)?;
    let named = TableUnit { code: unit.code.clone(), name: units.full_name(unit.id) };
    let kept = store::cell::read(&mut tx, county, campaign.id, unit.id).await?;
    let this = lay_out(&campaign, named.clone(), &kept);
    let last = match &other {
        None => None,
        Some(other) => {
            let kept = store::cell::read(&mut tx, county, other.id, unit.id).await?;
            Some(lay_out(other, named.clone(), &kept))
        }
    };
    Ok(Comparison {
        campaign: campaign.code.clone(),
        with: other.map(|it| it.code.clone()),
        unit: named,
        rows: rows(&this, last.as_ref()),
        total: pair(Some(&this.total), last.as_ref().map(|it| &it.total)),
    })
}

/// The last campaign before this one that was made from the same template.
fn before(all: &[Arc<Campaign>], campaign: &Campaign) -> Option<Arc<Campaign>> {
    let same = all.iter().filter(|it| it.template.key == campaign.template.key && it.year < campaign.year);
    same.max_by_key(|it| (it.year, it.deadline)).cloned()
}

fn rows(this: &Table, last: Option<&Table>) -> Vec<Compared> {
    let old = last.map_or(&[][..], |it| &it.rows);
    let find = |key: &str| old.iter().find(|line| line.key == key);
    let mut rows: Vec<Compared> = this.rows.iter().map(|line| pair(Some(line), find(&line.key))).collect();
    let gone = old.iter().filter(|old| this.rows.iter().all(|line| line.key != old.key));
    rows.extend(gone.map(|line| pair(None, Some(line))));
    rows
}

/// A row of both years; one of them is there.
fn pair(this: Option<&Line>, last: Option<&Line>) -> Compared {
    let named = this.or(last);
    let (this, last) = (this.map(Sums::of), last.map(Sums::of));
    Compared {
        key: named.map_or_else(String::new, |line| line.key.clone()),
        label: named.map_or_else(String::new, |line| line.label.clone()),
        count_unit: named.map_or("", |line| line.count_unit.label()),
        this,
        last,
        change: this.zip(last).map(|(this, last)| this.less(last)),
    }
}

/// Why the figures of a row are as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Whose table.
    pub unit: TableUnit,
    /// Key, name and version of the template that counted.
    pub template: (String, String, u32),
    /// The rule.
    pub why: domain::statistics::Why,
    /// The figures.
    pub line: Line,
}

/// The rule behind a row of a unit's table, with its figures.
pub async fn why(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    campaign: &str,
    (row, unit): (&str, Option<&str>),
) -> Result<Whole, Problem> {
    let table = super::table(app, caller, county, campaign, unit).await?;
    let campaign = crate::campaign::read(app, county, campaign).await?;
    let missing = || Problem::new(Code::NotFound, format!("统计表没有类别“{row}”"));
    let why = domain::statistics::why(&campaign.template, row).ok_or_else(missing)?;
    let line = table.rows.into_iter().find(|line| line.key == row).ok_or_else(missing)?;
    let template = &campaign.template;
    let template = (template.key.clone(), template.name.clone(), template.version);
    Ok(Whole { unit: table.unit, template, why, line })
}
