// The server's stream of events: new messages and the progress of own jobs. A browser opens few connections to one
// server, so only the tab that is looked at listens; whoever comes back reads the lists anew.
import type { Schema } from "./api/client";

interface Happenings {
  /** Read everything anew: the stream begins, or the position was lost. */
  begin: null;
  notification: Schema["Notification"];
  job: Schema["Job"];
}
type Name = keyof Happenings;
type Listener<K extends Name> = (data: Happenings[K]) => void;

const listeners: { [K in Name]: Set<Listener<K>> } = { begin: new Set(), notification: new Set(), job: new Set() };

/** Calls `listener` at each event; call what comes back to stop. */
export function onEvent<K extends Name>(name: K, listener: Listener<K>): () => void {
  listeners[name].add(listener);
  return () => listeners[name].delete(listener);
}

function tell<K extends Name>(name: K, data: Happenings[K]) {
  for (const listener of listeners[name]) listener(data);
}

const AGAIN_MS = 20_000;

/** Listens for a county while the page is looked at; call what comes back to stop. */
export function listen(county: string): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function open() {
    clearTimeout(timer);
    if (source || document.hidden) return;
    const stream = new EventSource(`/api/v1/counties/${county}/events`);
    source = stream;
    for (const name of ["hello", "reset"]) stream.addEventListener(name, () => tell("begin", null));
    stream.addEventListener("notification", (event) => tell("notification", JSON.parse(event.data)));
    stream.addEventListener("job", (event) => tell("job", JSON.parse(event.data)));
    stream.onerror = () => {
      // The browser comes back by itself unless it was refused.
      if (stream.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, AGAIN_MS);
    };
  }

  function close() {
    source?.close();
    source = null;
  }

  function look() {
    if (document.hidden) close();
    else open();
  }

  document.addEventListener("visibilitychange", look);
  open();
  return () => {
    document.removeEventListener("visibilitychange", look);
    clearTimeout(timer);
    close();
  };
}
