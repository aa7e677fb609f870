//! Classes together with the columns 伤残等级 and 伤残性质.

use super::cells::{Refused, Row};
use super::class::{self, Written};
use super::words::{self, quoted};
use super::{RosterColumn as C, codes};
use crate::person::{DisabilityNature, PersonClass};
use crate::unit::word_key;

impl Row<'_, '_> {
    /// The grade and nature of their own columns.
    fn grade_and_nature(&self) -> (Option<u8>, Option<DisabilityNature>) {
        let (grade, inside) = self.read_grade();
        let nature = self.word(C::Nature, words::nature).and_then(Result::ok);
        (grade, nature.or(inside))
    }

    fn read_grade(&self) -> (Option<u8>, Option<DisabilityNature>) {
        let text = self.text(C::Grade);
        if text.is_empty() { (None, None) } else { words::grade(&word_key(&text)) }
    }

    /// The classes with the grade and nature of their columns; refuses 残疾军人 without a grade.
    pub(super) fn with_grades(&mut self, classes: &[Written]) -> Result<Vec<Written>, Refused> {
        let mut merged = classes.to_vec();
        if !classes.iter().any(|it| it.class.has_grade()) {
            return Ok(merged);
        }
        let (grade, nature) = self.grade_and_nature();
        let is_single = is_single_graded(classes);
        for it in merged.iter_mut().filter(|it| it.class.has_grade()) {
            it.grade = if is_single { grade.or(it.grade) } else { it.grade.or(grade) };
            it.nature = if is_single { nature.or(it.nature) } else { it.nature.or(nature) };
        }
        if merged.iter().all(|it| it.class != PersonClass::DisabledSoldier || it.grade.is_some()) {
            return Ok(merged);
        }
        let typed = self.text(C::Grade);
        let message = if words::is_nothing(&word_key(&typed)) {
            format!(
                "残疾军人没有写明伤残等级（优抚类别为{}），未导入；请填写一级至十级中的一级",
                quoted(&self.text(C::Class))
            )
        } else {
            format!("残疾军人的伤残等级{}不是一级至十级，未导入；请改正后重新导入", quoted(&typed))
        };
        self.refuse(C::Grade, codes::GRADE_MISSING, message)
    }

    /// What is odd about classes, grades and natures of a row that is taken.
    pub(super) fn remark_on_classes(&mut self, written: &[Written], assumed: Option<String>) {
        if let Some(sentence) = assumed {
            self.note(C::Class, codes::CLASS_ASSUMED, sentence);
        }
        if written.len() > 1 {
            let classes: Vec<PersonClass> = written.iter().map(|it| it.class).collect();
            for (a, b) in class::exclusive(&classes) {
                let message =
                    format!("{}与{}通常不会同时具备，已按两个类别导入，请核对", a.label(), b.label());
                self.note(C::Class, codes::CLASS_COMBINATION, message);
            }
        }
        let is_graded = written.iter().any(|it| it.class.has_grade());
        for (column, name) in [(C::Grade, "伤残等级"), (C::Nature, "伤残性质")] {
            let typed = self.text(column);
            if typed.is_empty() || words::is_nothing(&word_key(&typed)) {
                continue;
            }
            if !is_graded {
                let message = format!(
                    "填了{name}{}，但优抚类别不是残疾（伤残）人员，已忽略；请核对类别",
                    quoted(&typed)
                );
                self.warn(column, codes::GRADE_WITHOUT_CLASS, message);
            } else if column == C::Grade {
                self.remark_on_grade(written, &typed);
            } else {
                self.remark_on_nature(written, &typed);
            }
        }
    }

    fn remark_on_grade(&mut self, written: &[Written], typed: &str) {
        let Some(grade) = self.read_grade().0 else {
            let message = format!("伤残等级{}不是一级至十级，已忽略；请改正", quoted(typed));
            return self.warn(C::Grade, codes::GRADE_UNKNOWN, message);
        };
        let other = written.iter().find_map(|it| it.grade).filter(|other| *other != grade);
        if let (Some(other), true) = (other, is_single_graded(written)) {
            let message =
                format!("优抚类别中写明{other}级，伤残等级列为{grade}级；已按伤残等级列导入，请核对");
            self.warn(C::Grade, codes::GRADE_DIFFERS, message);
        }
    }

    fn remark_on_nature(&mut self, written: &[Written], typed: &str) {
        let Some(Ok(nature)) = self.word(C::Nature, words::nature) else {
            let message = format!("伤残性质{}无法识别，已忽略；请填“因战”“因公”或“因病”", quoted(typed));
            return self.warn(C::Nature, codes::NATURE_UNKNOWN, message);
        };
        let other = written.iter().find_map(|it| it.nature).filter(|other| *other != nature);
        if let (Some(other), true) = (other, is_single_graded(written)) {
            let message = format!(
                "优抚类别中写明{}，伤残性质列为{}；已按伤残性质列导入，请核对",
                other.label(),
                nature.label()
            );
            self.warn(C::Nature, codes::GRADE_DIFFERS, message);
        }
    }
}

fn is_single_graded(classes: &[Written]) -> bool {
    classes.iter().filter(|it| it.class.has_grade()).count() == 1
}
