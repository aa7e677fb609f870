// A schematic map: each township a hexagon of the same size, in the order of the codes, row by row. It shows at a
// glance who is behind; it is not a map of borders.

export interface Hex {
  x: number;
  y: number;
}
/** Centres of `count` hexagons of radius 1, `across` in a full row, odd rows moved by half. */
export function hexes(count: number, across: number): Hex[] {
  const width = Math.sqrt(3);
  return Array.from({ length: count }, (_, at) => {
    const row = Math.floor(at / across);
    return { x: width * (at % across) + (row % 2 ? width / 2 : 0), y: 1.5 * row };
  });
}

/** Corners of a hexagon that stands on a corner. */
export function corners({ x, y }: Hex, radius = 0.96): string {
  return Array.from({ length: 6 }, (_, at) => {
    const angle = (Math.PI / 3) * at - Math.PI / 2;
    return `${(x + radius * Math.cos(angle)).toFixed(3)},${(y + radius * Math.sin(angle)).toFixed(3)}`;
  }).join(" ");
}

/** green at 100%, yellow from 80%, red below; grey where nothing is required */
export function tone(share: { done: number; required: number } | null | undefined): string {
  if (!share || share.required === 0) return "grey";
  if (share.done >= share.required) return "green";
  return share.done * 10 >= share.required * 8 ? "yellow" : "red";
}
