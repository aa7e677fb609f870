// The county's campaigns, newest deadline first, and the one that pages work with: chosen in the address, else the
// latest that is open.
import { useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { api, type Schema, take } from "@/shared/api/client";
import { may } from "@/shared/perm";
import { county } from "@/shared/session";

export type Campaign = Schema["Campaign"];

export function useCampaigns() {
  const answer = useQuery({
    queryKey: ["campaigns"],
    queryFn: () => take(api.GET("/api/v1/counties/{county}/campaigns", { params: { path: { county: county() } } })),
    enabled: computed(() => may("campaign.read")),
    staleTime: 60_000,
  });
  const campaigns = computed<Campaign[]>(() => answer.data.value?.items ?? []);
  return {
    campaigns,
    isLoading: computed(() => answer.isLoading.value),
    error: answer.error,
    again: () => void answer.refetch(),
    /** The campaign with this code, else the one at hand. */
    pick: (code: string) =>
      campaigns.value.find((it) => it.code === code) ?? campaigns.value.find((it) => it.is_open) ?? campaigns.value[0],
  };
}

/** A campaign with its template: rows, columns, obligations. */
export function useCampaign(code: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ["campaign", toValue(code)]),
    queryFn: () =>
      take(api.GET("/api/v1/counties/{county}/campaigns/{campaign}", { params: { path: { county: county(), campaign: toValue(code) } } })),
    enabled: computed(() => toValue(code) !== "" && may("campaign.read")),
    staleTime: 60_000,
  });
}
