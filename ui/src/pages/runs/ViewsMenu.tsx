import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bookmark, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import { Button, IconButton } from "../../components/Button";
import { TextInput } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { useNotes } from "../../components/Toasts";
import { useRightsOf } from "../../records/accounts/useRights";
import { readQuery, writeQuery, type Query } from "../../lib/query";
import styles from "./RunsPage.module.css";

/** Views that were kept, by name; everybody who sees the experiment sees them. */
export function ViewsMenu({ scope, query }: { scope: string; query: Query }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      label="Views"
      align="end"
      width={300}
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          <Bookmark size={14} />
          Views
        </Button>
      }
    >
      <ViewList scope={scope} query={query} onDone={() => setOpen(false)} />
    </Popover>
  );
}

function ViewList({ scope, query, onDone }: { scope: string; query: Query; onDone: () => void }) {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const rights = useRightsOf(placesOf(scope));
  const denied = placesOf(scope).map((place) => rights(place).to("saveViews")).find((found) => found !== null);
  const views = useQuery({ queryKey: keys.views(scope), queryFn: () => api.listViews(scope) });
  const state = writeQuery({ ...query, peek: undefined });
  const change = async (what: string, act: () => Promise<unknown>) => {
    try {
      await act();
      notes.done(what);
      await invalidate(keys.views(scope));
    } catch (error) {
      notes.failed("The view was not changed", error);
    }
  };
  const save = () => {
    const same = views.data?.find((view) => view.name === name.trim());
    void change(`View “${name.trim()}” saved`, () => api.saveView({ ...(same ? { id: same.id } : {}), scope, name: name.trim(), state }));
    onDone();
  };
  return (
    <>
      <div className={styles.choices}>
        {views.data?.map((view) => (
          <span key={view.id} className={styles.choice}>
            <button
              type="button"
              aria-current={view.state === state}
              onClick={() => {
                onDone();
                void navigate({ to: ".", search: readQuery(view.state) });
              }}
            >
              {view.name}
            </button>
            <IconButton small denied={denied} label={`Delete the view ${view.name}`} onClick={() => void change(`View “${view.name}” deleted`, () => api.deleteView(view.id))}>
              <Trash2 size={13} />
            </IconButton>
          </span>
        ))}
        {views.data?.length === 0 && <p className={styles.hintText}>A view keeps filter, columns, order and charts under a name.</p>}
      </div>
      {denied ? (
        <p className={styles.hintText}>To save the view as it is now: {denied.text} Its address keeps it for you.</p>
      ) : (
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) save();
        }}
      >
        <TextInput placeholder="Name for the view as it is now" aria-label="Name of the view" value={name} onChange={(e) => setName(e.target.value)} />
        <Button type="submit" look="primary" disabled={!name.trim()}>
          Save view
        </Button>
      </form>
      )}
    </>
  );
}

/** A view of several experiments belongs to all of them: `experiment:3,5`. */
function placesOf(scope: string): string[] {
  return scope.replace("experiment:", "").split(",").map((id) => `experiment:${id}`);
}
