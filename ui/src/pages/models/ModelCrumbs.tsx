import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CrumbHere, CrumbSlash, crumbClass } from "../../components/Page";
import { cutMiddle } from "../../lib/format";

/** The way from the list of models to a model, and to what is below it. */
export function ModelCrumbs({ name, children }: { name: string; children?: ReactNode }) {
  const short = cutMiddle(name, children ? 40 : 60);
  return (
    <>
      <Link to="/models" className={crumbClass}>
        Models
      </Link>
      <CrumbSlash />
      {children ? (
        <>
          <Link to="/models/$name" params={{ name }} className={crumbClass} title={name}>
            {short}
          </Link>
          <CrumbSlash />
          {children}
        </>
      ) : (
        <CrumbHere title={name}>{short}</CrumbHere>
      )}
    </>
  );
}
