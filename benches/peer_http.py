"""The peer of the HTTP cases: what a county's own programmer would write with FastAPI and SQLite.

    python peer_http.py PORT DATA PERSONS_FOLDER

It takes the same requests as ours under the same addresses: a visit as JSON (checked by pydantic, one transaction each,
durable before the answer), a photo kept as a file (synced), the first page of persons and search among them by name or
initials. It checks no permission beyond one token, seals nothing, cleans no photo, keeps no figures and no audit.
"""

import os
import random
import sqlite3
import sys
import threading
import uuid

import uvicorn
from fastapi import FastAPI, File, Form, HTTPException, Request, UploadFile
from pydantic import BaseModel, Field

PORT, DATA, PERSONS = int(sys.argv[1]), sys.argv[2], 100_000
os.makedirs(DATA, exist_ok=True)
local = threading.local()
app = FastAPI()


def db():
    """One connection a thread, durable as ours."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(os.path.join(DATA, "peer.sqlite"), timeout=30)
        local.db.execute("PRAGMA journal_mode = WAL")
        local.db.execute("PRAGMA synchronous = FULL")
    return local.db


def prepare():
    """100,000 generated persons."""
    chance = random.Random(81)
    family = "王李张刘陈杨赵黄周吴徐孙"
    initials = "wlzlcyzhzwxs"
    given, letters = "国秀德明玉兰贵华英军", "gxdmylghyj"
    rows = []
    for _ in range(PERSONS):
        first, second, third = chance.randrange(12), chance.randrange(10), chance.randrange(10)
        rows.append((
            str(uuid.UUID(int=chance.getrandbits(128))),
            family[first] + given[second] + given[third],
            initials[first] + letters[second] + letters[third],
            chance.randrange(33),
        ))
    with db() as connection:
        connection.executescript(
            "CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT, initials TEXT, township INTEGER);"
            "CREATE TABLE visit (id TEXT PRIMARY KEY, campaign TEXT, unit TEXT, visited_on TEXT, method TEXT,"
            " person TEXT, leader_name TEXT, leader_title TEXT, money_fen INTEGER, goods_fen INTEGER, note TEXT);"
            "CREATE TABLE upload (id TEXT PRIMARY KEY, owner TEXT, name TEXT, total INTEGER, is_finished INTEGER);"
        )
        connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?)", rows)
        connection.execute("CREATE INDEX person_name ON person (name, id)")
        connection.execute("CREATE INDEX person_initials ON person (initials, id)")


class Goods(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1)
    unit: str = ""


class Visit(BaseModel):
    campaign: str
    unit: str
    visited_on: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    method: str
    person: str
    leader_name: str = ""
    leader_title: str = ""
    leader_kind: str = ""
    money_fen: int = Field(ge=0)
    money_source: str = ""
    goods: list[Goods] = []
    goods_fen: int = Field(ge=0)
    note: str = ""


class Upload(BaseModel):
    id: str
    kind: str
    owner_kind: str
    owner: str
    name: str
    caption: str = ""
    total: int


def allow(request: Request):
    if not request.headers.get("authorization", "").startswith("Bearer "):
        raise HTTPException(401)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.put("/api/v1/counties/{county}/visits/{id}")
def put_visit(county: str, id: str, visit: Visit, request: Request):
    allow(request)
    with db() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id, visit.campaign, visit.unit, visit.visited_on, visit.method, visit.person, visit.leader_name,
             visit.leader_title, visit.money_fen, visit.goods_fen, visit.note),
        )
    return {"id": id}


@app.post("/api/v1/counties/{county}/files")
def add_photo(county: str, request: Request, about: str = Form(), content: UploadFile = File()):
    allow(request)
    upload = Upload.model_validate_json(about)
    with open(os.path.join(DATA, f"{uuid.UUID(upload.id)}.jpg"), "wb") as file:
        file.write(content.file.read())
        file.flush()
        os.fsync(file.fileno())
    with db() as connection:
        connection.execute("INSERT INTO upload VALUES (?, ?, ?, ?, 1)",
                           (upload.id, upload.owner, upload.name, upload.total))
    return {"id": upload.id}


@app.get("/api/v1/counties/{county}/persons")
def persons(county: str, request: Request, limit: int = 20, search: str = ""):
    allow(request)
    field = "initials" if search.isascii() else "name"
    rows = db().execute(
        f"SELECT id, name, township FROM person WHERE {field} >= ? AND {field} < ? ORDER BY {field}, id LIMIT ?",
        (search, search + "\U0010ffff", limit),
    ).fetchall()
    return {"items": [{"id": id, "name": name[0] + "*", "township": township} for id, name, township in rows]}


if __name__ == "__main__":
    prepare()
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error", access_log=False)
