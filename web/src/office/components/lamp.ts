// 绿 in time, 黄 within three days, 红 over; the words say the same without the colour.

export type Colour = "green" | "yellow" | "red" | "grey";

export function lampOf(days: number | null, done?: string, working = false): { colour: Colour; words: string } {
  if (done) return { colour: "green", words: done };
  if (days === null) return { colour: "grey", words: "无期限" };
  const unit = working ? "个工作日" : "天";
  if (days < 0) return { colour: "red", words: `超期${-days}${unit}` };
  if (days === 0) return { colour: "yellow", words: "今天到期" };
  return { colour: days <= 3 ? "yellow" : "green", words: `剩${days}${unit}` };
}
