import { useState } from "react";
import { ApiError } from "../../api/client";
import type { AccessReport, Account, Standing } from "../../api/accounts/model";
import { useAccess, useGrantsOn } from "../../api/accounts/queries";
import { SearchInput } from "../../components/Field";
import { Tabs } from "../../components/Tabs";
import { Bone } from "../../components/States";
import { GrantForm } from "./GrantForm";
import { GrantTable } from "./GrantTable";
import { useFirst } from "./useFirst";
import { lastPart, newIn, placeWord, subjectWord } from "./places";
import { roleMeaning, roleWord } from "./words";
import table from "./accounts.module.css";
import styles from "./AccessDialog.module.css";

/** Who has what on a place, from where it comes, and who can see it in the end; to who does not manage it, what they may. */
export function Access({ account, place }: { account: Account; place: string }) {
  const own = useAccess(place, account.name);
  const standing = own.data?.standings[0];
  // Folders of the default workspace, and everything, are shared by administrators.
  const isShared = account.isAdmin || (/^(experiment|model|project|target|dataset|workspace):/.test(place) && standing !== undefined && standing.abilities.includes("share"));
  const all = useAccess(place, "", isShared);
  const error = own.error ?? all.error;
  if (error) {
    return (
      <p role="alert" className={styles.bad}>
        {error instanceof ApiError && error.isMissing ? "You may not see this, or it is gone." : error.message}
      </p>
    );
  }
  if (!standing || (isShared && !all.data)) return <Bone width="60%" height={14} />;
  return all.data ? <Shared report={all.data} place={place} isAdmin={account.isAdmin} /> : <Own standing={standing} place={place} />;
}

function Own({ standing, place }: { standing: Standing; place: string }) {
  if (isDataset(place) && !standing.deciding.length) return <p>Nothing is granted to you on this dataset itself. {OF_DATASETS}</p>;
  return (
    <>
      {standing.role === "none" ? (
        <p>
          You have <b>no role</b> here. {why(standing)}
        </p>
      ) : (
        <p>
          You are here: <b>{roleWord(standing.role)}</b>, who {meaningOf(standing)}. {why(standing)}
        </p>
      )}
      <p className={styles.note}>Those who manage it say who else may do what with it. Ask one of them, or an administrator, for more.</p>
    </>
  );
}

const meaningOf = ({ role, abilities }: Standing) => roleMeaning({ name: role, abilities });
const isDataset = (place: string) => lastPart(place).startsWith("dataset:");
/** From so many lines on, one looks for somebody rather than reading. */
const LONG = 16;

/** What is made here from now on begins with these grants, beside what it inherits. */
function New({ place, isAdmin }: { place: string; isAdmin: boolean }) {
  const { data, error } = useGrantsOn(place);
  return (
    <section className={styles.part}>
      <p className={styles.note}>
        {place.includes("new:") ? "Each experiment that is made in the folder" : "Each experiment, model, project and target that is made in the workspace"} gets a copy of these, as it is
        made; later changes here leave it as it is. Who makes it manages it.
      </p>
      {error ? (
        <p role="alert" className={styles.bad}>
          {error.message}
        </p>
      ) : (
        data && <GrantTable grants={data} empty="Nothing: new ones have what they inherit." />
      )}
      <GrantForm place={place} isAdmin={isAdmin} isForNew />
    </section>
  );
}

type Tab = "grants" | "new" | "people";

const OF_DATASETS =
  "Who reads a run sees the datasets that it uses, and who changes it records some, unless something is granted to them here: a role opens the dataset without its runs, a denial hides it in all of them.";

function Shared({ report, place, isAdmin }: { report: AccessReport; place: string; isAdmin: boolean }) {
  const [tab, setTab] = useState<Tab>("grants");
  const [text, setText] = useState("");
  const fits = (name: string) => name.toLowerCase().includes(text.trim().toLowerCase());
  const who = report.standings.filter(({ role, deciding, user }) => user.isActive && (role !== "none" || deciding.length > 0));
  const isLong = who.length + report.grants.length > LONG;
  const shown = report.grants.filter(({ subject }) => fits(subjectWord(subject)));
  const here = shown.filter((grant) => grant.place === place);
  const inherited = shown.filter((grant) => grant.place !== place);
  const people = who.filter(({ user }) => fits(user.name));
  const none = text.trim() ? `Nobody here is called “${text.trim()}”.` : "";
  const placeOfNew = newIn(place);
  return (
    <>
      <Tabs
        label="Access"
        tabs={[
          { key: "grants", word: "What is granted" },
          ...(placeOfNew ? [{ key: "new" as const, word: "What new ones get" }] : []),
          { key: "people", word: "Who can see it, and why", count: String(who.filter(({ role }) => role !== "none").length) },
        ]}
        chosen={tab}
        onChoose={setTab}
      />
      {isDataset(place) && <p className={styles.note}>{OF_DATASETS}</p>}
      {isLong && tab !== "new" && <SearchInput aria-label="Find a user or group" placeholder="Find a user or group" value={text} onChange={(event) => setText(event.target.value)} />}
      {tab === "new" && placeOfNew ? (
        <New place={placeOfNew} isAdmin={isAdmin} />
      ) : tab === "grants" ? (
        <>
          <section className={styles.part}>
            <h3>Here</h3>
            <GrantTable grants={here} empty={none || "Nothing is granted here itself."} />
            <GrantForm place={place} isAdmin={isAdmin} />
          </section>
          {report.way.length > 1 && (
            <section className={styles.part}>
              <h3>Inherited; what is granted nearer goes before</h3>
              <GrantTable grants={inherited} isInherited empty={none || `Nothing comes from ${report.way.slice(1).map(placeWord).join(" or ")}.`} />
            </section>
          )}
        </>
      ) : (
        <People standings={people} none={none} />
      )}
    </>
  );
}

function People({ standings, none }: { standings: Standing[]; none: string }) {
  const { first, more } = useFirst(standings);
  if (!standings.length) return <p className={styles.note}>{none || "Nobody but administrators."}</p>;
  return (
    <>
      <table className={`${table.table} ${table.told}`}>
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">May</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {first.map((standing) => (
            <tr key={standing.user.name}>
              <td>{standing.user.name}</td>
              <td title={meaningOf(standing)}>{roleWord(standing.role)}</td>
              <td className={styles.why}>{why(standing)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

/** The chain of grants behind a role, as a sentence. */
export function why({ user, deciding }: Standing): string {
  if (user.isAdmin) return "Administrators may do everything.";
  if (!deciding.length) return "Nothing is granted.";
  const words = deciding.map(({ subject, place, role }) => {
    const to = subject.startsWith("user:") ? "directly" : subject === "everyone" ? "to everyone" : `to the ${subjectWord(subject).replace(/^G/, "g")}`;
    return `${role === "none" ? "Denied" : "Granted"} ${to}, on ${placeWord(place)}`;
  });
  return `${words.join("; ")}.`;
}
