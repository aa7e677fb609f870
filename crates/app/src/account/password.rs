//! Passwords: hashed by Argon2id beside the threads that answer others, refused when they are easily guessed, and
//! made at random where one is handed out.

use crate::{App, Code, Problem};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use domain::mask::Secret;
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Hashings at once: each takes 19 MiB and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Fewest characters.
const SHORTEST: usize = 10;
/// Most characters; longer ones cost time and gain nothing.
const LONGEST: usize = 128;
/// Of zxcvbn's 0 to 4.
const STRENGTH: u8 = 3;
/// What must be left of a password when its well-known parts are taken out.
const LEFT: usize = 5;

async fn slow<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| crate::interrupted())?;
    crate::blocking(work).await
}

/// Hashes a password with a fresh salt (Argon2id, 19 MiB, 2 passes).
pub(crate) async fn hash(app: &App, password: &Secret) -> Result<Secret, Problem> {
    let mut salt = [0; 16];
    app.chance.fill(&mut salt);
    let password = password.clone();
    slow(move || hash_with(&password, &salt)).await
}

fn hash_with(password: &Secret, salt: &[u8]) -> Result<Secret, Problem> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.reveal().as_bytes(), salt)
        .map_err(|error| Problem::new(Code::Storage, format!("密码未能处理：{error}")))?;
    Ok(Secret::new(hash.to_string()))
}

/// Whether a password is the one that was hashed.
pub(crate) async fn is(hash: Option<&Secret>, password: &Secret) -> Result<bool, Problem> {
    let (hash, password) = (hash.cloned(), password.clone());
    slow(move || {
        // An account that is not there takes as long as one that is.
        let is_known = hash.is_some();
        let hash = hash.map_or_else(nobody, Ok)?;
        let parsed = PasswordHash::new(hash.reveal())
            .map_err(|_| Problem::new(Code::Storage, "保存的密码读不出来，请管理员重置"))?;
        Ok(Argon2::default().verify_password(password.reveal().as_bytes(), &parsed).is_ok() && is_known)
    })
    .await
}

fn nobody() -> Result<Secret, Problem> {
    static HASH: OnceLock<Secret> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash.clone());
    }
    let hash = hash_with(&Secret::new("nobody has this password"), &[0x5a; 16])?;
    Ok(HASH.get_or_init(|| hash).clone())
}

/// Letters and digits that nobody mistakes for one another when typing from paper.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// So many random characters of the alphabet, in groups of four.
pub(crate) fn random(app: &App, characters: usize) -> String {
    let mut bytes = vec![0; characters];
    app.chance.fill(&mut bytes);
    let mut text = String::with_capacity(characters + characters / 4);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    text
}

/// A one-time password: 80 random bits.
pub(crate) fn one_time(app: &App) -> Secret {
    Secret::new(random(app, 16))
}

/// Refuses what is easily guessed; `near` are words about the account: login, names, county and unit in pinyin.
pub(crate) fn check(password: &Secret, near: &[String]) -> Result<(), Problem> {
    let typed = password.reveal();
    let length = typed.chars().count();
    let refused = |why: String| Err(Problem::new(Code::PasswordWeak, format!("{why}，没有保存")));
    if length < SHORTEST {
        return refused(format!("新密码至少 {SHORTEST} 个字符，现在只有 {length} 个"));
    }
    if length > LONGEST {
        return refused(format!("新密码不能超过 {LONGEST} 个字符"));
    }
    let left = left_of(typed, near);
    if left < LEFT {
        return refused(
            "新密码由常见词、姓名、单位名称、年份或键盘顺序组成，容易被猜中，请换成几个不相干的词或随机字符"
                .to_owned(),
        );
    }
    let inputs: Vec<&str> = near.iter().map(String::as_str).chain(weak_words()).collect();
    let score: u8 = zxcvbn::zxcvbn(typed, &inputs).score().into();
    if score < STRENGTH {
        return refused(
            "新密码太容易被猜中，请加长，或换成几个不相干的词（如四个不相干的汉语词的拼音）".to_owned(),
        );
    }
    Ok(())
}

fn weak_words<'a>() -> impl Iterator<Item = &'a str> {
    include_str!("../../data/weak_passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Look-alikes as the letter they stand for.
fn letter(c: char) -> char {
    match c {
        '@' => 'a',
        '$' => 's',
        '!' | '|' => 'i',
        '€' => 'e',
        c => c,
    }
}

/// How many characters are left when well-known words, years, repeats and runs are taken out.
fn left_of(typed: &str, near: &[String]) -> usize {
    let mut text: String = typed.to_lowercase().chars().map(letter).filter(|c| c.is_alphanumeric()).collect();
    let mut words: Vec<&str> =
        near.iter().map(String::as_str).chain(weak_words()).filter(|word| word.chars().count() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        // Taken out words leave a mark, so that what stood on both sides does not make a new word.
        text = text.replace(word, "\u{1}");
    }
    let chars: Vec<char> = text.chars().collect();
    let mut left = 0;
    let mut at = 0;
    while at < chars.len() {
        let run = run_at(&chars[at..]);
        if chars[at] != '\u{1}' {
            left += usize::from(run == 1);
        }
        at += run;
    }
    left
}

/// Length of the year or date, repeat or run (`1234`, `dcba`) that begins here; 1 when there is none.
fn run_at(chars: &[char]) -> usize {
    let year: String = chars.iter().take(4).collect();
    let is_year = year.len() == 4
        && (year.starts_with("19") || year.starts_with("20"))
        && year.bytes().all(|byte| byte.is_ascii_digit());
    if is_year {
        // With the month and day that follow it.
        return 4 + chars[4..].iter().take(4).take_while(|c| c.is_ascii_digit()).count();
    }
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let mut steps = chars.windows(2).map(step);
    let Some(first) = steps.next().filter(|first| (-1..=1).contains(first)) else { return 1 };
    let length = 2 + steps.take_while(|next| *next == first).count();
    if length >= 3 { length } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        let near = ["zhangsan", "shizhu", "huangshuizhen", "huangshui", "shuangyongban"].map(str::to_owned);
        check(&Secret::new(password), &near).is_err()
    }

    #[test]
    fn what_people_type_first_is_refused() {
        for weak in [
            "",
            "short1!A",
            "1234567890",
            "Shizhu@2024",
            "shizhu20240801",
            "Huangshui123456",
            "huangshuizhen888",
            "zhangsan19900101",
            "Zhangsan@123",
            "1qaz2wsx3edc",
            "1qaz@WSX3edc",
            "qwertyuiop123",
            "P@ssw0rd2024",
            "Admin@123456",
            "woaini5201314",
            "aaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "147258369147258",
            "shuangyong2024!",
            "Bayi@20240801",
            "5201314woaizuguo",
            "password1234567",
        ] {
            assert!(refused(weak), "{weak}");
        }
        assert!(refused(&"长".repeat(LONGEST + 1)));
    }

    #[test]
    fn what_nobody_guesses_is_taken() {
        for strong in
            ["xianhe-luopan-qingtai-muyu", "k7mq-29xd-vbtw-h4ep", "竹溪渔火夜归人灯影长", "T9#vLq2&zRw8Kd"]
        {
            assert!(!refused(strong), "{strong}");
        }
    }

    #[test]
    fn a_hash_tells_its_password_from_others() {
        let hash = hash_with(&Secret::new("k7mq-29xd"), &[9; 16]).unwrap();
        assert!(hash.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.reveal());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let is = |password: &str, hash: Option<&Secret>| {
            runtime.block_on(super::is(hash, &Secret::new(password))).unwrap()
        };
        assert!(is("k7mq-29xd", Some(&hash)));
        assert!(!is("k7mq-29xe", Some(&hash)));
        assert!(!is("nobody has this password", None));
        assert!(!format!("{hash:?}").contains("argon2id$v"));
    }
}
