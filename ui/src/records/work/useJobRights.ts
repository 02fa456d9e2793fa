import { HERE } from "../../api/here";
import type { Job } from "../../api/work/model";
import type { Denial } from "../../components/denial";
import { placeIn } from "../../lib/workspaces";
import { useRightsOf } from "../accounts/useRights";

export interface JobRights {
  cancel: Denial | null;
  /** It goes to its target once more. */
  retry: Denial | null;
}

const placesOf = ({ id, work }: Job) => [`job:${id}`, ...(work.target ? [placeIn(HERE, "target", work.target)] : [])];

/** What who sits here may do with each of some jobs. */
export function useJobRights(jobs: readonly Job[]): (job: Job) => JobRights {
  const rights = useRightsOf(jobs.flatMap(placesOf));
  return (job) => {
    const cancel = rights(`job:${job.id}`).to("cancelJob");
    return { cancel, retry: placesOf(job).map((place) => rights(place).to("retryJob")).find((denied) => denied !== null) ?? null };
  };
}
