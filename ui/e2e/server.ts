/** A real server on a throw-away folder, with real records in it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base } from "@playwright/test";

export const BIN = process.env.RUNFOLD_BIN ?? fileURLToPath(new URL("../../.venv/bin", import.meta.url));
const MANY = fileURLToPath(new URL("many.py", import.meta.url));
const SEED = fileURLToPath(new URL("seed.py", import.meta.url));
const START_MS = 30_000;

export class RunfoldServer {
  private process: ChildProcess | null = null;
  /** What the server wrote. */
  told = "";

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async create(): Promise<RunfoldServer> {
    const server = new RunfoldServer(mkdtempSync(join(tmpdir(), "runfold-e2e-")), await freePort());
    await server.start();
    return server;
  }

  /** One that asks who is there, and the link that it prints for its first administrator. */
  static async createWithUsers(...options: string[]): Promise<{ server: RunfoldServer; setupLink: string }> {
    const server = new RunfoldServer(mkdtempSync(join(tmpdir(), "runfold-e2e-")), await freePort());
    await server.start("--auth", ...options);
    const setupLink = /http\S+\/setup#code=\S+/.exec(server.told)?.[0];
    if (!setupLink) throw new Error(`The server printed no link:\n${server.told}`);
    return { server, setupLink };
  }

  async start(...options: string[]): Promise<void> {
    this.process = spawn(join(BIN, "runfold"), ["server", "--port", String(this.port), ...options], { cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr?.on("data", (text: Buffer) => (this.told += text.toString()));
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      const answer = await fetch(`${this.address}/health`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`The server did not answer within ${START_MS} ms.`);
  }

  /** Ends the process and waits until it is gone; the folder stays. */
  async stop(): Promise<void> {
    const running = this.process;
    this.process = null;
    if (running) await ended(running);
  }

  /** On the same folder, with other options. */
  async restart(...options: string[]): Promise<void> {
    await this.stop();
    await this.start(...options);
  }

  /** A process that takes jobs; it ends with the returned function. */
  agent(slots: number): () => Promise<void> {
    const arguments_ = ["agent", "--slots", String(slots), "--name", "e2e-agent", "-u", this.address];
    const running = spawn(join(BIN, "runfold"), arguments_, { cwd: this.folder, stdio: "ignore" });
    return async () => {
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGTERM");
      if (running.exitCode === null) await gone;
    };
  }

  /** Logs runs with the Python client, as a training script would. */
  seed(what: string): void {
    execFileSync(join(BIN, "python"), [SEED, this.address, what], { cwd: this.folder, stdio: ["ignore", "ignore", "inherit"] });
  }

  /** Runs a script of a user. */
  run(code: string): void {
    execFileSync(join(BIN, "python"), ["-c", code], { cwd: this.folder, env: { ...process.env, RUNFOLD_TRACKING_URI: this.address }, stdio: ["ignore", "ignore", "inherit"] });
  }

  /** Fills the database while the server is stopped: more runs than logging could bring in time. */
  load(): void {
    execFileSync(join(BIN, "python"), [MANY, join(this.folder, ".runfold", "runfold.db")], { stdio: ["ignore", "ignore", "inherit"] });
  }

  /** A scoring server for a model of this server. */
  async serveModel(uri: string): Promise<{ port: number; stop: () => Promise<void> }> {
    const port = await freePort();
    const scoring = spawn(join(BIN, "runfold"), ["models", "serve", "-m", uri, "-p", String(port)], {
      cwd: this.folder,
      env: { ...process.env, RUNFOLD_TRACKING_URI: this.address },
      stdio: "ignore",
    });
    const end = Date.now() + 2 * START_MS;
    while (Date.now() < end && scoring.exitCode === null) {
      const answer = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => null);
      if (answer?.ok) return { port, stop: () => ended(scoring) };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await ended(scoring);
    throw new Error(`Nothing served ${uri}.`);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a process and waits until it is gone. */
async function ended(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null) return;
  const gone = new Promise((resolve) => running.once("exit", resolve));
  running.kill("SIGTERM");
  await gone;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

interface Servers {
  /** One server with the usual records, shared by the tests of a worker. */
  server: RunfoldServer;
}

export const test = base.extend<{ problems: string[] }, Servers>({
  server: [
    // Playwright reads the first argument's pattern to know what a fixture needs.
    async ({}, use) => {
      const server = await RunfoldServer.create();
      server.seed("usual");
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.address),
  /** Errors of scripts and of the content policy; a test that meets one fails. */
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("Failed to load resource")) problems.push(message.text());
      });
      await use(problems);
      if (problems.length) throw new Error(`The page reported: ${problems.join("\n")}`);
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";
