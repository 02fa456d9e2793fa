// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it } from "vitest";
import type { RunfoldApi } from "../client";
import { ApiProvider } from "../context";
import type { WorkWatcher } from "./client";
import type { Project } from "./model";
import { useLiveJobs, useProject } from "./queries";

afterEach(cleanup);

it("asks for a project again when the stream of changes begins: it may have been read before", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  let watcher: WorkWatcher = {};
  let commit = "";
  const api = {
    work: {
      getProject: () => Promise.resolve({ commit } as Project),
      watchWork: (one: WorkWatcher) => {
        watcher = one;
        return () => {};
      },
    },
  } as unknown as RunfoldApi;
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
  const { result } = renderHook(
    () => {
      useLiveJobs();
      return useProject("wine");
    },
    { wrapper },
  );
  await waitFor(() => expect(result.current.data?.commit).toBe(""));
  commit = "c0ffee";
  watcher.onBegin?.();
  await waitFor(() => expect(result.current.data?.commit).toBe("c0ffee"));
});
