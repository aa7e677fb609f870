//! Numbers that were erased and may not come back by way of a visit.

use super::record::Context;
use crate::Problem;
use domain::finding::{RowFinding, Severity};
use domain::visit::{CandidateKey, Resolved, ResolvedObject, VisitColumn, VisitRow};
use std::collections::HashMap;
use store::Tx;

/// Numbers that were erased: a visit does not bring them back as a candidate.
pub(super) struct Gone(HashMap<String, i64>);

impl Gone {
    /// Asks only when a row names a number that is not on the roster.
    pub(super) async fn load(
        tx: &mut Tx,
        context: Context<'_>,
        resolved: &[Option<Resolved<'_>>],
    ) -> Result<Self, Problem> {
        let is_new = |it: &Resolved<'_>| {
            matches!(it.object, ResolvedObject::Candidate { key: CandidateKey::Number(_), .. })
        };
        if resolved.iter().flatten().any(is_new) {
            Ok(Self(store::erasure::standing(tx, context.county).await?))
        } else {
            Ok(Self(HashMap::new()))
        }
    }

    /// Refuses a row that would be a new visit to such a number.
    pub(super) fn refuse(
        &self,
        context: Context<'_>,
        row: &VisitRow,
        findings: &mut Vec<RowFinding>,
    ) -> bool {
        let number = row.citizen.filter(|_| !self.0.is_empty());
        let Some(at_ms) = number.and_then(|it| self.0.get(&context.sealer().citizen_index(&it))) else {
            return false;
        };
        // A refused row says why it was refused and nothing else.
        findings.retain(|it| (it.sheet, it.row) != (row.sheet, row.row));
        findings.push(RowFinding {
            sheet: row.sheet,
            row: row.row,
            column: Some(VisitColumn::Citizen.title()),
            severity: Severity::Refused,
            code: "visit.erased",
            message: crate::erasure::message(*at_ms),
        });
        true
    }
}
