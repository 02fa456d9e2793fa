import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, EyeOff, FolderInput, GitCompare, MessageSquareText, Star, StarOff, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import { TextArea, TextInput } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { plural } from "../../lib/format";
import { ExperimentChooser } from "../../records/ExperimentChooser";
import { denialOfSome } from "../../records/accounts/denials";
import type { Act } from "../../records/accounts/acts";
import { useRightsOf } from "../../records/accounts/useRights";
import { TAGS } from "../../records/tags";
import type { RunActions } from "./useRunActions";
import { MOST_HIDDEN } from "./view";
import styles from "./RunsPage.module.css";

export const MOST_COMPARED = 50;

/** What can be done with the chosen runs. */
export function SelectionBar({
  runs,
  actions,
  onHide,
  onClear,
}: {
  runs: Run[];
  actions: RunActions;
  /** Leaves them out of this view; null: the view hides as many as it can. */
  onHide: ((ids: string[]) => void) | null;
  onClear: () => void;
}) {
  const ids = runs.map((run) => run.id);
  const isAll = (tag: string) => runs.every((run) => run.tags[tag] === "true");
  const number = plural(ids.length, "run");
  const navigate = useNavigate();
  const rights = useRightsOf(runs.map(({ experimentId }) => `experiment:${experimentId}`));
  const deniedTo = (act: Act) => denialOfSome(runs.map((run) => [run.name, rights(`experiment:${run.experimentId}`).to(act)] as const), "runs");
  const denied = deniedTo("changeRun");
  const act = async (what: Promise<void>) => {
    await what;
    onClear();
  };
  return (
    <div className={styles.selection} role="toolbar" aria-label="Chosen runs">
      <strong>{plural(ids.length, "run")} chosen</strong>
      <Button
        small
        look="primary"
        disabled={ids.length < 2 || ids.length > MOST_COMPARED}
        title={ids.length > MOST_COMPARED ? `At most ${MOST_COMPARED} runs can be compared` : undefined}
        onClick={() => void navigate({ to: "/compare", search: { runs: ids.join(",") } })}
      >
        <GitCompare size={13} />
        Compare
      </Button>
      <Popover label="Tag runs" width={280} trigger={<Button small look="quiet" denied={denied}><Tag size={13} />Tag</Button>}>
        <TagForm onTag={(key, value) => void actions.tag(ids, key, value)} />
      </Popover>
      <Popover label="Move runs" width={320} trigger={<Button small look="quiet" denied={deniedTo("moveRuns")}><FolderInput size={13} />Move</Button>}>
        <ExperimentChooser onChoose={(id, name) => void act(actions.move(ids, id, name))} />
      </Popover>
      <Popover label="Note" width={360} trigger={<Button small look="quiet" denied={denied}><MessageSquareText size={13} />Note</Button>}>
        <NoteForm onNote={(text) => void actions.tag(ids, TAGS.note, text, `Note written to ${plural(ids.length, "run")}`)} />
      </Popover>
      {isAll(TAGS.star) ? (
        <Button small look="quiet" denied={denied} onClick={() => void actions.untag(ids, TAGS.star, `Stars of ${number} removed`)}>
          <StarOff size={13} />
          Remove star
        </Button>
      ) : (
        <Button small look="quiet" denied={denied} onClick={() => void actions.tag(ids, TAGS.star, "true", `${number} starred`)}>
          <Star size={13} />
          Star
        </Button>
      )}
      <Button
        small
        look="quiet"
        disabled={onHide === null}
        title={onHide ? "Leave them out of this view" : `A view hides at most ${MOST_HIDDEN} runs; the archive takes any number`}
        onClick={() => onHide?.(ids)}
      >
        <EyeOff size={13} />
        Hide
      </Button>
      {isAll(TAGS.archived) ? (
        <Button small look="quiet" denied={denied} onClick={() => void act(actions.untag(ids, TAGS.archived, `${number} out of the archive`))}>
          <ArchiveRestore size={13} />
          Unarchive
        </Button>
      ) : (
        <Button small look="quiet" denied={denied} onClick={() => void act(actions.archive(ids))}>
          <Archive size={13} />
          Archive
        </Button>
      )}
      <Button small look="quiet" denied={deniedTo("deleteRuns")} onClick={() => void act(actions.remove(ids))}>
        <Trash2 size={13} />
        Delete
      </Button>
      <IconButton small label="Choose none" keys="Esc" onClick={onClear}>
        <X size={13} />
      </IconButton>
    </div>
  );
}

function TagForm({ onTag }: { onTag: (key: string, value: string) => void }) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim()) onTag(key.trim(), value);
      }}
    >
      <TextInput autoFocus placeholder="Key" aria-label="Key" maxLength={250} value={key} onChange={(e) => setKey(e.target.value)} />
      <TextInput placeholder="Value" aria-label="Value" value={value} onChange={(e) => setValue(e.target.value)} />
      <Button type="submit" look="primary" disabled={!key.trim()}>
        Set tag
      </Button>
    </form>
  );
}

function NoteForm({ onNote }: { onNote: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) onNote(text);
      }}
    >
      <TextArea autoFocus rows={4} placeholder="What these runs showed, in Markdown" aria-label="Note" value={text} onChange={(e) => setText(e.target.value)} />
      <Button type="submit" look="primary" disabled={!text.trim()}>
        Write the note
      </Button>
    </form>
  );
}
