/** Lines of an app that could not be recorded, until that is told. Their text is not kept, for nobody knows how long it would be. */
export interface LostLines {
  /** How many, with those that were lost before they came. */
  readonly count: number;
  /** A try of which nobody knows whether it was written: so many of them it told of or held, and its last line. */
  readonly unsure?: { readonly count: number; readonly seq: number };
}

/** A batch, and what was lost before and would have been told with it, after the try failed. Of several tries of which nobody knows, the first: it was cut off, those after it find nobody. */
export function loseBatch(former: LostLines | undefined, batch: { readonly lines: readonly { readonly seq: number }[]; readonly dropped: number }, isUnsure: boolean): LostLines {
  const count = (former?.count ?? 0) + batch.dropped + batch.lines.length;
  const unsure = former?.unsure ?? (isUnsure && batch.lines.length > 0 ? { count, seq: Math.max(...batch.lines.map(({ seq }) => seq)) } : undefined);
  return unsure ? { count, unsure } : { count };
}

/** What two that ran at the same time have lost. */
export function addLost(one: LostLines, other: LostLines | undefined): LostLines {
  const unsure = one.unsure ?? other?.unsure;
  return { count: one.count + (other?.count ?? 0), ...(unsure ? { unsure } : {}) };
}
