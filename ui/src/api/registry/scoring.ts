/** Servers that answer for a model. The tracking server loads no models; it passes inputs on to those it was told of. */

export interface Scorer {
  name: string;
  /** Where it is, as far as a reader may know. */
  address: string;
}

export interface ScoringReply {
  status: number;
  /** As the scoring server sent it. */
  text: string;
  /** How long it took, seen from the tracking server. */
  ms: number;
  /** Which model answered, such as `churn/3`; empty: the scoring server did not say it. */
  model: string;
}
