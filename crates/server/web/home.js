// The first page: the live table of any unit, who is still open, and the files. It only reads.
const $ = (id) => document.getElementById(id);
const state = { county: null, campaigns: [], units: [] };

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? "服务器没有回答，请稍后再试。");
  return body;
}

const number = (value) => value.toLocaleString("en-US");
const yuan = (fen) => {
  const whole = number(Math.trunc(fen / 100));
  return fen % 100 === 0 ? whole : `${whole}.${String(fen % 100).padStart(2, "0")}`;
};
const HELP = {
  schooling: "子女入学", family_employment: "家属就业", housing: "住房改造",
  medical: "看病就医", legal_aid: "法律援助", other: "其他",
};
const helpSum = (help) => Object.values(help).reduce((sum, value) => sum + value, 0);

function leaders(names) {
  if (names.length === 0) return "—";
  return names.length > 3 ? `${names.slice(0, 3).join("、")}等${names.length}人` : names.join("、");
}

function goodsText(line) {
  if (line.goods_fen === 0 && line.goods.length === 0) return "—";
  const items = line.goods.map((item) => `${item.name}${number(item.quantity)}${item.unit}`).join("、");
  return line.goods_fen > 0 ? `${items || "慰问品"}（折款${yuan(line.goods_fen)}元）` : items;
}

function helpText(help) {
  // In the notice's order, whatever order the answer has.
  const parts = Object.entries(HELP).filter(([kind]) => help[kind] > 0).map(([kind, label]) => `${label}${help[kind]}`);
  return parts.length > 0 ? parts.join("、") : "—";
}

function count(line) {
  if (line.count_unit === "个") return `${number(line.objects)}个`;
  if (line.count_unit === "户") return `${number(line.households)}户`;
  return number(line.persons);
}

function cell(line, column) {
  switch (column) {
    case "leaders": return element("td", { class: "leaders" }, line.key === "total" ? "—" : leaders(line.leaders));
    case "count": return element("td", { class: "number" }, count(line));
    case "money": return element("td", { class: "number" }, line.money_fen > 0 ? `${yuan(line.money_fen)}元` : "—");
    case "goods": return element("td", {}, goodsText(line));
    case "total_wan": return element("td", { class: "number" }, line.total_wan);
    case "help": return element("td", {}, helpText(line.help));
    default: return element("th", { scope: "row" }, line.label);
  }
}

function showTable(table) {
  $("heading").textContent = table.heading;
  const head = element("tr", {}, ...table.columns.map((column) => element("th", { scope: "col" }, column.label)));
  const body = table.rows.map((line) => {
    const row = element("tr", { class: line.visits === 0 ? "zero" : null, "data-row": line.key });
    row.append(...table.columns.map((column) => cell(line, column.value)));
    return row;
  });
  const total = element("tr", { "data-row": "total" }, ...table.columns.map((column) => cell(table.total, column.value)));
  $("table").replaceChildren(
    element("thead", {}, head), element("tbody", {}, ...body), element("tfoot", {}, total),
  );
  const line = table.total;
  const cards = [
    ["走访慰问", number(line.persons), "人"], ["入户", number(line.households), "户"], ["人次", number(line.person_times), "人次"],
    ["慰问金", yuan(line.money_fen), "元"], ["慰问品折款", yuan(line.goods_fen), "元"],
    ["合计", line.total_wan, "万元"], ["解决实际困难", number(helpSum(line.help)), "件"],
  ];
  $("counters").replaceChildren(...cards.map(([label, value, unit]) =>
    element("div", { class: "counter" }, element("b", {}, value, element("small", {}, unit)), element("span", {}, label))));
}

const PAGE = 60;

function openList(open) {
  const list = element("ul", { class: "open-list" });
  let shown = 0;
  const more = element("button", { class: "more", type: "button" });
  const extend = () => {
    for (const item of open.slice(shown, shown + PAGE)) {
      list.append(element("li", {},
        element("span", { class: "where" }, `${item.unit}${item.village}`),
        item.name === item.unit ? null : element("span", { class: "name" }, item.name),
        element("span", { class: "why" }, item.reason)));
    }
    shown = Math.min(shown + PAGE, open.length);
    more.hidden = shown >= open.length;
    more.textContent = `再显示 ${Math.min(PAGE, open.length - shown)} 项（还有 ${number(open.length - shown)} 项）`;
  };
  more.addEventListener("click", extend);
  extend();
  return element("div", {}, list, more);
}

function showCoverage(coverage) {
  const blocks = coverage.obligations.filter((item) => item.required > 0).map((item) => {
    const left = item.required - item.done;
    // A rate is cut, never rounded up: 100% is shown only when nobody is open.
    const rate = Math.floor((item.done * 1000) / item.required) / 10;
    const meter = element("div", { class: "meter", role: "img", "aria-label": `完成 ${rate}%` }, element("i"));
    meter.firstChild.style.width = `${rate}%`;
    const head = element("div", { class: "obligation-head" },
      element("strong", {}, item.label), meter,
      element("span", { class: left === 0 ? "state done" : "state missing" },
        `${number(item.done)} / ${number(item.required)}（${rate}%）${left === 0 ? " 已完成" : ` 差 ${number(left)}`}`));
    const block = element("div", { class: left === 0 ? "obligation" : "obligation open", "data-key": item.key }, head);
    if (item.open.length > 0) {
      const details = element("details", {}, element("summary", {}, `查看名单（${number(item.open.length)}）`));
      details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(openList(item.open)));
      block.append(details);
    }
    const remote = item.only_by_letter_or_telephone ?? [];
    if (remote.length > 0) {
      const details = element("details", {}, element("summary", {}, `只通过慰问信或电话（${number(remote.length)}）`));
      details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(openList(remote)));
      block.append(details);
    }
    return block;
  });
  $("coverage").replaceChildren(...(blocks.length > 0 ? blocks : [element("p", { class: "empty" }, "本单位没有覆盖任务。")]));
}

function chosenUnit() {
  return $("village").value || $("unit").value;
}

function base() {
  return `/api/v1/counties/${state.county.code}/campaigns/${encodeURIComponent($("campaign").value)}`;
}

function fillVillages() {
  const villages = state.units.filter((unit) => unit.kind === "village" && unit.parent === $("unit").value);
  $("village").replaceChildren(element("option", { value: "" }, "全部"),
    ...villages.map((unit) => element("option", { value: unit.code }, unit.short_name)));
  $("village-label").hidden = villages.length === 0;
}

async function refresh() {
  const query = `unit=${encodeURIComponent(chosenUnit())}`;
  history.replaceState(null, "", `?campaign=${encodeURIComponent($("campaign").value)}&${query}`);
  const campaign = state.campaigns.find((item) => item.code === $("campaign").value);
  $("deadline").textContent = campaign ? `报送截止：${campaign.deadline}` : "";
  const link = (part, format, label) =>
    element("a", { href: `${base()}/${part}?${query}&format=${format}`, download: true }, label);
  $("downloads").replaceChildren(
    link("statistics", "xlsx", "Excel"), link("statistics", "docx", "Word"), link("statistics", "pdf", "PDF"), link("statistics", "csv", "CSV"));
  $("coverage-downloads").replaceChildren(link("coverage", "xlsx", "Excel"), link("coverage", "csv", "CSV"));
  try {
    const [table, coverage] = await Promise.all([get(`${base()}/statistics?${query}`), get(`${base()}/coverage?${query}`)]);
    showTable(table);
    showCoverage(coverage);
    $("message").textContent = "";
    document.body.dataset.ready = chosenUnit();
  } catch (problem) {
    $("message").textContent = problem.message;
  }
}

function fillUnits() {
  const group = (label, kinds) => {
    const units = state.units.filter((unit) => kinds.includes(unit.kind));
    return units.length === 0 ? null
      : element("optgroup", { label }, ...units.map((unit) => element("option", { value: unit.code }, unit.name)));
  };
  $("unit").replaceChildren(...[
    element("option", { value: state.county.code }, `${state.county.name}（全县）`),
    group("乡镇（街道）", ["township"]),
    group("县委部门", ["party_department"]),
    group("县级部门", ["office", "veterans_bureau", "finance_bureau", "department"]),
    group("人民团体", ["people_organisation"]),
    group("优抚事业单位", ["institution"]),
  ].filter(Boolean));
}

async function start() {
  try {
    const counties = (await get("/api/v1/counties")).items;
    if (counties.length === 0) throw new Error("还没有建立县级数据：请先运行 shuangyong init --county 县级代码。");
    state.county = counties[0];
    $("county").textContent = state.county.name;
    const root = `/api/v1/counties/${state.county.code}`;
    state.campaigns = (await get(`${root}/campaigns`)).items;
    state.units = (await get(`${root}/units`)).items;
    if (state.campaigns.length === 0) throw new Error("还没有活动：请先运行 shuangyong campaign create --template bayi --year 2024。");
    $("campaign").replaceChildren(...state.campaigns.map((item) => element("option", { value: item.code }, `${item.name}（${item.code}）`)));
    fillUnits();
    const wanted = new URLSearchParams(location.search);
    if (state.campaigns.some((item) => item.code === wanted.get("campaign"))) $("campaign").value = wanted.get("campaign");
    const unit = state.units.find((item) => item.code === wanted.get("unit"));
    if (unit) $("unit").value = unit.kind === "village" ? unit.parent : unit.code;
    fillVillages();
    if (unit?.kind === "village") $("village").value = unit.code;
    $("campaign").addEventListener("change", refresh);
    $("unit").addEventListener("change", () => { fillVillages(); refresh(); });
    $("village").addEventListener("change", refresh);
    await refresh();
  } catch (problem) {
    $("message").textContent = problem.message;
  }
}

start();
