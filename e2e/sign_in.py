"""Signs in with a one-time password, sets a lasting one, and prints the session's cookie.

Usage: sign_in.py ADDRESS LOGIN ONE_TIME_PASSWORD; `requests` comes with schemathesis.
"""

import sys

import requests

address, login, once = sys.argv[1:]
session = requests.Session()
session.headers["X-Shuangyong"] = "1"
answer = session.post(f"{address}/api/v1/sessions", json={"login": login, "password": once})
answer.raise_for_status()
new = {"old": once, "new": "lantern-Vermillion 7 otters"}
session.put(f"{address}/api/v1/session/password", json=new).raise_for_status()
print("; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies))
