//! Submitted tables as they are stored: versions of units, decisions, and the frozen text untouched by both.

use super::door::entry;
use domain::ids::{CampaignId, SubmissionId, UnitId};
use domain::region::CountyCode;
use domain::submission::SubmissionState::{self, Accepted, Returned, Submitted};
use store::submission::{Decision, NewSubmission, Submission};
use store::testing::{NOW_MS, Scratch, both};
use store::{Act, StoreError};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

const CAMPAIGN: u128 = 50;

fn version(number: u128, unit: u128, version: i64, state: SubmissionState) -> NewSubmission {
    let submission = Submission {
        id: id(number),
        unit: id(unit),
        version,
        state,
        template_version: 1,
        deadline: "2024-08-12".to_owned(),
        late_days: version - 1,
        sm3_hex: format!("{number:064}"),
        submitted_at_ms: NOW_MS + version,
        submitted_by: "account:甲".to_owned(),
        decided_at_ms: None,
        decided_by: None,
        remark_sealed: None,
    };
    NewSubmission { submission, table_json: format!("{{\"of\":{number}}}") }
}

async fn write(
    scratch: &Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> futures::future::BoxFuture<'a, Result<(), StoreError>>
    + Send
    + 'static,
) -> Result<(), StoreError> {
    scratch
        .db
        .write(county, move |inner| {
            Box::pin(async move {
                act(inner).await?;
                inner.audit(entry("submission")).await
            })
        })
        .await
}

/// Two townships and a campaign; the first submitted twice, the second once.
async fn begin(scratch: &Scratch) -> CountyCode {
    let county = scratch.shizhu().await;
    super::noun::campaign_of(scratch, county, CAMPAIGN).await;
    write(scratch, county, move |act| {
        Box::pin(async move {
            for new in [version(1, 2, 1, Returned), version(2, 2, 2, Submitted), version(3, 9, 1, Submitted)]
            {
                store::submission::add(act, county, id(CAMPAIGN), &new).await?;
            }
            Ok(())
        })
    })
    .await
    .unwrap();
    county
}

fn told(all: &[Submission]) -> Vec<(u128, i64, SubmissionState)> {
    all.iter().map(|it| (it.id.0.as_u128(), it.version, it.state)).collect()
}

#[tokio::test]
async fn versions_are_read_by_unit_and_the_last_ones_of_all_in_one_statement() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        let first: UnitId = id(2);
        let all = store::submission::of_unit(&mut tx, county, id(CAMPAIGN), first).await.unwrap();
        assert_eq!(told(&all), [(1, 1, Returned), (2, 2, Submitted)]);
        assert_eq!(all[1], version(2, 2, 2, Submitted).submission);
        let before = scratch.db.statements();
        let last = store::submission::last_of_all(&mut tx, county, id(CAMPAIGN)).await.unwrap();
        assert_eq!(scratch.db.statements() - before, 1);
        assert_eq!(told(&last), [(2, 2, Submitted), (3, 1, Submitted)]);
        let other: CampaignId = id(51);
        assert!(store::submission::last_of_all(&mut tx, county, other).await.unwrap().is_empty());
        let elsewhere: CountyCode = "500101".parse().unwrap();
        assert!(store::submission::last_of_all(&mut tx, elsewhere, id(CAMPAIGN)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_decision_leaves_the_frozen_table_as_it_was_and_no_version_comes_twice() {
    both(async |scratch: &Scratch| {
        let county = begin(scratch).await;
        let twice = write(scratch, county, move |act| {
            Box::pin(async move {
                store::submission::add(act, county, id(CAMPAIGN), &version(4, 2, 2, Submitted)).await
            })
        });
        assert!(matches!(twice.await, Err(StoreError::Conflict(_))));
        let second: SubmissionId = id(2);
        write(scratch, county, move |act| {
            Box::pin(async move {
                let remark_sealed = Some("sealed".to_owned());
                let decision =
                    Decision { state: Accepted, at_ms: NOW_MS + 9, by: "account:乙", remark_sealed };
                store::submission::decide(act, county, second, &decision).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let all = store::submission::of_unit(&mut tx, county, id(CAMPAIGN), id(2)).await.unwrap();
        let expected = Submission {
            state: Accepted,
            decided_at_ms: Some(NOW_MS + 9),
            decided_by: Some("account:乙".to_owned()),
            remark_sealed: Some("sealed".to_owned()),
            ..version(2, 2, 2, Submitted).submission
        };
        assert_eq!(all[1], expected);
        assert_eq!(told(&all[..1]), [(1, 1, Returned)], "the other version is untouched");
        let frozen = store::submission::frozen(&mut tx, county, second).await.unwrap();
        assert_eq!(frozen.as_deref(), Some("{\"of\":2}"));
        assert_eq!(store::submission::frozen(&mut tx, county, id(77)).await.unwrap(), None);
    })
    .await;
}
