//! The columns of a roster file, with the heads clerks write.

use crate::person::words;
use crate::sheet::Column;
use serde::{Deserialize, Serialize};

words! {
    /// A column of the roster; its number is the index of the cell in a row.
    RosterColumn {
        /// Required.
        Name = "name", "姓名";
        /// Required.
        Citizen = "citizen", "公民身份号码";
        /// By GB/T 2261.1.
        Sex = "sex", "性别";
        /// By GB/T 3304.
        Ethnicity = "ethnicity", "民族";
        /// Required; several separated by 、.
        Class = "class", "优抚类别";
        /// 1–10.
        Grade = "grade", "伤残等级";
        /// 因战, 因公, 因病.
        Nature = "nature", "伤残性质";
        /// Of the pension or disability certificate.
        Certificate = "certificate", "证书编号";
        /// Of the household register.
        Household = "household", "户号";
        /// Required.
        Township = "township", "乡镇（街道）";
        /// Within the township.
        Village = "village", "村（社区）";
        /// Protected.
        Address = "address", "住址";
        /// Protected.
        Phone = "phone", "联系电话";
        /// Whether the person receives the periodic allowance (N18).
        Allowance = "allowance", "享受定期抚恤补助";
        /// Of the account.
        BankName = "bank_name", "开户银行";
        /// Protected.
        Account = "account", "银行账号";
        /// Holder of the account.
        AccountName = "account_name", "户名";
        /// Blank means 正常 for new persons.
        Status = "status", "状态";
        /// Of death or stop.
        StoppedOn = "stopped_on", "死亡（停发）日期";
        /// N22.
        Hardship = "hardship", "特殊困难";
        /// Protected.
        Note = "note", "备注";
    }
}

impl RosterColumn {
    /// Whether the column is stored sealed (design rule 10). 特殊困难 is sealed only where it holds free text.
    #[must_use]
    pub fn is_protected(self) -> bool {
        matches!(self, Self::Citizen | Self::Address | Self::Phone | Self::Account | Self::Note)
    }
}

/// The columns in the order of [`RosterColumn`].
pub const COLUMNS: &[Column] = &[
    required(RosterColumn::Name, &["人员姓名", "优抚对象姓名", "对象姓名"]),
    required(
        RosterColumn::Citizen,
        &[
            "身份证号",
            "身份证号码",
            "居民身份证号",
            "居民身份证号码",
            "公民身份证号码",
            "公民身份证号",
            "身份号码",
            "证件号码",
        ],
    ),
    optional(RosterColumn::Sex, &[]),
    optional(RosterColumn::Ethnicity, &["族别"]),
    required(
        RosterColumn::Class,
        &[
            "优抚对象类别",
            "人员类别",
            "优抚类型",
            "优抚对象类型",
            "优抚人员类别",
            "对象类别",
            "身份类别",
            "类别",
        ],
    ),
    optional(RosterColumn::Grade, &["残疾等级", "评残等级", "伤残级别", "残疾级别", "等级"]),
    optional(RosterColumn::Nature, &["残疾性质", "评残性质", "致残性质"]),
    optional(
        RosterColumn::Certificate,
        &[
            "证书号",
            "伤残证号",
            "残疾证号",
            "伤残证编号",
            "残疾证编号",
            "伤残证书编号",
            "残疾军人证号",
            "优抚证书编号",
            "优抚证号",
            "优抚证编号",
        ],
    ),
    optional(
        RosterColumn::Household,
        &["户编号", "户口簿编号", "户口本编号", "户口簿号", "户口本号", "户籍编号", "家庭编号"],
    ),
    required(
        RosterColumn::Township,
        &[
            "乡镇",
            "乡镇街道",
            "乡镇/街道",
            "乡镇(街道)",
            "乡(镇)",
            "乡（镇）",
            "乡镇名称",
            "所属乡镇",
            "所在乡镇",
            "所属乡镇街道",
            "所属乡镇（街道）",
            "所在乡镇（街道）",
            "街道",
            "镇街",
            "镇(街道)",
            "行政区划",
            "行政区域",
        ],
    ),
    optional(
        RosterColumn::Village,
        &[
            "村",
            "村社区",
            "村/社区",
            "村(社区)",
            "村居",
            "村（居）",
            "所在村",
            "所属村",
            "所在村社区",
            "所在村（社区）",
            "所属村（社区）",
            "村（社区）名称",
            "村名",
            "村名称",
            "社区",
        ],
    ),
    optional(
        RosterColumn::Address,
        &[
            "地址",
            "家庭住址",
            "家庭地址",
            "现住址",
            "现住地址",
            "居住地址",
            "实际居住地址",
            "实际居住地",
            "详细地址",
            "详细住址",
            "联系地址",
            "通讯地址",
            "户口簿住址",
            "户籍地址",
            "户籍住址",
            "户口所在地",
        ],
    ),
    optional(
        RosterColumn::Phone,
        &[
            "手机号",
            "手机号码",
            "手机",
            "电话",
            "电话号码",
            "联系方式",
            "联系手机",
            "本人电话",
            "本人联系电话",
        ],
    ),
    optional(
        RosterColumn::Allowance,
        &[
            "是否享受定期抚恤补助",
            "享受定期抚恤",
            "是否享受定期抚恤",
            "定期抚恤补助",
            "享受抚恤补助",
            "是否享受抚恤补助",
            "享受国家定期抚恤补助",
            "是否享受国家定期抚恤补助",
            "享受定期补助",
            "是否享受定期补助",
            "享受待遇",
            "是否享受待遇",
        ],
    ),
    optional(
        RosterColumn::BankName,
        &["开户行", "开户行名称", "开户银行名称", "银行名称", "银行", "代发银行", "发放银行"],
    ),
    optional(
        RosterColumn::Account,
        &[
            "账号",
            "卡号",
            "银行卡号",
            "银行卡账号",
            "银行帐号",
            "帐号",
            "账户",
            "银行账户",
            "收款账号",
            "存折账号",
            "存折号",
            "一卡通账号",
            "一卡通号",
            "社保卡号",
            "社会保障卡号",
            "社保卡银行账号",
            "开户账号",
        ],
    ),
    optional(
        RosterColumn::AccountName,
        &[
            "开户名",
            "账户名",
            "账户名称",
            "帐户名称",
            "账户姓名",
            "开户人",
            "开户人姓名",
            "收款户名",
            "持卡人",
            "持卡人姓名",
        ],
    ),
    optional(
        RosterColumn::Status,
        &["优抚对象状态", "人员状态", "当前状态", "对象状态", "待遇状态", "年度确认状态"],
    ),
    optional(
        RosterColumn::StoppedOn,
        &[
            "死亡日期",
            "死亡时间",
            "去世日期",
            "去世时间",
            "停发日期",
            "停发时间",
            "停止待遇日期",
            "停止待遇时间",
            "死亡停发日期",
            "死亡/停发日期",
            "死亡(停发)时间",
            "死亡（停发）时间",
            "迁出日期",
        ],
    ),
    optional(
        RosterColumn::Hardship,
        &["特殊困难类型", "特殊困难情况", "困难类型", "困难情况", "困难类别", "特殊困难类别"],
    ),
    optional(RosterColumn::Note, &["备注说明", "说明", "附注"]),
];

const fn required(column: RosterColumn, synonyms: &'static [&'static str]) -> Column {
    Column { title: column.label(), synonyms, required: true }
}

const fn optional(column: RosterColumn, synonyms: &'static [&'static str]) -> Column {
    Column { title: column.label(), synonyms, required: false }
}
