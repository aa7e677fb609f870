//! The rules as data: what each looks for, what follows, and what a clerk is told.

use super::{Look, Verdict};

/// One rule of the guard.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name for programs and the audit.
    pub key: &'static str,
    /// What follows when it finds something.
    pub verdict: Verdict,
    /// What was found, in a few words.
    pub title: &'static str,
    /// What it looks for, with examples.
    pub looks_for: &'static str,
    /// Why that may not stay, or should be looked at.
    pub why: &'static str,
    /// What to do.
    pub advice: &'static str,
    pub(crate) look: Look,
}

impl Rule {
    /// The characters without which it finds nothing.
    pub(super) fn needs(&self) -> u8 {
        match self.look {
            Look::Mark(_) | Look::Line(_) => super::SECRET,
            Look::Phrase { .. } => super::SECRET | super::INNER,
            Look::Designation | Look::CoverNumber => super::UNIT,
        }
    }

    /// The whole explanation as one paragraph.
    #[must_use]
    pub fn explanation(&self) -> String {
        format!("发现{}。{}{}", self.title, self.why, self.advice)
    }
}

/// The levels of state secrets.
const LEVELS: &[&str] = &["绝密", "机密", "秘密"];

const NOT_HERE: &str = "本系统是非涉密系统，不得存储、处理、传输国家秘密，内容没有保存。";
const STOP: &str = "请停止录入和上传，不要换个写法再试，按本单位保密规定在涉密设备上办理，并告知本单位保密工作人员；\
                    确属误判的，改用不带密级标志的说法后重新录入。";

/// All rules, in the order in which they are told.
pub const RULES: &[Rule] = &[
    Rule {
        key: "classification_mark",
        verdict: Verdict::Refuse,
        title: "国家秘密的密级标志",
        looks_for: "密级（绝密、机密、秘密）后面带“★”，如标注保密期限或解密时间的样式；\
                    字间加空格、换行、全角半角、用“☆”“*”代替“★”的写法同样识别",
        why: NOT_HERE,
        advice: STOP,
        look: Look::Mark(LEVELS),
    },
    Rule {
        key: "classification_line",
        verdict: Verdict::Refuse,
        title: "单独成行的密级",
        looks_for: "文件开头、表格标题或一个单元格中单独写着密级（绝密、机密、秘密），可带份号、保密期限、紧急程度；\
                    “保守国家秘密”“秘密战线”“机密性”这类行文不在此列",
        why: NOT_HERE,
        advice: STOP,
        look: Look::Line(LEVELS),
    },
    Rule {
        key: "work_secret",
        verdict: Verdict::Warn,
        title: "“工作秘密”字样",
        looks_for: "“工作秘密”",
        why: "工作秘密不属于国家秘密，但不得擅自公开；本系统的表格和报告会在单位之间传阅。",
        advice: "请核对这段内容能否在本系统中记录，不能的请删去，只写办理事项本身。",
        look: Look::Phrase { words: &["工作秘密"], not_before: &[] },
    },
    Rule {
        key: "internal_document",
        verdict: Verdict::Warn,
        title: "“内部资料”一类字样",
        looks_for: "内部资料、内部文件、内部材料、内部使用、内部参考、内部掌握、内部传阅、内部刊物、内部明电、\
                    仅供内部、仅限内部；单独的“内部”不在此列",
        why: "标有这类字样的材料一般不得转录和外传。",
        advice: "请核对是否从内部材料中摘抄，是的请删去，只写本单位自己的工作情况。",
        look: Look::Phrase {
            words: &[
                "内部资料",
                "内部文件",
                "内部材料",
                "内部使用",
                "内部参考",
                "内部掌握",
                "内部传阅",
                "内部刊物",
                "内部明电",
                "仅供内部",
                "仅限内部",
            ],
            // 内部使用面积, 仅供内部装修.
            not_before: &['面', '装', '空', '功'],
        },
    },
    Rule {
        key: "unit_designation",
        verdict: Verdict::Warn,
        title: "疑似部队真实番号",
        looks_for: "带编号（含中文数字）的集团军、旅、师、团，带编号的武警支队，战区之下的旅、师、团；\
                    “某旅”“某团”“某部”不在此列",
        why: "部队番号、编成和部署不得公开，本系统只用代称。",
        advice: "请改用本系统登记的该部队代称（如“驻某地某部”）；尚未登记的，请双拥办先登记代称。",
        look: Look::Designation,
    },
    Rule {
        key: "cover_number",
        verdict: Verdict::Warn,
        title: "疑似部队代号（五位数字加“部队”）",
        looks_for: "五位数字（含中文数字）加“部队”",
        why: "部队代号连同驻地、人员、活动一起出现会暴露部队情况，本系统只用代称。",
        advice: "请改用本系统登记的该部队代称（如“驻某地某部”）；尚未登记的，请双拥办先登记代称。",
        look: Look::CoverNumber,
    },
];

/// The rule of this key.
#[must_use]
pub fn rule(key: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.key == key)
}
