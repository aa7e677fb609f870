//! The matrix as data. `docs/authority.md` is printed from it; a test walks it.

#![allow(clippy::enum_glob_use, reason = "a table of all variants")]

use super::Permission::{self, *};
use super::{Reach, Role};

type Row = (Permission, [Option<Reach>; Role::ALL.len()]);

/// Every unit of the county.
const C: Option<Reach> = Some(Reach::County);
/// The unit and those below.
const S: Option<Reach> = Some(Reach::Subtree);
/// The unit alone.
const O: Option<Reach> = Some(Reach::Own);
/// Not at all.
const X: Option<Reach> = None;

/// Permission × role in the order of [`Role::ALL`]: county office; finance maker, checker, approver; unit clerk, unit
/// leader; village station; troop liaison; viewer; system, security, audit administrator.
#[rustfmt::skip]
pub const MATRIX: [Row; Permission::ALL.len()] = [
    //                  office  mak che app  cle lea  vil  tro  vie  sys sec aud
    (UnitRead,          [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (UnitChange,        [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (CampaignRead,      [C,     C,  C,  C,   S,  S,   O,   O,   S,   X,  X,  X]),
    (CampaignChange,    [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (RosterRead,        [C,     C,  C,  C,   S,  S,   O,   X,   X,   X,  X,  X]),
    (NameRead,          [C,     C,  C,  C,   S,  S,   O,   X,   X,   X,  X,  X]),
    (RosterImport,      [C,     X,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (RosterExport,      [C,     X,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (PersonReveal,      [C,     C,  C,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (PersonChange,      [C,     X,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (PersonMerge,       [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PersonErase,       [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (ConfirmationRead,   [C,     C,  C,  C,   S,  S,   O,   X,   X,   X,  X,  X]),
    (ConfirmationChange, [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (StatusChangeRead,   [C,     C,  C,  C,   S,  S,   O,   X,   X,   X,  X,  X]),
    (StatusChangeReport, [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (StatusChangeDecide, [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (ImportRead,        [C,     X,  X,  X,   S,  S,   O,   X,   X,   X,  X,  X]),
    (ImportUndo,        [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (CandidateRead,     [C,     X,  X,  X,   S,  S,   O,   X,   X,   X,  X,  X]),
    (CandidateConfirm,  [C,     X,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (VisitRead,         [C,     X,  X,  X,   S,  S,   O,   X,   X,   X,  X,  X]),
    (VisitRecord,       [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (VisitImport,       [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (VisitWithdraw,     [C,     X,  X,  X,   S,  X,   O,   X,   X,   X,  X,  X]),
    (VisitExport,       [C,     X,  X,  X,   S,  S,   X,   X,   X,   X,  X,  X]),
    (VisitPlanRead,     [C,     X,  X,  X,   S,  S,   O,   X,   X,   X,  X,  X]),
    (VisitPlanChange,   [C,     X,  X,  X,   S,  S,   X,   X,   X,   X,  X,  X]),
    (StatisticsRead,    [C,     C,  C,  C,   S,  S,   O,   X,   S,   X,  X,  X]),
    (StatisticsVerify,  [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (StatisticsExport,  [C,     C,  C,  C,   S,  S,   X,   X,   S,   X,  X,  X]),
    (TableSubmit,       [C,     X,  X,  X,   S,  S,   X,   X,   X,   X,  X,  X]),
    (TableReview,       [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (ChaseSend,         [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (CoverageRead,      [C,     X,  X,  X,   S,  S,   O,   X,   S,   X,  X,  X]),
    (CoverageExport,    [C,     X,  X,  X,   S,  S,   X,   X,   X,   X,  X,  X]),
    (PaymentRead,       [C,     C,  C,  C,   S,  S,   X,   X,   X,   X,  X,  X]),
    (LedgerRead,        [C,     C,  C,  C,   S,  S,   X,   X,   X,   X,  X,  X]),
    (LedgerAllot,       [C,     C,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (LedgerUse,         [C,     X,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentPrepare,    [X,     C,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentReview,     [X,     C,  C,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentCheck,      [X,     X,  C,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentApprove,    [X,     X,  X,  C,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentReopen,     [X,     C,  C,  C,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentCancel,     [X,     C,  X,  C,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentExport,     [X,     C,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentSettle,     [X,     C,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentCorrect,    [C,     C,  X,  X,   S,  X,   X,   X,   X,   X,  X,  X]),
    (PaymentSetting,    [X,     C,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (CalendarRead,      [C,     C,  C,  C,   S,  S,   O,   O,   S,   X,  X,  X]),
    (CalendarChange,    [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (FileRead,          [C,     C,  C,  C,   S,  S,   O,   O,   X,   X,  X,  X]),
    (FileUpload,        [C,     C,  X,  X,   S,  X,   O,   O,   X,   X,  X,  X]),
    (SecrecyRuleRead,   [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (SecrecyRuleChange, [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  C,  X]),
    (JobRead,           [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (JobChange,         [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (NoticeRead,        [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (NoticeLog,         [C,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
    (OwnAccount,        [C,     C,  C,  C,   S,  S,   O,   O,   S,   C,  C,  C]),
    (AccountRead,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  C,  C]),
    (AccountChange,     [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  X,  X]),
    (GrantChange,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  C,  X]),
    (SessionRead,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  C,  X]),
    (SessionEnd,        [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  C,  X]),
    (TokenChange,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  C,  X]),
    (AuditRead,         [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  C]),
    (AuditVerify,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  C]),
    (AuditExport,       [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  C]),
    (OperationsRead,    [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  C,  C]),
    (BackupMake,        [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  X,  X]),
    (KeyChange,         [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  C,  X]),
    (DatabaseMigrate,   [X,     X,  X,  X,   X,  X,   X,   X,   X,   C,  X,  X]),
    (CountyInit,        [X,     X,  X,  X,   X,  X,   X,   X,   X,   X,  X,  X]),
];

/// How far a role's permission reaches; `None` when the role does not have it.
#[must_use]
pub fn reach(role: Role, permission: Permission) -> Option<Reach> {
    let (known, reaches) = &MATRIX[permission as usize];
    debug_assert!(*known == permission, "the matrix is in the order of the permissions");
    reaches[role as usize]
}
