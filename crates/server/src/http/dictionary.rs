//! The codes of the API with their words.

use super::answer::Items;
use super::problem::Refusal;
use super::who::Seat;
use axum::Json as Out;
use domain::authority::Permission;
use serde::Serialize;
use utoipa::ToSchema;

/// A code with its word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DictionaryWord)]
pub struct Word {
    /// 代码
    code: String,
    /// 名称
    label: String,
    /// 导入时也认得的写法
    also: Vec<String>,
}

/// The codes of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DictionaryWords)]
pub struct Words {
    /// 种类
    key: String,
    /// 种类名称
    label: String,
    /// 代码
    words: Vec<Word>,
}

macro_rules! words {
    ($key:literal, $label:literal, $type:ty) => {
        Words {
            key: $key.to_owned(),
            label: $label.to_owned(),
            words: <$type>::ALL
                .iter()
                .map(|it| Word { code: it.code().to_owned(), label: it.label().to_owned(), also: Vec::new() })
                .collect(),
        }
    };
}

fn all() -> Vec<Words> {
    use domain::person::{DisabilityNature, Hardship, PersonClass, PersonStatus};
    use domain::visit::{HelpKind, LeaderKind, Method, MoneySource};
    let mut classes = words!("class", "优抚类别", PersonClass);
    for word in &mut classes.words {
        let others = domain::person::class_synonyms().filter(|(_, class)| class.code() == word.code);
        word.also = others.map(|(text, _)| text.to_owned()).collect();
    }
    vec![
        classes,
        words!("status", "人员状态", PersonStatus),
        words!("hardship", "特殊困难", Hardship),
        words!("nature", "伤残性质", DisabilityNature),
        words!("method", "走访方式", Method),
        words!("leader_kind", "领导类别", LeaderKind),
        words!("money_source", "资金来源", MoneySource),
        words!("help", "解决困难", HelpKind),
        words!("means", "年度确认方式", domain::confirmation::Means),
        words!("change_kind", "人员变动", domain::status_change::ChangeKind),
        words!("return_reason", "退票原因", domain::payment::FailureReason),
    ]
}

/// `GET …/dictionary`
pub async fn list(seat: Seat) -> Result<Out<Items<Words>>, Refusal> {
    seat.app.permit(&seat.caller, Permission::UnitRead, seat.county).await?;
    Ok(Out(Items { items: all() }))
}
