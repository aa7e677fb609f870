import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vitest/config";

const server = process.env.SHUANGYONG_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  // Element Plus comes in by use; our own components are imported by name, so that a reader sees where from.
  plugins: [vue(), components({ dts: false, dirs: [], resolvers: [ElementPlusResolver({ importStyle: "css" })] })],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // Browsers of county offices: WPS and 360 in their fast mode, UOS, Kylin.
    target: ["chrome87", "safari14", "firefox91"],
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": server, "/health": server } },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    server: { deps: { inline: ["element-plus"] } },
  },
});
