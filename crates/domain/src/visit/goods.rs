//! 慰问品 as clerks write them: `大米1袋、食用油1桶`, `大米(10kg)一袋`, `食用油5L×1桶`, `2袋大米`.

use super::Goods;

/// The largest quantity that is believed; beyond it a number was typed into the wrong place.
const MOST: i64 = 1_000_000_000;

/// Words in which goods are counted. A numeral in Chinese counts only before one of these, for many names of goods
/// hold numerals themselves (八宝粥, 三七粉).
const MEASURES: &[&str] = &[
    "袋", "桶", "件", "箱", "盒", "瓶", "份", "套", "床", "条", "个", "提", "包", "斤", "公斤", "千克", "克",
    "升", "张", "双", "只", "台", "把", "壶", "罐", "副", "本", "面", "封", "块", "听", "篮", "束", "枚",
    "支", "组", "扎", "筒", "坛", "吨", "米", "幅", "挂", "头", "板", "kg", "g", "L", "ml", "l", "KG", "ML",
    "Kg", "G",
];

/// What had to be guessed while a cell was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoodsIssue {
    /// Goods without a quantity: counted once, without a unit.
    NoQuantity(String),
    /// Words that could not be taken apart: kept as one item.
    Unreadable(String),
}

/// Reads the cell. Nothing is lost: what cannot be read stays as one item and is named among the issues.
#[must_use]
pub fn parse_goods(text: &str) -> (Vec<Goods>, Vec<GoodsIssue>) {
    let text = half_width(text);
    let (mut goods, mut issues) = (Vec::new(), Vec::new());
    if is_nothing(text.trim()) {
        return (goods, issues);
    }
    let mut without: Vec<String> = Vec::new();
    for part in split(&text) {
        let part = part.trim().trim_end_matches(['。', '.']).trim_end_matches('等').trim();
        if part.is_empty() {
            continue;
        }
        for item in items(part) {
            match item {
                Item::Each(one) => {
                    let each = |name: &String| Goods { name: name.clone(), ..one.clone() };
                    goods.extend(without.iter().map(each));
                    without.clear();
                    goods.push(one);
                }
                Item::Goods(one) => goods.push(one),
                Item::Name(name) => without.push(name),
                Item::Unreadable(name) => {
                    issues.push(GoodsIssue::Unreadable(name.clone()));
                    goods.push(Goods { name, quantity: 1, unit: String::new() });
                }
                Item::Zero => {}
            }
        }
    }
    for name in without {
        issues.push(GoodsIssue::NoQuantity(name.clone()));
        goods.push(Goods { name, quantity: 1, unit: String::new() });
    }
    (merge(goods), issues)
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "无" | "没有" | "无慰问品" | "/" | "\\" | "-" | "—" | "——" | "0")
}

/// The same goods twice in one cell are one item.
fn merge(goods: Vec<Goods>) -> Vec<Goods> {
    let mut merged: Vec<Goods> = Vec::with_capacity(goods.len());
    for item in goods {
        match merged.iter_mut().find(|it| it.name == item.name && it.unit == item.unit) {
            Some(same) => same.quantity += item.quantity,
            None => merged.push(item),
        }
    }
    merged
}

fn half_width(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' | '“' | '”' | '"' => ' ',
            '【' | '〔' => '(',
            '】' | '〕' => ')',
            c => c,
        })
        .collect()
}

/// Parts between separators that stand outside brackets. A comma inside a number (`1,000`) separates nothing.
fn split(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_u32);
    for (index, c) in chars.iter().copied().enumerate() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ',' && is_thousands(&chars, index) {
            continue;
        }
        if depth == 0 && matches!(c, '、' | ',' | ';' | '+' | '\n' | '\r' | '。' | '；' | '，') {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts
}

fn is_thousands(chars: &[char], comma: usize) -> bool {
    let digit = |index: usize| chars.get(index).is_some_and(char::is_ascii_digit);
    comma > 0
        && digit(comma - 1)
        && (1..=3).all(|step| digit(comma + step))
        && !digit(comma + 4)
        && !(comma >= 4 && (1..=4).all(|step| digit(comma - step)))
}

enum Item {
    Goods(Goods),
    /// `各1份`: the quantity also holds for the names before that have none.
    Each(Goods),
    Name(String),
    Unreadable(String),
    Zero,
}

/// One part; when blanks stand between several items (`大米 1袋 食用油 1桶`), these.
fn items(part: &str) -> Vec<Item> {
    let words: Vec<&str> = part.split_whitespace().collect();
    if !(2..=60).contains(&words.len()) {
        return vec![item(&words.concat())];
    }
    let (mut found, mut open) = (Vec::new(), String::new());
    for word in &words {
        open.push_str(word);
        match item(&open) {
            Item::Goods(goods) | Item::Each(goods) if goods.unit.is_empty() => {}
            complete @ (Item::Goods(_) | Item::Each(_) | Item::Zero) => {
                found.push(complete);
                open.clear();
            }
            Item::Name(_) | Item::Unreadable(_) => {}
        }
    }
    if open.is_empty() { found } else { vec![item(&words.concat())] }
}

fn item(text: &str) -> Item {
    let (core, remark) = without_brackets(text);
    let named = |name: &str| format!("{name}{remark}");
    if core.is_empty() {
        return Item::Name(text.to_owned());
    }
    if let Some((name, rest)) = core.rsplit_once(['×', '*', '✕', '╳']) {
        return match (leading_quantity(rest), name.is_empty()) {
            (Some((quantity, unit)), false) => counted(named(name), quantity, unit),
            _ => Item::Unreadable(text.to_owned()),
        };
    }
    match trailing_quantity(&core) {
        Trailing::Found { name, quantity, unit } if !name.is_empty() => match name.strip_suffix('各') {
            Some(name) if !name.is_empty() => match counted(named(name), quantity, unit) {
                Item::Goods(goods) => Item::Each(goods),
                other => other,
            },
            _ => counted(named(name), quantity, unit),
        },
        other => match leading_item(&core) {
            Some((quantity, measure, name)) => counted(named(name), quantity, measure),
            None if matches!(other, Trailing::None) => Item::Name(text.to_owned()),
            None => Item::Unreadable(text.to_owned()),
        },
    }
}

/// `2袋大米`: quantity, measure word, name.
fn leading_item(text: &str) -> Option<(i64, &str, &str)> {
    let (quantity, rest) = leading_quantity(text)?;
    let measure = MEASURES.iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len())?;
    let (measure, name) = rest.split_at(measure.len());
    (!name.is_empty()).then_some((quantity, measure, name))
}

fn counted(name: String, quantity: i64, unit: &str) -> Item {
    match quantity {
        0 => Item::Zero,
        1..=MOST => Item::Goods(Goods { name, quantity, unit: unit.to_owned() }),
        _ => Item::Unreadable(format!("{name}{quantity}{unit}")),
    }
}

/// Takes out what stands in brackets: `大米(10kg)1袋` and `大米1袋(10kg)` are `大米1袋` with the remark `(10kg)`.
fn without_brackets(text: &str) -> (String, String) {
    let (mut core, mut remark, mut depth) = (String::new(), String::new(), 0_u32);
    for c in text.chars() {
        if c == '(' {
            depth += 1;
        }
        if depth > 0 {
            remark.push(c);
        } else {
            core.push(c);
        }
        if c == ')' {
            depth = depth.saturating_sub(1);
        }
    }
    (core, remark)
}

/// A number at the beginning with what follows it; Chinese numerals only before a measure word.
fn leading_quantity(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let rest = &text[digits..];
        let decimal = rest.strip_prefix('.').is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()));
        return if decimal { None } else { Some((text[..digits].parse().ok()?, rest)) };
    }
    let length: usize = text.chars().take_while(|c| is_numeral(*c)).map(char::len_utf8).sum();
    let (numeral, rest) = text.split_at(length);
    let quantity = chinese_number(numeral)?;
    MEASURES.iter().any(|word| rest.starts_with(word)).then_some((quantity, rest))
}

enum Trailing<'a> {
    Found { name: &'a str, quantity: i64, unit: &'a str },
    None,
    Unreadable,
}

/// The last number of the text: name before, unit behind.
fn trailing_quantity(text: &str) -> Trailing<'_> {
    if let Some(last) = text.rfind(|c: char| c.is_ascii_digit()) {
        let head = text[..=last].trim_end_matches(|c: char| c.is_ascii_digit());
        let (number, unit) = (&text[head.len()..=last], &text[last + 1..]);
        let fits = is_measure(unit) || (unit.chars().count() <= 3 && !unit.contains(['元', '.', '%']));
        return match number.parse() {
            Ok(quantity) if fits && !head.is_empty() && !head.ends_with(['.', '-', '~']) => {
                Trailing::Found { name: head.trim_end_matches([':', 'x', 'X']), quantity, unit }
            }
            _ => Trailing::Unreadable,
        };
    }
    let mut end = text.len();
    while let Some(last) = text[..end].rfind(is_numeral) {
        let behind = last + text[last..].chars().next().map_or(0, char::len_utf8);
        let head = text[..behind].trim_end_matches(is_numeral);
        let unit = &text[behind..];
        let quantity =
            chinese_number(&text[head.len()..behind]).filter(|_| is_measure(unit) && !head.is_empty());
        if let Some(quantity) = quantity {
            return Trailing::Found { name: head.trim_end_matches(':'), quantity, unit };
        }
        end = head.len();
    }
    Trailing::None
}

fn is_measure(unit: &str) -> bool {
    MEASURES.contains(&unit)
}

fn is_numeral(c: char) -> bool {
    "一二两俩三四五六七八九十百千半".contains(c)
}

/// 一 … 九千九百九十九; `None` for anything else.
fn chinese_number(text: &str) -> Option<i64> {
    let (mut sum, mut digit, mut last_step) = (0, None, i64::MAX);
    for c in text.chars() {
        let step = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            other => {
                if digit.is_some() {
                    return None;
                }
                digit = Some(match other {
                    '一' => 1,
                    '二' | '两' | '俩' => 2,
                    '三' => 3,
                    '四' => 4,
                    '五' => 5,
                    '六' => 6,
                    '七' => 7,
                    '八' => 8,
                    '九' => 9,
                    _ => return None,
                });
                continue;
            }
        };
        if step >= last_step || (digit.is_none() && step != 10) {
            return None;
        }
        last_step = step;
        sum += digit.take().unwrap_or(1) * step;
    }
    let number = sum + digit.unwrap_or(0);
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let (goods, issues) = parse_goods(text);
        let goods: Vec<String> =
            goods.iter().map(|it| format!("{}|{}|{}", it.name, it.quantity, it.unit)).collect();
        let issues: String = issues
            .iter()
            .map(|it| match it {
                GoodsIssue::NoQuantity(name) => format!(" ?{name}"),
                GoodsIssue::Unreadable(name) => format!(" !{name}"),
            })
            .collect();
        format!("{}{issues}", goods.join(" "))
    }

    #[test]
    fn goods_are_read_as_clerks_write_them() {
        for (text, expected) in [
            ("大米1袋、食用油1桶", "大米|1|袋 食用油|1|桶"),
            ("“大米1袋、食用油1桶”", "大米|1|袋 食用油|1|桶"),
            ("大米１袋，食用油２桶；牛奶3箱+挂面4把", "大米|1|袋 食用油|2|桶 牛奶|3|箱 挂面|4|把"),
            ("大米一袋;食用油两桶,牛奶十二箱", "大米|1|袋 食用油|2|桶 牛奶|12|箱"),
            ("大米(10kg)1袋", "大米(10kg)|1|袋"),
            ("大米1袋（25kg）", "大米(25kg)|1|袋"),
            ("慰问品一份", "慰问品|1|份"),
            ("食用油5L×1桶", "食用油5L|1|桶"),
            ("食用油5L*2", "食用油5L|2|"),
            ("食用油5L1桶", "食用油5L|1|桶"),
            ("2袋大米、一桶食用油", "大米|2|袋 食用油|1|桶"),
            ("大米 1袋 食用油 1桶", "大米|1|袋 食用油|1|桶"),
            ("食用油 5 L 1 桶", "食用油5L|1|桶"),
            ("大米1袋 食用油1桶", "大米|1|袋 食用油|1|桶"),
            ("大米、食用油各1份", "大米|1|份 食用油|1|份"),
            ("大米", "大米|1| ?大米"),
            ("大米2.5公斤", "大米2.5公斤|1| !大米2.5公斤"),
            ("大米1,000袋", "大米|1000|袋"),
            ("大米1袋、大米2袋", "大米|3|袋"),
            ("八宝粥2箱", "八宝粥|2|箱"),
            ("八宝粥一箱", "八宝粥|1|箱"),
            ("八宝粥", "八宝粥|1| ?八宝粥"),
            ("三七粉1盒", "三七粉|1|盒"),
            ("慰问金500元", "慰问金500元|1| !慰问金500元"),
            ("大米0袋", ""),
            ("无", ""),
            ("", ""),
            ("/", ""),
            ("大米99999999999999999999袋", "大米99999999999999999999袋|1| !大米99999999999999999999袋"),
            ("大米1袋、食用油1桶等", "大米|1|袋 食用油|1|桶"),
            ("四件套二套", "四件套|2|套"),
            ("）(", ")(|1| ?)("),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn chinese_numbers_up_to_thousands() {
        for (text, number) in [
            ("一", Some(1)),
            ("十", Some(10)),
            ("十二", Some(12)),
            ("二十", Some(20)),
            ("两百三十", Some(230)),
            ("三七", None),
            ("百", None),
            ("十百", None),
            ("半", None),
            ("", None),
        ] {
            assert_eq!(chinese_number(text), number, "{text}");
        }
    }
}
