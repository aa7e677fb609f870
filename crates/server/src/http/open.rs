//! How much of something one account has open at once: streams of events, files being taken in.

use app::{Code, Problem};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is open, by account.
#[derive(Debug, Clone, Default)]
pub struct Open(Arc<Mutex<HashMap<String, usize>>>);

/// One of them; dropping it makes room.
#[derive(Debug)]
pub struct Place {
    open: Open,
    owner: String,
}

impl Open {
    /// Takes a place, or says that the account has as many as it may.
    pub fn enter(&self, owner: String, most: usize, what: &str) -> Result<Place, Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(owner.clone()).or_default();
        if *count >= most {
            let message = format!("本账号同时打开的{what}已有 {most} 个，请先关闭一些再试");
            return Err(Problem::new(Code::TooMany, message).with(serde_json::json!({ "retry_after_s": 5 })));
        }
        *count += 1;
        Ok(Place { open: self.clone(), owner })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_no_more_than_it_may_and_leaves_nothing_behind() {
        let open = Open::default();
        let enter = |who: &str| open.enter(who.to_owned(), 2, "页面");
        let places = [enter("a").unwrap(), enter("a").unwrap()];
        assert_eq!(enter("a").unwrap_err().code, Code::TooMany);
        let other = enter("b").unwrap();
        drop(places);
        drop(enter("a").unwrap());
        drop(other);
        assert!(open.0.lock().unwrap().is_empty());
    }
}
