import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, ShieldCheck } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import type { RegisteredModel } from "../../api/registry/model";
import { useModels } from "../../api/registry/queries";
import { Button } from "../../components/Button";
import { FilterField, type FilterHandle } from "../../components/FilterField";
import { Grid } from "../../components/Grid";
import { LinkButton } from "../../components/LinkButton";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, EmptyState } from "../../components/States";
import { useQueryState } from "../../components/useQuery";
import type { CompletionPoint } from "../../lib/filter/complete";
import { count, plural } from "../../lib/format";
import { useNewcomerWords } from "../../records/accounts/useNewcomerWords";
import { useRightsHere } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { registerScript } from "../../records/firstModel";
import { EditModel } from "./EditModel";
import { ModelPeek } from "./ModelPeek";
import { commonMetrics } from "./headline";
import { completeModels } from "./modelCompletions";
import { modelColumns } from "./modelColumns";
import styles from "./ModelsPage.module.css";

const FIRST_SORT = "last_updated_timestamp DESC";
const METRICS = 20;

/** Every registered model, with what its newest version is. */
export function ModelsPage() {
  const [query, setQuery] = useQueryState();
  const navigate = useNavigate();
  const filter = query.filter ?? "";
  const sort = query.sort ?? FIRST_SORT;
  const metric = query.metric ?? "";
  const orderBy = useMemo(() => [sort], [sort]);
  const models = useModels(filter, orderBy);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = models;
  const rows = useMemo(() => models.data?.pages.flatMap((page) => page.items) ?? [], [models.data]);
  const metrics = useMemo(() => commonMetrics(rows.flatMap(({ newest }) => newest ?? []), METRICS), [rows]);
  const [point, setPoint] = useState<CompletionPoint | null>(null);
  const completions = useMemo(() => (point ? completeModels(point, rows) : []), [point, rows]);
  const [cursor, setCursor] = useState(-1);
  const [isMaking, setMaking] = useState(false);
  const [isPeeking, setPeeking] = useState(false);
  const field = useRef<FilterHandle>(null);
  const here = rows[cursor];
  const begin = useRightsHere().to("createModel");
  const newcomer = useNewcomerWords();

  const open = (model: RegisteredModel) => void navigate({ to: "/models/$name", params: { name: model.name } });
  const move = (by: number) => setCursor(Math.min(rows.length - 1, Math.max(0, cursor + by)));
  useShortcuts([
    { keys: "j", label: "Next model", run: () => move(1) },
    { keys: "k", label: "Previous model", run: () => move(-1) },
    { keys: "arrowdown", label: "Next model", run: () => move(1) },
    { keys: "arrowup", label: "Previous model", run: () => move(-1) },
    { keys: "enter", label: "Open the model", run: () => here && open(here) },
    { keys: "space", label: "Quick look", run: () => here && setPeeking(!isPeeking) },
    { keys: "escape", label: "Close the quick look", run: () => setPeeking(false) },
    { keys: "/", label: "Filter models", run: () => field.current?.focus() },
    { keys: "n", label: "New model", run: () => setMaking(true), denied: begin },
  ]);
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const columns = useMemo(
    () =>
      modelColumns({
        sort,
        metric,
        metrics,
        onSort: (next) => setQuery({ sort: next === FIRST_SORT ? undefined : next }),
        onMetric: (key) => setQuery({ metric: key || undefined, ...(sort.startsWith("metrics.") ? { sort: undefined } : {}) }),
      }),
    [sort, metric, metrics, setQuery],
  );
  const { error } = models;
  const mistake = error instanceof ApiError && error.position !== null ? { message: error.message, start: error.position, end: error.position + 1 } : null;
  const isNone = !models.isPending && !error && !rows.length && !models.isPlaceholderData;

  return (
    <Page
      title="Models"
      crumbs={<CrumbHere>Models</CrumbHere>}
      actions={
        <>
          <LinkButton look="quiet" render={<Link to="/registry" />}>
            <ShieldCheck size={14} />
            Rules and webhooks
          </LinkButton>
          <Button look={isNone && !filter ? "plain" : "primary"} denied={begin} onClick={() => setMaking(true)}>
            <Plus size={14} />
            New model
          </Button>
        </>
      }
    >
      {isNone && !filter ? (
        <EmptyState title="Register a first model" text={`${newcomer}A registered model is a name whose versions are kept, compared and promoted. These lines make one:`} code={registerScript("iris")} />
      ) : (
        <>
          <div className={styles.line}>
            <FilterField
              ref={field}
              value={filter}
              placeholder="Filter: framework = 'lightgbm' AND metrics.auc > 0.9"
              completions={completions}
              onPoint={setPoint}
              serverError={mistake}
              onApply={(next, isTyping) => setQuery({ filter: next || undefined }, { replace: isTyping })}
            />
            <span className={styles.count} role="status">
              {models.data && (hasNextPage ? `${count(rows.length)} and more` : plural(rows.length, "model"))}
            </span>
          </div>
          {models.isPending ? (
            <Bones />
          ) : error && !mistake && !rows.length ? (
            <FailureState what="The models could not be loaded" error={error} retry={() => void models.refetch()} />
          ) : isNone ? (
            <EmptyState title="No model fits the filter" text="What a model does not have itself is that of its newest version: framework, metrics, params and the like.">
              <Button onClick={() => setQuery({ filter: undefined })}>Show all models</Button>
            </EmptyState>
          ) : (
            <Grid
              label="Models"
              rows={rows}
              total={hasNextPage ? undefined : rows.length}
              keyOf={(model) => model.name}
              columns={columns}
              cursor={cursor}
              isSelected={() => false}
              onRowClick={(_, at) => setCursor(at)}
              onNearEnd={nearEnd}
              foot={isFetchingNextPage ? `${plural(rows.length, "model")} loaded, more are coming` : null}
            />
          )}
        </>
      )}
      {isPeeking && here && <ModelPeek model={here} onClose={() => setPeeking(false)} />}
      {isMaking && <EditModel onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Bones() {
  return (
    <div className={styles.bones} aria-busy aria-label="The models are loading">
      {Array.from({ length: 12 }, (_, at) => (
        <span key={at}>
          <Bone width={180} />
          <Bone width={40} />
          <Bone width={140} />
          <Bone width={150} />
          <Bone width={80} />
        </span>
      ))}
    </div>
  );
}
