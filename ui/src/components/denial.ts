/** Why a control does nothing for who sits here. */
export interface Denial {
  /** For the end of a line: "needs contributor". */
  short: string;
  /** What is missing, and who can grant it. */
  text: string;
}

export type MaybeDenial = Denial | null | undefined;

/** Of a native control that is not for who sits here. */
export function denialProps(denied: MaybeDenial): { disabled?: true; title?: string } {
  return denied ? { disabled: true, title: denied.text } : {};
}
