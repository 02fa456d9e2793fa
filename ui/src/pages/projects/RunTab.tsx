import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { NEW_WORK, type Project } from "../../api/work/model";
import { HERE } from "../../api/here";
import { useExperiment } from "../../api/queries";
import { useJobs } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Fact, Facts, Side, WithSide } from "../../components/Facts";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { placeIn } from "../../lib/workspaces";
import { cutMiddle } from "../../lib/format";
import { JobMark, jobTitle } from "../../records/work/JobMark";
import { NoAgent } from "../../records/work/NoAgent";
import { LaunchForm } from "../../records/work/LaunchForm";
import { useRights } from "../../records/accounts/useRights";
import { EditProject } from "./EditProject";
import { useReading } from "./useReading";
import styles from "./projects.module.css";

const RECENT = 8;

/** The form, and beside it what is known of the project. */
export function RunTab({ project }: { project: Project }) {
  const { settings, spec } = project;
  const read = useReading();
  const [isEditing, setEditing] = useState(false);
  const { to } = useRights(placeIn(HERE, "project", settings.name));
  const entries = spec?.entryPoints ?? [];
  const first = {
    ...NEW_WORK,
    project: settings.name,
    uri: settings.folder ? `${settings.uri}#${settings.folder}` : settings.uri,
    version: settings.version,
    credential: settings.credential,
    queue: settings.queue,
    experimentId: settings.experimentId,
    entryPoint: entries.some(({ name }) => name === "main") ? "main" : (entries[0]?.name ?? "main"),
  };
  return (
    <WithSide>
      <div className={styles.main}>
        {project.problem && (
          <div role="alert" className={styles.problem}>
            <b>{spec ? "The code could not be read anew." : "The code could not be read."}</b>
            <pre>{project.problem}</pre>
            <span className={styles.repairs}>
              <Button denied={to("changeProject")} onClick={() => setEditing(true)}>Change the project</Button>
              <Button denied={to("readProject")} onClick={() => void read(settings)}>Read anew</Button>
            </span>
          </div>
        )}
        {spec && entries.length ? (
          // Other entry points are another form: a new reading begins it anew.
          <LaunchForm key={`${project.commit} ${project.readMs}`} first={first} entries={entries} targets={settings.targets} />
        ) : spec ? (
          <EmptyState title="Nothing here can be run" text="The project has neither an MLproject file with entry points nor a .py or .sh file in its folder." />
        ) : (
          !project.problem && (
            <>
              <EmptyState title="The code is being read" text="Its entry points and their parameters appear here as soon as an agent has read them." />
              <NoAgent queue={settings.queue} labels={[]} />
            </>
          )
        )}
      </div>
      <Side label="About the project">
        <AboutProject project={project} />
        <Recent name={settings.name} />
      </Side>
      {isEditing && <EditProject before={settings} onClose={() => setEditing(false)} />}
    </WithSide>
  );
}

function AboutProject({ project }: { project: Project }) {
  const { settings, spec } = project;
  const environment = spec?.environment;
  const { data: experiment } = useExperiment(settings.experimentId);
  return (
    <section>
      <h3>Project</h3>
      <Facts>
        <Fact word="Code">
          <code>{settings.uri}</code>
        </Fact>
        <Fact word="Folder">{settings.folder && <code>{settings.folder}</code>}</Fact>
        <Fact word="Version">{settings.version && <code>{settings.version}</code>}</Fact>
        <Fact word="Read">
          {project.readMs && (
            <>
              <Ago ms={project.readMs} />
              {project.commit && <code title={project.commit}> at {project.commit.slice(0, 10)}</code>}
            </>
          )}
        </Fact>
        <Fact word="Environment">{environment && (environment.image || environment.path || (environment.kind === "current" ? "the agent's own" : environment.kind))}</Fact>
        <Fact word="Experiment">
          {experiment && (
            <Link className={styles.link} to="/experiments/$ids" params={{ ids: experiment.id }}>
              {cutMiddle(experiment.name, 40)}
            </Link>
          )}
        </Fact>
        <Fact word="Queue">
          <Link className={styles.link} to="/jobs" search={{ queue: settings.queue }}>
            {cutMiddle(settings.queue, 40)}
          </Link>
        </Fact>
        <Fact word="Targets">{settings.targets.join(", ") || spec?.platform.targets.join(", ")}</Fact>
        <Fact word="Needs">{[...(spec?.platform.labels ?? []), spec?.platform.nGpus ? `${spec.platform.nGpus} GPUs` : ""].filter(Boolean).join(", ")}</Fact>
        <Fact word="Credential">{settings.credential && <code>{settings.credential}</code>}</Fact>
        <Fact word="Registered">
          <Ago ms={project.createdMs} />
          {project.user && ` by ${project.user}`}
        </Fact>
      </Facts>
    </section>
  );
}

function Recent({ name }: { name: string }) {
  const jobs = useJobs({ project: name }).data?.pages[0]?.items ?? [];
  if (!jobs.length) return null;
  return (
    <section>
      <h3>Recent jobs</h3>
      <ul className={styles.recent}>
        {jobs.slice(0, RECENT).map((job) => (
          <li key={job.id}>
            <JobMark state={job.state} wordless />
            <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
              {job.work.kind === "project" ? cutMiddle([job.work.entryPoint, ...Object.entries(job.work.parameters).map(([key, value]) => `${key}=${value}`)].join(" "), 36) : cutMiddle(jobTitle(job), 36)}
            </Link>
            <span className={styles.quiet}>
              <Ago ms={job.createdMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
