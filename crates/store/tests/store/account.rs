//! Accounts, sessions, tokens and counted attempts: what each function promises.

use domain::authority::{Grant, Permission, Role};
use domain::ids::UnitId;
use domain::mask::Secret;
use domain::region::CountyCode;
use store::account::session::{self, NewSession};
use store::account::token::{self, Token};
use store::account::{self, Account, Staff, throttle};
use store::testing::{NOW_MS, Scratch, both};
use store::{Act, AuditEntry, Db, NewCounty, StoreError};
use uuid::Uuid;

fn county() -> CountyCode {
    "500240".parse().unwrap()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

async fn begin(db: &Db) {
    let new = NewCounty { code: county(), name: "石柱".into(), place: "石".into(), created_at_ms: NOW_MS };
    db.found_county(new, |act| {
        Box::pin(async move {
            note(act).await?;
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

async fn note(act: &mut Act) -> Result<(), StoreError> {
    act.audit(AuditEntry {
        at_ms: NOW_MS,
        actor: "os:test",
        origin: "cli",
        address: "",
        request_id: "",
        act: "test",
        object_kind: "county",
        object_id: String::new(),
        outcome: "done",
        detail: serde_json::Value::Null,
    })
    .await
}

/// Runs a piece of an act and writes it down.
macro_rules! write {
    ($db:expr, $act:ident => $body:expr) => {
        $db.write(county(), move |$act| {
            Box::pin(async move {
                let done = $body;
                note($act).await?;
                Ok::<_, StoreError>(done)
            })
        })
        .await
    };
}

fn an_account(n: u128, login: &str, staff: Uuid) -> Account {
    Account {
        id: id(n),
        county: county(),
        login: login.to_owned(),
        staff,
        staff_name: String::new(),
        password_hash: Secret::new("$argon2id$…"),
        password_at_ms: NOW_MS,
        password_until_ms: Some(NOW_MS + 1),
        must_change_since_ms: Some(NOW_MS),
        totp_sealed: None,
        totp_since_ms: None,
        totp_step: 0,
        signed_in_at_ms: None,
        disabled_at_ms: None,
        created_at_ms: NOW_MS,
    }
}

/// An account 1 of the human 100.
async fn one_account(db: &Db) {
    begin(db).await;
    write!(db, act => {
        let staff = Staff { id: id(100), name: "张三".into(), number: String::new() };
        let staff = account::staff(act, county(), &staff, NOW_MS).await?;
        account::add(act, &an_account(1, "zhang", staff)).await?;
    })
    .unwrap();
}

#[tokio::test]
async fn a_name_is_one_human_until_a_number_tells_two() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        begin(db).await;
        let who = |n: u128, number: &str| Staff { id: id(n), name: "张三".into(), number: number.into() };
        let (a, b, c) = (who(1, ""), who(2, ""), who(3, "B7"));
        let humans = write!(db, act => {
            let first = account::staff(act, county(), &a, NOW_MS).await?;
            let again = account::staff(act, county(), &b, NOW_MS).await?;
            let other = account::staff(act, county(), &c, NOW_MS).await?;
            account::add(act, &an_account(9, "zhang", first)).await?;
            [first, again, other]
        });
        assert_eq!(humans.unwrap(), [id(1), id(1), id(3)]);
        // The login is taken in this county.
        let taken = write!(db, act => account::add(act, &an_account(10, "zhang", id(3))).await?);
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        let mut tx = db.read().await.unwrap();
        let found = account::by_login(&mut tx, county(), "zhang").await.unwrap().unwrap();
        assert_eq!((found.id, found.staff_name.as_str()), (id(9), "张三"));
        assert!(!format!("{found:?}").contains("argon2id"), "a hash shows in Debug");
        assert!(account::by_login(&mut tx, "500101".parse().unwrap(), "zhang").await.unwrap().is_none());
        assert!(account::by_id(&mut tx, "500101".parse().unwrap(), id(9)).await.unwrap().is_none());
        assert_eq!(account::by_login_anywhere(&mut tx, "zhang").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_time_step_and_a_recovery_code_are_used_once() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        one_account(db).await;
        let used = write!(db, act => {
            account::set_totp(act, id(1), Some("v1.x")).await?;
            account::put_recovery(act, id(1), &["a".into(), "b".into()]).await?;
            [
                account::use_step(act, id(1), 100, NOW_MS).await?,
                account::use_step(act, id(1), 100, NOW_MS).await?,
                account::use_step(act, id(1), 99, NOW_MS).await?,
                account::use_step(act, id(1), 101, NOW_MS + 9).await?,
                account::use_recovery(act, id(1), "a", NOW_MS).await?,
                account::use_recovery(act, id(1), "a", NOW_MS).await?,
                account::use_recovery(act, id(2), "b", NOW_MS).await?,
            ]
        });
        assert_eq!(used.unwrap(), [true, false, false, true, true, false, false]);
        let mut tx = db.read().await.unwrap();
        let found = account::by_id(&mut tx, county(), id(1)).await.unwrap().unwrap();
        assert_eq!(
            (found.totp_since_ms, found.totp_step),
            (Some(NOW_MS), 101),
            "in force since the first code"
        );
        drop(tx);
        write!(db, act => account::set_totp(act, id(1), None).await?).unwrap();
        let mut tx = db.read().await.unwrap();
        let found = account::by_id(&mut tx, county(), id(1)).await.unwrap().unwrap();
        assert_eq!((found.totp_sealed, found.totp_since_ms, found.totp_step), (None, None, 0));
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_once_and_read_with_their_human() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        one_account(db).await;
        let clerk = Grant { role: Role::UnitClerk, unit: Some(UnitId(id(7))) };
        let office = Grant { role: Role::CountyOffice, unit: None };
        let given = write!(db, act => {
            let mut given = Vec::new();
            for grant in [clerk, office, clerk] {
                given.push(account::give(act, county(), id(1), grant, "os:test", NOW_MS).await?);
            }
            given.push(account::take(act, id(1), office).await?);
            given.push(account::take(act, id(1), office).await?);
            given
        });
        assert_eq!(given.unwrap(), [true, true, false, true, false]);
        let mut tx = db.read().await.unwrap();
        let held = account::grants(&mut tx, county()).await.unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].account, held[0].staff, held[0].grant), (id(1), id(100), clerk));
    })
    .await;
}

fn a_session(n: u128, hash: &str) -> NewSession {
    NewSession {
        id: id(n),
        county: county(),
        account: id(1),
        token_hash: hash.to_owned(),
        address: Some("192.0.2.7".to_owned()),
        agent: None,
        created_at_ms: NOW_MS,
    }
}

#[tokio::test]
async fn a_session_is_found_with_its_roles_in_one_statement() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        one_account(db).await;
        write!(db, act => {
            for grant in [(Role::UnitClerk, 7), (Role::UnitLeader, 8)] {
                let grant = Grant { role: grant.0, unit: Some(UnitId(id(grant.1))) };
                account::give(act, county(), id(1), grant, "os:test", NOW_MS).await?;
            }
            session::add(act, &a_session(50, "hash")).await?;
            session::add(act, &a_session(51, "other")).await?;
        })
        .unwrap();
        let before = db.statements();
        let mut tx = db.read().await.unwrap();
        let live = session::live(&mut tx, "hash").await.unwrap().unwrap();
        assert_eq!(db.statements() - before, 1);
        assert_eq!((live.session, live.account, live.staff, live.grants.len()), (id(50), id(1), id(100), 2));
        assert!(live.must_change && !live.has_second_factor && !live.is_disabled);
        assert!(session::live(&mut tx, "none").await.unwrap().is_none());
        drop(tx);

        session::touch(db, id(50), NOW_MS + 70_000).await.unwrap();
        session::touch(db, id(50), NOW_MS + 10_000).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let live = session::live(&mut tx, "hash").await.unwrap().unwrap();
        assert_eq!(live.seen_at_ms, NOW_MS + 70_000, "use never goes back");
        assert_eq!(session::list(&mut tx, id(1), NOW_MS + 1).await.unwrap().len(), 1);
        drop(tx);

        let ended = write!(db, act => {
            session::rotate(act, id(50), "fresh").await?;
            let foreign = session::end(act, id(2), id(50)).await?;
            session::sweep(act, NOW_MS + 1).await?;
            (foreign, session::end_all(act, id(1), Some(id(50))).await?)
        });
        assert_eq!(ended.unwrap(), (false, 0), "the idle one was swept");
        let mut tx = db.read().await.unwrap();
        assert!(session::live(&mut tx, "hash").await.unwrap().is_none());
        assert!(session::live(&mut tx, "fresh").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_token_is_revoked_once_and_only_in_its_county() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        begin(db).await;
        let made = Token {
            id: id(5),
            county: county(),
            name: "交换".into(),
            grant: Grant { role: Role::Viewer, unit: None },
            permissions: vec![Permission::StatisticsRead, Permission::UnitRead],
            created_by: "os:test".into(),
            created_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + 1,
            used_at_ms: None,
            revoked_at_ms: None,
        };
        let kept = made.clone();
        write!(db, act => token::add(act, &made, "hash").await?).unwrap();
        token::touch(db, id(5), NOW_MS + 3).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let found = token::by_hash(&mut tx, "hash").await.unwrap().unwrap();
        assert_eq!(found, Token { used_at_ms: Some(NOW_MS + 3), ..kept });
        assert!(token::by_hash(&mut tx, "other").await.unwrap().is_none());
        drop(tx);
        let revoked = write!(db, act => {
            [
                token::revoke(act, "500101".parse().unwrap(), id(5), NOW_MS).await?,
                token::revoke(act, county(), id(5), NOW_MS).await?,
                token::revoke(act, county(), id(5), NOW_MS).await?,
            ]
        });
        assert_eq!(revoked.unwrap(), [false, true, false]);
        let mut tx = db.read().await.unwrap();
        let all = token::list(&mut tx, county()).await.unwrap();
        assert_eq!((all.len(), all[0].revoked_at_ms), (1, Some(NOW_MS)));
    })
    .await;
}

#[tokio::test]
async fn attempts_are_counted_before_they_are_tried() {
    both(async |scratch: &Scratch| {
        let db = &scratch.db;
        fn after_two(failures: i64) -> i64 {
            if failures > 2 { 1_000 } else { 0 }
        }
        fn never(_: i64) -> i64 {
            0
        }
        let keys: Vec<throttle::Watched> = vec![("account".into(), after_two), ("address".into(), never)];
        let attempt = async |now_ms| throttle::attempt(db, &keys, now_ms, NOW_MS - 1_000).await.unwrap();
        for n in 1..=3 {
            assert_eq!(attempt(NOW_MS).await[0].failures, n);
        }
        let waiting = attempt(NOW_MS + 999).await;
        assert_eq!((waiting.len(), waiting[0].wait_until_ms), (1, NOW_MS + 1_000));
        // Waiting counted nothing.
        let next = attempt(NOW_MS + 1_000).await;
        assert_eq!((next[0].failures, next[1].failures), (4, 4));
        throttle::forget(db, "account").await.unwrap();
        throttle::forgive(db, "address").await.unwrap();
        let fresh = attempt(NOW_MS + 1_001).await;
        assert_eq!((fresh[0].failures, fresh[1].failures), (1, 4));
        // After a while everything is forgotten.
        let later = NOW_MS + 100_000;
        let fresh = throttle::attempt(db, &keys, later, later - 1_000).await.unwrap();
        assert_eq!((fresh[0].failures, fresh[1].failures), (1, 1));
        // At the same time: each has its own number.
        let together = (0..8).map(|_| {
            let (db, keys) = (db.clone(), vec![("many".to_owned(), never as fn(i64) -> i64)]);
            tokio::spawn(async move { throttle::attempt(&db, &keys, NOW_MS, 0).await.unwrap()[0].failures })
        });
        let mut numbers = Vec::new();
        for one in together.collect::<Vec<_>>() {
            numbers.push(one.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    })
    .await;
}
