import { Link } from "@tanstack/react-router";

/** What a record is about, leading there where it has a page. */
export function ObjectLink({ object }: { object: string }) {
  const [kind, key] = split(object);
  switch (kind) {
    case "run":
      return (
        <Link to="/runs/$runId" params={{ runId: key }}>
          {object}
        </Link>
      );
    case "experiment":
      return (
        <Link to="/experiments/$ids" params={{ ids: key }}>
          {object}
        </Link>
      );
    case "model":
      return (
        <Link to="/models/$name" params={{ name: key.replace(/\/\d+$/, "") }}>
          {object}
        </Link>
      );
    case "job":
      return (
        <Link to="/jobs/$jobId" params={{ jobId: key }}>
          {object}
        </Link>
      );
    case "project":
      return (
        <Link to="/projects/$name" params={{ name: key }}>
          {object}
        </Link>
      );
    default:
      return <>{object}</>;
  }
}

function split(object: string): [string, string] {
  const at = object.indexOf(":");
  return at < 0 ? ["", object] : [object.slice(0, at), object.slice(at + 1)];
}
