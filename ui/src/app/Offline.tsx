import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import styles from "./Shell.module.css";

const RETRY_MS = 4000;

/** Says that the server is gone while it is, and reloads what is shown once it is back. */
export function Offline() {
  const client = useQueryClient();
  const [isGone, setGone] = useState(false);
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ query }) => {
        const { error, status, fetchStatus } = query.state;
        if (status === "success" && fetchStatus === "idle" && !error) setGone(false);
        else if (error instanceof ApiError && error.isUnreachable) setGone(true);
      }),
    [client],
  );
  useEffect(() => {
    if (!isGone) return undefined;
    const timer = setInterval(() => void client.refetchQueries({ type: "active" }), RETRY_MS);
    return () => clearInterval(timer);
  }, [client, isGone]);
  if (!isGone) return null;
  return (
    <div role="status" className={styles.offline}>
      The server does not answer. What you see may be old; this page tries again every few seconds.
    </div>
  );
}
