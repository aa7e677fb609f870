"""What a county would write with pandas or openpyxl and sqlite3, measured on the files of `xtask bench`.

    python peers.py CASE FILE

CASE is pandas or openpyxl (import a roster from xlsx or csv with checks into SQLite), export-openpyxl or
export-xlsxwriter (visits of our database to a workbook), table (the county table over all visits in SQL). The last
line printed is JSON: wall_us, cpu_ms, peak_kb, note.

The checks are those of the roster: required cells, check digit and date of the identity number, Luhn of the account,
known township, duplicates. Identity numbers, accounts, addresses and telephone numbers are stored as they are: the
peer seals nothing, keeps no history and no audit.
"""

import csv
import datetime
import importlib
import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
CHECK = "10X98765432"


def right_number(number):
    """Whether an identity number of 18 or 15 digits holds (GB 11643)."""
    if len(number) == 15 and number.isdigit():
        text = "19" + number[6:12]
    elif len(number) == 18 and number[:17].isdigit():
        total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS))
        if CHECK[total % 11] != number[17].upper():
            return False
        text = number[6:14]
    else:
        return False
    try:
        datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def luhn(account):
    """Whether the last digit of a card holds."""
    if not account.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(account)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def normal_header(cell):
    return str(cell or "").strip()


def checked(header, rows):
    """The good rows and how many were refused."""
    at = {name: place for place, name in enumerate(header)}
    need = [at[name] for name in ("姓名", "公民身份号码", "优抚类别", "乡镇（街道）")]
    number, account = at["公民身份号码"], at["银行账号"]
    good, refused, seen = [], 0, set()
    for row in rows:
        if any(not row[place] for place in need) or not right_number(row[number]) or row[number] in seen:
            refused += 1
            continue
        if row[account] and not luhn(row[account]):
            refused += 1
            continue
        seen.add(row[number])
        good.append(row)
    return good, refused


def store(header, rows, place):
    """Durable, with as many indexes as ours has."""
    db = sqlite3.connect(os.path.join(place, "peer.sqlite"))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    columns = ", ".join(f'"{name}" TEXT' for name in header)
    db.execute(f"CREATE TABLE person (id INTEGER PRIMARY KEY, {columns})")
    db.execute('CREATE UNIQUE INDEX by_number ON person ("公民身份号码")')
    for place, name in enumerate(["乡镇（街道）", "村（社区）", "姓名", "银行账号", "状态"]):
        db.execute(f'CREATE INDEX by_{place} ON person ("{name}")')
    marks = ", ".join("?" * (len(header) + 1))
    with db:
        db.executemany(f"INSERT INTO person VALUES ({marks})", ((None, *row) for row in rows))
    db.close()


def import_pandas(file):
    import pandas

    read = pandas.read_csv if file.endswith(".csv") else pandas.read_excel
    table = read(file, dtype=str, header=1, keep_default_na=False, na_filter=False)
    header = [normal_header(cell) for cell in table.columns]
    return header, checked(header, table.itertuples(index=False, name=None))


def import_openpyxl(file):
    if file.endswith(".csv"):
        with open(file, encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle)
            next(rows)
            header = [normal_header(cell) for cell in next(rows)]
            return header, checked(header, rows)
    import openpyxl

    sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    header = [normal_header(cell) for cell in next(rows)]
    width = len(header)
    filled = ([("" if cell is None else str(cell)) for cell in row] for row in rows)
    return header, checked(header, (row + [""] * (width - len(row)) for row in filled))


def roster(reader, file):
    with tempfile.TemporaryDirectory() as place:
        header, (good, refused) = reader(file)
        store(header, good, place)
    return f"{len(good)} added, {refused} refused"


VISITS = """SELECT v.visited_on, u.name, v.leader_name, v.leader_title, v.leader_kind, v.row, v.object_name, v.method,
                   v.headcount, v.money_fen / 100.0, v.money_source, v.goods_json, v.goods_fen / 100.0, v.help_json
            FROM visit v JOIN unit u ON u.county_code = v.county_code AND u.id = v.unit_id
            ORDER BY v.received_at_ms, v.id"""
HEADS = ["日期", "单位", "领导", "职务", "类别", "对象类别", "姓名", "方式", "人数", "慰问金", "来源", "慰问品", "折款", "困难"]


def export(write, file):
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with tempfile.TemporaryDirectory() as place:
        write(db.execute(VISITS), os.path.join(place, "visits.xlsx"))
    return ""


def with_openpyxl(rows, file):
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("走访记录")
    sheet.append(HEADS)
    for row in rows:
        sheet.append(row)
    book.save(file)


def with_xlsxwriter(rows, file):
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("走访记录")
    sheet.write_row(0, 0, HEADS)
    for place, row in enumerate(rows, 1):
        sheet.write_row(place, 0, row)
    book.close()


TABLE = """SELECT row, COUNT(*), COUNT(DISTINCT household), COUNT(DISTINCT subject_id), SUM(money_fen), SUM(goods_fen),
                  COUNT(DISTINCT leader_name)
           FROM visit GROUP BY row"""


def table(file):
    """Median of three: the peer computes the table from the visits each time."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        db.execute(TABLE).fetchall()
        took.append(time.perf_counter() - start)
    return int(statistics.median(took) * 1e6)


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    case, file = sys.argv[1:]
    if case == "table":
        print(json.dumps({"wall_us": table(file), "cpu_ms": 0, "peak_kb": 0, "note": "SQL over the visits"}))
        return
    work = {
        "pandas": lambda: roster(import_pandas, file),
        "openpyxl": lambda: roster(import_openpyxl, file),
        "export-openpyxl": lambda: export(with_openpyxl, file),
        "export-xlsxwriter": lambda: export(with_xlsxwriter, file),
    }[case]
    # Loading the packages is not counted.
    for package in {"pandas": ["pandas", "openpyxl"], "openpyxl": ["openpyxl"]}.get(case, [case.split("-")[-1]]):
        importlib.import_module(package)
    start, before = time.perf_counter(), cpu_seconds()
    note = work()
    wall, cpu = time.perf_counter() - start, int((cpu_seconds() - before) * 1000)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"wall_us": int(wall * 1e6), "cpu_ms": cpu, "peak_kb": used.ru_maxrss, "note": note}))


if __name__ == "__main__":
    main()
