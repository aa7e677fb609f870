//! Chasing as it is stored: how often a unit was asked, who was told and who has seen it.

use super::door::entry;
use domain::ids::{NotificationId, SendingId};
use domain::notification::{NotificationKind, Recipient};
use domain::region::CountyCode;
use store::StoreError;
use store::chase::NewChase;
use store::notification::NewSending;
use store::testing::{NOW_MS, Scratch, both};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

const CAMPAIGN: u128 = 50;

/// Asks units, each with its accounts; ids are made from the number of the sending.
async fn ask(scratch: &Scratch, county: CountyCode, number: u128, units: &[(u128, &[&str])]) {
    let units: Vec<(u128, Vec<String>)> = units
        .iter()
        .map(|(unit, people)| (*unit, people.iter().map(|it| (*it).to_owned()).collect()))
        .collect();
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                let sending = NewSending {
                    id: id(number),
                    kind: NotificationKind::Chase,
                    title: "催办".to_owned(),
                    body: format!("第{number}次"),
                    link: String::new(),
                    created_by: "account:甲".to_owned(),
                    created_at_ms: NOW_MS + i64::try_from(number).unwrap(),
                };
                let (mut rows, mut chases) = (Vec::new(), Vec::new());
                for (unit, people) in units {
                    let told: Vec<NotificationId> = (0..people.len())
                        .map(|place| id(number * 1_000 + unit * 10 + place as u128))
                        .collect();
                    rows.extend(told.iter().copied().zip(people.into_iter().map(Recipient::Account)));
                    if told.is_empty() {
                        rows.push((id(number * 1_000 + unit * 10), Recipient::Unit(id(unit))));
                    }
                    chases.push(NewChase { id: id(number * 100 + unit), unit: id(unit), told });
                }
                store::notification::send(act, &sending, &rows).await?;
                store::chase::add(act, county, id(CAMPAIGN), (sending.id, sending.created_at_ms), &chases)
                    .await?;
                act.audit(entry("chase")).await
            })
        })
        .await;
    done.unwrap();
}

async fn begin(scratch: &Scratch) -> CountyCode {
    let county = scratch.shizhu().await;
    super::noun::campaign_of(scratch, county, CAMPAIGN).await;
    ask(scratch, county, 1, &[(2, &["a"])]).await;
    ask(scratch, county, 2, &[(2, &["a", "b"]), (9, &[])]).await;
    county
}

#[tokio::test]
async fn the_last_time_of_each_unit_is_told_in_one_statement() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let seen: Result<u64, StoreError> = scratch
            .db
            .write(county, move |act| {
                Box::pin(async move {
                    act.nothing_written();
                    let who = [Recipient::Account("b".to_owned())];
                    store::notification::see(act, &who, None, "account:b", NOW_MS + 9).await
                })
            })
            .await;
        assert_eq!(seen.unwrap(), 1);
        let mut tx = scratch.db.read().await.unwrap();
        let before = scratch.db.statements();
        let all = store::chase::of_campaign(&mut tx, county, id(CAMPAIGN)).await.unwrap();
        assert_eq!(scratch.db.statements() - before, 1);
        let told: Vec<_> =
            all.iter().map(|it| (it.unit, it.times, it.last_at_ms - NOW_MS, it.told, it.seen)).collect();
        assert_eq!(told, [(id(2), 2, 2, 2, 1), (id(9), 1, 2, 0, 0)]);
        assert!(store::chase::of_campaign(&mut tx, county, id(51)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_log_counts_people_and_names_units_without_any() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        let page = store::chase::log(&mut tx, county, id(CAMPAIGN), None, 1).await.unwrap();
        let shown: Vec<_> = page.iter().map(|it| (it.body.as_str(), it.units, it.told, it.seen)).collect();
        assert_eq!(shown, [("第2次", 2, 2, 0)]);
        let last: (i64, SendingId) = (page[0].created_at_ms, page[0].id.parse().unwrap());
        let rest = store::chase::log(&mut tx, county, id(CAMPAIGN), Some(last), 9).await.unwrap();
        assert_eq!(rest.iter().map(|it| it.units).collect::<Vec<_>>(), [1]);
        let told = store::chase::told(&mut tx, county, id(CAMPAIGN), id(2)).await.unwrap();
        // Nobody here has an account in the tables: three rows, two of them of one unit.
        let units: Vec<String> = told.into_iter().map(|it| it.unit_id).collect();
        assert_eq!(units, [2, 2, 9].map(|unit| id::<domain::ids::UnitId>(unit).to_string()));
        let before = scratch.db.statements();
        let foreign =
            store::chase::told(&mut tx, "500101".parse().unwrap(), id(CAMPAIGN), id(2)).await.unwrap();
        assert!(foreign.is_empty() && scratch.db.statements() - before == 1);
    })
    .await;
}
