// Money, counts, dates and masks as they are printed. Money is integer fen everywhere else.

const ZONE = "Asia/Shanghai";
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 12345 -> `12,345` */
export function count(value: number | null | undefined): string {
  return value == null ? "—" : grouped.format(value);
}

/** Fen -> `¥1,234.50` */
export function money(fen: number | null | undefined): string {
  return fen == null ? "—" : `${fen < 0 ? "-" : ""}¥${yuan(Math.abs(fen))}`;
}

/** Fen -> `1,234.50`, for columns headed 元 */
export function yuan(fen: number): string {
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${fen < 0 ? "-" : ""}${grouped.format(whole)}.${rest}`;
}

/** Fen -> `1,234` or `1,234.50`: cents only where there are some, as on paper */
export function yuanShort(fen: number): string {
  const text = yuan(fen);
  return text.endsWith(".00") ? text.slice(0, -3) : text;
}

/** Fen -> 万元 with two decimals, rounded half up once: 1_234_567 -> `1.23` */
export function wan(fen: number): string {
  const hundredths = Math.floor((Math.abs(fen) + 5_000) / 10_000);
  const rest = String(hundredths % 100).padStart(2, "0");
  return `${fen < 0 && hundredths > 0 ? "-" : ""}${grouped.format(Math.trunc(hundredths / 100))}.${rest}`;
}

/** `1,234.5`, `1234.50元`, full-width digits -> fen; null when it is no amount with at most two decimals */
export function fenFrom(text: string): number | null {
  const plain = text.normalize("NFKC").replace(/[\s,，¥￥元]/g, "");
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const fen = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return match[1] ? -fen : fen;
}

function parts(ms: number): Record<string, string> {
  const format = new Intl.DateTimeFormat("zh-CN", {
    timeZone: ZONE, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** Instant -> `2026-11-23` in Shanghai */
export function date(ms: number | null | undefined): string {
  if (ms == null) return "—";
  const at = parts(ms);
  return `${at.year}-${at.month}-${at.day}`;
}

/** Instant -> `2026-11-23 08:05` in Shanghai */
export function time(ms: number | null | undefined): string {
  if (ms == null) return "—";
  const at = parts(ms);
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}`;
}

/** Today in Shanghai */
export function today(nowMs: number = Date.now()): string {
  return date(nowMs);
}

/** Whole days from one date to another, as on the calendar: `2026-11-23` to `2026-11-25` is 2 */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** A share done with one decimal, cut and never rounded up: 100% is shown only when nothing is open */
export function rate(required: number, done: number): string {
  if (required <= 0) return "—";
  const thousandths = Math.floor((Math.max(done, 0) * 1000) / required);
  return `${Math.floor(thousandths / 10)}.${thousandths % 10}%`;
}

/** The last four digits of a phone or card where the server gave nothing shorter */
export function lastFour(text: string): string {
  return text.length <= 4 ? text : `${"*".repeat(text.length - 4)}${text.slice(-4)}`;
}

/** Who did something, without the system's prefix: `account:zhang` -> `zhang`, `os:root` -> `本机 root` */
export function who(actor: string | null | undefined): string {
  if (!actor) return "—";
  const at = actor.indexOf(":");
  if (at < 0) return actor;
  const [kind, name] = [actor.slice(0, at), actor.slice(at + 1)];
  if (kind === "account") return name;
  if (kind === "os") return `本机 ${name}`;
  return kind === "token" ? `接口 ${name}` : actor;
}
