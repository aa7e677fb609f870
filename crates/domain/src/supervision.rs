//! 督查: how far each township is, said in points, with the figures that make them. Everything is a whole number; a
//! share is cut, never rounded up, so that nobody is done while a name is open.

use crate::submission::Standing;
use serde::Serialize;

/// A part of something: how much of it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    /// Done.
    pub done: i64,
    /// All that is asked.
    pub required: i64,
}

impl Share {
    /// Of so many points those that this share earns; all of them when nothing is asked.
    #[must_use]
    pub fn points(self, of: i64) -> i64 {
        if self.required <= 0 { of } else { of * self.done.clamp(0, self.required) / self.required }
    }

    /// `99.9%`, cut; `—` when nothing is asked.
    #[must_use]
    pub fn percent(self) -> String {
        if self.required <= 0 {
            return "—".to_owned();
        }
        let thousandths = self.done.clamp(0, self.required) * 1_000 / self.required;
        format!("{}.{}%", thousandths / 10, thousandths % 10)
    }

    /// What is left.
    #[must_use]
    pub fn open(self) -> i64 {
        (self.required - self.done).max(0)
    }
}

/// What is known of one township. `None` where the campaign asks for nothing of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Where its table stands.
    pub standing: Standing,
    /// Working days by which its table was late.
    pub late_days: i64,
    /// Key persons who were visited.
    pub key: Option<Share>,
    /// Persons on the roster who were reached.
    pub universal: Option<Share>,
    /// Household visits led by the principal leader, of those asked for.
    pub principal: Option<Share>,
    /// Household visits led by the leader in charge, of those asked for.
    pub deputy: Option<Share>,
}

/// One figure with what it earns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// `key_coverage`, `universal_coverage`, `submitted`, `principal_leader`, `deputy_leader`.
    pub key: &'static str,
    /// For people.
    pub label: &'static str,
    /// Points earned.
    pub points: i64,
    /// Of so many.
    pub of: i64,
    /// The figure itself: `38/40 人（95.0%）`, `迟报2天`.
    pub words: String,
}

/// The points of a township.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Points earned.
    pub points: i64,
    /// Of so many.
    pub of: i64,
    /// What makes them, the heaviest figure first.
    pub reasons: Vec<Reason>,
}

/// Points: key persons 40, all others 20, the table 20 (late 10), each leader 10. What a campaign does not ask for has
/// no points to earn.
const KEY: i64 = 40;
const UNIVERSAL: i64 = 20;
const TABLE: i64 = 20;
const LATE: i64 = 10;
const LEADER: i64 = 10;

/// The points of a township and what makes them.
#[must_use]
pub fn score(figures: &Figures) -> Score {
    let mut reasons = Vec::new();
    let mut add = |key, label, share: Option<Share>, of, unit: &str| {
        if let Some(share) = share {
            let part = if unit == "人" { format!("（{}）", share.percent()) } else { String::new() };
            let words = format!("{}/{} {unit}{part}", share.done, share.required);
            reasons.push(Reason { key, label, points: share.points(of), of, words });
        }
    };
    add("key_coverage", "重点对象走访", figures.key, KEY, "人");
    add("universal_coverage", "普遍走访", figures.universal, UNIVERSAL, "人");
    add("principal_leader", "主要领导入户", figures.principal, LEADER, "户");
    add("deputy_leader", "分管领导入户", figures.deputy, LEADER, "户");
    let place = reasons.iter().take_while(|it| it.of >= TABLE).count();
    reasons.insert(place, table(figures));
    Score {
        points: reasons.iter().map(|it| it.points).sum(),
        of: reasons.iter().map(|it| it.of).sum(),
        reasons,
    }
}

fn table(figures: &Figures) -> Reason {
    let (points, words) = match (figures.standing.is_open(), figures.late_days) {
        (true, _) => (0, figures.standing.label().to_owned()),
        (false, 0) => (TABLE, format!("{}，按时", figures.standing.label())),
        (false, days) => (LATE, format!("{}，迟报{days}天", figures.standing.label())),
    };
    Reason { key: "submitted", label: "报送统计表", points, of: TABLE, words }
}

/// The ranks of points: the most points are first, equal points share a rank, and the next rank is left out for each.
#[must_use]
pub fn ranks(points: &[i64]) -> Vec<usize> {
    points.iter().map(|own| 1 + points.iter().filter(|other| *other > own).count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(done: i64, required: i64) -> Share {
        Share { done, required }
    }

    fn figures() -> Figures {
        Figures {
            standing: Standing::Accepted,
            late_days: 0,
            key: Some(share(40, 40)),
            universal: Some(share(100, 100)),
            principal: Some(share(1, 1)),
            deputy: Some(share(2, 1)),
        }
    }

    #[test]
    fn everything_done_is_a_hundred_and_each_gap_costs_what_it_weighs() {
        let points = |figures: Figures| score(&figures).points;
        assert_eq!((points(figures()), score(&figures()).of), (100, 100));
        assert_eq!(points(Figures { key: Some(share(39, 40)), ..figures() }), 99);
        assert_eq!(points(Figures { key: Some(share(0, 40)), ..figures() }), 60);
        assert_eq!(points(Figures { key: Some(share(0, 0)), ..figures() }), 100, "nobody to visit");
        assert_eq!(
            points(Figures { universal: Some(share(999, 1_000)), ..figures() }),
            99,
            "cut, not rounded"
        );
        assert_eq!(points(Figures { late_days: 3, ..figures() }), 90);
        for standing in [Standing::Missing, Standing::Returned] {
            assert_eq!(points(Figures { standing, late_days: 3, ..figures() }), 80);
        }
        assert_eq!(
            points(Figures { principal: Some(share(0, 1)), deputy: Some(share(1, 2)), ..figures() }),
            85
        );
        let without = score(&Figures { universal: None, deputy: None, ..figures() });
        assert_eq!((without.points, without.of), (70, 70));
    }

    #[test]
    fn reasons_say_the_figures_the_heaviest_first() {
        let said = score(&Figures {
            late_days: 2,
            key: Some(share(38, 40)),
            deputy: Some(share(0, 1)),
            ..figures()
        });
        let said: Vec<String> = said
            .reasons
            .iter()
            .map(|it| format!("{} {} {}/{}", it.label, it.words, it.points, it.of))
            .collect();
        assert_eq!(
            said,
            [
                "重点对象走访 38/40 人（95.0%） 38/40",
                "普遍走访 100/100 人（100.0%） 20/20",
                "报送统计表 已收，迟报2天 10/20",
                "主要领导入户 1/1 户 10/10",
                "分管领导入户 0/1 户 0/10",
            ]
        );
    }

    #[test]
    fn equal_points_share_a_rank() {
        assert_eq!(ranks(&[80, 100, 80, 60]), [2, 1, 2, 4]);
        assert!(ranks(&[]).is_empty());
    }
}
