// Ids of records are made here, so that sending a record twice is harmless: UUIDv7 (RFC 9562).

let last = { ms: 0, sequence: 0 };

/**
 * A new id, greater than the one before: records made within one millisecond keep their order by a counter in `rand_a`
 * (RFC 9562, 6.2, method 1). `crypto.randomUUID` is missing on plain HTTP, `getRandomValues` is not.
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Half of the counter's room is left free above where it begins; what does not fit goes into the next millisecond.
  if (nowMs > last.ms) last = { ms: nowMs, sequence: (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0) };
  else if (last.sequence < 0xfff) last.sequence += 1;
  else last = { ms: last.ms + 1, sequence: 0 };
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(last.ms / 2 ** (8 * (5 - place))) % 256;
  bytes[6] = (last.sequence >> 8) | 0x70;
  bytes[7] = last.sequence & 0xff;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
