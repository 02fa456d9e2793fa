import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { MissingPage } from "../pages/missing/MissingPage";
import type { RunfoldApi } from "../api/client";
import { HERE, HOME } from "../api/here";
import { prefetchRunsPage } from "../api/queries";
import { pathIn } from "../lib/workspaces";
import { type Query, readIds, readQuery, writeQuery } from "../lib/query";
import { CrashPage } from "./CrashPage";
import { Shell } from "./Shell";

/** What the ways to pages can use before these are there. */
interface Context {
  api: RunfoldApi;
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  validateSearch: (search): Query => search as Query,
  component: Shell,
  notFoundComponent: MissingPage,
  errorComponent: CrashPage,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/experiments" });
  },
});

const experiments = createRoute({
  getParentRoute: () => root,
  path: "/experiments",
  component: lazyRouteComponent(() => import("../pages/experiments/ExperimentsPage"), "ExperimentsPage"),
});

/** One experiment, or several with commas between. */
const runs = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$ids",
  // Other experiments are another page: no choice, cursor or row of the last ones stays.
  remountDeps: ({ params }) => params,
  loader: ({ context: { api, queries }, params }) => prefetchRunsPage(api, queries, readIds(params.ids)),
  component: lazyRouteComponent(() => import("../pages/runs/RunsPage"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/run/RunPage"), "RunPage"),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  component: lazyRouteComponent(() => import("../pages/compare/ComparePage"), "ComparePage"),
});

const models = createRoute({
  getParentRoute: () => root,
  path: "/models",
  component: lazyRouteComponent(() => import("../pages/models/ModelsPage"), "ModelsPage"),
});

const model = createRoute({
  getParentRoute: () => root,
  path: "/models/$name",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/models/ModelPage"), "ModelPage"),
});

/** What holds for all models. */
const registry = createRoute({
  getParentRoute: () => root,
  path: "/registry",
  component: lazyRouteComponent(() => import("../pages/models/RegistryPage"), "RegistryPage"),
});

const compareVersions = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/compare",
  component: lazyRouteComponent(() => import("../pages/models/CompareVersionsPage"), "CompareVersionsPage"),
});

/** By number, or by an alias. */
const version = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/$version",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/models/VersionPage"), "VersionPage"),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  component: lazyRouteComponent(() => import("../pages/projects/ProjectsPage"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/projects/$name",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/projects/ProjectPage"), "ProjectPage"),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: "/jobs",
  component: lazyRouteComponent(() => import("../pages/jobs/JobsPage"), "JobsPage"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/jobs/JobPage"), "JobPage"),
});

/** Of who is signed in. */
const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("../pages/account/AccountPage"), "AccountPage"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => import("../pages/users/UsersPage"), "UsersPage"),
});

const workspaces = createRoute({
  getParentRoute: () => root,
  path: "/workspaces",
  component: lazyRouteComponent(() => import("../pages/workspaces/WorkspacesPage"), "WorkspacesPage"),
});

/** Who may do what in one. */
const workspace = createRoute({
  getParentRoute: () => root,
  path: "/workspaces/$name",
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import("../pages/workspaces/WorkspacePage"), "WorkspacePage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  component: lazyRouteComponent(() => import("../pages/audit/AuditPage"), "AuditPage"),
});

const trash = createRoute({
  getParentRoute: () => root,
  path: "/trash",
  component: lazyRouteComponent(() => import("../pages/trash/TrashPage"), "TrashPage"),
});

export function makeRouter(context: Context) {
  return createRouter({
    context,
    basepath: pathIn(HOME, HERE),
    routeTree: root.addChildren([home, experiments, runs, run, compare, models, registry, model, compareVersions, version, projects, project, jobs, job, trash, account, users, workspaces, workspace, audit]),
    parseSearch: readQuery,
    stringifySearch: (search) => writeQuery(search as Record<string, string | undefined>),
    defaultPreload: "intent",
    defaultPendingMinMs: 0,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
