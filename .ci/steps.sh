# Steps with their time, for ./run and ./test. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "失败 failed: $*"
  exit 1
}

# quietly LOG COMMAND…: runs the command with its output in LOG; shows what it is at and for how long: on a
# terminal in one line that moves, elsewhere twice a minute. On failure the log is printed.
quiet_pid=""
quietly() {
  local log=$1 start=$SECONDS said=0 pid status=0 at
  shift
  "$@" >"$log" 2>&1 &
  pid=$!
  quiet_pid=$pid
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.5
    at=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c 1-60) || true
    if [[ -t 2 ]]; then
      printf '\r\033[K    %d s  %s' "$((SECONDS - start))" "$at" >&2
    elif ((SECONDS - start >= said + 30)); then
      said=$((SECONDS - start))
      say "    $said s  $at"
    fi
  done
  [[ -t 2 ]] && printf '\r\033[K' >&2
  wait "$pid" || status=$?
  quiet_pid=""
  ((status == 0)) || cat "$log" >&2
  return "$status"
}

# For the EXIT trap: Ctrl-C does not reach a command in the background by itself.
stop_quiet() { [[ -z $quiet_pid ]] || kill "$quiet_pid" 2>/dev/null || true; }

# What is needed before anything else, with a sentence about how to get it.
need_rust() {
  command -v cargo >/dev/null || fail "没有找到 cargo，请先装 Rust 1.95 或更新版本 (cargo was not found: install Rust 1.95 or newer, see https://rustup.rs)"
  command -v cc >/dev/null || fail "没有找到 C 编译器，请先装 gcc (no C compiler was found: install gcc, on Debian and Ubuntu the package build-essential)"
}
