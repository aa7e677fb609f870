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

export const STATUSES: Record<string, string> = {
  normal: "正常", unconfirmed: "待确认", suspended: "暂停", dead: "死亡", moved: "迁出", stopped: "停发", new: "新增", erased: "已删除",
};
export const HARDSHIPS: Record<string, string> = { laid_off: "下岗失业", disaster: "自然灾害", grave_illness: "重大疾病", other: "其他" };
export const NATURES: Record<string, string> = { combat: "因战", duty: "因公", illness: "因病" };
export const MEANS: Record<string, string> = { face: "人脸识别", video: "视频", home_visit: "入户", proof: "证明材料" };
export const CHANGES: Record<string, string> = {
  death: "死亡", move_out: "迁出", move_within: "县内迁移", move_in: "迁入", suspend: "暂停", resume: "恢复",
};

/** 正常, 死亡, … for a person's status. */
export const statusLabel = (code: Code) => word(STATUSES, code);
/** 重大疾病、其他 for the hardship marks of a person. */
export const hardshipText = (codes: readonly string[]) => codes.map((it) => word(HARDSHIPS, it)).join("、") || "—";
/** 入户, 视频, … */
export const meansLabel = (code: Code) => word(MEANS, code);

interface IdentityWords {
  label: string;
  grade?: number | null;
  nature?: string | null;
}
/** 残疾军人（三级，因战）、参战退役军人 */
export function identitiesText(identities: readonly IdentityWords[]): string {
  return identities.map((it) => {
    const more = [it.grade ? `${gradeText(it.grade)}` : "", it.nature ? word(NATURES, it.nature) : ""].filter(Boolean);
    return more.length > 0 ? `${it.label}（${more.join("，")}）` : it.label;
  }).join("、") || "—";
}

/** 3 -> 三级 */
export const gradeText = (grade: number) => `${"一二三四五六七八九十"[grade - 1] ?? grade}级`;
