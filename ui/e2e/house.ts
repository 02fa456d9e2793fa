/** A server with users, where most records are hidden from most of them: made by calls, as an administrator would. */
import { PASSWORD, type Team } from "./team";

/** In every name and text of what nobody but administrators may see. */
export const HIDDEN = "zebra";

/** Ids and names of one set of records. */
export interface Records {
  /** In all of its names and texts. */
  word: string;
  experiment: string;
  run: string;
  other: string;
  deletedRun: string;
  model: string;
  project: string;
  target: string;
  job: string;
  endedJob: string;
}

/** Who there is, by what was granted on records of their own. */
export const SHARING = ["reader", "contributor", "keeper", "modeller"] as const;
export const PEOPLE = ["stranger", "tenant", ...SHARING] as const;
export type Person = (typeof PEOPLE)[number];

/** The records of each who was granted something, and those of nobody. */
export type House = Record<(typeof SHARING)[number] | "nobody", Records>;

export const wordOf = (person: string) => `plum${person}`;

type Json = Record<string, unknown>;

class Calls {
  readonly #headers = { Authorization: `Basic ${btoa(`root:${PASSWORD}`)}`, "Content-Type": "application/json" };

  constructor(readonly address: string) {}

  post(call: string, body: Json): Promise<Json> {
    return this.#send("POST", `api/runfold/v1/${call}`, JSON.stringify(body));
  }
  mlflow(call: string, body: Json): Promise<Json> {
    return this.#send("POST", `api/2.0/mlflow/${call}`, JSON.stringify(body));
  }
  workspace(name: string, description: string): Promise<Json> {
    return this.#send("POST", "api/3.0/mlflow/workspaces", JSON.stringify({ name, description }));
  }
  async put(path: string, text: string): Promise<void> {
    await this.#send("PUT", `api/2.0/mlflow-artifacts/artifacts/${path}`, text, "application/octet-stream");
  }
  async #send(method: string, path: string, body: string, kind = "application/json"): Promise<Json> {
    const reply = await fetch(`${this.address}/${path}`, { method, body, headers: { ...this.#headers, "Content-Type": kind } });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} ${body.slice(0, 200)}: ${reply.status} ${text}`);
    return text ? (JSON.parse(text) as Json) : {};
  }
}

export async function furnish({ server, setupLink }: Team): Promise<House> {
  const calls = new Calls(server.address);
  const code = new URL(setupLink).hash.replace("#code=", "");
  await fetch(`${server.address}/api/runfold/v1/setup`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code, name: "root", password: PASSWORD }) });
  for (const name of [...PEOPLE, `${HIDDEN}-user`]) await calls.post("users/create", { name, password: PASSWORD });
  await calls.post("groups/set", { name: `${HIDDEN}-group`, members: [`${HIDDEN}-user`] });
  await calls.workspace("tenancy", "");
  await calls.workspace(`${HIDDEN}-space`, HIDDEN);
  await calls.post("secrets/set", { name: "ZEBRA_TOKEN", value: "x", description: HIDDEN });
  await calls.post("webhooks/create", { name: HIDDEN, url: "https://example.com/zebra", events: ["registered_model.created"] });
  await calls.post("retention/save", { name: HIDDEN, filter: "tags.zebra = '1'", after_days: 30 });
  const grant = (name: string, place: string, role: string) => calls.post("grants/set", { subject: `user:${name}`, place, role });
  const house = { nobody: await records(calls, HIDDEN) } as House;
  for (const person of SHARING) {
    const own = (house[person] = await records(calls, wordOf(person)));
    const places = [`experiment:${own.experiment}`, `model:${own.model}`, `project:${own.project}`, `target:${own.target}`];
    if (person === "modeller") await grant(person, `model:${own.model}`, "contributor");
    else for (const place of places) await grant(person, place, person !== "keeper" ? person : place.startsWith("experiment") ? "manager" : "reader");
  }
  await grant("tenant", "workspace:tenancy", "manager");
  return house;
}

async function records(calls: Calls, word: string): Promise<Records> {
  const experiment = (await calls.mlflow("experiments/create", { name: `${word}/wine`, tags: [{ key: "mlflow.note.content", value: `${word} words` }] })).experiment_id as string;
  const run = await aRun(calls, experiment, word);
  const other = await aRun(calls, experiment, `${word}-other`);
  const deletedRun = await aRun(calls, experiment, `${word}-deleted`);
  await calls.mlflow("runs/delete", { run_id: deletedRun });
  await calls.post("views/save", { scope: `experiment:${experiment}`, name: `${word} view`, state: "q=" });

  const model = `${word}-model`;
  await calls.mlflow("registered-models/create", { name: model, description: `${word} words`, tags: [{ key: word, value: word }] });
  for (const version of ["1", "2"]) {
    await calls.mlflow("model-versions/create", { name: model, source: `mlflow-artifacts:/${experiment}/${run}/artifacts/model`, run_id: run });
    await calls.mlflow("registered-models/alias", { name: model, alias: "champion", version });
  }
  await calls.post("promotions/create", { name: model, version: 1, alias: "champion", description: `${word} words`, n_approvals: 1 });

  const [project, target] = [`${word}-project`, `${word}-target`];
  await calls.post("projects/create", { settings: { name: project, uri: `/${word}`, description: `${word} words`, experiment_id: experiment } });
  const spec = { name: word, entry_points: [{ name: "main", command: "python train.py {alpha}", parameters: [{ name: "alpha", type: "float", default: "0.5" }] }] };
  await calls.post("projects/record-reading", { name: project, reading: { commit: "0".repeat(40), spec } });
  await calls.post("targets/create", { target: { name: target, kind: "local", description: `${word} words` } });
  const submit = async () => {
    const work = { uri: `/${word}`, project, target, experiment_id: experiment, entry_point: "main", parameters: { alpha: word }, queue: word };
    return ((await calls.post("jobs/submit", { work })).job as { job_id: string }).job_id;
  };
  const [job, endedJob] = [await submit(), await submit()];
  await calls.post("jobs/cancel", { job_id: endedJob });
  return { word, experiment, run, other, deletedRun, model, project, target, job, endedJob };
}

async function aRun(calls: Calls, experiment: string, word: string): Promise<string> {
  const made = await calls.mlflow("runs/create", { experiment_id: experiment, run_name: `${word}-run`, start_time: Date.now() - 60_000 });
  const run = (made.run as { info: { run_id: string } }).info.run_id;
  await calls.mlflow("runs/log-batch", {
    run_id: run,
    params: [{ key: `${word}_param`, value: word }],
    metrics: [1, 2].map((step) => ({ key: `${word}_metric`, value: step, step, timestamp: Date.now() })),
    tags: [
      { key: `${word}_tag`, value: word },
      { key: "mlflow.note.content", value: `${word} words` },
    ],
  });
  await calls.mlflow("runs/log-inputs", { run_id: run, datasets: [{ dataset: { name: `${word}-data`, digest: word, source_type: "local", source: `/${word}` }, tags: [] }] });
  for (const [path, text] of [["model/MLmodel", "flavors:\n  python_function:\n    loader_module: none\n"], [`${word}.txt`, word]]) await calls.put(`${experiment}/${run}/artifacts/${path}`, text as string);
  await calls.mlflow("runs/update", { run_id: run, status: "FINISHED", end_time: Date.now() });
  return run;
}

/** A call by the administrator. */
export function administer(address: string, call: string, body: Json): Promise<Json> {
  return new Calls(address).post(call, body);
}
