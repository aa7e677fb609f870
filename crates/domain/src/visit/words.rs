//! What clerks write for method, leader, source of money and kind of help, beside the official words.

use super::{HelpKind, LeaderKind, Method, MoneySource};
use crate::unit::word_key;

const METHOD_WORDS: &[(&str, Method)] = &[
    ("慰问信", Method::Letter),
    ("寄慰问信", Method::Letter),
    ("发放慰问信", Method::Letter),
    ("送慰问信", Method::Letter),
    ("信函", Method::Letter),
    ("书信", Method::Letter),
    ("登门", Method::Home),
    ("上门", Method::Home),
    ("入户", Method::Home),
    ("登门慰问", Method::Home),
    ("登门走访", Method::Home),
    ("上门看望", Method::Home),
    ("上门慰问", Method::Home),
    ("上门走访", Method::Home),
    ("入户走访", Method::Home),
    ("入户慰问", Method::Home),
    ("入户看望", Method::Home),
    ("实地走访", Method::Home),
    ("走访慰问", Method::Home),
    ("看望慰问", Method::Home),
    ("登门看望慰问", Method::Home),
    ("座谈", Method::Talk),
    ("座谈会", Method::Talk),
    ("召开座谈会", Method::Talk),
    ("交流座谈", Method::Talk),
    ("电话", Method::Telephone),
    ("电话慰问", Method::Telephone),
    ("电话联系", Method::Telephone),
    ("电话走访", Method::Telephone),
    ("打电话", Method::Telephone),
];

const LEADER_WORDS: &[(&str, LeaderKind)] = &[
    ("主要", LeaderKind::Principal),
    ("主要负责人", LeaderKind::Principal),
    ("主要负责同志", LeaderKind::Principal),
    ("党政主要领导", LeaderKind::Principal),
    ("一把手", LeaderKind::Principal),
    ("分管", LeaderKind::Deputy),
    ("分管负责人", LeaderKind::Deputy),
    ("分管负责同志", LeaderKind::Deputy),
    ("其他领导", LeaderKind::Other),
    ("其它", LeaderKind::Other),
    ("其它领导", LeaderKind::Other),
    ("其他人员", LeaderKind::Other),
];

const SOURCE_WORDS: &[(&str, MoneySource)] = &[
    ("县级", MoneySource::County),
    ("县下拨", MoneySource::County),
    ("县局下拨", MoneySource::County),
    ("县级财政", MoneySource::County),
    ("县财政", MoneySource::County),
    ("县级资金", MoneySource::County),
    ("区级下拨", MoneySource::County),
    ("市级下拨", MoneySource::County),
    ("上级下拨", MoneySource::County),
    ("下拨", MoneySource::County),
    ("下拨资金", MoneySource::County),
    ("县级下拨资金", MoneySource::County),
    ("县级下拨慰问金", MoneySource::County),
    ("县级慰问金", MoneySource::County),
    ("县退役军人事务局下拨", MoneySource::County),
    ("县退役军人事务局", MoneySource::County),
    ("单位", MoneySource::Own),
    ("本级", MoneySource::Own),
    ("自筹", MoneySource::Own),
    ("自有资金", MoneySource::Own),
    ("单位自筹", MoneySource::Own),
    ("本单位自筹", MoneySource::Own),
    ("本单位资金", MoneySource::Own),
    ("本单位经费", MoneySource::Own),
    ("工作经费", MoneySource::Own),
    ("乡镇自筹", MoneySource::Own),
    ("本级财政", MoneySource::Own),
    ("捐赠", MoneySource::Donation),
    ("社会", MoneySource::Donation),
    ("社会捐助", MoneySource::Donation),
    ("社会资金", MoneySource::Donation),
    ("爱心捐赠", MoneySource::Donation),
    ("企业捐赠", MoneySource::Donation),
    ("捐款", MoneySource::Donation),
];

const HELP_WORDS: &[(&str, HelpKind)] = &[
    ("入学", HelpKind::Schooling),
    ("上学", HelpKind::Schooling),
    ("就学", HelpKind::Schooling),
    ("子女就学", HelpKind::Schooling),
    ("子女上学", HelpKind::Schooling),
    ("子女入托", HelpKind::Schooling),
    ("子女教育", HelpKind::Schooling),
    ("就业", HelpKind::FamilyEmployment),
    ("家属随军就业", HelpKind::FamilyEmployment),
    ("家属安置", HelpKind::FamilyEmployment),
    ("子女就业", HelpKind::FamilyEmployment),
    ("住房", HelpKind::Housing),
    ("住房改善", HelpKind::Housing),
    ("住房困难", HelpKind::Housing),
    ("危房改造", HelpKind::Housing),
    ("房屋维修", HelpKind::Housing),
    ("就医", HelpKind::Medical),
    ("看病", HelpKind::Medical),
    ("医疗", HelpKind::Medical),
    ("医疗救助", HelpKind::Medical),
    ("就医看病", HelpKind::Medical),
    ("看病难", HelpKind::Medical),
    ("法律", HelpKind::LegalAid),
    ("法律服务", HelpKind::LegalAid),
    ("法律咨询", HelpKind::LegalAid),
    ("涉军维权", HelpKind::LegalAid),
    ("维权", HelpKind::LegalAid),
    ("其它", HelpKind::Other),
    ("其他困难", HelpKind::Other),
    ("其它困难", HelpKind::Other),
];

macro_rules! parse {
    ($($name:ident, $words:ident, $doc:literal;)+) => {
        $(impl $name {
            #[doc = $doc]
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let official = |key: &str| Self::ALL.iter().copied().find(|it| it.label() == key);
                if let Some(value) = official(text) {
                    return Some(value);
                }
                let key = word_key(text);
                official(&key).or_else(|| $words.iter().find(|(word, _)| *word == key).map(|(_, it)| *it))
            }
        })+
    };
}

parse! {
    Method, METHOD_WORDS, "Reads 走访方式 as users write it; `None` when unknown.";
    LeaderKind, LEADER_WORDS, "Reads 领导类别 as users write it; `None` when unknown.";
    MoneySource, SOURCE_WORDS, "Reads 资金来源 as users write it; `None` when unknown.";
    HelpKind, HELP_WORDS, "Reads one 解决困难类别 as users write it; `None` when unknown.";
}

/// The 领导类别 that a post suggests (N20): proposed to the clerk, never filled in. Of several posts
/// (`党委副书记、镇长`) the highest speaks.
#[must_use]
pub fn suggested_leader_kind(title: &str) -> Option<LeaderKind> {
    let posts = title.split(|c: char| c.is_whitespace() || "、，,/;；兼".contains(c));
    posts.filter_map(|post| suggested_by_post(&word_key(post))).min()
}

fn suggested_by_post(post: &str) -> Option<LeaderKind> {
    const DEPUTY: &[&str] = &["武装部长", "武装部部长", "人武部长", "人武部部长"];
    const PRINCIPAL: &[&str] = &[
        "党委书记",
        "党工委书记",
        "党组书记",
        "县委书记",
        "区委书记",
        "镇长",
        "乡长",
        "县长",
        "区长",
        "局长",
        "街道办主任",
        "街道主任",
        "街道办事处主任",
        "办事处主任",
    ];
    if post.is_empty() || post.ends_with("助理") {
        None
    } else if post.contains("分管") || post.contains('副') || DEPUTY.iter().any(|word| post.ends_with(word))
    {
        Some(LeaderKind::Deputy)
    } else if matches!(post, "书记" | "主任") || PRINCIPAL.iter().any(|word| post.ends_with(word)) {
        Some(LeaderKind::Principal)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_suggest_the_kind_of_leader() {
        for (title, kind) in [
            ("党委书记", Some(LeaderKind::Principal)),
            ("书记", Some(LeaderKind::Principal)),
            ("党委副书记、镇长", Some(LeaderKind::Principal)),
            ("党委副书记", Some(LeaderKind::Deputy)),
            ("南宾街道党工委书记", Some(LeaderKind::Principal)),
            ("副乡长", Some(LeaderKind::Deputy)),
            ("分管副镇长", Some(LeaderKind::Deputy)),
            ("党委委员、武装部长", Some(LeaderKind::Deputy)),
            ("街道办事处副主任", Some(LeaderKind::Deputy)),
            ("主任", Some(LeaderKind::Principal)),
            ("教育局局长", Some(LeaderKind::Principal)),
            ("党委书记 甲", Some(LeaderKind::Principal)),
            ("镇长助理", None),
            ("村支部书记", None),
            ("人大主席", None),
            ("科员", None),
            ("", None),
        ] {
            assert_eq!(suggested_leader_kind(title), kind, "{title}");
        }
    }

    #[test]
    fn words_and_their_variants_are_understood() {
        assert_eq!(Method::parse(" 登门 看望"), Some(Method::Home));
        assert_eq!(Method::parse("入户慰问"), Some(Method::Home));
        assert_eq!(Method::parse("飞鸽传书"), None);
        assert_eq!(LeaderKind::parse("主要领导"), Some(LeaderKind::Principal));
        assert_eq!(LeaderKind::parse("大领导"), None);
        assert_eq!(MoneySource::parse("县退役军人事务局下拨"), Some(MoneySource::County));
        assert_eq!(HelpKind::parse("其它"), Some(HelpKind::Other));
        for kind in HelpKind::ALL {
            assert_eq!(HelpKind::parse(kind.label()), Some(*kind));
        }
    }
}
