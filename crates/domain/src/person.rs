//! Who is visited and paid: classes, grades, status and hardship (《军人抚恤优待条例》 art. 2; domain.md B).

use serde::{Deserialize, Serialize};

/// Declares an enum that is stored, sent and labelled with one spelling each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[doc = $label] #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// All values, in their official order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in database, JSON and templates.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese word users know.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// Reads the code back.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// 优抚类别: the class in which a person stands on the roster. One person can hold several.
    PersonClass {
        /// Survivors of martyrs (LS).
        MartyrSurvivor = "martyr_survivor", "烈士遗属";
        /// Survivors of soldiers killed on duty (YG).
        DutyDeathSurvivor = "duty_death_survivor", "因公牺牲军人遗属";
        /// Survivors of soldiers who died of illness (BG).
        IllnessDeathSurvivor = "illness_death_survivor", "病故军人遗属";
        /// Disabled soldiers (SC), with grade 1–10.
        DisabledSoldier = "disabled_soldier", "残疾军人";
        /// Other disabled persons: people's police.
        DisabledPolice = "disabled_police", "伤残人民警察";
        /// Other disabled persons: reservists.
        DisabledReservist = "disabled_reservist", "伤残预备役人员";
        /// Other disabled persons: militia and civilian workers.
        DisabledMilitia = "disabled_militia", "伤残民兵民工";
        /// Other persons disabled on duty (state organ workers …).
        DisabledOther = "disabled_other", "其他因公伤残人员";
        /// Red Army veterans (SH, 三红).
        RedArmy = "red_army", "退伍红军老战士";
        /// Old demobilised soldiers, joined before 1954-10-31 (FY).
        OldDemobilised = "old_demobilised", "老复员军人";
        /// Returned home ill (DB).
        ReturnedIll = "returned_ill", "带病回乡退役军人";
        /// Combat veterans (CZ).
        CombatVeteran = "combat_veteran", "参战退役军人";
        /// Nuclear-test veterans (CS).
        TestVeteran = "test_veteran", "参试退役军人";
        /// Rural ex-conscripts aged 60 and over (NY).
        RuralVeteran60 = "rural_veteran_60", "60周岁以上农村籍退役士兵";
        /// Elderly children of martyrs (LZ).
        MartyrChild = "martyr_child", "烈士老年子女";
        /// Families of serving soldiers.
        ServingFamily = "serving_family", "现役军人家属";
        /// Holders of merit awards.
        Merit = "merit", "立功受奖人员";
        /// Retired cadres, self-employed and transferred cadres.
        RetiredCadre = "retired_cadre", "军休干部";
        /// Veterans in hardship.
        HardshipVeteran = "hardship_veteran", "困难退役军人";
        /// Veterans without any of the other identities.
        Veteran = "veteran", "退役军人";
        /// Locally recognised elders (五老人员).
        FiveElders = "five_elders", "五老人员";
    }
}

/// What users write for a class, beside its label. Names have drifted over the years (domain trap H10).
/// Other words for classes, as importers know them.
pub fn class_synonyms() -> impl Iterator<Item = (&'static str, PersonClass)> {
    CLASS_SYNONYMS.iter().copied()
}

const CLASS_SYNONYMS: &[(&str, PersonClass)] = &[
    ("烈属", PersonClass::MartyrSurvivor),
    ("烈士家属", PersonClass::MartyrSurvivor),
    ("因公牺牲军人家属", PersonClass::DutyDeathSurvivor),
    ("因公牺牲遗属", PersonClass::DutyDeathSurvivor),
    ("牺牲军人遗属", PersonClass::DutyDeathSurvivor),
    ("病故军人家属", PersonClass::IllnessDeathSurvivor),
    ("病故遗属", PersonClass::IllnessDeathSurvivor),
    ("伤残军人", PersonClass::DisabledSoldier),
    ("革命伤残军人", PersonClass::DisabledSoldier),
    ("残废军人", PersonClass::DisabledSoldier),
    ("伤残警察", PersonClass::DisabledPolice),
    ("残疾人民警察", PersonClass::DisabledPolice),
    ("残疾警察", PersonClass::DisabledPolice),
    ("残疾预备役人员", PersonClass::DisabledReservist),
    ("伤残民兵", PersonClass::DisabledMilitia),
    ("残疾民兵民工", PersonClass::DisabledMilitia),
    ("残疾民兵", PersonClass::DisabledMilitia),
    ("伤残国家机关工作人员", PersonClass::DisabledOther),
    ("其他因公伤残", PersonClass::DisabledOther),
    ("因公伤残人员", PersonClass::DisabledOther),
    ("三红", PersonClass::RedArmy),
    ("在乡退伍红军老战士", PersonClass::RedArmy),
    ("在乡西路军红军老战士", PersonClass::RedArmy),
    ("西路军红军老战士", PersonClass::RedArmy),
    ("红军失散人员", PersonClass::RedArmy),
    ("红军老战士", PersonClass::RedArmy),
    ("在乡老复员军人", PersonClass::OldDemobilised),
    ("在乡复员军人", PersonClass::OldDemobilised),
    ("复员军人", PersonClass::OldDemobilised),
    ("带病回乡退伍军人", PersonClass::ReturnedIll),
    ("带病回乡军人", PersonClass::ReturnedIll),
    ("带病回乡", PersonClass::ReturnedIll),
    ("参战退役人员", PersonClass::CombatVeteran),
    ("参战退伍军人", PersonClass::CombatVeteran),
    ("参战人员", PersonClass::CombatVeteran),
    ("参战", PersonClass::CombatVeteran),
    ("抗美援朝老兵", PersonClass::CombatVeteran),
    ("参试退役人员", PersonClass::TestVeteran),
    ("参试退伍军人", PersonClass::TestVeteran),
    ("参试人员", PersonClass::TestVeteran),
    ("参试", PersonClass::TestVeteran),
    ("涉核退役人员", PersonClass::TestVeteran),
    ("农村籍老义务兵", PersonClass::RuralVeteran60),
    ("农村籍退役士兵", PersonClass::RuralVeteran60),
    ("年满60周岁农村籍退役士兵", PersonClass::RuralVeteran60),
    ("60岁以上农村籍退役士兵", PersonClass::RuralVeteran60),
    ("60周岁农村籍退役士兵", PersonClass::RuralVeteran60),
    ("老义务兵", PersonClass::RuralVeteran60),
    ("部分烈士子女", PersonClass::MartyrChild),
    ("部分烈士老年子女", PersonClass::MartyrChild),
    ("部分烈士(含错杀被平反人员)子女", PersonClass::MartyrChild),
    ("烈士子女", PersonClass::MartyrChild),
    ("老年烈士子女", PersonClass::MartyrChild),
    ("现役军人家属(含边海防)", PersonClass::ServingFamily),
    ("边海防官兵家属", PersonClass::ServingFamily),
    ("军属", PersonClass::ServingFamily),
    ("军人家属", PersonClass::ServingFamily),
    ("义务兵家属", PersonClass::ServingFamily),
    ("立功受奖军人家庭", PersonClass::Merit),
    ("立功受奖军人", PersonClass::Merit),
    ("立功受奖", PersonClass::Merit),
    ("功臣模范", PersonClass::Merit),
    ("立功受奖/功臣模范", PersonClass::Merit),
    ("军队离退休干部", PersonClass::RetiredCadre),
    ("军队离退休干部和退休士官", PersonClass::RetiredCadre),
    ("退休士官", PersonClass::RetiredCadre),
    ("军休人员", PersonClass::RetiredCadre),
    ("自主择业干部", PersonClass::RetiredCadre),
    ("自主择业", PersonClass::RetiredCadre),
    ("自主择业军转干部", PersonClass::RetiredCadre),
    ("军队转业干部", PersonClass::RetiredCadre),
    ("转业干部", PersonClass::RetiredCadre),
    ("军休干部/自主择业", PersonClass::RetiredCadre),
    ("困难退伍军人", PersonClass::HardshipVeteran),
    ("退伍军人", PersonClass::Veteran),
    ("退役士兵", PersonClass::Veteran),
    ("退役士官", PersonClass::Veteran),
    ("普通退役军人", PersonClass::Veteran),
    ("90岁以上五老人员", PersonClass::FiveElders),
    ("五老", PersonClass::FiveElders),
    ("因公牺牲军属", PersonClass::DutyDeathSurvivor),
    ("因公牺牲军人亲属", PersonClass::DutyDeathSurvivor),
    ("病故军属", PersonClass::IllnessDeathSurvivor),
    ("病故军人亲属", PersonClass::IllnessDeathSurvivor),
    ("因病牺牲军人遗属", PersonClass::IllnessDeathSurvivor),
    ("烈士亲属", PersonClass::MartyrSurvivor),
    ("革命烈士遗属", PersonClass::MartyrSurvivor),
    ("残疾人民警察", PersonClass::DisabledPolice),
    ("伤残预备役", PersonClass::DisabledReservist),
    ("伤残民工", PersonClass::DisabledMilitia),
    ("其他伤残人员", PersonClass::DisabledOther),
    ("其他残疾人员", PersonClass::DisabledOther),
    ("残疾国家机关工作人员", PersonClass::DisabledOther),
    ("老红军", PersonClass::RedArmy),
    ("在乡老红军", PersonClass::RedArmy),
    ("老复员", PersonClass::OldDemobilised),
    ("建国前老复员军人", PersonClass::OldDemobilised),
    ("带病回乡人员", PersonClass::ReturnedIll),
    ("参战军人", PersonClass::CombatVeteran),
    ("参战老兵", PersonClass::CombatVeteran),
    ("参试军人", PersonClass::TestVeteran),
    ("涉核人员", PersonClass::TestVeteran),
    ("涉核退役军人", PersonClass::TestVeteran),
    ("核试验退役军人", PersonClass::TestVeteran),
    ("参加核试验退役军人", PersonClass::TestVeteran),
    ("参加核试验军队退役人员", PersonClass::TestVeteran),
    ("原8023部队退役人员", PersonClass::TestVeteran),
    ("8023部队退役人员", PersonClass::TestVeteran),
    ("铀矿开采军队退役人员", PersonClass::TestVeteran),
    ("60岁农村籍退役士兵", PersonClass::RuralVeteran60),
    ("年满60岁农村籍退役士兵", PersonClass::RuralVeteran60),
    ("年满60周岁以上农村籍退役士兵", PersonClass::RuralVeteran60),
    ("60周岁及以上农村籍退役士兵", PersonClass::RuralVeteran60),
    ("60周岁以上农村籍退役军人", PersonClass::RuralVeteran60),
    ("农村籍退役军人", PersonClass::RuralVeteran60),
    ("农村老义务兵", PersonClass::RuralVeteran60),
    ("农村籍60周岁以上退役士兵", PersonClass::RuralVeteran60),
    ("烈士子女(老年)", PersonClass::MartyrChild),
    ("烈士老年子女(含建国前错杀后被平反人员子女)", PersonClass::MartyrChild),
    ("错杀被平反人员子女", PersonClass::MartyrChild),
    ("建国前错杀后被平反人员子女", PersonClass::MartyrChild),
    ("现役军属", PersonClass::ServingFamily),
    ("立功受奖现役军人家庭", PersonClass::Merit),
    ("功臣", PersonClass::Merit),
    ("一等功臣", PersonClass::Merit),
    ("二等功臣", PersonClass::Merit),
    ("三等功臣", PersonClass::Merit),
    ("一等功", PersonClass::Merit),
    ("二等功", PersonClass::Merit),
    ("三等功", PersonClass::Merit),
    ("军休人员", PersonClass::RetiredCadre),
    ("军转干部", PersonClass::RetiredCadre),
    ("军队无军籍离退休退职职工", PersonClass::RetiredCadre),
    ("生活困难退役军人", PersonClass::HardshipVeteran),
    ("复退军人", PersonClass::Veteran),
    ("复员退伍军人", PersonClass::Veteran),
];

/// Words that were replaced over the years, oldest first: what is left unknown is tried with the newer ones.
const CLASS_DRIFT: &[(&str, &str)] = &[
    ("革命", ""),
    ("伤残军人", "残疾军人"),
    ("残废", "残疾"),
    ("退伍", "退役"),
    ("家属", "遗属"),
    ("亲属", "遗属"),
    ("退役人员", "退役军人"),
];

impl PersonClass {
    /// Reads one class as users write it (already half-width, without blanks); `None` when unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::by_word(text).or_else(|| {
            let mut newer = text.to_owned();
            CLASS_DRIFT.iter().find_map(|(old, new)| {
                if !newer.contains(old) {
                    return None;
                }
                newer = newer.replace(old, new);
                Self::by_word(&newer)
            })
        })
    }

    /// The known word most like an unknown one, to be proposed to the user; `None` when nothing is near.
    #[must_use]
    pub fn nearest(text: &str) -> Option<&'static str> {
        let length = text.chars().count();
        let words = Self::ALL.iter().map(|class| class.label()).chain(CLASS_SYNONYMS.iter().map(|it| it.0));
        let shared = |word: &str| word.chars().filter(|c| text.contains(*c)).count();
        let (share, word) = words
            .map(|word| (shared(word) * 100 / word.chars().count().max(length).max(1), word))
            .max_by_key(|(share, word)| (*share, std::cmp::Reverse(word.len())))?;
        (share >= 67 && length <= 30).then_some(word)
    }

    fn by_word(text: &str) -> Option<Self> {
        let by_label = Self::ALL.iter().copied().find(|class| class.label() == text);
        by_label.or_else(|| CLASS_SYNONYMS.iter().find(|(word, _)| *word == text).map(|(_, class)| *class))
    }

    /// Whether the class is judged by a disability grade.
    #[must_use]
    pub fn has_grade(self) -> bool {
        matches!(
            self,
            Self::DisabledSoldier
                | Self::DisabledPolice
                | Self::DisabledReservist
                | Self::DisabledMilitia
                | Self::DisabledOther
        )
    }
}

words! {
    /// 伤残性质: how a disability came about.
    DisabilityNature {
        /// In combat.
        Combat = "combat", "因战";
        /// On duty.
        Duty = "duty", "因公";
        /// By illness.
        Illness = "illness", "因病";
    }
}

words! {
    /// 状态 on the roster. A dead or moved person stays on the roster with that status.
    PersonStatus {
        /// Normal.
        Normal = "normal", "正常";
        /// To be confirmed.
        Unconfirmed = "unconfirmed", "待确认";
        /// Suspended.
        Suspended = "suspended", "暂停";
        /// Dead.
        Dead = "dead", "死亡";
        /// Moved away.
        Moved = "moved", "迁出";
        /// Payment stopped.
        Stopped = "stopped", "停发";
        /// New on the roster.
        New = "new", "新增";
        /// Erased by request: the record is empty and only carries figures. No sheet can say so.
        Erased = "erased", "已删除";
    }
}

impl PersonStatus {
    /// Whether visiting obligations hold: everyone but 死亡, 迁出, 停发 and 已删除.
    #[must_use]
    pub fn is_to_be_visited(self) -> bool {
        !matches!(self, Self::Dead | Self::Moved | Self::Stopped | Self::Erased)
    }
}

words! {
    /// 特殊困难: a mark that stays open until the person was helped (N22).
    Hardship {
        /// Laid off or unemployed.
        LaidOff = "laid_off", "下岗失业";
        /// Struck by a natural disaster.
        Disaster = "disaster", "自然灾害";
        /// Gravely ill.
        GraveIllness = "grave_illness", "重大疾病";
        /// Other hardship.
        Other = "other", "其他";
    }
}

/// 伤残等级 1–10, from `3`, `3级`, `三级`, `叁级`; `None` when it is no grade.
#[must_use]
pub fn parse_grade(text: &str) -> Option<u8> {
    let core = text.trim().trim_end_matches('级').trim_end_matches('等');
    let number = match core {
        "一" | "壹" => 1,
        "二" | "贰" => 2,
        "三" | "叁" => 3,
        "四" | "肆" => 4,
        "五" | "伍" => 5,
        "六" | "陆" => 6,
        "七" | "柒" => 7,
        "八" | "捌" => 8,
        "九" | "玖" => 9,
        "十" | "拾" => 10,
        digits => digits.parse().ok()?,
    };
    (1..=10).contains(&number).then_some(number)
}

/// One class a person stands in, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The class.
    pub class: PersonClass,
    /// Disability grade 1–10, only for disabled persons.
    pub grade: Option<u8>,
    /// Nature of the disability, only for disabled persons.
    pub nature: Option<DisabilityNature>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_of_all_decades_are_understood() {
        for (text, class) in [
            ("在乡老复员军人", PersonClass::OldDemobilised),
            ("在乡复员军人", PersonClass::OldDemobilised),
            ("伤残军人", PersonClass::DisabledSoldier),
            ("带病回乡退伍军人", PersonClass::ReturnedIll),
            ("参战退役人员", PersonClass::CombatVeteran),
            ("参试退役人员", PersonClass::TestVeteran),
            ("农村籍老义务兵", PersonClass::RuralVeteran60),
            ("部分烈士子女", PersonClass::MartyrChild),
            ("病故军人家属", PersonClass::IllnessDeathSurvivor),
            ("因公牺牲军人家属", PersonClass::DutyDeathSurvivor),
        ] {
            assert_eq!(PersonClass::parse(text), Some(class), "{text}");
        }
        for (text, class) in [
            ("革命伤残军人", PersonClass::DisabledSoldier),
            ("革命烈士家属", PersonClass::MartyrSurvivor),
            ("60周岁以上农村籍退伍士兵", PersonClass::RuralVeteran60),
            ("困难退役人员", PersonClass::HardshipVeteran),
            ("现役军人家属", PersonClass::ServingFamily),
        ] {
            assert_eq!(PersonClass::parse(text), Some(class), "{text}");
        }
        assert_eq!(PersonClass::parse("神仙"), None);
        for (text, word) in [("老复原军人", Some("老复员军人")), ("神仙", None), ("", None)] {
            assert_eq!(PersonClass::nearest(text), word, "{text}");
        }
        for class in PersonClass::ALL {
            assert_eq!(PersonClass::parse(class.label()), Some(*class));
            assert_eq!(PersonClass::from_code(class.code()), Some(*class));
        }
    }

    #[test]
    fn grades_are_read_as_clerks_write_them() {
        for (text, grade) in [
            ("3", Some(3)),
            ("3级", Some(3)),
            ("三级", Some(3)),
            ("十级", Some(10)),
            ("10", Some(10)),
            ("0", None),
            ("11级", None),
            ("重", None),
        ] {
            assert_eq!(parse_grade(text), grade, "{text}");
        }
    }
}
