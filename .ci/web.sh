# The web application for ./run and ./test: built into web/dist, which crates/server/build.rs embeds. Sourced.

# Whether web/dist is missing or older than anything that it is made from.
web_is_stale() {
  [[ -f web/dist/index.html ]] || return 0
  [[ -n $(find web/src web/public web/index.html web/vite.config.ts web/package.json web/package-lock.json web/tools docs/guide \
    -newer web/dist/index.html -print -quit) ]]
}

need_node() {
  command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    fail "没有找到 Node.js 20 或更新版本，构建网页要用 (Node.js 20 or newer with npm was not found; it builds the web application)"
}

# Packages of the web application, when they are not the lock file's.
web_packages() {
  [[ -f web/node_modules/.package-lock.json && ! web/package-lock.json -nt web/node_modules/.package-lock.json ]] ||
    npm --prefix web ci --no-audit --no-fund
}

web_build() { npm --prefix web run build; }
