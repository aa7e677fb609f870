//! URLs of who is to visit whom.

use super::super::arrangement;
use super::super::table::Access::Needs;
use super::super::table::{Route, delete, get, put};
use super::PAPERS;
use domain::authority::Permission::{VisitExport, VisitPlanChange, VisitPlanRead};

pub(super) fn all() -> Vec<Route> {
    vec![
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/arrangements",
            Needs(VisitPlanRead),
            arrangement::list,
        )
        .named("arrangement.list", "走访安排和落实情况")
        .query::<arrangement::Asked>()
        .lists::<arrangement::Arrangement>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/arrangements/paper",
            Needs(VisitExport),
            arrangement::print,
        )
        .named("arrangement.paper", "领导走访安排表、走访清单的文件")
        .query::<arrangement::Printed>()
        .sends(PAPERS),
        get("/api/v1/counties/{county}/arrangements/{id}", Needs(VisitPlanRead), arrangement::get)
            .named("arrangement.get", "一份走访安排")
            .answers::<arrangement::Arrangement>(),
        put("/api/v1/counties/{county}/arrangements/{id}", Needs(VisitPlanChange), arrangement::put)
            .if_match()
            .named("arrangement.put", "安排走访或修改安排；重传无害")
            .takes::<arrangement::ArrangementIn>()
            .answers::<arrangement::Arrangement>()
            .answers_with::<arrangement::Arrangement>(201, "已安排"),
        delete("/api/v1/counties/{county}/arrangements/{id}", Needs(VisitPlanChange), arrangement::delete)
            .named("arrangement.delete", "取消走访安排")
            .answers_nothing(),
    ]
}
