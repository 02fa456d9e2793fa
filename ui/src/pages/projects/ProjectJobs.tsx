import { Link } from "@tanstack/react-router";
import type { Project } from "../../api/work/model";
import { LinkButton } from "../../components/LinkButton";
import { ListLine } from "../../components/ListLine";
import { EmptyState } from "../../components/States";
import { quoteValue } from "../../lib/filter/complete";
import { plural } from "../../lib/format";
import { TAGS } from "../../records/tags";
import { JobGrid } from "../../records/work/JobGrid";
import { useJobRows } from "../../records/work/useJobRows";

/** The jobs of a project, and the way to the table of its runs. */
export function ProjectJobs({ project }: { project: Project }) {
  const { name } = project.settings;
  const { jobs, rows, grids, nearEnd, foot } = useJobRows({ project: name, isFolded: true });
  const experiments = [...new Set(rows.filter(({ runId }) => runId).map(({ work }) => work.experimentId))].slice(0, 20);
  if (jobs.data && !rows.length) return <EmptyState title="No job yet" text="What is started on the Run tab, with runfold jobs submit or from a run's page stands here." />;
  return (
    <>
      <ListLine count={plural(project.nJobs, "job")}>
        {experiments.length > 0 && (
          <LinkButton
            render={<Link to="/experiments/$ids" params={{ ids: experiments.join(",") }} search={{ filter: `tags."${TAGS.project}" = ${quoteValue(name)}` }} />}
          >
            Compare its runs
          </LinkButton>
        )}
      </ListLine>
      <JobGrid jobs={rows} grids={grids} isOfProject onNearEnd={nearEnd} foot={foot} />
    </>
  );
}
