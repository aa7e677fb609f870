//! Notifications: told once to each, seen once, counted, numbered without gaps for a reader.

use super::door::entry;
use domain::ids::{NotificationId, SendingId, UnitId};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use store::notification::{self, Asked, NewSending};
use store::testing::{NOW_MS, Scratch, both};
use store::{Db, StoreError};
use uuid::Uuid;

fn account(name: &str) -> Recipient {
    Recipient::Account(name.to_owned())
}

fn unit(number: u128) -> Recipient {
    Recipient::Unit(UnitId(Uuid::from_u128(number)))
}

/// Notification `number` × 100 + place goes to each recipient.
async fn send(db: &Db, county: CountyCode, number: u128, kind: NotificationKind, to: Vec<Recipient>) {
    let sent: Result<(), StoreError> = db
        .write(county, move |act| {
            Box::pin(async move {
                let sending = NewSending {
                    id: SendingId(Uuid::from_u128(number)),
                    kind,
                    title: format!("第 {number} 条"),
                    body: "请查看".to_owned(),
                    link: "/campaigns/bayi-2024".to_owned(),
                    created_by: "os:安".to_owned(),
                    created_at_ms: NOW_MS + i64::try_from(number).unwrap(),
                };
                let rows: Vec<_> =
                    (number * 100..).map(|id| NotificationId(Uuid::from_u128(id))).zip(to).collect();
                notification::send(act, &sending, &rows).await?;
                act.audit(entry("sending")).await
            })
        })
        .await;
    sent.unwrap();
}

async fn see(db: &Db, county: CountyCode, who: Vec<Recipient>, only: Option<u128>) -> u64 {
    let seen: Result<u64, StoreError> = db
        .write(county, move |act| {
            Box::pin(async move {
                let only = only.map(|id| NotificationId(Uuid::from_u128(id)));
                let seen = notification::see(act, &who, only, "os:安", NOW_MS + 50).await?;
                act.audit(entry("seen")).await?;
                Ok(seen)
            })
        })
        .await;
    seen.unwrap()
}

fn number(id: &str) -> u128 {
    id.parse::<NotificationId>().unwrap().0.as_u128()
}

async fn begin(scratch: &Scratch) -> CountyCode {
    let county = scratch.shizhu().await;
    let db = &scratch.db;
    send(db, county, 1, NotificationKind::Chase, vec![unit(1), unit(2), account("甲")]).await;
    send(db, county, 2, NotificationKind::CampaignIssued, vec![unit(1)]).await;
    send(db, county, 3, NotificationKind::Chase, vec![account("甲"), account("乙")]).await;
    county
}

#[tokio::test]
async fn unread_ones_come_first_and_pages_follow_each_other() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let db = &scratch.db;
        // The first sending to unit 1; nothing of others can be seen, nothing twice.
        assert_eq!(see(db, county, vec![unit(1), account("丙")], Some(100)).await, 1);
        assert_eq!(see(db, county, vec![unit(1)], Some(100)).await, 0, "seen before");
        assert_eq!(see(db, county, vec![unit(1)], Some(300)).await, 0, "of another");
        let mine = [unit(1), account("甲")];
        let mut tx = db.read().await.unwrap();
        let (mut all, mut asked) = (Vec::new(), Asked::default());
        let before = db.statements();
        loop {
            let page = notification::list(&mut tx, county, &mine, &asked, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            asked.after = Some((last.is_seen, last.created_at_ms, last.id.parse().unwrap()));
            all.extend(page);
        }
        assert_eq!(db.statements() - before, 3, "one statement a page");
        let ids: Vec<u128> = all.iter().map(|it| number(&it.id)).collect();
        assert_eq!(ids, [300, 200, 102, 100]);
        assert_eq!((all[3].is_seen, all[3].seen_at_ms), (true, Some(NOW_MS + 50)));
        let only = async |asked: &Asked| {
            let mut tx = db.read().await.unwrap();
            let page = notification::list(&mut tx, county, &mine, asked, 9).await.unwrap();
            page.iter().map(|it| number(&it.id)).collect::<Vec<_>>()
        };
        let chases = Asked { kind: Some(NotificationKind::Chase), ..Asked::default() };
        assert_eq!(only(&chases).await, [300, 102, 100]);
        assert_eq!(only(&Asked { is_unread_only: true, ..chases }).await, [300, 102]);
    })
    .await;
}

#[tokio::test]
async fn unread_ones_are_counted_by_kind_in_one_statement() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let db = &scratch.db;
        let count = async |who: &[Recipient]| {
            let mut tx = db.read().await.unwrap();
            let before = db.statements();
            let counts = notification::unread(&mut tx, county, who).await.unwrap();
            assert_eq!(db.statements() - before, 1);
            counts.into_iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>()
        };
        assert_eq!(count(&[unit(1), account("甲")]).await, ["campaign_issued 1", "chase 3"]);
        assert_eq!(see(db, county, vec![account("甲")], None).await, 2);
        assert_eq!(count(&[unit(1), account("甲")]).await, ["campaign_issued 1", "chase 1"]);
        assert_eq!(count(&[account("乙")]).await, ["chase 1"]);
        assert!(count(&[account("丙")]).await.is_empty());
        assert!(count(&[]).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn changes_are_numbered_one_by_one_and_told_to_their_reader_only() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let db = &scratch.db;
        let changed = async |who: &[Recipient], after: i64| {
            let mut tx = db.read().await.unwrap();
            let rows = notification::changed(&mut tx, county, who, after, 9).await.unwrap();
            rows.iter().map(|it| (number(&it.id), it.change_seq)).collect::<Vec<_>>()
        };
        assert_eq!(changed(&[account("甲")], 0).await, [(102, 3), (300, 5)]);
        assert_eq!(changed(&[account("甲")], 3).await, [(300, 5)]);
        // Seeing is a change, too, and each row gets a number of its own.
        assert_eq!(see(db, county, vec![account("甲"), unit(1)], None).await, 4);
        assert_eq!(changed(&[account("甲")], 5).await, [(102, 8), (300, 10)]);
        let mut tx = db.read().await.unwrap();
        assert_eq!(notification::last_seq(&mut tx, county).await.unwrap(), 10);
        assert_eq!(notification::heads(&mut tx, county, &[account("乙")], "os:乙").await.unwrap(), (6, 0));
        let other: CountyCode = "500101".parse().unwrap();
        assert!(notification::changed(&mut tx, other, &[account("甲")], 0, 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_log_says_who_was_told_and_who_has_seen_it() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let db = &scratch.db;
        see(db, county, vec![unit(2)], None).await;
        let mut tx = db.read().await.unwrap();
        let log = notification::log(&mut tx, county, None, 2).await.unwrap();
        assert_eq!(log.iter().map(|it| (it.told, it.seen)).collect::<Vec<_>>(), [(2, 0), (1, 0)]);
        let last = (log[1].created_at_ms, log[1].id.parse().unwrap());
        let rest = notification::log(&mut tx, county, Some(last), 2).await.unwrap();
        assert_eq!(rest.iter().map(|it| (it.told, it.seen)).collect::<Vec<_>>(), [(3, 1)]);
        let told = notification::told(&mut tx, county, rest[0].id.parse().unwrap()).await.unwrap();
        let seen: Vec<_> = told.iter().map(|it| (it.recipient.clone(), it.seen_by.as_deref())).collect();
        let expected = [
            (account("甲").to_string(), None),
            (unit(1).to_string(), None),
            (unit(2).to_string(), Some("os:安")),
        ];
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_sending_takes_the_same_statements_for_one_and_for_many() {
    both(async |scratch: &Scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let count = async |number: u128, to: u128| {
            let before = db.statements();
            send(db, county, number, NotificationKind::Chase, (1..=to).map(unit).collect()).await;
            db.statements() - before
        };
        assert_eq!(count(1, 1).await, count(2, 90).await);
    })
    .await;
}
