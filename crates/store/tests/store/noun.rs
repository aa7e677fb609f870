//! Units, campaigns, counties.

use super::door::entry;
use domain::campaign::{Campaign, Caps, CountUnit, Period, Row, Template};
use domain::ids::UnitId;
use domain::money::Fen;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind, UnitTree};
use jiff::civil::{Date, date};
use store::testing::{NOW_MS, Scratch, both};
use store::unit::{UnitChange, UnitEvent};
use store::{Act, StoreError};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn unit(number: u128, kind: UnitKind, name: &str, parent: Option<u128>) -> Unit {
    Unit {
        id: id(number),
        code: format!("500240{number:06}"),
        kind,
        name: name.to_owned(),
        short_name: name.trim_end_matches("民委员会").to_owned(),
        parent_id: parent.map(id),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}

/// The village stands before its township: one call may bring them in any order.
fn units() -> Vec<Unit> {
    let mut bureau = unit(9, UnitKind::Department, "石柱县教育委员会", Some(1));
    bureau.aliases = vec!["教委".to_owned(), "教育局".to_owned()];
    vec![
        unit(3, UnitKind::Village, "星光村民委员会", Some(2)),
        unit(2, UnitKind::Township, "黄水镇", Some(1)),
        unit(1, UnitKind::County, "石柱土家族自治县", None),
        bureau,
    ]
}

async fn write<T: Send + 'static>(
    scratch: &Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> futures::future::BoxFuture<'a, Result<T, StoreError>>
    + Send
    + 'static,
) -> Result<T, StoreError> {
    scratch
        .db
        .write(county, move |inner| {
            Box::pin(async move {
                let value = act(inner).await?;
                inner.audit(entry("noun")).await?;
                Ok(value)
            })
        })
        .await
}

#[tokio::test]
async fn units_are_added_found_changed_and_remembered() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        write(scratch, county, move |act| {
            Box::pin(async move { store::unit::add_many(act, county, &units()).await })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let stored = store::unit::list(&mut tx, county).await.unwrap();
        let mut expected = units();
        expected.sort_by(|a, b| a.code.cmp(&b.code));
        assert_eq!(stored, expected);
        assert_eq!(UnitTree::new(stored).unwrap().find("教委").unwrap().id, id(9));
        drop(tx);

        let on = date(2024, 8, 1);
        write(scratch, county, move |act| {
            Box::pin(async move {
                store::unit::add_alias(act, county, id(9), "县教委").await?;
                store::unit::add_alias(act, county, id(9), "县教委").await?;
                assert!(store::unit::remove_alias(act, county, id(9), "教育局").await?);
                assert!(!store::unit::remove_alias(act, county, id(9), "教育局").await?);
                let mut renamed = unit(3, UnitKind::Village, "星辉村民委员会", Some(2));
                renamed.valid_to = Some(on);
                let event = UnitEvent {
                    id: Uuid::from_u128(77),
                    change: UnitChange::Renamed,
                    unit: renamed.id,
                    other: None,
                    on,
                    before: Some("星光村民委员会".to_owned()),
                    after: Some(renamed.name.clone()),
                    at_ms: NOW_MS,
                };
                store::unit::change_many(act, county, &[renamed], &[event]).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let stored = store::unit::list(&mut tx, county).await.unwrap();
        let village = stored.iter().find(|unit| unit.id == id(3)).unwrap();
        assert_eq!((village.name.as_str(), village.valid_to), ("星辉村民委员会", Some(on)));
        let bureau = stored.iter().find(|unit| unit.id == id(9)).unwrap();
        assert_eq!(bureau.aliases, ["县教委", "教委"]);
        let events = store::unit::events(&mut tx, county, id(3)).await.unwrap();
        assert_eq!((events.len(), events[0].change, events[0].on), (1, UnitChange::Renamed, on));
        assert_eq!(events[0].before.as_deref(), Some("星光村民委员会"));
    })
    .await;
}

#[tokio::test]
async fn units_list_costs_two_statements_however_many_there_are() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                let mut many = units();
                many.extend((100..600).map(|number| unit(number, UnitKind::Village, "村", Some(2))));
                store::unit::add_many(act, county, &many).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let before = scratch.db.statements();
        assert_eq!(store::unit::list(&mut tx, county).await.unwrap().len(), 504);
        assert_eq!(scratch.db.statements() - before, 2);
    })
    .await;
}

#[tokio::test]
async fn a_unit_without_its_parent_or_with_a_taken_code_is_refused() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let orphan = write(scratch, county, move |act| {
            Box::pin(async move {
                store::unit::add_many(act, county, &[unit(5, UnitKind::Village, "x", Some(404))]).await
            })
        })
        .await;
        assert!(matches!(orphan, Err(StoreError::Driver(_))), "{orphan:?}");
        let twin = write(scratch, county, move |act| {
            Box::pin(async move {
                let mut twins =
                    [unit(5, UnitKind::County, "甲乙丙", None), unit(6, UnitKind::County, "y", None)];
                twins[1].code = twins[0].code.clone();
                store::unit::add_many(act, county, &twins).await
            })
        })
        .await;
        let Err(StoreError::Conflict(key)) = &twin else { panic!("{twin:?}") };
        assert!(key.contains("code"), "{key}");
        let text = twin.unwrap_err().to_string();
        assert!(
            !text.contains("甲乙丙") && !text.contains("500240000005"),
            "an error tells no value: {text}"
        );
    })
    .await;
}

fn template() -> Template {
    Template {
        format: 1,
        key: "bayi".to_owned(),
        version: 1,
        name: "“八一”走访慰问".to_owned(),
        title: "{year}年{place}".to_owned(),
        period: Period { from: "07-01".to_owned(), to: "08-31".to_owned(), from_year: 0 },
        deadlines: [("2024".to_owned(), date(2024, 8, 5))].into(),
        rows: vec![Row {
            key: "other".to_owned(),
            label: "其他".to_owned(),
            unit: CountUnit::Person,
            enabled: true,
            instead: None,
            object: None,
            matches: Vec::new(),
            also: Vec::new(),
        }],
        columns: Vec::new(),
        tasks: Vec::new(),
        obligations: Vec::new(),
        payments: Vec::new(),
        caps: Caps { money_per_person_fen: Fen(100_000), goods_per_person_fen: Fen::ZERO },
        report_sections: Vec::new(),
    }
}

fn campaign(number: u128, year: i16, deadline: Date) -> Campaign {
    Campaign {
        id: id(number),
        code: format!("bayi-{year}"),
        year,
        heading: format!("{year}年石"),
        deadline,
        period: (date(year, 7, 1), date(year, 8, 31)),
        is_open: true,
        template: template(),
    }
}

/// Units (1 the county, 2 a township, 9 a department) and a campaign with this id, for the tests of others.
pub async fn campaign_of(scratch: &Scratch, county: CountyCode, number: u128) {
    let made = write(scratch, county, move |act| {
        Box::pin(async move {
            store::unit::add_many(act, county, &units()).await?;
            store::campaign::add(act, county, &campaign(number, 2024, date(2024, 8, 12)), None, NOW_MS).await
        })
    });
    made.await.unwrap();
}

#[tokio::test]
async fn campaigns_are_added_issued_signed_and_changed() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                store::unit::add_many(act, county, &units()).await?;
                store::campaign::add(act, county, &campaign(50, 2024, date(2024, 8, 5)), None, NOW_MS)
                    .await?;
                store::campaign::add(act, county, &campaign(51, 2025, date(2025, 8, 5)), None, NOW_MS)
                    .await?;
                let both: [UnitId; 2] = [id(2), id(9)];
                assert_eq!(store::campaign::issue(act, county, id(50), &both[..1], NOW_MS).await?, 1);
                assert_eq!(store::campaign::issue(act, county, id(50), &both, NOW_MS + 9).await?, 1);
                assert!(store::campaign::sign(act, county, id(50), id(2), NOW_MS + 1).await?);
                assert!(!store::campaign::sign(act, county, id(50), id(2), NOW_MS + 2).await?);
                assert!(!store::campaign::sign(act, county, id(50), id(3), NOW_MS + 2).await?);
                let mut changed = campaign(50, 2024, date(2024, 8, 9));
                changed.is_open = false;
                changed.template.version = 2;
                assert!(store::campaign::update(act, county, &changed).await?);
                assert!(
                    !store::campaign::update(act, county, &campaign(404, 2024, date(2024, 8, 9)))
                        .await
                        .unwrap()
                );
                Ok(())
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let stored = store::campaign::get(&mut tx, county, "bayi-2024").await.unwrap().unwrap();
        assert_eq!((stored.deadline, stored.is_open, stored.template.version), (date(2024, 8, 9), false, 2));
        assert_eq!(stored.template.rows, template().rows);
        assert_eq!(store::campaign::get(&mut tx, county, "bayi-1999").await.unwrap(), None);
        let by_id = store::campaign::get_by_id(&mut tx, county, id(51)).await.unwrap().unwrap();
        assert_eq!(by_id, campaign(51, 2025, date(2025, 8, 5)));
        let codes: Vec<String> =
            store::campaign::list(&mut tx, county).await.unwrap().into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["bayi-2025", "bayi-2024"]);
        let issued = store::campaign::issued(&mut tx, county, id(50)).await.unwrap();
        let signed: Vec<_> = issued.iter().map(|it| (it.unit, it.issued_at_ms, it.signed_at_ms)).collect();
        assert_eq!(signed, [(id(2), NOW_MS, Some(NOW_MS + 1)), (id(9), NOW_MS + 9, None)]);
        drop(tx);
        let twice = write(scratch, county, move |act| {
            Box::pin(async move {
                store::campaign::add(act, county, &campaign(60, 2024, date(2024, 8, 5)), None, NOW_MS).await
            })
        })
        .await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    })
    .await;
}
