//! Lists in pages: how many at once, and where the next one begins.

use crate::{App, Code, Problem};
use domain::region::CountyCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Place;
use uuid::Uuid;

/// Items on a page when nothing is said.
const USUAL: usize = 20;
/// Items on a page at most.
const MOST: usize = 100;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// Which page is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What the page before gave as its `next`.
    pub cursor: Option<String>,
    /// How many items.
    pub limit: Option<usize>,
}

impl Asked {
    /// The number of items, within the bounds.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(limit) => Err(bad(format!("每页条数 limit = {limit} 不可用，应为 1 至 {MOST}"))),
        }
    }

    /// The place behind which the page begins. A cursor is sealed: it may hold a name, and nobody can make one up.
    pub(crate) fn after<T: DeserializeOwned>(
        &self,
        app: &App,
        county: CountyCode,
        list: &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let text = app.sealer.open_text(place(county, list), cursor).ok();
        let place = text.and_then(|text| serde_json::from_str(&text).ok());
        place.map(Some).ok_or_else(|| bad("翻页标记 cursor 不可用，请从第一页重新查询".to_owned()))
    }
}

impl<T> Page<T> {
    /// Cuts rows, of which one more than the limit was asked for, and says where the next page begins.
    pub(crate) fn cut<R, P: Serialize>(
        app: &App,
        (county, list): (CountyCode, &'static str),
        mut rows: Vec<R>,
        limit: usize,
        place_of: impl Fn(&R) -> P,
        item: impl FnMut(R) -> Result<T, Problem>,
    ) -> Result<Self, Problem> {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|last| {
            let text = serde_json::to_string(&place_of(last)).expect("a place is plain data");
            app.sealer.seal(place(county, list), &text)
        });
        Ok(Self { items: rows.into_iter().map(item).collect::<Result<_, _>>()?, next })
    }
}

fn place(county: CountyCode, list: &'static str) -> Place {
    Place { county, table: "cursor", row: Uuid::nil(), field: list }
}

fn bad(message: String) -> Problem {
    Problem::new(Code::BadRequest, message)
}
