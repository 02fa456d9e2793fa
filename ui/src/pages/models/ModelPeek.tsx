import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import type { RegisteredModel } from "../../api/registry/model";
import { CopyButton } from "../../components/Code";
import { LinkButton } from "../../components/LinkButton";
import { Markdown } from "../../components/Markdown";
import { Peek, PeekFacts, PeekSection } from "../../components/Peek";
import { Ago } from "../../components/Time";
import { bytes, exactNumber, plural, shortNumber } from "../../lib/format";
import { parseSignature, signatureBrief } from "../../lib/signature";
import { tellingMetrics } from "./headline";
import shared from "./models.module.css";
import styles from "./ModelPeek.module.css";

const METRICS = 8;

/** What a model is, without leaving the list. */
export function ModelPeek({ model, onClose }: { model: RegisteredModel; onClose: () => void }) {
  const { newest } = model;
  const aliases = Object.entries(model.aliases).sort(([, a], [, b]) => b - a);
  return (
    <Peek
      label="A quick look at a model"
      title={model.name}
      onClose={onClose}
      open={
        <LinkButton look="quiet" render={<Link to="/models/$name" params={{ name: model.name }} />}>
          <ExternalLink size={14} />
          Open
        </LinkButton>
      }
    >
      <p className={styles.lead}>
        <span>{plural(model.nVersions, "version")}</span>
        <span>
          updated <Ago ms={model.updatedMs} />
        </span>
      </p>
      {model.description && (
        <PeekSection title="Description">
          <Markdown text={model.description} />
        </PeekSection>
      )}
      {aliases.length > 0 && (
        <PeekSection title="Aliases">
          {aliases.map(([alias, version]) => (
            <p key={alias} className={styles.alias}>
              <code>
                models:/{model.name}@{alias}
              </code>
              <CopyButton text={`models:/${model.name}@${alias}`} label={`Copy the address of ${alias}`} />
              <Link to="/models/$name/$version" params={{ name: model.name, version: String(version) }} className={shared.link}>
                v{version}
              </Link>
            </p>
          ))}
        </PeekSection>
      )}
      {newest && (
        <>
          <PeekSection title={`Newest, version ${newest.version}`}>
            <PeekFacts
              rows={[
                ["Framework", [newest.card.framework, newest.card.frameworkVersion].filter(Boolean).join(" ")],
                ["Algorithm", newest.card.algorithm],
                ["Task", newest.card.task],
                ["Owner", newest.card.owner || model.user],
                ["Licence", newest.card.licence],
                ["Signature", signatureBrief(parseSignature(newest.card.signature))],
                ["Kept as", newest.card.serialisation],
                ["Size", newest.files ? bytes(newest.files.nBytes) : ""],
                [
                  "Run",
                  newest.runId && (
                    <Link to="/runs/$runId" params={{ runId: newest.runId }} className={shared.link}>
                      <code>{newest.runId.slice(0, 8)}</code>
                    </Link>
                  ),
                ],
              ]}
            />
          </PeekSection>
          {newest.card.metrics.length > 0 && (
            <PeekSection title="Metrics" count={newest.card.metrics.length}>
              <PeekFacts rows={tellingMetrics(newest.card.metrics, METRICS).map(({ key, value }) => [key, shortNumber(value), exactNumber(value)])} />
            </PeekSection>
          )}
        </>
      )}
    </Peek>
  );
}
