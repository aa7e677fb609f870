//! Pages of persons and visits: the same order on both databases, nothing twice, nothing left out, few statements.

use domain::bank::BankAccount;
use domain::citizen::{CitizenId, Sex};
use domain::ids::{PersonId, UnitId};
use domain::person::{Hardship, Identity, PersonClass, PersonStatus};
use domain::region::CountyCode;
use domain::roster::Person;
use domain::unit::{Unit, UnitKind};
use store::person::{Filter, IdentityRecord, Order, PersonRecord, Search, count, list};
use store::reveal::Reveal;
use store::testing::{Scratch, both};
use store::{Act, AuditEntry, MasterKey, Sealer};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

pub fn sealer() -> Sealer {
    Sealer::new(&MasterKey::new([7; 32]))
}

fn unit(number: u128, kind: UnitKind, name: &str, parent: Option<u128>) -> Unit {
    Unit {
        id: id(number),
        code: format!("500240{number:06}"),
        kind,
        name: name.to_owned(),
        short_name: name.to_owned(),
        parent_id: parent.map(id),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}

fn citizen(serial: u32) -> CitizenId {
    CitizenId::complete(&format!("50024018880203{serial:03}")).unwrap()
}

fn person(serial: u32, name: &str, township: u128, village: Option<u128>, class: PersonClass) -> Person {
    Person {
        name: name.to_owned(),
        citizen: citizen(serial),
        sex: Sex::Male,
        ethnicity: None,
        township_id: id(township),
        village_id: village.map(id),
        household: None,
        certificate: None,
        address: None,
        phone: None,
        allowance: false,
        bank_name: None,
        account: BankAccount::new("9912345678901234561"),
        account_name: None,
        status: PersonStatus::Normal,
        stopped_on: None,
        hardship: if serial == 5 { vec![Hardship::ALL[0], Hardship::ALL[1]] } else { Vec::new() },
        hardship_text: None,
        note: None,
        identities: vec![Identity { class, grade: (serial == 3).then_some(6), nature: None }],
    }
}

async fn write(
    scratch: &Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> futures::future::BoxFuture<'a, Result<(), store::StoreError>>
    + Send
    + 'static,
) {
    scratch
        .db
        .write(county, move |door| {
            Box::pin(async move {
                act(door).await?;
                let entry = AuditEntry {
                    at_ms: 1,
                    actor: "os:安",
                    origin: "cli",
                    address: "",
                    request_id: "",
                    act: "test",
                    object_kind: "test",
                    object_id: String::new(),
                    outcome: "done",
                    detail: serde_json::Value::Null,
                };
                door.audit(entry).await
            })
        })
        .await
        .unwrap();
}

/// Two townships, the first with a village; five persons.
pub async fn people(scratch: &Scratch) -> CountyCode {
    let people = vec![
        person(1, "张一", 2, Some(4), PersonClass::OldDemobilised),
        person(3, "张二", 2, None, PersonClass::DisabledSoldier),
        person(5, "李三", 2, Some(4), PersonClass::OldDemobilised),
        person(7, "单小红", 3, None, PersonClass::MartyrSurvivor),
        person(9, "张四", 3, None, PersonClass::MartyrSurvivor),
    ];
    add_people(scratch, people).await
}

async fn add_people(scratch: &Scratch, people: Vec<Person>) -> CountyCode {
    let county = scratch.shizhu().await;
    let units = vec![
        unit(1, UnitKind::County, "石柱", None),
        unit(2, UnitKind::Township, "西沱镇", Some(1)),
        unit(3, UnitKind::Township, "万安街道", Some(1)),
        unit(4, UnitKind::Village, "西山村", Some(2)),
    ];
    write(scratch, county, move |act| {
        Box::pin(async move {
            store::unit::add_many(act, county, &units).await?;
            let sealer = sealer();
            let (mut records, mut identities) = (Vec::new(), Vec::new());
            for (place, person) in (0_u8..).zip(&people) {
                let own: PersonId = id(100 + u128::from(place));
                records.push(PersonRecord::seal(
                    own,
                    person,
                    (&sealer, county, &store::person::new_key(&sealer, county, own, [place; 16])),
                    None,
                    1_000 - i64::from(place),
                ));
                identities.extend(person.identities.iter().map(|it| IdentityRecord::new(own, it)));
            }
            store::person::add_many(act, county, &records, &identities).await
        })
    })
    .await;
    county
}

async fn names(scratch: &Scratch, county: CountyCode, filter: &Filter, order: Order) -> Vec<String> {
    let mut tx = scratch.db.read().await.unwrap();
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        // Pages of two: where one ends the next begins.
        let page = list(&mut tx, county, filter, order, after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.place.clone());
        names.extend(page.into_iter().map(|it| it.name));
    }
    let found = count(&mut tx, county, filter, 100).await.unwrap();
    assert_eq!(found, names.len(), "{filter:?}");
    names
}

#[tokio::test]
async fn persons_are_found_in_one_order_on_both() {
    both(async |scratch| {
        let county = people(scratch).await;
        let all = Filter::default;
        let search = |search| Filter { search, ..all() };
        let sealer = sealer();
        for (filter, order, found) in [
            (all(), Order::Name, &["李三", "单小红", "张二", "张四", "张一"][..]),
            (all(), Order::Received, &["张四", "单小红", "李三", "张二", "张一"]),
            (search(Search::Name("张".to_owned())), Order::Name, &["张一", "张二", "张四"]),
            (search(Search::Name("张".to_owned())), Order::Received, &["张四", "张二", "张一"]),
            (search(Search::Letters("z".to_owned())), Order::Name, &["张二", "张四", "张一"]),
            (search(Search::Letters("sxh".to_owned())), Order::Name, &["单小红"]),
            (search(Search::Letters("shan x".to_owned())), Order::Received, &["单小红"]),
            (
                search(Search::LastFour(sealer.last4_index(county, citizen(5).last_four()))),
                Order::Name,
                &["李三"],
            ),
            (search(Search::Number(sealer.citizen_index(&citizen(7)))), Order::Name, &["单小红"]),
            (Filter { township: Some(id(3)), ..all() }, Order::Name, &["单小红", "张四"]),
            (Filter { village: Some(id(4)), ..all() }, Order::Received, &["李三", "张一"]),
            (Filter { within: Some(vec![id::<UnitId>(4)]), ..all() }, Order::Name, &["李三", "张一"]),
            (Filter { within: Some(Vec::new()), ..all() }, Order::Name, &[]),
            (Filter { class: Some("martyr_survivor".to_owned()), ..all() }, Order::Name, &["单小红", "张四"]),
            (Filter { grade: Some(6), ..all() }, Order::Name, &["张二"]),
            (Filter { hardship: Some(Hardship::ALL[1].code().to_owned()), ..all() }, Order::Name, &["李三"]),
            (Filter { status: Some("dead".to_owned()), ..all() }, Order::Name, &[]),
        ] {
            assert_eq!(names(scratch, county, &filter, order).await, found, "{filter:?} {order:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn those_who_share_letters_come_in_the_order_of_their_pinyin_after_those_named_so() {
    both(async |scratch| {
        let class = PersonClass::OldDemobilised;
        let some = ["周思", "胡娥", "张三", "何一", "曾善", "赵四", "李一"];
        let people =
            (0..).zip(some).map(|(place, name)| person(2 * place + 1, name, 2, None, class)).collect();
        let county = add_people(scratch, people).await;
        for (letters, found) in [
            ("zs", &["曾善", "张三", "赵四", "周思"][..]),
            ("he", &["何一", "胡娥"]),
            ("zh", &["张三", "赵四", "周思"]),
        ] {
            let filter = Filter { search: Search::Letters(letters.to_owned()), ..Filter::default() };
            assert_eq!(names(scratch, county, &filter, Order::Name).await, found, "{letters}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_costs_two_statements_whatever_its_length() {
    both(async |scratch| {
        let county = people(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        for limit in [1, 5] {
            let before = scratch.db.statements();
            list(&mut tx, county, &Filter::default(), Order::Name, None, limit).await.unwrap();
            assert_eq!(scratch.db.statements() - before, 2);
        }
    })
    .await;
}

#[tokio::test]
async fn looks_are_counted_for_each_viewer() {
    both(async |scratch| {
        let county = people(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                for (number, viewer, at_ms) in [(1, "a", 10), (2, "a", 30), (3, "b", 20), (4, "a", 20)] {
                    let reveal = Reveal { id: id(number), viewer, person: id(100), field: "phone", at_ms };
                    store::reveal::add(act, county, &reveal).await?;
                }
                Ok(())
            })
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        for (viewer, since, most, found) in
            [("a", 0, 9, &[10, 20, 30][..]), ("a", 10, 9, &[20, 30]), ("a", 0, 1, &[30]), ("c", 0, 9, &[])]
        {
            let looks = store::reveal::since(&mut tx, county, viewer, since, most).await.unwrap();
            assert_eq!(looks, found, "{viewer} {since} {most}");
        }
    })
    .await;
}
