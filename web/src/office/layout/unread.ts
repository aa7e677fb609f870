// How many messages are unread: asked once, then told by the event stream.
import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, onBeforeUnmount } from "vue";
import { api, take } from "@/shared/api/client";
import { onEvent } from "@/shared/events";
import { may } from "@/shared/perm";
import { county } from "@/shared/session";
import { told } from "../components/notify";

export const MESSAGES = "messages";

export function useUnread() {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: [MESSAGES, "unread"],
    queryFn: () => take(api.GET("/api/v1/counties/{county}/notifications/unread", { params: { path: { county: county() } } })),
    enabled: computed(() => may("notice.read")),
  });
  const anew = () => queries.invalidateQueries({ queryKey: [MESSAGES] });
  const off = [
    onEvent("begin", anew),
    onEvent("notification", (it) => {
      void anew();
      if (!it.is_seen) told(`${it.kind_label}：${it.title}`);
    }),
  ];
  onBeforeUnmount(() => off.forEach((stop) => stop()));
  return computed(() => data.value?.items.reduce((sum, it) => sum + it.count, 0) ?? 0);
}
