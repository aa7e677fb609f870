// Chinese words for codes of the API that come without a label. test/words.test.ts holds them against the domain.

export const METHODS: Record<string, string> = { letter: "发慰问信", home: "登门看望", talk: "座谈交流", telephone: "电话问候" };
export const HELP: Record<string, string> = {
  schooling: "子女入学", family_employment: "家属就业", housing: "住房改造",
  medical: "看病就医", legal_aid: "法律援助", other: "其他",
};
export const SOURCES: Record<string, string> = { county: "县级下拨", own: "本单位", donation: "社会捐赠" };
export const LEADERS: Record<string, string> = { principal: "主要领导", deputy: "分管领导", other: "其他" };
export const CLASSES: Record<string, string> = {
  martyr_survivor: "烈士遗属", duty_death_survivor: "因公牺牲军人遗属", illness_death_survivor: "病故军人遗属",
  disabled_soldier: "残疾军人", disabled_police: "伤残人民警察", disabled_reservist: "伤残预备役人员",
  disabled_militia: "伤残民兵民工", disabled_other: "其他因公伤残人员", red_army: "退伍红军老战士",
  old_demobilised: "老复员军人", returned_ill: "带病回乡退役军人", combat_veteran: "参战退役军人",
  test_veteran: "参试退役军人", rural_veteran_60: "60周岁以上农村籍退役士兵", martyr_child: "烈士老年子女",
  serving_family: "现役军人家属", merit: "立功受奖人员", retired_cadre: "军休干部",
  hardship_veteran: "困难退役军人", veteran: "退役军人", five_elders: "五老人员",
};

type Code = string | null | undefined;
const word = (words: Record<string, string>, code: Code) => (code ? (words[code] ?? code) : "—");

/** 登门看望, … for a visit's method. */
export const methodLabel = (code: Code) => word(METHODS, code);
/** 县级下拨, … for where money came from. */
export const sourceLabel = (code: Code) => word(SOURCES, code);
/** 主要领导, … */
export const leaderKindLabel = (code: Code) => word(LEADERS, code);
/** 烈士遗属, … */
export const classLabel = (code: Code) => word(CLASSES, code);

/** 看病就医1、住房改造2, in the notice's order. */
export function helpText(help: Record<string, unknown>): string {
  const parts = Object.entries(HELP).filter(([kind]) => Number(help[kind]) > 0);
  return parts.map(([kind, label]) => `${label}${String(help[kind])}`).join("、") || "—";
}
