use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().expect(text)
}

#[test]
fn working_days_of_each_month_follow_the_notices() {
    let calendar = Calendar::national();
    // Working days of the twelve months, and the days that the law gives beside the weekends: 11, and 13 since 2025.
    for (year, statutory, months) in [
        (2023, 11, [18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21]),
        (2024, 11, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
        (2025, 13, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, 13, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ] {
        for (month, expected) in (1..).zip(months) {
            let first = date(year, month, 1);
            let before = first.yesterday().expect("in range");
            let count = calendar.working_days_between(before, first.last_of_month());
            assert_eq!(count, expected, "{year}-{month:02}");
        }
        let whole = Calendar::default().working_days_between(date(year - 1, 12, 31), date(year, 12, 31));
        assert_eq!(months.into_iter().sum::<i64>(), whole - statutory, "{year}");
    }
}

#[test]
fn holidays_are_off_and_make_up_days_are_worked() {
    let calendar = Calendar::national();
    for (text, worked) in [
        ("2022-12-31", false), // Saturday, in the notice for 2023
        ("2023-01-28", true),
        ("2023-01-29", true),
        ("2023-04-05", false),
        ("2023-04-06", true),
        ("2023-10-07", true),
        ("2024-02-04", true),
        ("2024-02-09", true), // New Year's Eve was a working day in 2024
        ("2024-02-10", false),
        ("2024-02-16", false),
        ("2024-02-18", true),
        ("2024-04-07", true),
        ("2024-04-28", true),
        ("2024-05-11", true),
        ("2024-06-10", false),
        ("2024-08-10", false), // an ordinary Saturday
        ("2024-08-12", true),  // the notice's deadline
        ("2024-09-14", true),
        ("2024-09-29", true),
        ("2024-10-12", true),
        ("2025-01-26", true),
        ("2025-01-28", false), // New Year's Eve is a holiday since 2025
        ("2025-05-31", false),
        ("2025-10-08", false),
        ("2025-10-11", true),
        ("2026-01-02", false),
        ("2026-01-04", true),
        ("2026-02-23", false),
        ("2026-02-28", true),
        ("2026-09-20", true),
        ("2026-10-10", true),
    ] {
        assert_eq!(calendar.is_working_day(day(text)), worked, "{text}");
    }
    assert_eq!(calendar.entry(day("2024-02-18")).map(|entry| entry.name.as_str()), Some("春节调休"));
}

#[test]
fn adding_steps_over_holidays_both_ways() {
    let calendar = Calendar::national();
    for (from, n, to) in [
        ("2023-01-20", 1, "2023-01-28"), // Friday before the Spring Festival to the Saturday that makes up
        ("2023-09-28", 5, "2023-10-11"),
        ("2024-07-29", 10, "2024-08-12"), // ten working days before the notice's deadline
        ("2024-08-12", -10, "2024-07-29"),
        ("2024-09-30", 1, "2024-10-08"),
        ("2024-10-08", -1, "2024-09-30"),
        ("2025-01-27", 3, "2025-02-07"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2024-08-10", 0, "2024-08-10"),
        ("2024-08-10", 1, "2024-08-12"),
        ("2024-08-10", -1, "2024-08-09"),
    ] {
        assert_eq!(calendar.add_working_days(day(from), n), day(to), "{from} {n:+}");
    }
    assert_eq!(calendar.add_working_days(Date::MAX, 5), Date::MAX);
    assert_eq!(calendar.add_working_days(Date::MIN, i64::MIN), Date::MIN);
}

#[test]
fn a_year_without_notice_has_weekends_only_and_says_so() {
    let calendar = Calendar::national();
    for (year, known) in
        [(2022, false), (2023, true), (2024, true), (2025, true), (2026, true), (2027, false)]
    {
        assert_eq!(calendar.is_known(year), known, "{year}");
    }
    assert!(calendar.is_working_day(day("2027-10-01")), "a Friday");
    let local = parse("2027-11-18 休 自治县成立纪念日").expect("well formed");
    let calendar = calendar.with(local);
    assert!(!calendar.is_known(2027), "one local holiday does not make the year known");
    assert!(!calendar.is_working_day(day("2027-11-18")));
    let calendar =
        calendar.with(parse("2027-01-01 休 元旦\n2027-10-01至2027-10-07 休 国庆节").expect("well formed"));
    assert!(calendar.is_known(2027));
    assert!(!calendar.is_known(i16::MAX));
}

#[test]
fn a_county_may_overrule_the_nation() {
    let overruled = parse("2024-08-12 休 县里停电\n2024-08-10 班").expect("well formed");
    let calendar = Calendar::national().with(overruled);
    assert!(!calendar.is_working_day(day("2024-08-12")));
    assert!(calendar.is_working_day(day("2024-08-10")));
}

#[test]
fn dates_are_read_as_people_write_them() {
    let text = "\u{feff}# 说明\n2027-01-01 休 元旦\r\n2027/1/4　班　元旦调休\n\n2027年2月5日～2027年2月7日 放假 春节 # 初稿\n\
                2027.5.1..2027.5.2 休";
    let entries = parse(text).expect("well formed");
    let shown: Vec<String> =
        entries.iter().map(|e| format!("{} {} {}", e.date, e.kind.label(), e.name)).collect();
    assert_eq!(
        shown,
        [
            "2027-01-01 休 元旦",
            "2027-01-04 班 元旦调休",
            "2027-02-05 休 春节",
            "2027-02-06 休 春节",
            "2027-02-07 休 春节",
            "2027-05-01 休 ",
            "2027-05-02 休 ",
        ]
    );
}

#[test]
fn every_faulty_line_is_named() {
    let text = "2027-13-01 休 元旦\n2027-01-01 休 元旦\n元旦 休\n2027-01-04\n2027-01-05 半天\n2027-01-01 班\n\
                2027-02-11至2027-02-05 休\n2027-02-05至2027-03-31 休\n27-01-01 休\n2027-1-1-1 休\n2027-02-30 休";
    let errors = parse(text).expect_err("faulty");
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(
        errors[0].to_string(),
        "第 1 行：“2027-13-01”不是日期，请写成 2027-01-01 或 2027-02-05至2027-02-11"
    );
    assert_eq!(errors[3].fault, LineFault::Kind("半天".to_owned()));
    assert_eq!(errors[4].to_string(), "第 6 行：2027-01-01 与第 2 行写的相反，请保留一行");
    assert!(matches!(errors[5].fault, LineFault::Span(_)));
    assert!(matches!(errors[6].fault, LineFault::Span(_)));
}

#[test]
fn what_remains_is_said_in_working_days() {
    let calendar = Calendar::national();
    let deadline = day("2024-08-12"); // a Monday
    for (today, words) in [
        ("2024-07-29", "剩10天"),
        ("2024-08-07", "剩3天"),
        ("2024-08-09", "剩1天"),
        ("2024-08-10", "剩1天"),
        ("2024-08-12", "今天截止"),
        ("2024-08-13", "超期1天"),
        ("2024-08-14", "超期2天"),
        ("2024-08-19", "超期5天"),
    ] {
        assert_eq!(calendar.remaining(day(today), deadline, &[]).to_string(), words, "{today}");
    }
    // A deadline on a Sunday: Friday is the last working day, and Monday is late.
    let sunday = day("2024-08-11");
    assert_eq!(calendar.remaining(day("2024-08-09"), sunday, &[]), Remaining::Today);
    assert_eq!(calendar.remaining(day("2024-08-12"), sunday, &[]), Remaining::Overdue(1));
    // The weekend after a deadline on Friday is late already.
    assert_eq!(calendar.remaining(day("2024-08-17"), day("2024-08-16"), &[]), Remaining::Overdue(1));
}

#[test]
fn pauses_do_not_count() {
    let calendar = Calendar::national();
    let deadline = day("2024-08-12");
    let pause = Pause { from: day("2024-08-06"), to: day("2024-08-08") }; // Tuesday to Thursday
    assert_eq!(calendar.due(deadline, &[pause]), day("2024-08-15"));
    for (today, words) in [
        ("2024-08-05", "剩5天"), // as many as without the pause
        ("2024-08-06", "剩5天"),
        ("2024-08-08", "剩5天"),
        ("2024-08-09", "剩4天"),
        ("2024-08-15", "今天截止"),
        ("2024-08-16", "超期1天"),
    ] {
        assert_eq!(calendar.remaining(day(today), deadline, &[pause]).to_string(), words, "{today}");
    }
    // Overlapping pauses count once, a pause over a weekend gives only its working days.
    let weekend = Pause { from: day("2024-08-08"), to: day("2024-08-11") };
    assert_eq!(calendar.due(deadline, &[pause, weekend]), day("2024-08-16"));
    // A pause after the deadline changes nothing.
    let late = Pause { from: day("2024-08-20"), to: day("2024-08-21") };
    assert_eq!(calendar.due(deadline, &[late]), deadline);
    // One that reaches over the deadline moves it behind its own end.
    let over = Pause { from: day("2024-08-12"), to: day("2024-08-14") };
    assert_eq!(calendar.due(deadline, &[over]), day("2024-08-15"));
}

proptest! {
    #[test]
    fn counting_undoes_adding(offset in 0i32..2000, n in -400i64..400) {
        let calendar = Calendar::national();
        let from = date(2022, 6, 1).checked_add(jiff::Span::new().days(offset)).expect("in range");
        let to = calendar.add_working_days(from, n);
        prop_assert_eq!(calendar.working_days_between(from, to), n);
        prop_assert!(n == 0 || calendar.is_working_day(to));
    }

    #[test]
    fn a_paused_limit_still_gives_all_its_days(
        offset in 0i32..1200, limit in 1i64..60, pauses in prop::collection::vec((1i32..60, 0i32..15), 0..4),
    ) {
        let calendar = Calendar::national();
        let plus = |day: Date, days: i32| day.checked_add(jiff::Span::new().days(days)).expect("in range");
        let start = plus(date(2023, 1, 1), offset);
        let deadline = calendar.add_working_days(start, limit);
        let pauses: Vec<Pause> = pauses
            .into_iter()
            .map(|(after, length)| Pause { from: plus(start, after), to: plus(start, after + length) })
            .collect();
        let is_paused = |day: Date| pauses.iter().any(|pause| pause.from <= day && day <= pause.to);
        let due = calendar.due(deadline, &pauses);
        let given = count_days(start, due, |day| calendar.is_working_day(day) && !is_paused(day));
        prop_assert_eq!(given, limit);
        prop_assert_eq!(calendar.remaining(start, deadline, &pauses), Remaining::Left(limit));
    }
}
