//! Photos, attachments and by-products.

mod bounds;
mod garbage;
mod photo;
#[path = "../../../../formats/src/file/testing.rs"]
#[allow(dead_code, reason = "the same pictures serve the tests of formats")]
mod pictures;
mod scope;
mod upload;

use super::play::{CAMPAIGN, Call, Play};
use app::file::{NewFile, Opened, Saved};
use app::{Caller, Problem, Who};
use domain::authority::{Grant, Role};
use domain::file::{FileKind, OwnerKind};
use domain::ids::{FileId, UnitId};
use futures::TryStreamExt;
use uuid::Uuid;

const H: &str = "黄水镇";
const S: &str = "沙子镇";
const DAY_MS: i64 = 24 * 3600 * 1000;

impl Play {
    /// Records a visit and gives its id.
    async fn visit(&self, call: Call) -> Uuid {
        let known = self.all_visits().await;
        self.visits(&[call]).await;
        let all = self.all_visits().await;
        *all.iter().find(|id| !known.contains(id)).expect("the visit was added")
    }

    async fn all_visits(&self) -> Vec<Uuid> {
        let mut tx = self.app.db.read().await.unwrap();
        let campaign = store::campaign::get(&mut tx, self.county, CAMPAIGN).await.unwrap().unwrap();
        let page = store::visit::page(
            &mut tx,
            self.county,
            campaign.id,
            &store::visit::Within::default(),
            None,
            1_000,
        )
        .await
        .unwrap();
        page.into_iter().map(|visit| visit.id.0).collect()
    }

    async fn unit(&self, name: &str) -> UnitId {
        self.units().await.find(name).unwrap().id
    }

    fn photo(&self, owner: Uuid) -> NewFile {
        NewFile {
            id: self.app.id(),
            kind: FileKind::Photo,
            owner_kind: OwnerKind::Visit,
            owner,
            unit: None,
            name: "走访.jpg".to_owned(),
            caption: "登门看望".to_owned(),
            is_internal: false,
            external_reviewed: false,
        }
    }

    async fn add(&self, new: NewFile, bytes: &[u8]) -> Result<Saved, Problem> {
        app::file::add(&self.app, &self.caller, self.county, new, bytes.to_vec()).await
    }

    async fn added(&self, owner: Uuid, bytes: &[u8]) -> FileId {
        self.add(self.photo(owner), bytes).await.unwrap().file.id
    }

    async fn read(&self, caller: &Caller, id: FileId) -> Result<Vec<u8>, Problem> {
        bytes(app::file::open(&self.app, caller, self.county, id, 0..u64::MAX).await?).await
    }

    /// Names of all objects.
    async fn objects(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.app.objects.list("").map_ok(|it| it.name).try_collect().await.unwrap();
        names.sort();
        names
    }

    /// An account with one role for a unit.
    async fn account(&self, role: Role, unit: Option<&str>) -> Caller {
        let unit = match unit {
            Some(name) => Some(self.unit(name).await),
            None => None,
        };
        let principal = app::Principal {
            account: self.app.id(),
            session: None,
            staff: Some(self.app.id()),
            county: self.county,
            grants: vec![Grant { role, unit }],
            only: None,
            pending: None,
        };
        Caller::account(format!("account:{}", principal.account), principal, None, None)
    }
}

async fn bytes(opened: Opened) -> Result<Vec<u8>, Problem> {
    Ok(opened.stream.try_collect::<Vec<_>>().await?.concat())
}

fn reason(problem: &Problem) -> &str {
    problem.details["reason"].as_str().unwrap_or_default()
}

fn is_machine(caller: &Caller) -> bool {
    matches!(caller.who, Who::Machine)
}
