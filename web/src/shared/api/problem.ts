// What the server answers when it does not do what was asked (RFC 9457), as an error that pages show.

export class Problem extends Error {
  /** Stable code, e.g. `record.changed`. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly title: string;
  /** Facts behind the sentence, e.g. `current` on a conflict. */
  readonly details: Record<string, unknown>;
  /** The number under which the server's log knows the request. */
  readonly requestId: string | null;

  constructor(from: {
    code: string; status: number; title: string; detail: string;
    details?: Record<string, unknown>; requestId?: string | null;
  }) {
    super(from.detail);
    this.name = "Problem";
    this.code = from.code;
    this.status = from.status;
    this.title = from.title;
    this.details = from.details ?? {};
    this.requestId = from.requestId ?? null;
  }

  /** The sentence to show: what happened and what to do. */
  get detail(): string {
    return this.message;
  }

  /** Whether asking again later may help. */
  get isPassing(): boolean {
    return [0, 408, 429, 502, 503, 504].includes(this.status);
  }
}

export function problemOf(body: unknown, response: Response): Problem {
  const requestId = response.headers.get("x-request-id");
  const given = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  if (typeof given.code === "string" && typeof given.detail === "string") {
    const details = typeof given.details === "object" && given.details !== null ? given.details : {};
    return new Problem({
      code: given.code,
      status: response.status,
      title: typeof given.title === "string" ? given.title : "没有办成",
      detail: given.detail,
      details: details as Record<string, unknown>,
      requestId,
    });
  }
  return new Problem({
    code: "answer.unknown",
    status: response.status,
    title: "服务器的答复读不懂",
    detail: `服务器答复了 ${response.status}，请稍后再试；仍不行时把请求编号告诉系统管理员。`,
    requestId,
  });
}

export function unreachable(): Problem {
  return new Problem({
    code: "network",
    status: 0,
    title: "连不上服务器",
    detail: "连不上服务器，填写的内容还在本页，请检查网络后重试。",
  });
}

/** Whatever was thrown, as a Problem to show. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new Problem({
    code: "page",
    status: -1,
    title: "页面出错",
    detail: `页面出错，请刷新后再试；仍不行时把这句话告诉系统管理员：${said}`,
  });
}
