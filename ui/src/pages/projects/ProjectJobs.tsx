import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Project } from "../../api/work/model";
import { useJobs } from "../../api/work/queries";
import { LinkButton } from "../../components/LinkButton";
import { ListLine } from "../../components/ListLine";
import { EmptyState } from "../../components/States";
import { quoteValue } from "../../lib/filter/complete";
import { plural } from "../../lib/format";
import { TAGS } from "../../records/tags";
import { JobGrid } from "../../records/work/JobGrid";

/** The jobs of a project, and the way to the table of its runs. */
export function ProjectJobs({ project }: { project: Project }) {
  const { name } = project.settings;
  const jobs = useJobs([], name, "");
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs;
  const rows = useMemo(() => jobs.data?.pages.flatMap((page) => page.items) ?? [], [jobs.data]);
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const experiments = [...new Set(rows.filter(({ runId }) => runId).map(({ work }) => work.experimentId))].slice(0, 20);
  if (jobs.data && !rows.length) return <EmptyState title="No job yet" text="What is started on the Run tab, with runfold jobs submit or from a run's page stands here." />;
  return (
    <>
      <ListLine count={jobs.data && plural(rows.length, "job")}>
        {experiments.length > 0 && (
          <LinkButton
            render={<Link to="/experiments/$ids" params={{ ids: experiments.join(",") }} search={{ filter: `tags."${TAGS.project}" = ${quoteValue(name)}` }} />}
          >
            Compare its runs
          </LinkButton>
        )}
      </ListLine>
      <JobGrid jobs={rows} isOfProject onNearEnd={nearEnd} foot={isFetchingNextPage ? "More are coming" : null} />
    </>
  );
}
