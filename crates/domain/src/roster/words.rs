//! The small vocabularies of the other columns. All take half-width words without blanks.

use super::class::qualifiers;
use crate::person::{DisabilityNature, Hardship, PersonStatus, parse_grade};

/// Cells that say "nothing" in words.
pub(super) fn is_nothing(key: &str) -> bool {
    matches!(key, "" | "无" | "-" | "--" | "—" | "——" | "/" | "\\" | "无等级" | "没有" | "未评" | "暂无")
}

/// Cells that say in words or codes (GB/T 2261.1: 0 and 9) that the sex is not known.
pub(super) fn is_unknown_sex(key: &str) -> bool {
    matches!(key, "0" | "9" | "未知" | "不详" | "未说明" | "未说明的性别") || is_nothing(key)
}

/// 享受定期抚恤补助 beyond yes and no.
pub(super) fn receives(key: &str) -> Option<bool> {
    match key {
        "享受" | "在享" | "正常享受" => Some(true),
        "不享受" | "未享受" | "停发" | "不" => Some(false),
        _ => None,
    }
}

/// 状态. A reason in brackets that ends more than the word before it wins: 停发（死亡）.
pub(super) fn status(key: &str) -> Option<PersonStatus> {
    if let Some((before, inside)) = key.strip_suffix(')').and_then(|it| it.split_once('(')) {
        let inside = status_word(inside);
        return match inside {
            Some(PersonStatus::Dead | PersonStatus::Moved) => inside,
            _ => status_word(before),
        };
    }
    status_word(key)
}

fn status_word(word: &str) -> Option<PersonStatus> {
    Some(match word {
        "正常" | "在册" | "健在" | "有效" | "正常享受" | "正常发放" | "在享" | "在世" | "在" => {
            PersonStatus::Normal
        }
        "待确认" | "未确认" | "待核实" | "未核实" | "待认证" | "未认证" | "待年审" | "未年审" => {
            PersonStatus::Unconfirmed
        }
        "暂停" | "暂停发放" | "暂停待遇" | "已暂停" | "暂缓" | "中止" => {
            PersonStatus::Suspended
        }
        "死亡" | "已死亡" | "去世" | "已去世" | "已故" | "亡故" | "病故" | "已病故" | "身故" | "过世"
        | "已过世" | "逝世" | "已逝世" | "亡" | "故" => PersonStatus::Dead,
        "迁出" | "已迁出" | "转出" | "已转出" | "迁走" | "外迁" | "户籍迁出" | "户口迁出" | "关系转出" => {
            PersonStatus::Moved
        }
        "停发" | "已停发" | "停止" | "停止待遇" | "停止发放" | "终止" | "终止待遇" | "取消" | "取消待遇"
        | "注销" | "退出" | "服刑" => PersonStatus::Stopped,
        "新增" | "新增加" | "新增人员" | "本年新增" | "新" => PersonStatus::New,
        _ => return None,
    })
}

/// One word of 特殊困难.
pub(super) fn hardship(key: &str) -> Option<Hardship> {
    let word = key.split_once(['(', ':', '：']).map_or(key, |(word, _)| word);
    Some(match word {
        "下岗失业" | "下岗" | "失业" | "无业" | "下岗/失业" => Hardship::LaidOff,
        "自然灾害" | "受灾" | "灾害" | "因灾" | "遭受自然灾害" | "受自然灾害" => {
            Hardship::Disaster
        }
        "重大疾病" | "大病" | "重病" | "患病" | "因病" | "患大病" | "患重病" | "患重大疾病"
        | "重特大疾病" => Hardship::GraveIllness,
        "其他" | "其它" | "其他困难" | "其它困难" | "生活困难" | "其他特殊困难" => {
            Hardship::Other
        }
        _ => return None,
    })
}

/// 伤残等级 with what else may stand in its cell: 三级, 因战三级, 三级（因战）.
pub(super) fn grade(key: &str) -> (Option<u8>, Option<DisabilityNature>) {
    if let Some(grade) = parse_grade(key) {
        return (Some(grade), None);
    }
    match qualifiers(key) {
        (rest, said) if rest.is_empty() => (said.grade, said.nature),
        _ => (None, None),
    }
}

/// 伤残性质: 因战, also 战伤 and the like.
pub(super) fn nature(key: &str) -> Option<DisabilityNature> {
    Some(match key {
        "因战" | "战" | "战伤" | "因战致残" | "因战负伤" | "因战伤残" => {
            DisabilityNature::Combat
        }
        "因公" | "公" | "公伤" | "因公致残" | "因公负伤" | "因公伤残" => {
            DisabilityNature::Duty
        }
        "因病" | "病" | "病残" | "因病致残" | "因病伤残" => DisabilityNature::Illness,
        _ => return None,
    })
}

/// The 56 peoples of GB/T 3304 in the order of its numeric codes, without 族.
const PEOPLES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// 民族 in its full form (`土家族`), from the name with or without 族 or the code; other words stay as typed.
pub(super) fn ethnicity(key: &str) -> String {
    let by_code = match key.len() {
        1 | 2 => key.parse::<usize>().ok().and_then(|code| PEOPLES.get(code.wrapping_sub(1))),
        _ => None,
    };
    let core = key.strip_suffix('族').unwrap_or(key);
    match by_code.or_else(|| PEOPLES.iter().find(|people| **people == core)) {
        Some(people) => format!("{people}族"),
        None => key.to_owned(),
    }
}

/// How much of a cell a message repeats.
const QUOTED_MAX: usize = 30;

/// A value for a message: short, and with long runs of digits hidden, as columns get mixed up.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("“");
    let mut digits = String::new();
    for c in text.trim().chars().take(QUOTED_MAX) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        quoted.push_str(&hidden(&digits));
        digits.clear();
        quoted.push(c);
    }
    quoted.push_str(&hidden(&digits));
    if text.trim().chars().nth(QUOTED_MAX).is_some() {
        quoted.push('…');
    }
    quoted.push('”');
    quoted
}

/// Telephones and everything longer than an area code; those are public.
fn hidden(digits: &str) -> String {
    match digits.len() {
        11 => crate::mask::phone(digits),
        0..=12 => digits.to_owned(),
        _ => crate::mask::account(digits),
    }
}
