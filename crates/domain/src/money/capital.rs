//! 大写金额, as banks and vouchers write it (《支付结算办法》附件一: 正确填写票据和结算凭证的基本规定).

use super::Fen;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
/// What a group of four digits is called; `亿` of `亿` is beyond any county.
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

impl Fen {
    /// In big characters: `人民币壹拾伍万元整`. A negative amount is marked `负`.
    #[must_use]
    pub fn capital(self) -> String {
        let fen = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "负" } else { "" };
        format!("人民币{sign}{}", unsigned(fen / 100, fen % 100))
    }
}

fn unsigned(yuan: u64, rest: u64) -> String {
    let (jiao, fen) = (rest / 10, rest % 10);
    let mut text = String::new();
    if yuan > 0 {
        text.push_str(&whole(yuan));
        text.push('元');
    }
    if jiao > 0 {
        text.push_str(digit(jiao));
        text.push('角');
    } else if fen > 0 && yuan > 0 {
        text.push('零');
    }
    if fen > 0 {
        text.push_str(digit(fen));
        text.push('分');
    } else {
        text.push_str(if text.is_empty() { "零元整" } else { "整" });
    }
    text
}

fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or_default()
}

/// Groups of four digits from the highest; a gap between digits is one 零.
fn whole(yuan: u64) -> String {
    let mut groups = Vec::new();
    let mut left = yuan;
    while left > 0 {
        groups.push(left % 10_000);
        left /= 10_000;
    }
    let mut text = String::new();
    let mut gap = false;
    for (place, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() && (gap || *group < 1_000) {
            text.push('零');
        }
        text.push_str(&four(*group));
        text.push_str(GROUPS[place]);
        gap = false;
    }
    text
}

fn four(group: u64) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (place, unit) in PLACES.iter().enumerate().rev() {
        let value = group / 10_u64.pow(u32::try_from(place).unwrap_or_default()) % 10;
        if value == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        text.push_str(digit(value));
        text.push_str(unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_big_characters() {
        for (fen, text) in [
            (0, "人民币零元整"),
            (1, "人民币壹分"),
            (10, "人民币壹角整"),
            (12, "人民币壹角贰分"),
            (5_000, "人民币伍拾元整"),
            (5_005, "人民币伍拾元零伍分"),
            (100_000, "人民币壹仟元整"),
            (101_000, "人民币壹仟零壹拾元整"),
            (100_100, "人民币壹仟零壹元整"),
            (15_000_000, "人民币壹拾伍万元整"),
            (10_000_100, "人民币壹拾万零壹元整"),
            (140_950, "人民币壹仟肆佰零玖元伍角整"),
            (600_714, "人民币陆仟零柒元壹角肆分"),
            (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
            (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
            (32_504, "人民币叁佰贰拾伍元零肆分"),
            (1_000_000_000_000, "人民币壹佰亿元整"),
            (10_000_000_100, "人民币壹亿零壹元整"),
            (10_001_000_000, "人民币壹亿零壹万元整"),
            (10_100_000_000, "人民币壹亿零壹佰万元整"),
            (-5_000, "人民币负伍拾元整"),
        ] {
            assert_eq!(Fen(fen).capital(), text, "{fen}");
        }
    }
}
