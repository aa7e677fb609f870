//! Identities: UUIDv7 made by whoever creates the record. They identify, they never order (design rule 1).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Declares a newtype over a UUID with one spelling everywhere: lower-case text.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }
    };
}

id!(/** A unit: township, village, department, organisation, troop or institution. */ UnitId);
id!(/** A person on the roster. */ PersonId);
id!(/** A campaign (双拥活动), e.g. the visits around 八一. */ CampaignId);
id!(/** One visit (走访慰问). */ VisitId);
id!(/** A visited person who is not on the roster yet. */ CandidateId);
id!(/** One import of a file, which can be undone as a whole. */ ImportId);
id!(/** One submitted version of a unit's table. */ SubmissionId);
id!(/** One unit that was chased, once. */ ChaseId);
id!(/** One uploaded file that waits to be imported (导入计划). */ PlanId);
id!(/** One background job (后台作业). */ JobId);
id!(/** One sending of a notification to any number of recipients. */ SendingId);
id!(/** One notification in the hands of one recipient. */ NotificationId);
id!(/** A photo, an attachment or another file as it is bound to its owner. */ FileId);
id!(/** The stored bytes of one or more files. */ ContentId);
id!(/** An entry of the ledger of funds and goods. */ LedgerEntryId);
id!(/** Whom a unit is to visit (走访安排). */ ArrangementId);
id!(/** One reported change of a person's status (人员变动). */ StatusChangeId);
