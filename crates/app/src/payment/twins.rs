//! The same human on the rosters of two counties: a job looks over all counties, and each of the two is shown it.

use super::facts::county_name;
use crate::{App, Caller, Problem};
use domain::authority::Permission;
use domain::mask;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Somebody whom another county pays too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Twin {
    /// Who, on this county's roster.
    pub person: String,
    /// Name, masked.
    pub name: String,
    /// Township: code and name.
    pub township: (String, String),
    /// The other county: code and name.
    pub other: (String, String),
}

/// Looks over all counties and writes what it finds into each of them; how many humans.
pub async fn find_twins(app: &App) -> Result<usize, Problem> {
    let pairs = {
        let mut tx = app.db.read().await?;
        store::payment::beside::in_two_counties(&mut tx).await?
    };
    let mut by_number: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (number, county) in &pairs {
        by_number.entry(number).or_default().push(county);
    }
    let mut by_county: BTreeMap<CountyCode, Vec<(String, String)>> = BTreeMap::new();
    for (number, counties) in &by_number {
        for county in counties {
            let Ok(code) = county.parse() else { continue };
            let others = counties.iter().filter(|other| *other != county);
            let rows = others.map(|other| ((*number).to_owned(), (*other).to_owned()));
            by_county.entry(code).or_default().extend(rows);
        }
    }
    let caller = Caller::system();
    for county in crate::audit::counties(app).await? {
        let mut rows = by_county.remove(&county).unwrap_or_default();
        rows.sort();
        let known = {
            let mut tx = app.db.read().await?;
            store::payment::beside::twins(&mut tx, county).await?
        };
        if known == rows {
            continue;
        }
        let (inner, by) = (app.clone(), caller.clone());
        app.db
            .write(county, move |act| {
                Box::pin(async move {
                    store::payment::beside::put_twins(act, county, &rows, inner.now_ms()).await?;
                    let detail = json!({ "found": rows.len() });
                    let code = county.to_string();
                    act.audit(inner.entry(&by, "payment.twins", "county", &code, detail)).await?;
                    Ok::<_, Problem>(())
                })
            })
            .await?;
    }
    Ok(by_number.len())
}

/// Whom another county pays too, as the last look found.
pub async fn twins(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<Twin>, Problem> {
    let scope = app.permit(caller, Permission::PaymentRead, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let rows = store::payment::beside::twins(&mut tx, county).await?;
    let numbers: Vec<String> = rows.iter().map(|it| it.0.clone()).collect();
    let found = store::person::known(&mut tx, county, &numbers, &[]).await?;
    let mut twins = Vec::new();
    for (number, other) in rows {
        let Some(found) = found.iter().find(|it| it.citizen_index == number) else { continue };
        let known = &found.known;
        if !scope.covers_person(&units, known.township_id, known.village_id) {
            continue;
        }
        let unit = units.get(known.township_id);
        twins.push(Twin {
            person: known.id.to_string(),
            name: mask::name(&known.name),
            township: unit.map(|unit| (unit.code.clone(), unit.name.clone())).unwrap_or_default(),
            other: (other.clone(), county_name(&other)),
        });
    }
    Ok(twins)
}
