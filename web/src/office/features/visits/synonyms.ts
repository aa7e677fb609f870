// What clerks write for method, leader, source of money and kind of help, beside the official words: those of the
// domain (visit/words.rs), so that a cell of the sheet is understood as a cell of a file is. test/words.test.ts holds
// them against it.

export const METHOD_WORDS: Record<string, string> = {
  慰问信: "letter", 寄慰问信: "letter", 发放慰问信: "letter", 送慰问信: "letter", 信函: "letter", 书信: "letter", 登门: "home",
  上门: "home", 入户: "home", 登门慰问: "home", 登门走访: "home", 上门看望: "home", 上门慰问: "home", 上门走访: "home", 入户走访: "home",
  入户慰问: "home", 入户看望: "home", 实地走访: "home", 走访慰问: "home", 看望慰问: "home", 登门看望慰问: "home", 座谈: "talk",
  座谈会: "talk", 召开座谈会: "talk", 交流座谈: "talk", 电话: "telephone", 电话慰问: "telephone", 电话联系: "telephone",
  电话走访: "telephone", 打电话: "telephone",
};

export const LEADER_WORDS: Record<string, string> = {
  主要: "principal", 主要负责人: "principal", 主要负责同志: "principal", 党政主要领导: "principal", 一把手: "principal",
  分管: "deputy", 分管负责人: "deputy", 分管负责同志: "deputy", 其他领导: "other", 其它: "other", 其它领导: "other", 其他人员: "other",
};

export const SOURCE_WORDS: Record<string, string> = {
  县级: "county", 县下拨: "county", 县局下拨: "county", 县级财政: "county", 县财政: "county", 县级资金: "county", 区级下拨: "county",
  市级下拨: "county", 上级下拨: "county", 下拨: "county", 下拨资金: "county", 县级下拨资金: "county", 县级下拨慰问金: "county",
  县级慰问金: "county", 县退役军人事务局下拨: "county", 县退役军人事务局: "county", 单位: "own", 本级: "own", 自筹: "own", 自有资金: "own",
  单位自筹: "own", 本单位自筹: "own", 本单位资金: "own", 本单位经费: "own", 工作经费: "own", 乡镇自筹: "own", 本级财政: "own",
  捐赠: "donation", 社会: "donation", 社会捐助: "donation", 社会资金: "donation", 爱心捐赠: "donation", 企业捐赠: "donation",
  捐款: "donation",
};

export const HELP_WORDS: Record<string, string> = {
  入学: "schooling", 上学: "schooling", 就学: "schooling", 子女就学: "schooling", 子女上学: "schooling", 子女入托: "schooling",
  子女教育: "schooling", 就业: "family_employment", 家属随军就业: "family_employment", 家属安置: "family_employment",
  子女就业: "family_employment", 住房: "housing", 住房改善: "housing", 住房困难: "housing", 危房改造: "housing",
  房屋维修: "housing", 就医: "medical", 看病: "medical", 医疗: "medical", 医疗救助: "medical", 就医看病: "medical",
  看病难: "medical", 法律: "legal_aid", 法律服务: "legal_aid", 法律咨询: "legal_aid", 涉军维权: "legal_aid", 维权: "legal_aid",
  其它: "other", 其他困难: "other", 其它困难: "other",
};
