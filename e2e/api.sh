#!/usr/bin/env bash
# The API held against its own description: a county of synthetic data, a server, a token with everything that the
# office may do, and schemathesis. Usage: e2e/api.sh PROGRAM FOLDER; FOLDER is new and goes away with the caller.
set -euo pipefail
program=$1
folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=4.32.5

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"

cd "$folder"
export SHUANGYONG_KEYS=$folder/keys
"$program" init --county 500240 >/dev/null
"$program" campaign create --template bayi --year 2024 >/dev/null
"$program" generate --county 500240 --people 200 --visits 300 --seed 7 --load >/dev/null

permissions=()
for code in unit.read unit.change campaign.read campaign.change roster.read name.read roster.import roster.export \
  person.merge import.read import.undo candidate.read candidate.confirm visit.read visit.record visit.import \
  visit.withdraw visit.export statistics.read statistics.verify statistics.export coverage.read coverage.export \
  calendar.read calendar.change file.read file.upload job.read job.change notice.log; do
  permissions+=(--permission "$code")
done
token=$("$program" account token create --name schemathesis --role county_office "${permissions[@]}" --days 1)

"$program" serve --listen 127.0.0.1:0 >"$folder/address" 2>"$folder/server.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  address=$(sed -nE 's|.*(http://[0-9.]+:[0-9]+)/.*|\1|p' "$folder/address")
  [[ -z $address ]] || break
  sleep 0.1
done
[[ -n ${address:-} ]] || { cat "$folder/server.log"; echo "the server did not start"; exit 1; }

# Messages are a person's: somebody who signed in reads them.
once=$("$program" account create tester --name 接口测试 --role county_office --format json |
  "$folder/venv/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["one_time_password"])')
cookie=$("$folder/venv/bin/python" "$here/sign_in.py" "$address" tester "$once")

ask() {
  "$folder/venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "$address/api/v1/openapi.json" \
    --phases examples,coverage,fuzzing --seed 1 --workers 2 --warnings off --continue-on-failure --no-color "$@"
}
status=0
ask --header "Authorization: Bearer $token" || status=$?
ask --header "Cookie: $cookie" --header "X-Shuangyong: 1" --include-tag notification || status=$?
kill -0 "$server" || { cat "$folder/server.log"; echo "the server went away"; exit 1; }
exit "$status"
