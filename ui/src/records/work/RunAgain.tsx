import { useMemo } from "react";
import { useNavigate } from "@tanstack/react-router";
import type { Run } from "../../api/model";
import { NEW_WORK } from "../../api/work/model";
import { useProject } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { cutMiddle } from "../../lib/format";
import { TAGS } from "../tags";
import { LaunchForm } from "./LaunchForm";

/** Whether a run says where its code is. */
export function canRunAgain(run: Run): boolean {
  return run.tags[TAGS.sourceType] === "PROJECT" || Boolean(run.tags[TAGS.commit] && run.tags[TAGS.script]);
}

function givenTo(run: Run): Record<string, string> {
  if (run.tags[TAGS.sourceType] !== "PROJECT") return {};
  const given = run.tags[TAGS.given];
  if (!given) return run.params;
  try {
    return JSON.parse(given) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Has a run again, the same or with changes; the job says afterwards whether the same came out. */
export function RunAgain({ run, onClose }: { run: Run; onClose: () => void }) {
  const navigate = useNavigate();
  const { data: project, isPending } = useProject(run.tags[TAGS.project] ?? "");
  const tag = (key: string) => run.tags[key] ?? "";
  const isProject = tag(TAGS.sourceType) === "PROJECT";
  const entryPoint = tag(TAGS.entryPoint) || "main";
  const entries = useMemo(() => project?.spec?.entryPoints.filter(({ name }) => name === entryPoint) ?? [], [project, entryPoint]);
  const first = {
    ...NEW_WORK,
    kind: "rerun" as const,
    origin: run.id,
    project: project ? tag(TAGS.project) : "",
    uri: isProject ? tag(TAGS.sourceName) : tag(TAGS.repository),
    credential: project?.settings.credential ?? "",
    queue: project?.settings.queue ?? NEW_WORK.queue,
    version: tag(TAGS.commit),
    entryPoint,
    experimentId: run.experimentId,
  };
  return (
    <Dialog open onClose={onClose} title={`Run ${cutMiddle(run.name, 40)} again`} width={720}>
      {(!run.tags[TAGS.project] || !isPending) && (
        <LaunchForm
          first={first}
          entries={entries}
          before={givenTo(run)}
          onDone={(jobs) => {
            onClose();
            const only = jobs.length === 1 ? jobs[0] : undefined;
            void (only ? navigate({ to: "/jobs/$jobId", params: { jobId: only.id } }) : navigate({ to: "/jobs" }));
          }}
        >
          <Button onClick={onClose}>Cancel</Button>
        </LaunchForm>
      )}
    </Dialog>
  );
}
