#!/usr/bin/env bash
# Makes a Python environment with the packages of peers.py and peer_http.py and prints the path of its python.
# The environment stands in the temporary folder and is used again by the next run.
set -euo pipefail
place=${TMPDIR:-/tmp}/shuangyong-bench-python
if ! "$place/bin/python" -c 'import pandas, openpyxl, xlsxwriter, fastapi, uvicorn, multipart' 2>/dev/null; then
  command -v python3 >/dev/null || { echo "python3 was not found" >&2; exit 1; }
  python3 -m venv "$place" >&2
  "$place/bin/pip" install --quiet --disable-pip-version-check pandas openpyxl xlsxwriter fastapi uvicorn python-multipart >&2 ||
    { echo "pip could not install pandas, openpyxl, xlsxwriter, fastapi, uvicorn and python-multipart" >&2; exit 1; }
fi
echo "$place/bin/python"
