//! 工作台: what can be due for somebody.

use crate::person::words;
use serde::{Deserialize, Serialize};

words! {
    /// What is due.
    DueKind {
        /// A unit's table is to be submitted.
        SubmitTable = "submit_table", "报送统计表";
        /// A returned table is to be put right and submitted again.
        ReturnedTable = "returned_table", "改正后重新报送";
        /// Submitted tables wait for the county.
        ReviewTables = "review_tables", "审核报送的统计表";
        /// Units have not submitted.
        MissingTables = "missing_tables", "催办未报单位";
    }
}
