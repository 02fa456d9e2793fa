import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { RunfoldApi } from "./api/client";
import { ApiProvider } from "./api/context";
import { HttpApi } from "./api/http";
import { shouldRetry } from "./api/queries";
import { SignInGate } from "./app/SignInGate";
import { makeRouter } from "./app/router";
import { ThemeProvider } from "./app/theme";
import { HintProvider } from "./components/Hint";
import { ShortcutProvider } from "./components/Shortcuts";
import { ToastProvider } from "./components/Toasts";
import { fromMlflowHash } from "./lib/query";
import { RunColourProvider } from "./records/runColours";

const target = fromMlflowHash(window.location.hash);
if (target) window.history.replaceState(null, "", new URL(`.${target}`, document.baseURI));

/** `VITE_API=fake` serves made-up data, for work on pages without a server. */
async function openApi(): Promise<RunfoldApi> {
  if (import.meta.env.VITE_API === "fake") {
    const { FakeApi } = await import("./api/fake/fakeApi");
    return new FakeApi({ isEmpty: new URLSearchParams(window.location.search).has("empty") });
  }
  return new HttpApi();
}

const queries = new QueryClient({
  defaultOptions: { queries: { retry: shouldRetry, refetchOnWindowFocus: true, staleTime: 2_000 } },
});

const api = await openApi();
const router = makeRouter({ api, queries });
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ApiProvider value={api}>
        <ThemeProvider>
          <RunColourProvider>
            <HintProvider delay={400}>
              <ToastProvider>
                <ShortcutProvider>
                  <SignInGate>
                    <RouterProvider router={router} />
                  </SignInGate>
                </ShortcutProvider>
              </ToastProvider>
            </HintProvider>
          </RunColourProvider>
        </ThemeProvider>
      </ApiProvider>
    </QueryClientProvider>
  </StrictMode>,
);
