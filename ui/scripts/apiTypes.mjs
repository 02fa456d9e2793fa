// Writes src/api/schema.ts from the server's table of calls; with --check, fails if it differs from what is there.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const TARGET = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PRINT = `
import json
from runfold.wire.endpoints import ENDPOINTS
from runfold.wire.openapi import document
print(json.dumps(document(ENDPOINTS, version="1")))
`;

const python = process.env.PYTHON ?? `${ROOT}.venv/bin/python`;
const document = JSON.parse(execFileSync(python, ["-c", PRINT], { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 }));
// The pages call by path and name their messages themselves; only the messages are taken over.
const ast = await openapiTS({ ...document, paths: {} }, { defaultNonNullable: false });
const text = `// Made by \`npm run api-types\` from the server's table of calls. Do not edit.\n${astToString(ast)}`;

if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error("src/api/schema.ts does not fit the server's table of calls; run `npm run api-types`.");
    process.exit(1);
  }
} else writeFileSync(TARGET, text);
