import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = process.env.RUNFOLD_SERVER ?? "http://127.0.0.1:5000";

/** What draws: pages without a chart do without. */
function isForCharts(id: string): boolean {
  return /[\\/]uplot[\\/]|src[\\/]charts[\\/](?!useSize)|src[\\/]records[\\/](Board|Chart|MetricChart|PanelFrame|chart)/.test(id);
}

/** What several pages share, but for what is large and rare. */
function isLight(id: string): boolean {
  return !isForCharts(id) && !/[\\/](hyparquet|pages)[\\/]/.test(id);
}

export default defineConfig({
  plugins: [react()],
  // The server says where the pages live with a <base> element, so that one build works below every prefix.
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("../src/runfold/server/static", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The server's content policy allows scripts from itself only, so nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // A page asks for a handful of files, not for one per shared module: a browser fetches six at a time.
        codeSplitting: {
          groups: [
            { name: "shared", test: isLight, minShareCount: 2, priority: 2 },
            { name: "charts", test: isForCharts, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/get-artifact", "/openapi.json"].map((path) => [path, SERVER]),
    ),
  },
});
