/** The audit: who did what to which object, from where, and with what result. */
export interface AuditRecord {
  number: number;
  timeMs: number;
  /** Empty: nobody has signed in, or the server itself. */
  user: string;
  token: string;
  address: string;
  /** The name of a call, or `sign-in`. */
  action: string;
  /** Such as `run:ID`; empty: nothing in particular. */
  object: string;
  detail: string;
  result: "allowed" | "refused" | "failed";
  /** Of the answer, by HTTP; 0: none was needed. */
  status: number;
  /** Counted together since the record before it of this kind. */
  nTimes: number;
  requestId: string;
  digest: string;
}

/** Where the chain ends, and the newest number that was archived. */
export interface AuditHead {
  number: number;
  digest: string;
  archived: number;
}
