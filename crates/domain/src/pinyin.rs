//! The order of Chinese names: a stored pinyin key, because no two databases sort Chinese alike (design rule 8).

use pinyin::ToPinyin;

/// Surnames whose reading differs from the character's usual one.
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('曾', "zeng"),
    ('仇', "qiu"),
    ('解', "xie"),
    ('区', "ou"),
    ('查', "zha"),
    ('盖', "ge"),
    ('任', "ren"),
    ('华', "hua"),
    ('朴', "piao"),
    ('缪', "miao"),
    ('翟', "zhai"),
    ('乐', "yue"),
    ('覃', "qin"),
    ('洗', "xian"),
    ('纪', "ji"),
    ('燕', "yan"),
    ('员', "yun"),
    ('黑', "he"),
    ('秘', "bi"),
];

/// `shan xiaohong` for 单小红: syllables joined by blanks, other characters as they are.
#[must_use]
pub fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 2);
    for (place, character) in name.chars().enumerate() {
        if place > 0 {
            out.push(' ');
        }
        let surname = (place == 0).then(|| SURNAMES.iter().find(|(it, _)| *it == character)).flatten();
        match (surname, character.to_pinyin()) {
            (Some((_, reading)), _) => out.push_str(reading),
            (None, Some(reading)) => out.push_str(reading.plain()),
            (None, None) => out.push(character),
        }
    }
    out
}

/// `sxh` for 单小红: the first letter of each syllable, in small letters.
#[must_use]
pub fn initials(name: &str) -> String {
    let first = |syllable: &str| syllable.chars().next();
    key(name).split(' ').filter_map(first).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn surnames_are_read_as_surnames() {
        for (name, key) in [("单小红", "shan xiao hong"), ("王单", "wang dan"), ("A", "A"), ("", "")] {
            assert_eq!(super::key(name), key);
        }
    }

    #[test]
    fn initials_are_what_people_type() {
        for (name, letters) in [("单小红", "sxh"), ("王", "w"), ("Ab张", "abz"), ("", "")] {
            assert_eq!(super::initials(name), letters);
        }
    }
}
