//! Chains that someone edits who holds the database and no key.

use super::verify::{Chain, Page};
use super::{AuditRow, Checkpoint, Evidence, Fault, Head, Report, form, hex};
use crate::heads::HeadLine;
use crate::sign::{Signer, head_message};
use domain::region::CountyCode;
use proptest::prelude::*;

const AT_MS: i64 = 1_721_440_800_000;

fn county() -> CountyCode {
    "500240".parse().unwrap()
}

fn signer() -> Signer {
    Signer::new(&[7; 32]).unwrap()
}

fn row(seq: i64, word: &str) -> AuditRow {
    AuditRow {
        seq,
        at_ms: AT_MS + seq,
        version: form::VERSION,
        actor: "os:安".to_owned(),
        origin: "http".to_owned(),
        address: "192.0.2.7".to_owned(),
        request_id: format!("r{seq}"),
        act: "test.act".to_owned(),
        object_kind: "test".to_owned(),
        object_id: word.to_owned(),
        outcome: "done".to_owned(),
        detail_json: "{\"n\":1}".to_owned(),
        previous_hash: String::new(),
        hash: String::new(),
    }
}

fn link(rows: &mut [AuditRow], from: usize) {
    super::forge(county(), rows, from);
}

fn chain(length: i64) -> Vec<AuditRow> {
    let mut rows: Vec<AuditRow> = (1..=length).map(|seq| row(seq, &seq.to_string())).collect();
    link(&mut rows, 0);
    rows
}

fn head(rows: &[AuditRow]) -> Head {
    rows.last()
        .map_or(Head { seq: 0, hash: String::new() }, |row| Head { seq: row.seq, hash: row.hash.clone() })
}

fn check(rows: &[AuditRow], known: Head, evidence: Evidence) -> Report {
    let (witnesses, forged) = evidence.believe(county(), Some(&signer()));
    let mut chain = Chain::new(known, &Head { seq: 0, hash: String::new() }, witnesses);
    for rows in rows.chunks(3) {
        let mut page = Page::default();
        for row in rows {
            page.push(county(), &row.fields(), &row.hash, true);
        }
        page.follow(&mut chain);
    }
    chain.close(forged)
}

fn checkpoint(rows: &[AuditRow], seq: i64) -> Checkpoint {
    let hash = rows[usize::try_from(seq).unwrap() - 1].hash.clone();
    let signature = signer().sign(&head_message(county(), seq, &hash, AT_MS + seq));
    Checkpoint { seq, hash, at_ms: AT_MS + seq, key_id: signer().key_id().to_owned(), signature }
}

fn head_line(rows: &[AuditRow], seq: i64) -> HeadLine {
    let it = checkpoint(rows, seq);
    HeadLine { county: county(), seq, hash: it.hash, at_ms: it.at_ms, signature: it.signature }
}

/// Row 1 as the first form has it, computed from its description without this program.
const FORM_1: &str = "e78ba6a8d70f0e3f55b1a77e99cb05687f9690cae74a821fa098c7f6004f3c07";

#[test]
fn the_first_form_is_still_read_as_it_was_written() {
    let mut old = AuditRow { version: 1, address: String::new(), request_id: String::new(), ..row(1, "1") };
    old.hash = hex(&form::digest(county(), &old.fields()));
    assert_eq!(old.hash, FORM_1);
    let mut rows = vec![old, row(2, "2")];
    link(&mut rows, 1);
    assert!(check(&rows, head(&rows), Evidence::default()).is_whole());
    // What the first form does not cover must be empty, and a row cannot change its form.
    for tampered in [
        AuditRow { address: "192.0.2.9".to_owned(), ..rows[0].clone() },
        AuditRow { request_id: "r".to_owned(), ..rows[0].clone() },
        AuditRow { version: 2, ..rows[0].clone() },
        AuditRow { version: 3, ..rows[0].clone() },
    ] {
        let rows = [tampered, rows[1].clone()];
        assert_eq!(check(&rows, head(&rows), Evidence::default()).faults, [Fault::Changed(1)]);
    }
    let downgraded = [rows[0].clone(), AuditRow { version: 1, ..rows[1].clone() }];
    assert_eq!(check(&downgraded, head(&rows), Evidence::default()).faults, [Fault::Changed(2)]);
}

#[test]
fn an_inserted_row_is_told_once_however_many_stand_behind_it() {
    let rows = chain(3_000);
    let mut longer = rows.clone();
    longer.insert(9, row(10, "put in"));
    for (place, row) in longer.iter_mut().enumerate() {
        row.seq = i64::try_from(place).unwrap() + 1;
    }
    let report = check(&longer, head(&rows), Evidence::default());
    assert_eq!(report.faults, [Fault::Changed(10), Fault::Shifted(11, 3_000, 1), Fault::Added(3_001)]);
    let below = [&[AuditRow { seq: 0, ..row(1, "below") }], rows.as_slice()].concat();
    assert_eq!(check(&below, head(&rows), Evidence::default()).faults, [Fault::Added(0)]);
}

/// What someone does to a chain.
#[derive(Debug, Clone)]
enum Edit {
    Change { place: usize, word: String },
    Remove { place: usize, count: usize },
    Swap { place: usize, other: usize },
    Insert { place: usize, word: String },
    Truncate { length: usize },
}

/// How they cover their tracks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cover {
    /// Not at all.
    Nothing,
    /// The edited row's hash fits again.
    OneRow,
    /// All rows from there on are numbered and hashed anew, and the county's row knows the new head.
    Tail,
}

fn edits(length: usize) -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0..length, "[a-c]{1,2}").prop_map(|(place, word)| Edit::Change { place, word }),
        (0..length, 1..4usize).prop_map(|(place, count)| Edit::Remove { place, count }),
        (0..length, 0..length).prop_map(|(place, other)| Edit::Swap { place, other }),
        (0..=length, "[a-c]{1,2}").prop_map(|(place, word)| Edit::Insert { place, word }),
        (0..length).prop_map(|length| Edit::Truncate { length }),
    ]
}

/// Edits the rows and gives the place of the first that is another now.
fn apply(rows: &mut Vec<AuditRow>, edit: &Edit) -> usize {
    match edit {
        Edit::Change { place, word } => {
            rows[*place].object_id.clone_from(word);
            *place
        }
        Edit::Remove { place, count } => {
            rows.drain(*place..(*place + count).min(rows.len()));
            *place
        }
        Edit::Swap { place, other } => {
            rows.swap(*place, *other);
            let (a, b) = (rows[*place].seq, rows[*other].seq);
            (rows[*place].seq, rows[*other].seq) = (b, a);
            *place.min(other)
        }
        Edit::Insert { place, word } => {
            let seq = i64::try_from(*place).unwrap() + 1;
            rows.insert(*place, row(seq, word));
            for row in &mut rows[*place + 1..] {
                row.seq += 1;
            }
            *place
        }
        Edit::Truncate { length } => {
            rows.truncate(*length);
            *length
        }
    }
}

fn cover(rows: &mut [AuditRow], from: usize, how: Cover) {
    match how {
        Cover::Tail => link(rows, from),
        Cover::OneRow => {
            if let Some(row) = rows.get_mut(from) {
                row.hash = hex(&form::digest(county(), &row.fields()));
            }
        }
        Cover::Nothing => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Either something is found, or nothing was changed, or the first changed row stands behind everything that a
    /// signed head vouches for: exactly what the report says it cannot prove.
    #[test]
    fn an_edit_is_found_or_is_one_that_cannot_be_proved(
        length in 1..14usize,
        edit in (1..14usize).prop_flat_map(edits),
        how in prop_oneof![Just(Cover::Nothing), Just(Cover::OneRow), Just(Cover::Tail)],
        signed in proptest::collection::vec(1..14i64, 0..3),
        outside in proptest::collection::vec(1..14i64, 0..3),
        // Checkpoints are in the same database: they can be removed with the rest.
        keeps_checkpoints in any::<bool>(),
    ) {
        let length = length.max(match &edit {
            Edit::Change { place, .. } | Edit::Remove { place, .. } => place + 1,
            Edit::Swap { place, other } => place.max(other) + 1,
            Edit::Insert { place, .. } => *place,
            Edit::Truncate { length } => length + 1,
        }).max(1);
        let end = i64::try_from(length).unwrap();
        let original = chain(end);
        let evidence = Evidence {
            checkpoints: signed.iter().filter(|seq| **seq <= end).map(|seq| checkpoint(&original, *seq)).collect(),
            heads: outside.iter().filter(|seq| **seq <= end).map(|seq| head_line(&original, *seq)).collect(),
        };
        let whole = check(&original, head(&original), evidence.clone());
        prop_assert!(whole.is_whole(), "{:?}", whole.faults);

        let mut rows = original.clone();
        let first = apply(&mut rows, &edit);
        cover(&mut rows, first, how);
        let known = if how == Cover::Tail { head(&rows) } else { head(&original) };
        let evidence = if keeps_checkpoints { evidence } else { Evidence { checkpoints: Vec::new(), ..evidence } };
        let report = check(&rows, known, evidence);
        if report.is_whole() && rows != original {
            let common = rows.iter().zip(&original).take_while(|(a, b)| a == b).count();
            let vouched = report.vouched.map_or(0, |(seq, _)| seq);
            prop_assert_eq!(how, Cover::Tail, "found nothing though the edit was not covered: {:?}", edit);
            prop_assert!(i64::try_from(common).unwrap() >= vouched, "{:?} lies before row {}", edit, vouched);
        }
        // And the other way round: nothing is found where nothing was done.
        if rows == original {
            prop_assert!(report.is_whole());
        }
    }
}

#[test]
fn a_forged_signature_and_one_of_another_county_are_no_witnesses() {
    let rows = chain(6);
    let mut other = checkpoint(&rows, 3);
    other.signature =
        Signer::new(&[9; 32]).unwrap().sign(&head_message(county(), 3, &other.hash, other.at_ms));
    let mut later = checkpoint(&rows, 4);
    later.at_ms += 1;
    let abroad = "500101".parse().unwrap();
    let moved = HeadLine {
        signature: signer().sign(&head_message(abroad, 5, &rows[4].hash, AT_MS + 5)),
        ..head_line(&rows, 5)
    };
    let evidence = Evidence { checkpoints: vec![other, later], heads: vec![moved] };
    let report = check(&rows, head(&rows), evidence);
    let source = |place: usize| if place < 2 { super::Source::Checkpoint } else { super::Source::HeadFile };
    let forged: Vec<Fault> =
        [3, 4, 5].into_iter().enumerate().map(|(place, seq)| Fault::Signature(seq, source(place))).collect();
    assert_eq!(report.faults, forged);
    assert_eq!((report.checkpoints, report.heads, report.vouched), (0, 0, None));
}
