//! The columns of a visit file and the words users put at their heads.

use crate::sheet::Column;

/// Declares the columns with title and synonyms.
macro_rules! columns {
    ($($(#[$doc:meta])* $variant:ident = $title:literal $(| $also:literal)*;)+) => {
        /// A column of the visit file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum VisitColumn { $($(#[$doc])* #[doc = $title] $variant,)+ }

        impl VisitColumn {
            /// All columns, in the order of the printed form.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The title as the form prints it; findings name the column so.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// Whether a sheet without it is not read.
            #[must_use]
            pub const fn is_required(self) -> bool {
                matches!(self, Self::VisitedOn | Self::Unit | Self::Method)
            }
        }

        /// The columns in the order of [`VisitColumn`]: its number is the index of the cell in a row.
        pub const COLUMNS: &[Column] = &[
            $(Column {
                title: $title,
                synonyms: &[$($also,)*],
                required: VisitColumn::$variant.is_required(),
            },)+
        ];
    };
}

columns! {
    /// The day of the visit.
    VisitedOn = "走访日期" | "日期" | "慰问日期" | "走访慰问日期" | "走访时间" | "慰问时间" | "时间";
    /// The visiting unit.
    Unit = "走访单位" | "单位" | "慰问单位" | "走访慰问单位" | "单位名称" | "填报单位";
    /// Name of the leader.
    LeaderName = "带队领导" | "领导" | "领导姓名" | "带队领导姓名" | "带队人";
    /// Post of the leader.
    LeaderTitle = "领导职务" | "职务" | "带队领导职务";
    /// Principal, in charge, other.
    LeaderKind = "领导类别" | "领导类型" | "领导级别" | "带队领导类别";
    /// Class of the object.
    Category = "对象类别" | "类别" | "人员类别" | "优抚类别" | "优抚对象类别" | "慰问对象类别" | "走访对象类别";
    /// Name of the object.
    Name = "对象姓名" | "姓名" | "慰问对象" | "走访对象" | "对象" | "慰问对象姓名" | "走访对象姓名" | "对象名称"
        | "姓名（单位）";
    /// Citizen identity number.
    Citizen = "公民身份号码" | "身份证号" | "身份证号码" | "公民身份证号码" | "证件号码" | "身份证" | "对象身份证号";
    /// How the visit was made.
    Method = "走访方式" | "方式" | "慰问方式" | "走访慰问方式";
    /// Number of persons.
    Headcount = "人数" | "走访人数" | "慰问人数" | "人数（人）" | "走访慰问人数" | "走访慰问人数（人）";
    /// Money of the row.
    Money = "慰问金（元）" | "慰问金" | "慰问金额" | "慰问金额（元）" | "发放慰问金" | "发放慰问金（元）" | "金额"
        | "金额（元）";
    /// Who paid it.
    MoneySource = "资金来源" | "来源" | "经费来源" | "慰问金来源";
    /// Goods.
    Goods = "慰问品" | "慰问物品" | "物品" | "慰问品名称" | "慰问品名称及数量" | "发放慰问品";
    /// Value of the goods.
    GoodsValue = "慰问品折价（元）" | "慰问品折价" | "慰问品折款" | "慰问品折款（元）" | "折价" | "折款" | "折价（元）"
        | "折款（元）" | "慰问品价值" | "慰问品价值（元）";
    /// Kind of difficulty solved.
    HelpKind = "解决困难类别" | "困难类别" | "解决实际困难类别" | "解决困难类型" | "解决实际困难情况";
    /// Number of difficulties solved.
    HelpCount = "解决困难件数" | "件数" | "解决困难数" | "解决困难数量" | "解决实际困难件数" | "解决困难件数（件）";
    /// Remarks.
    Note = "备注" | "说明" | "备注说明";
}

/// A sheet needs at least one of these columns.
pub const ONE_OF: &[VisitColumn] = &[VisitColumn::Name, VisitColumn::Citizen];
