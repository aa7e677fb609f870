import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { Problem } from "@/shared/api/client";
import { applyDisplay } from "@/shared/display";
import { sweepDrafts } from "@/shared/drafts";
import "@/shared/tokens.css";
import App from "./App.vue";
import { router } from "./router";

applyDisplay();
sweepDrafts();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; only what passes is asked again.
      retry: (tries, error) => tries < 2 && error instanceof Problem && error.isPassing,
      staleTime: 15_000,
      networkMode: "always",
    },
    mutations: { networkMode: "always", retry: false },
  },
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount("#app");
