import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, MessageSquare, X } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import { modelKeys } from "../../api/registry/queries";
import type { Promotion, Review, Verdict } from "../../api/registry/rules";
import { Button } from "../../components/Button";
import { TextArea, TextInput } from "../../components/Field";
import { LinkButton } from "../../components/LinkButton";
import { Markdown } from "../../components/Markdown";
import { Ago } from "../../components/Time";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import type { Rights } from "../../records/accounts/denials";
import { useMe } from "../../records/useMe";
import { PromotionMark } from "./PromotionMark";
import { approvers, gateWords, hindrance, whyNotApprove } from "./gates";
import type { ModelEdits } from "./useModelEdits";
import list from "./ListAndOne.module.css";
import shared from "./models.module.css";
import styles from "./Promotions.module.css";

const VERDICTS: Record<Verdict, string> = { approve: "approved", reject: "rejected", comment: "commented" };

/** One request: what its gates say, who has looked, and what can be done about it. */
export function PromotionDetail({ request, now, edits, to }: { request: Promotion; now: number | null; edits: ModelEdits; to: Rights["to"] }) {
  const { rules } = useApi();
  const client = useQueryClient();
  const [me] = useMe();
  const settle = () => client.invalidateQueries({ queryKey: modelKeys.all });
  const withdraw = useMutation({ mutationFn: () => rules.withdrawPromotion(request.id), onSettled: settle });
  const merge = useMutation({
    mutationFn: () => rules.mergePromotion(request.id, me),
    onSuccess: () => edits.noteMove(request.alias, request.version, now ?? undefined),
    onSettled: settle,
  });
  const isOpen = request.state === "open";
  const isElsewhere = now !== null && now !== request.version;
  const why = isOpen ? hindrance(request) : "";
  const unreviewed = to("reviewPromotion");
  const failure = merge.error ?? withdraw.error;
  return (
    <article className={list.detail} aria-label={`Request for ${request.alias}, version ${request.version}`}>
      <header className={list.top}>
        <h3>
          Move @{request.alias} {isOpen && isElsewhere ? `from v${now} ` : ""}to{" "}
          <Link to="/models/$name/$version" params={{ name: request.name, version: String(request.version) }} className={shared.inline}>
            v{request.version}
          </Link>
        </h3>
        <PromotionMark state={request.state} />
        <p className={shared.quiet}>
          asked {request.user && `by ${request.user} `}
          <Ago ms={request.createdMs} />
        </p>
        {isOpen && isElsewhere && (
          <LinkButton
            look="quiet"
            render={<Link to="/models/$name/compare" params={{ name: request.name }} search={{ versions: [now, request.version].sort((a, b) => a - b).join(",") }} />}
          >
            Compare v{now} with v{request.version}
          </LinkButton>
        )}
      </header>
      {request.description && <Markdown text={request.description} />}
      <Gates request={request} />
      <Approvals request={request} />
      {isOpen && (
        <section className={styles.decide}>
          <div className={shared.buttons}>
            <Button look="primary" denied={to("mergePromotion")} disabled={!request.canMerge || merge.isPending} onClick={() => merge.mutate()}>
              Move {request.alias} to v{request.version}
            </Button>
            <Button denied={to("withdrawPromotion")} disabled={withdraw.isPending} onClick={() => withdraw.mutate()}>
              Withdraw the request
            </Button>
            <span className={shared.quiet}>{why || "Nothing stands in the way."}</span>
          </div>
          {failure && (
            <p role="alert" className={shared.bad}>
              {failure.message}
            </p>
          )}
        </section>
      )}
      <section>
        <h4>What was said</h4>
        {request.reviews.length ? (
          <ol className={styles.reviews}>
            {request.reviews.map((review, at) => (
              <ReviewEntry key={at} review={review} />
            ))}
          </ol>
        ) : (
          <p className={shared.quiet}>Nobody has reviewed it{isOpen ? " yet" : ""}.</p>
        )}
      </section>
      {isOpen &&
        (unreviewed ? (
          <p className={shared.quiet}>To review it: {unreviewed.text}</p>
        ) : (
          <ReviewForm request={request} onDone={settle} />
        ))}
    </article>
  );
}

function Gates({ request }: { request: Promotion }) {
  if (!request.gates.length) return <p className={shared.quiet}>No gates are set: people alone decide.</p>;
  return (
    <section>
      <h4>Gates</h4>
      <ul className={styles.results}>
        {request.gates.map((gate, at) => {
          const { text, code } = gateWords(gate);
          const result = request.results[at];
          return (
            <li key={at}>
              {result ? <Outcome passed={result.passed} /> : <span className={styles.unknown} aria-hidden />}
              <span>
                {text} {code && <code>{code}</code>}
              </span>
              <span className={shared.quiet}>{result ? result.explanation : "It was closed before its gates counted."}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Outcome({ passed }: { passed: boolean }) {
  const Icon = passed ? Check : X;
  return (
    <span className={passed ? shared.good : shared.bad}>
      <Icon size={14} aria-hidden />
      <span className="sr-only">{passed ? "passes: " : "fails: "}</span>
    </span>
  );
}

function Approvals({ request }: { request: Promotion }) {
  const approving = approvers(request);
  if (!request.nApprovals && !request.reviewers.length) return null;
  return (
    <section>
      <h4>
        Approvals{" "}
        <small>
          {approving.length} of {request.nApprovals}
        </small>
      </h4>
      <p className={styles.people}>
        {(request.reviewers.length ? request.reviewers : approving).map((name) => {
          const last = request.reviews.findLast(({ user, verdict }) => user === name && verdict !== "comment")?.verdict;
          return (
            <span key={name} className={classes(styles.person, last === "approve" && styles.approves)}>
              {last === "approve" ? <Check size={12} aria-hidden /> : last === "reject" ? <X size={12} aria-hidden /> : null}
              {name} <span className={shared.quiet}>{last ? VERDICTS[last] : request.state === "open" ? "is asked" : "said nothing"}</span>
            </span>
          );
        })}
        {!request.reviewers.length && approving.length < request.nApprovals && <span className={shared.quiet}>Anybody but the author may approve.</span>}
      </p>
    </section>
  );
}

function ReviewEntry({ review }: { review: Review }) {
  const Icon = review.verdict === "approve" ? Check : review.verdict === "reject" ? X : MessageSquare;
  return (
    <li>
      <Icon size={13} aria-hidden className={review.verdict === "approve" ? shared.good : review.verdict === "reject" ? shared.bad : shared.quiet} />
      <div>
        <p>
          <b>{review.user || "Somebody"}</b> {VERDICTS[review.verdict]}{" "}
          <span className={shared.quiet}>
            <Ago ms={review.timeMs} />
          </span>
        </p>
        {review.comment && <Markdown text={review.comment} />}
      </div>
    </li>
  );
}

function ReviewForm({ request, onDone }: { request: Promotion; onDone: () => Promise<unknown> }) {
  const { rules } = useApi();
  const [me, setMe] = useMe();
  const [comment, setComment] = useState("");
  const review = useMutation({
    mutationFn: (verdict: Verdict) => rules.reviewPromotion(request.id, verdict, me, comment.trim()),
    onSuccess: () => setComment(""),
    onSettled: onDone,
  });
  const whyNot = whyNotApprove(request, me);
  const isReviewer = me !== "" && (!request.reviewers.length || request.reviewers.includes(me));
  return (
    <section className={styles.form} aria-label="Your review">
      <div className={styles.formHead}>
        <h4>Your review</h4>
        <label className={shared.line}>
          as
          <TextInput className={styles.me} aria-label="Your name" placeholder="your name" value={me} onChange={(event) => setMe(event.target.value)} />
        </label>
      </div>
      <TextArea
        rows={3}
        aria-label="Comment, in Markdown"
        placeholder="What you looked at, and what you found"
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <div className={shared.buttons}>
        <Button disabled={whyNot !== "" || review.isPending} onClick={() => review.mutate("approve")}>
          <Check size={13} />
          Approve
        </Button>
        <Button look="danger" disabled={!isReviewer || review.isPending} onClick={() => review.mutate("reject")}>
          <X size={13} />
          Reject
        </Button>
        <Button look="quiet" disabled={!comment.trim() || review.isPending} onClick={() => review.mutate("comment")}>
          <MessageSquare size={13} />
          Comment
        </Button>
        <span className={shared.quiet}>{whyNot || `${plural(request.nApprovals, "approval")} ${request.nApprovals === 1 ? "is" : "are"} needed.`}</span>
      </div>
      {review.error && (
        <p role="alert" className={shared.bad}>
          {review.error.message}
        </p>
      )}
    </section>
  );
}
