import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = process.env.RUNFOLD_SERVER ?? "http://127.0.0.1:5000";

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
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/get-artifact", "/openapi.json"].map((path) => [path, SERVER]),
    ),
  },
});
