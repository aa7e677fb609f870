//! To whom a file belongs, and so who may see it.

use super::NewFile;
use crate::{Code, Problem};
use domain::authority::Scope;
use domain::campaign::ObjectKind;
use domain::file::{FileKind, OwnerKind};
use domain::ids::{UnitId, VisitId};
use domain::region::CountyCode;
use domain::unit::{UnitKind, UnitTree};
use domain::visit::{Category, VisitedObject};
use serde_json::json;
use store::Tx;
use store::visit::StoredVisit;

/// The owner of a new file.
pub(super) struct Owner {
    /// The unit by which it is decided who may see the file.
    pub unit: UnitId,
    /// Whether it has to do with troops.
    pub is_troop: bool,
}

/// Finds the owner within the scope; one outside is answered like one that does not exist.
pub(super) async fn find(
    tx: &mut Tx,
    county: CountyCode,
    scope: &Scope,
    new: &NewFile,
) -> Result<Owner, Problem> {
    let units = crate::unit::tree_in(tx, county).await?;
    let missing = || {
        let message = format!("没有编号为 {} 的{}，请先登记，再上传文件", new.owner, new.owner_kind.label());
        Problem::new(Code::NotFound, message)
    };
    let owner = match new.owner_kind {
        OwnerKind::Visit => {
            let visit = visit(tx, county, VisitId(new.owner)).await?.ok_or_else(missing)?;
            let is_troop = is_troop(&units, visit.facts.unit) || visits_troop(tx, county, &visit).await?;
            Owner { unit: visit.facts.unit, is_troop }
        }
        OwnerKind::Person => {
            let person = store::person::known_by_ids(tx, county, &[new.owner]).await?.pop();
            let person = person.ok_or_else(missing)?;
            Owner { unit: person.village_id.unwrap_or(person.township_id), is_troop: false }
        }
        OwnerKind::Unit => {
            let unit = units.get(UnitId(new.owner)).ok_or_else(missing)?.id;
            Owner { unit, is_troop: is_troop(&units, unit) }
        }
        // By-products: bound to whoever made them, whatever becomes of the import or the job.
        OwnerKind::Import | OwnerKind::Job if new.kind.is_private() => {
            let unit = new.unit.or_else(|| scope.home()).unwrap_or(units.root().id);
            Owner { unit, is_troop: false }
        }
        OwnerKind::Import | OwnerKind::Job => return Err(missing()),
    };
    if scope.covers(&units, owner.unit) { Ok(owner) } else { Err(missing()) }
}

async fn visit(tx: &mut Tx, county: CountyCode, id: VisitId) -> Result<Option<StoredVisit>, Problem> {
    Ok(store::visit::by_ids(tx, county, &[id]).await?.pop())
}

/// Whether the owner is still there, asked again within the act that records the file.
pub(super) async fn is_there(tx: &mut Tx, county: CountyCode, new: &NewFile) -> Result<bool, Problem> {
    Ok(new.owner_kind != OwnerKind::Visit || visit(tx, county, VisitId(new.owner)).await?.is_some())
}

fn is_troop(units: &UnitTree, unit: UnitId) -> bool {
    units.get(unit).is_some_and(|unit| unit.kind == UnitKind::Troop)
}

/// Whether a visit went to troops: by what was typed, and by the row in which it counts.
async fn visits_troop(tx: &mut Tx, county: CountyCode, visit: &StoredVisit) -> Result<bool, Problem> {
    // Persons and groups are no troops; most visits end here without the template being read.
    if !matches!(visit.facts.object, VisitedObject::Object { .. }) {
        return Ok(false);
    }
    let troop = |kind| matches!(kind, Some(ObjectKind::Troop | ObjectKind::TrainingTroop));
    let campaign = crate::campaign::by_id(tx, county, visit.campaign).await?;
    let typed = match Category::from_code(&visit.category, &campaign.template) {
        Some(Category::Object(kind)) => Some(kind),
        _ => None,
    };
    let row = campaign.template.rows.iter().find(|row| row.key == visit.facts.row);
    Ok(troop(typed) || troop(row.and_then(|row| row.object)))
}

/// A picture that has to do with troops must have been reviewed (design rule 14).
pub(super) fn check_troop(owner: &Owner, new: &NewFile, is_picture: bool) -> Result<(), Problem> {
    if !owner.is_troop || new.external_reviewed || !(is_picture || new.kind == FileKind::Photo) {
        return Ok(());
    }
    let message = "这是走访部队的照片：只能上传成员合影或外景，画面中不得出现营区设施、装备、番号和人员编成，\
        并须经部队联络人和本单位审核；确认审核后，请勾选“成员合影/外景已审”再上传";
    Err(Problem::new(Code::FileRefused, message).with(json!({ "reason": "file.troop_photo" })))
}
