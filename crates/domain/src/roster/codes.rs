//! Stable codes of the findings of a roster import. A retired code is never used again.

/// Refused: 姓名 is empty.
pub const NAME_MISSING: &str = "roster.name_missing";
/// Refused: 姓名 has signs that hide a part of it.
pub const NAME_MASKED: &str = "roster.name_masked";
/// Refused: 公民身份号码 is empty.
pub const CITIZEN_MISSING: &str = "roster.citizen_missing";
/// Refused: the number was cut by Excel's number format.
pub const CITIZEN_DAMAGED: &str = "roster.citizen_damaged";
/// Refused: the number has neither 18 nor 15 characters.
pub const CITIZEN_LENGTH: &str = "roster.citizen_length";
/// Refused: the number has a character that cannot stand there.
pub const CITIZEN_CHARACTER: &str = "roster.citizen_character";
/// Refused: the check digit does not fit.
pub const CITIZEN_CHECK_DIGIT: &str = "roster.citizen_check_digit";
/// Refused: the digits of birth are no date, or one that has not come yet.
pub const CITIZEN_DATE: &str = "roster.citizen_date";
/// Refused: 优抚类别 is empty.
pub const CLASS_MISSING: &str = "roster.class_missing";
/// Refused: a class that is not known, or too wide to count (三属).
pub const CLASS_UNKNOWN: &str = "roster.class_unknown";
/// Refused: 残疾军人 without a grade 1–10.
pub const GRADE_MISSING: &str = "roster.grade_missing";
/// Refused: 乡镇（街道） is empty.
pub const TOWNSHIP_MISSING: &str = "roster.township_missing";
/// Refused: no township answers to the word.
pub const TOWNSHIP_UNKNOWN: &str = "roster.township_unknown";
/// Refused: the account was cut by Excel's number format.
pub const ACCOUNT_DAMAGED: &str = "roster.account_damaged";
/// Refused: the number stands in an earlier row of this file.
pub const DUPLICATE_ROW: &str = "roster.duplicate_row";
/// Refused: a text that is longer than its field takes.
pub const TOO_LONG: &str = "roster.too_long";
/// Refused: one class is named twice.
pub const CLASS_REPEATED: &str = "roster.class_repeated";
/// Refused: the person is of a unit that the caller does not reach.
pub const FOREIGN: &str = "roster.foreign";

/// Refused in a form, warned of in a file: a status that only who confirms changes of persons may set.
pub const STATUS_REPORTED: &str = "roster.status_reported";

/// Warning: the number of a stored person is corrected.
pub const CITIZEN_CHANGED: &str = "roster.citizen_changed";
/// Warning: somebody else has this account.
pub const ACCOUNT_SHARED: &str = "roster.account_shared";
/// Warning: somebody else has this telephone number.
pub const PHONE_SHARED: &str = "roster.phone_shared";
/// Warning: 性别 differs from the number, or is no sex.
pub const SEX_DIFFERS: &str = "roster.sex_differs";
/// Warning: 性别 is neither 男 nor 女.
pub const SEX_UNKNOWN: &str = "roster.sex_unknown";
/// Warning: 伤残等级 is no grade 1–10; only where it is not needed.
pub const GRADE_UNKNOWN: &str = "roster.grade_unknown";
/// Warning: the class names another grade or nature than its column.
pub const GRADE_DIFFERS: &str = "roster.grade_differs";
/// Warning: a grade or nature without a class that has one.
pub const GRADE_WITHOUT_CLASS: &str = "roster.grade_without_class";
/// Warning: 伤残性质 is none of 因战, 因公, 因病.
pub const NATURE_UNKNOWN: &str = "roster.nature_unknown";
/// Warning: no village of this name.
pub const VILLAGE_UNKNOWN: &str = "roster.village_unknown";
/// Warning: the village belongs to another township.
pub const VILLAGE_ELSEWHERE: &str = "roster.village_elsewhere";
/// Warning: 享受定期抚恤补助 is neither yes nor no.
pub const ALLOWANCE_UNKNOWN: &str = "roster.allowance_unknown";
/// Warning: a dead, moved or stopped person who receives the allowance.
pub const ALLOWANCE_ENDED: &str = "roster.allowance_ended";
/// Warning: the account looks wrong.
pub const ACCOUNT_DOUBTFUL: &str = "roster.account_doubtful";
/// Warning: 户名 is another name than 姓名.
pub const ACCOUNT_NAME_DIFFERS: &str = "roster.account_name_differs";
/// Warning: a telephone number cut by Excel's number format; it is left out.
pub const PHONE_DAMAGED: &str = "roster.phone_damaged";
/// Warning: 户号 or 证书编号 cut by Excel's number format; it is left out.
pub const NUMBER_DAMAGED: &str = "roster.number_damaged";
/// Warning: 状态 is not known.
pub const STATUS_UNKNOWN: &str = "roster.status_unknown";
/// Warning: the person is to be confirmed.
pub const STATUS_UNCONFIRMED: &str = "roster.status_unconfirmed";
/// Warning: 死亡（停发）日期 is no date.
pub const STOPPED_ON_UNREADABLE: &str = "roster.stopped_on_unreadable";
/// Warning: 死亡（停发）日期 lies before the birth or in the future.
pub const STOPPED_ON_IMPOSSIBLE: &str = "roster.stopped_on_impossible";
/// Warning: 死亡（停发）日期 is given, but the status says otherwise.
pub const STOPPED_ON_WITHOUT_STATUS: &str = "roster.stopped_on_without_status";
/// Warning: a word in 特殊困难 that is not known.
pub const HARDSHIP_UNKNOWN: &str = "roster.hardship_unknown";
/// Warning: a formula that failed; the cell is left out.
pub const CELL_ERROR: &str = "roster.cell_error";
/// Warning: same name, birth date and village as somebody under another number.
pub const TWIN: &str = "roster.twin";

/// Note: a 15-digit number was upgraded.
pub const CITIZEN_UPGRADED: &str = "roster.citizen_upgraded";
/// Note: older than 110 years.
pub const AGE_OVER_110: &str = "roster.age_over_110";
/// Note: classes that normally exclude each other.
pub const CLASS_COMBINATION: &str = "roster.class_combination";
/// Note: a class that names two was read as one of them.
pub const CLASS_ASSUMED: &str = "roster.class_assumed";
/// Note: the village was found under a name that differs in 村 or 社区.
pub const VILLAGE_ASSUMED: &str = "roster.village_assumed";
