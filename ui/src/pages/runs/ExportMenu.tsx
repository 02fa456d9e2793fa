import { Code2, Download, FileJson, FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { Menu } from "../../components/Menu";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { saveText } from "../../lib/saveFile";
import { toCsv, toJson, toPython } from "./exportRuns";
import { type RunRequest, idFilter } from "./runRequest";

const PAGE = 1000;

/** The chosen runs, or all that fit, as a file; or the code that finds them. */
export function ExportMenu({ request, columns, chosen }: { request: RunRequest; columns: string[]; chosen: string[] }) {
  const api = useApi();
  const notes = useNotes();
  const [isCodeOpen, setCodeOpen] = useState(false);
  const filter = chosen.length ? idFilter(chosen) : request.filter;

  const fetchAll = async (): Promise<Run[]> => {
    const runs: Run[] = [];
    let cursor = "";
    do {
      const page = await api.searchRuns({ ...request, filter, lifecycle: "active", limit: PAGE, cursor });
      runs.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return runs;
  };
  const write = async (name: string, type: string, make: (runs: Run[], columns: string[]) => string) => {
    try {
      const runs = await fetchAll();
      saveText(name, type, make(runs, columns));
      notes.done(`${plural(runs.length, "run")} saved as ${name}`);
    } catch (error) {
      notes.failed("The runs were not exported", error);
    }
  };
  const which = chosen.length ? plural(chosen.length, "chosen run") : "all that fit";
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button look="quiet">
            <Download size={14} />
            Export
          </Button>
        }
        entries={[
          { label: "CSV", icon: <FileSpreadsheet size={14} />, note: which, onSelect: () => void write("runs.csv", "text/csv", toCsv) },
          { label: "JSON", icon: <FileJson size={14} />, note: which, onSelect: () => void write("runs.json", "application/json", toJson) },
          { label: "Python", icon: <Code2 size={14} />, note: "code that finds them", onSelect: () => setCodeOpen(true) },
        ]}
      />
      <Dialog open={isCodeOpen} onClose={() => setCodeOpen(false)} title="The same search in Python" width={620}>
        <Code text={toPython(document.baseURI.replace(/\/$/, ""), request.experimentIds, filter, request.orderBy)} wrap />
      </Dialog>
    </>
  );
}
