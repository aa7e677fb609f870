//! What belongs to persons beside their record: entries alike, kept apart, candidates, confirmations, reported changes,
//! words of a unit's files. The same on both databases, few statements.

use super::door::entry;
use super::list::{people, sealer};
use domain::ids::{CandidateId, PersonId, StatusChangeId, UnitId, VisitId};
use domain::region::CountyCode;
use futures::future::BoxFuture;
use store::apart::Pair;
use store::candidate::{Decision, NewCandidate};
use store::confirmation::Confirmation;
use store::person::alike::{By, Looks, groups, like};
use store::person::{Filter, Order};
use store::status_change::StatusChange;
use store::testing::{Scratch, both};
use store::{Act, StoreError};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

async fn write(
    scratch: &Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<(), StoreError>> + Send + 'static,
) {
    let done = scratch
        .db
        .write(county, move |door| {
            Box::pin(async move {
                act(door).await?;
                door.audit(entry("roster")).await
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn entries_are_alike_by_number_name_account_and_telephone() {
    both(async |scratch| {
        let county = people(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        // All five have one account; nobody shares anything else.
        for (by, sizes) in
            [(By::ShortNumber, &[][..]), (By::NameAndBirth, &[]), (By::Account, &[5]), (By::Phone, &[])]
        {
            let found = groups(&mut tx, county, by).await.unwrap();
            assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{by:?}");
            assert!(found.iter().flatten().is_sorted());
        }
        let account = domain::bank::BankAccount::new("9912345678901234561").unwrap();
        let index = sealer().account_index(&account);
        let before = scratch.db.statements();
        let looks =
            Looks {
                name_word: "张一", birth: "1888-02-03", account_index: Some(&index), phone_index: None
            };
        let found = like(&mut tx, county, looks).await.unwrap();
        assert_eq!(scratch.db.statements() - before, 2);
        assert_eq!(found.iter().filter(|it| it.1 == By::NameAndBirth).count(), 1);
        assert_eq!(found.iter().filter(|it| it.1 == By::Account).count(), 5);
        let other = Looks { birth: "1888-02-04", account_index: None, ..looks };
        assert_eq!(like(&mut tx, county, other).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_pair_is_kept_apart_once_whatever_its_order() {
    both(async |scratch| {
        let county = people(scratch).await;
        let pair = Pair::of(id(101), id(100));
        assert_eq!(pair, Pair::of(id(100), id(101)));
        write(scratch, county, move |act| {
            Box::pin(async move {
                assert!(store::apart::keep(act, county, pair, Some("v1.x"), ("os:安", 5)).await?);
                assert!(!store::apart::keep(act, county, pair, None, ("os:安", 6)).await?);
                Ok(())
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        assert_eq!(
            store::apart::pairs(&mut tx, county).await.unwrap().into_iter().collect::<Vec<_>>(),
            [pair]
        );
        assert_eq!(store::apart::list(&mut tx, county).await.unwrap()[0].at_ms, 5);
        let referred = store::import::referred(&mut tx, county, &[pair.second.to_string()]).await.unwrap();
        assert_eq!(referred, [pair.second.to_string()], "an import that brought them is not undone");
        drop(tx);
        write(scratch, county, move |act| {
            Box::pin(async move {
                assert!(store::apart::forget(act, county, pair).await?);
                assert!(!store::apart::forget(act, county, pair).await?);
                Ok(())
            })
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn candidates_are_paged_by_status_and_unit() {
    both(async |scratch| {
        let county = people(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                let new = |number: u128, unit: u128| NewCandidate {
                    id: id(number),
                    unit: id(unit),
                    name: format!("外来人{number}"),
                    citizen_sealed: None,
                    citizen_index: None,
                    match_key: number.to_string(),
                    import: None,
                    received_at_ms: 10,
                };
                store::candidate::add_many(act, county, &[new(1, 2), new(2, 3), new(3, 2)]).await?;
                let decision =
                    Decision { status: "apart", reason_sealed: Some("v1.x"), by: "os:安", at_ms: 7 };
                store::candidate::decide(act, county, id::<CandidateId>(3), decision).await
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        let of = async |tx: &mut store::Tx, status, units: Option<&[UnitId]>, after| {
            let page = store::candidate::list(tx, county, status, units, after, 10).await.unwrap();
            page.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(of(&mut tx, "open", None, None).await, ["外来人1", "外来人2"]);
        assert_eq!(of(&mut tx, "open", Some(&[id(2)]), None).await, ["外来人1"]);
        assert_eq!(of(&mut tx, "open", Some(&[]), None).await, [""; 0]);
        let behind = (10, id::<CandidateId>(1).to_string());
        assert_eq!(of(&mut tx, "open", None, Some(&behind)).await, ["外来人2"]);
        let apart = store::candidate::list(&mut tx, county, "apart", None, None, 10).await.unwrap();
        assert_eq!((apart[0].decided_by.as_deref(), apart[0].decided_at_ms), (Some("os:安"), Some(7)));
        assert_eq!(store::candidate::visits(&mut tx, county, &[apart[0].id.clone()]).await.unwrap(), []);
    })
    .await;
}

fn confirmation(person: u128, year: i64, means: &str, visit: Option<u128>) -> Confirmation {
    Confirmation {
        year,
        person_id: id::<PersonId>(person).to_string(),
        means: means.to_owned(),
        confirmed_on: format!("{year}-07-01"),
        files_json: "[]".to_owned(),
        remark_sealed: None,
        visit_id: visit.map(|it| id::<VisitId>(it).to_string()),
        was_unconfirmed: visit.is_some(),
        by_actor: "os:安".to_owned(),
        at_ms: 1,
        version: 1,
    }
}

#[tokio::test]
async fn a_year_is_counted_by_village_and_means() {
    both(async |scratch| {
        let county = people(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                let all = [
                    confirmation(100, 2024, "face", None),
                    confirmation(102, 2024, "home_visit", Some(7)),
                    confirmation(100, 2023, "face", None),
                    confirmation(101, 2023, "proof", None),
                ];
                store::confirmation::put_many(act, county, &all).await?;
                let again = Confirmation { version: 2, ..confirmation(100, 2024, "video", None) };
                store::confirmation::put_many(act, county, &[again]).await
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        let ids = [100, 101, 102].map(|it| id::<PersonId>(it).to_string());
        let of = store::confirmation::of(&mut tx, county, 2024, &ids).await.unwrap();
        let told: Vec<(&str, i64, bool)> =
            of.iter().map(|it| (it.means.as_str(), it.version, it.was_unconfirmed)).collect();
        assert_eq!(told, [("video", 2, false), ("home_visit", 1, true)]);
        let years = store::confirmation::of_person(&mut tx, county, id(100)).await.unwrap();
        assert_eq!(years.iter().map(|it| it.year).collect::<Vec<_>>(), [2024, 2023]);
        assert_eq!(store::confirmation::by_visit(&mut tx, county, id(7)).await.unwrap().len(), 1);
        assert_eq!(store::confirmation::confirmed(&mut tx, county, 2024).await.unwrap().len(), 2);
        let tally = store::confirmation::tally(&mut tx, county, 2024, false).await.unwrap();
        let counts: Vec<(Option<&str>, i64)> =
            tally.iter().map(|it| (it.means.as_deref(), it.count)).collect();
        // 西沱镇 without a village; 西山村; 万安街道.
        assert_eq!(counts, [(None, 1), (Some("home_visit"), 1), (Some("video"), 1), (None, 2)]);
        assert_eq!(store::confirmation::tally(&mut tx, county, 2024, true).await.unwrap(), []);
        for (confirmed, found) in [((2024, true), 2), ((2024, false), 3), ((2022, true), 0)] {
            let filter = Filter { confirmed: Some(confirmed), living: true, ..Filter::default() };
            let page = store::person::list(&mut tx, county, &filter, Order::Name, None, 10).await.unwrap();
            assert_eq!(page.len(), found, "{confirmed:?}");
            assert_eq!(store::person::count(&mut tx, county, &filter, 10).await.unwrap(), found);
        }
        let receivers = Filter { allowance: Some(true), ..Filter::default() };
        assert_eq!(store::person::count(&mut tx, county, &receivers, 10).await.unwrap(), 0);
        drop(tx);
        write(scratch, county, move |act| {
            Box::pin(async move {
                // 2023 is free at the kept one, 2024 is not.
                store::confirmation::merge(act, county, id(100), id(102)).await?;
                assert!(store::confirmation::remove(act, county, 2023, id(102)).await?);
                assert!(!store::confirmation::remove(act, county, 2023, id(102)).await?);
                assert!(store::confirmation::remove(act, county, 2024, id(100)).await?);
                Ok(())
            })
        })
        .await;
    })
    .await;
}

fn change(number: u128, person: u128, unit: u128, state: &str, at_ms: i64) -> StatusChange {
    StatusChange {
        id: id::<StatusChangeId>(number).to_string(),
        person_id: id::<PersonId>(person).to_string(),
        unit_id: id::<UnitId>(unit).to_string(),
        kind: "death".to_owned(),
        happened_on: "2024-07-01".to_owned(),
        target_unit_id: None,
        target_sealed: None,
        reason_sealed: "v1.x".to_owned(),
        files_json: "[]".to_owned(),
        state: state.to_owned(),
        by_actor: "os:安".to_owned(),
        by_account: None,
        at_ms,
        decided_by: None,
        decided_at_ms: None,
        decision_sealed: None,
        version: 1,
    }
}

#[tokio::test]
async fn reported_changes_are_paged_newest_first() {
    both(async |scratch| {
        let county = people(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                for it in [
                    change(1, 100, 4, "pending", 5),
                    change(2, 103, 3, "pending", 5),
                    change(3, 101, 2, "pending", 9),
                    change(3, 101, 2, "confirmed", 9),
                ] {
                    store::status_change::put(act, county, &it).await?;
                }
                store::status_change::move_unit(act, county, id(4), id(2)).await
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        let of = async |tx: &mut store::Tx, filter: store::status_change::Filter, before| {
            let page = store::status_change::list(tx, county, &filter, before, 10).await.unwrap();
            page.into_iter().map(|it| it.id.parse::<StatusChangeId>().unwrap()).collect::<Vec<_>>()
        };
        let all = store::status_change::Filter::default;
        assert_eq!(of(&mut tx, all(), None).await, [id(3), id(2), id(1)]);
        let behind = (5, id::<StatusChangeId>(2).to_string());
        assert_eq!(of(&mut tx, all(), Some(&behind)).await, [id(1)]);
        let pending = store::status_change::Filter { state: Some("pending".to_owned()), ..all() };
        assert_eq!(of(&mut tx, pending, None).await, [id(2), id(1)]);
        let own = store::status_change::Filter { units: Some(vec![id(2)]), ..all() };
        assert_eq!(of(&mut tx, own, None).await, [id(3), id(1)]);
        let person = store::status_change::Filter { person: Some(id(103)), ..all() };
        assert_eq!(of(&mut tx, person, None).await, [id(2)]);
        let counts = store::status_change::counts(&mut tx, county, None).await.unwrap();
        assert_eq!(counts, [("confirmed".to_owned(), 1), ("pending".to_owned(), 2)]);
        let counts = store::status_change::counts(&mut tx, county, Some(&[id(3)])).await.unwrap();
        assert_eq!(counts, [("pending".to_owned(), 1)]);
        assert!(store::status_change::get(&mut tx, county, id(9)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn words_of_files_are_remembered_for_each_unit_and_kind() {
    both(async |scratch| {
        let county = people(scratch).await;
        let word = |head: &str, column: Option<&str>| (head.to_owned(), column.map(str::to_owned));
        let (first, second) = (
            vec![word("实有姓名", Some("name")), word("序", None)],
            vec![word("实有姓名", Some("account_name"))],
        );
        write(scratch, county, move |act| {
            Box::pin(async move {
                let unit = id::<UnitId>(2);
                store::head_word::remember(act, county, (unit, "roster"), &first, ("os:安", 1)).await?;
                store::head_word::remember(act, county, (unit, "roster"), &second, ("os:安", 2)).await
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        let of = store::head_word::of(&mut tx, county, id(2), "roster").await.unwrap();
        assert_eq!(of, [word("实有姓名", Some("account_name")), word("序", None)]);
        assert_eq!(store::head_word::of(&mut tx, county, id(2), "visit").await.unwrap(), []);
        assert_eq!(store::head_word::of(&mut tx, county, id(3), "roster").await.unwrap(), []);
    })
    .await;
}
