//! The organs a county usually has beside its townships: what `init` creates so that nobody starts with an
//! empty list. The names are generic words of public administration (`县财政局`), no claim about a real
//! county: a deployment renames, adds and ends units as its own organisation plan says.

use OrganKind::{
    Department, FinanceBureau, Institution, Office, PartyDepartment, PeopleOrganisation, VeteransBureau,
};

/// What an organ is; the words are those of `domain::unit::UnitKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganKind {
    /// 双拥工作领导小组办公室: publishes the campaign.
    Office,
    /// 退役军人事务局: holds the lists and pays.
    VeteransBureau,
    /// 财政局: takes part in paying.
    FinanceBureau,
    /// 县委部委: a department of the county's party committee.
    PartyDepartment,
    /// 县级部门: a department of the county, also court, procuratorate and the offices of the two bodies.
    Department,
    /// 人民团体: a people's organisation.
    PeopleOrganisation,
    /// 优抚事业单位: an institution that is visited.
    Institution,
}

/// One proposed unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organ {
    /// `县财政局`, `区财政局`, `市财政局`, `旗财政局`.
    pub name: String,
    /// `财政局`.
    pub short_name: String,
    /// What it is.
    pub kind: OrganKind,
    /// Other names people write: with and without the county word, older names, names of other provinces.
    /// No word stands for two organs.
    pub aliases: Vec<String>,
}

/// Kind, name, short name, other names parted by blanks; `*` is the county word.
type Pattern = (OrganKind, &'static str, &'static str, &'static str);

const LEADING: &[Pattern] = &[
    (Office, "*双拥工作领导小组办公室", "双拥办", "双拥工作办公室 双拥领导小组办公室"),
    (VeteransBureau, "*退役军人事务局", "退役军人局", "退役军人事务管理局"),
    (FinanceBureau, "*财政局", "财政局", ""),
];

const PARTY: &[Pattern] = &[
    (PartyDepartment, "*纪委监委机关", "纪委监委", "纪委 纪委监委机关 监委 *纪委 *监委 *纪委监委"),
    (PartyDepartment, "*委办公室", "*委办", "*委办公厅"),
    (PartyDepartment, "*委组织部", "组织部", "*组织部"),
    (PartyDepartment, "*委宣传部", "宣传部", "*宣传部"),
    (PartyDepartment, "*委统战部", "统战部", "*统战部 *委统一战线工作部"),
    (PartyDepartment, "*委政法委", "政法委", "*政法委 *委政法委员会"),
    (PartyDepartment, "*委社会工作部", "社会工作部", "社工部 *委社工部"),
    (PartyDepartment, "*委机构编制委员会办公室", "编办", "*委编办 *编办 编委办"),
    (PartyDepartment, "*委直属机关工委", "机关工委", "*机关工委 *直机关工委 *委*级机关工委"),
    (PartyDepartment, "*委巡察办", "巡察办", "*委巡察机构 *巡察办"),
    (PartyDepartment, "*委老干部局", "老干部局", "老干局 *老干局 *委老干局"),
    (PartyDepartment, "*委党校", "党校", "*党校 *行政学校"),
    (PartyDepartment, "*委党史研究室", "党史研究室", "党史办 *委党史办"),
];

const DEPARTMENTS: &[Pattern] = &[
    (Department, "*人大常委会办公室", "人大办", "人大机关 人大"),
    (Department, "*政府办公室", "政府办", "*人民政府办公室"),
    (Department, "*政协办公室", "政协办", "政协机关 政协"),
    (Department, "*人民法院", "法院", ""),
    (Department, "*人民检察院", "检察院", ""),
    (Department, "*发展改革委", "发改委", "发改局 发展改革局 发展和改革委员会 发展和改革局"),
    (Department, "*教育局", "教育局", "教委 教育委 教育委员会 教体局 教育体育局 教育和体育局"),
    (Department, "*科技局", "科技局", "科学技术局"),
    (Department, "*经济信息委", "经信委", "经信局 工信局 经济和信息化委员会 经济和信息化局 工业和信息化局"),
    (Department, "*民族宗教委", "民宗委", "民宗局 民族宗教局 民族宗教事务委员会 民族宗教事务局"),
    (Department, "*公安局", "公安局", "公安分局"),
    (Department, "*民政局", "民政局", ""),
    (Department, "*司法局", "司法局", ""),
    (Department, "*人力社保局", "人社局", "人力资源社会保障局 人力资源和社会保障局"),
    (Department, "*规划自然资源局", "自然资源局", "规资局 规划和自然资源局 自然资源和规划局 国土局"),
    (Department, "*生态环境局", "生态环境局", "环保局"),
    (Department, "*住房城乡建委", "住建委", "住建局 住房城乡建设局 住房和城乡建设局 住房和城乡建设委员会"),
    (Department, "*城市管理局", "城管局", "城市管理执法局 综合执法局 城市管理综合行政执法局"),
    (Department, "*交通运输局", "交通局", "交通运输委 交通委 交运局"),
    (Department, "*水利局", "水利局", "水务局"),
    (Department, "*农业农村委", "农业农村委", "农业农村局 农委 农业局 农业农村委员会 乡村振兴局"),
    (Department, "*林业局", "林业局", "林草局 林业和草原局"),
    (Department, "*商务委", "商务委", "商务局 商务委员会"),
    (
        Department,
        "*文化旅游委",
        "文旅委",
        "文旅局 文化旅游局 文化和旅游局 文化和旅游发展委员会 文广旅局 文化和旅游委员会",
    ),
    (Department, "*卫生健康委", "卫健委", "卫健局 卫生健康局 卫生健康委员会"),
    (Department, "*应急管理局", "应急局", "安监局"),
    (Department, "*审计局", "审计局", ""),
    (Department, "*国资委", "国资委", "国资局 国资中心 国有资产监督管理委员会"),
    (Department, "*市场监管局", "市场监管局", "市场监督管理局 市监局"),
    (Department, "*统计局", "统计局", ""),
    (Department, "*医保局", "医保局", "医疗保障局"),
    (Department, "*信访办", "信访办", "信访局 信访办公室"),
    (Department, "*大数据发展局", "大数据局", "数据局 大数据中心 数字资源管理局"),
    (Department, "*招商投资局", "招商局", "招商投资促进局 投资促进局"),
    (Department, "*政务服务中心", "政务服务中心", "行政审批局 政务服务局 行政服务中心"),
    (
        Department,
        "*机关事务中心",
        "机关事务中心",
        "机关事务管理局 机关事务局 机关事务管理中心 机关事务服务中心",
    ),
    (Department, "*退役军人服务中心", "退役军人服务中心", ""),
    (Department, "*税务局", "税务局", "国家税务总局*税务局"),
    (Department, "*气象局", "气象局", ""),
    (Department, "*档案馆", "档案馆", "档案局"),
    (Department, "*融媒体中心", "融媒体中心", "广播电视台 电视台"),
    (Department, "*供销合作社", "供销社", "供销联社 供销合作联社 供销合作社联合社"),
];

const ORGANISATIONS: &[Pattern] = &[
    (PeopleOrganisation, "*总工会", "总工会", "工会"),
    (PeopleOrganisation, "共青团*委", "团委", "团*委 共青团"),
    (PeopleOrganisation, "*妇联", "妇联", "妇女联合会"),
    (PeopleOrganisation, "*残联", "残联", "残疾人联合会"),
    (PeopleOrganisation, "*工商联", "工商联", "工商业联合会"),
    (PeopleOrganisation, "*科协", "科协", "科学技术协会"),
    (PeopleOrganisation, "*文联", "文联", "文学艺术界联合会"),
    (PeopleOrganisation, "*侨联", "侨联", "归国华侨联合会"),
    (PeopleOrganisation, "*红十字会", "红十字会", ""),
];

const INSTITUTIONS: &[Pattern] = &[
    (Institution, "*光荣院", "光荣院", ""),
    (Institution, "*烈士陵园", "烈士陵园", "烈士纪念设施保护中心 烈士陵园管理所"),
    (Institution, "*军队离退休干部休养所", "军休所", "干休所 军休中心 军队离休退休干部服务中心"),
];

/// The usual organs of a county; `county_name` only decides the county word: 县, 区, 市 or 旗.
pub fn organs(county_name: &str) -> Vec<Organ> {
    let word = county_word(county_name);
    [LEADING, PARTY, DEPARTMENTS, ORGANISATIONS, INSTITUTIONS]
        .into_iter()
        .flatten()
        .map(|pattern| organ(*pattern, word))
        .collect()
}

/// The word a county calls itself by: `县` for 石柱土家族自治县, `区` for 渝北区, `市` for 昆山市, `旗` for
/// 鄂温克族自治旗. What has another ending (zones, islands) is taken for a 区.
fn county_word(county_name: &str) -> &'static str {
    ["县", "区", "市", "旗"].into_iter().find(|word| county_name.ends_with(word)).unwrap_or("区")
}

fn organ((kind, name, short_name, aliases): Pattern, word: &str) -> Organ {
    let mut organ = Organ {
        name: name.replace('*', word),
        short_name: short_name.replace('*', word),
        kind,
        aliases: Vec::new(),
    };
    let mut add = |alias: String| {
        if alias != organ.name && alias != organ.short_name && !organ.aliases.contains(&alias) {
            organ.aliases.push(alias);
        }
    };
    // A government name is also written without the county word, and its short forms with it; a party name
    // (县委组织部) begins with a word that cannot be taken apart.
    let with_word = name.starts_with('*') && kind != PartyDepartment;
    if with_word {
        add(name[1..].to_owned());
        add(format!("{word}{short_name}"));
    }
    for alias in aliases.split_whitespace() {
        add(alias.replace('*', word));
        if with_word && !alias.contains('*') {
            add(format!("{word}{alias}"));
        }
    }
    organ
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const COUNTIES: &[(&str, &str)] = &[
        ("石柱土家族自治县", "县"),
        ("渝北区", "区"),
        ("昆山市", "市"),
        ("鄂温克族自治旗", "旗"),
        ("神农架林区", "区"),
    ];

    #[test]
    fn the_county_word_follows_the_county() {
        for (county, word) in COUNTIES {
            let organs = organs(county);
            let finance = organs.iter().find(|organ| organ.kind == FinanceBureau).expect("one");
            assert_eq!(finance.name, format!("{word}财政局"));
            assert!(organs.iter().any(|organ| organ.name == format!("{word}委组织部")), "{county}");
            assert!(organs.iter().all(|organ| !organ.name.contains('*')), "{county}");
        }
    }

    #[test]
    fn a_word_means_one_organ() {
        for (county, _) in COUNTIES {
            let organs = organs(county);
            let mut owners: HashMap<&str, &str> = HashMap::new();
            for organ in &organs {
                for word in [&organ.name, &organ.short_name].into_iter().chain(&organ.aliases) {
                    assert!(!word.is_empty() && !word.contains(['*', ' ']), "{organ:?}");
                    let owner = owners.insert(word, &organ.name);
                    assert!(owner.is_none_or(|owner| owner == organ.name), "{word}: {owner:?}, {organ:?}");
                }
            }
        }
    }

    #[test]
    fn there_are_enough_and_one_of_each_leading_kind() {
        let organs = organs("石柱土家族自治县");
        assert!((60..=80).contains(&organs.len()), "{}", organs.len());
        for kind in [Office, VeteransBureau, FinanceBureau] {
            assert_eq!(organs.iter().filter(|organ| organ.kind == kind).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn the_office_answers_to_the_names_of_the_notice() {
        let organs = organs("石柱土家族自治县");
        let office = organs.iter().find(|organ| organ.kind == Office).expect("one");
        assert_eq!(
            (office.name.as_str(), office.short_name.as_str()),
            ("县双拥工作领导小组办公室", "双拥办")
        );
        assert!(office.aliases.iter().any(|alias| alias == "县双拥办"), "{:?}", office.aliases);
    }
}
