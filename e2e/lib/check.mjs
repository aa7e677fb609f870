export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

export function equal(found, wanted, what = "") {
  const [a, b] = [found, wanted].map((it) => JSON.stringify(it));
  assert(a === b, `${what} expected ${b}, found ${a}`);
}
