/** A browser's word for itself as people know it: `Chrome · Windows`. */
export function browserOf(agent: string | null | undefined): string {
  if (!agent) return "未知程序";
  const browsers: [RegExp, string][] = [
    [/MicroMessenger/, "微信"], [/DingTalk/, "钉钉"], [/QIHU|360SE|360EE/, "360 浏览器"], [/Edg\//, "Edge"],
    [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"], [/^curl\//, "curl"],
  ];
  const systems: [RegExp, string][] = [
    [/Windows/, "Windows"], [/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Mac OS X/, "macOS"],
    [/UOS|Deepin/i, "统信 UOS"], [/Kylin/i, "银河麒麟"], [/Linux/, "Linux"],
  ];
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  return [find(browsers) ?? "其他浏览器", find(systems)].filter(Boolean).join(" · ");
}
