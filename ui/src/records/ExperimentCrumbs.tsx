import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { useNavigate } from "@tanstack/react-router";
import { useExperiments } from "../api/queries";
import { Menu } from "../components/Menu";
import { CrumbHere, CrumbSlash, crumbClass } from "../components/Page";
import { Bone } from "../components/States";
import { cutMiddle, plural } from "../lib/format";

const SIBLINGS = 40;

/** The way from the list of experiments to this one; each part opens, the last offers its siblings. */
export function ExperimentCrumbs({ names, several = 0, experimentId, children }: {
  /** Of the experiment; none while it is not known. */
  names: string[];
  several?: number;
  /** Makes the name a link, on pages below the experiment. */
  experimentId?: string;
  children?: ReactNode;
}) {
  const name = names[0];
  const parts = name?.split("/") ?? [];
  const label = several > 1 ? plural(several, "experiment") : (name ?? "");
  return (
    <>
      <Link to="/experiments" className={crumbClass}>
        Experiments
      </Link>
      <CrumbSlash />
      {experimentId ? (
        <Link to="/experiments/$ids" params={{ ids: experimentId }} className={crumbClass} title={name} aria-label={name ?? "The experiment"}>
          {label ? cutMiddle(label, 50) : <Bone width={120} />}
        </Link>
      ) : (
        <>
          <CrumbHere title={label}>{cutMiddle(label, 60)}</CrumbHere>
          <Siblings folder={parts.slice(0, -1).join("/")} />
        </>
      )}
      {children && (
        <>
          <CrumbSlash />
          {children}
        </>
      )}
    </>
  );
}

function Siblings({ folder }: { folder: string }) {
  const navigate = useNavigate();
  const all = useExperiments("active").data ?? [];
  const near = all.filter((e) => e.name.split("/").slice(0, -1).join("/") === folder).slice(0, SIBLINGS);
  if (near.length < 2) return null;
  return (
    <Menu
      trigger={
        <button type="button" className={crumbClass} aria-label="Other experiments">
          <ChevronDown size={13} />
        </button>
      }
      entries={near.map((e) => ({ label: e.name, onSelect: () => void navigate({ to: "/experiments/$ids", params: { ids: e.id } }) }))}
    />
  );
}
