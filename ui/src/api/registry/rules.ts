/** What is decided about models before they are used: promotion requests with their gates, and policies. Times are Unix milliseconds. */

/** A condition that a version has to fulfil before an alias moves to it. */
export type Gate =
  /** The version must be found by this, in the search language. */
  | { kind: "filter"; filter: string }
  /** It must be better than the version that the alias points to now, by so much. */
  | { kind: "metric"; metric: string; higherIsBetter: boolean; minGain: number }
  /** Who calls that version must be able to call it. */
  | { kind: "signature" }
  /** This must be told of it. */
  | { kind: "required"; fields: string[] };

export interface GateResult {
  passed: boolean;
  /** A sentence with the values that were compared. */
  explanation: string;
}

export const PROMOTION_STATES = ["open", "merged", "rejected", "withdrawn"] as const;
export type PromotionState = (typeof PROMOTION_STATES)[number];
export type Verdict = "approve" | "reject" | "comment";

export interface Review {
  user: string;
  verdict: Verdict;
  timeMs: number;
  comment: string;
}

export interface PromotionAsk {
  name: string;
  version: number;
  alias: string;
  description: string;
  /** Who asks. */
  user: string;
  /** Whose approvals count; none: everybody's but the author's. */
  reviewers: string[];
  nApprovals: number;
  gates: Gate[];
}

/** A request that an alias move to a version. */
export interface Promotion extends PromotionAsk {
  id: string;
  state: PromotionState;
  createdMs: number;
  updatedMs: number;
  /** Of the gates in their order: as they stand now while it is open, as they stood when it was merged. */
  results: GateResult[];
  reviews: Review[];
  /** The gates pass and enough people approve. */
  canMerge: boolean;
}

/** What a policy can require to be told of a version. */
export const REQUIRABLE = ["algorithm", "framework", "task", "target_platform", "owner", "licence", "signature", "description"] as const;

/** Which models may be registered, on the server or under one name. */
export interface ModelPolicy {
  /** One of these must be among a model's; none: any will do. */
  flavours: string[];
  /** How weights may be kept; none: in any way. */
  serialisations: string[];
  /** Of models whose files would run harmful code when loaded; null: as the server's policy says. */
  scan: "refuse" | "off" | null;
  required: string[];
}
