import { Link } from "@tanstack/react-router";
import type { RegisteredModel } from "../../api/registry/model";
import type { GridColumn } from "../../components/Grid";
import { Ago } from "../../components/Time";
import { field, fieldText } from "../../lib/field";
import { cutMiddle, exactNumber, shortNumber } from "../../lib/format";
import { AliasChips } from "../../records/Alias";
import { ownTags } from "../../records/tags";
import { metricOf } from "./headline";
import styles from "./ModelsPage.module.css";

const NAME = 250;
const LETTER = 7;
const CHIPS = 2;
const TAGS = 6;

/** The columns of the list; `metric` is empty for each model's own most telling one. */
export function modelColumns({
  sort,
  metric,
  metrics,
  onSort,
  onMetric,
}: {
  sort: string;
  metric: string;
  /** Keys to choose from. */
  metrics: string[];
  onSort: (sort: string) => void;
  onMetric: (key: string) => void;
}): GridColumn<RegisteredModel>[] {
  const sorting = (by: string, first: "ASC" | "DESC" = "ASC") => {
    const isOn = sort.startsWith(`${by} `);
    const isUp = sort.endsWith(" ASC");
    return {
      sorted: isOn ? ((isUp ? "ascending" : "descending") as "ascending" | "descending") : undefined,
      onSort: () => onSort(`${by} ${isOn ? (isUp ? "DESC" : "ASC") : first}`),
    };
  };
  return [
    {
      id: "name",
      title: "Name",
      width: NAME,
      isPinned: true,
      cell: (model) => (
        <Link to="/models/$name" params={{ name: model.name }} className={styles.name} title={[model.name, model.description].filter(Boolean).join("\n\n").slice(0, 600)} onClick={stop}>
          {cutMiddle(model.name, Math.floor(NAME / LETTER) - 3)}
        </Link>
      ),
      ...sorting("name"),
    },
    {
      id: "newest",
      title: "Newest",
      about: "The version with the highest number",
      width: 68,
      cell: ({ name, newest }) =>
        newest ? (
          <Link to="/models/$name/$version" params={{ name, version: String(newest.version) }} className={styles.link} onClick={stop}>
            v{newest.version}
          </Link>
        ) : (
          <span className={styles.soft}>none</span>
        ),
    },
    {
      id: "aliases",
      title: "Aliases",
      width: 212,
      cell: (model) => <AliasChips name={model.name} aliases={Object.entries(model.aliases).sort(([, a], [, b]) => b - a)} most={CHIPS} />,
    },
    {
      id: "metric",
      title: metric || "Headline metric",
      about: metric ? `${metric} of the newest version` : "The most telling metric of the newest version",
      width: 172,
      cell: ({ newest }) => {
        const found = metricOf(newest, metric);
        return (
          found && (
            <span className={styles.metric} title={`${found.key} = ${exactNumber(found.value)}`}>
              <span>{metric ? "" : found.key}</span>
              <b>{shortNumber(found.value)}</b>
            </span>
          )
        );
      },
      ...(metric ? sorting(fieldText(field("metrics", metric)), "DESC") : {}),
      menu: [
        { label: "Each model's most telling", checked: !metric, onSelect: () => onMetric("") },
        { heading: "The same for all" },
        ...metrics.map((key) => ({ label: key, checked: metric === key, onSelect: () => onMetric(key) })),
      ],
    },
    {
      id: "framework",
      title: "Framework",
      about: "What made the newest version, and how",
      width: 190,
      cell: ({ newest }) => {
        const text = [newest?.card.framework, newest?.card.algorithm].filter(Boolean).join(" · ");
        return (
          <span className={styles.cut} title={text}>
            {text}
          </span>
        );
      },
      ...sorting("framework"),
    },
    {
      id: "owner",
      title: "Owner",
      width: 84,
      cell: ({ newest, user }) => {
        const owner = newest?.card.owner || user;
        return (
          <span className={styles.cut} title={owner}>
            {owner}
          </span>
        );
      },
      ...sorting("owner"),
    },
    {
      id: "updated",
      title: "Updated",
      width: 100,
      cell: ({ updatedMs }) => (
        <span className={styles.soft}>
          <Ago ms={updatedMs} />
        </span>
      ),
      ...sorting("last_updated_timestamp", "DESC"),
    },
    {
      id: "tags",
      title: "Tags",
      width: 260,
      cell: (model) =>
        ownTags(model)
          .slice(0, TAGS)
          .map(([key, value]) => (
            <span key={key} className={styles.tag} title={`${key} = ${value.slice(0, 500)}`}>
              {key} {value.slice(0, 60)}
            </span>
          )),
    },
  ];
}

const stop = (event: React.MouseEvent) => event.stopPropagation();
