const depthLimit = 4;

/** What an error says, and why where its cause says more: Node's fetch hides that behind "fetch failed". */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let reason = error.message;
  for (let { cause } = error, depth = 0; cause instanceof Error && depth < depthLimit; { cause } = cause, depth++) {
    if (!reason.includes(cause.message)) reason += ` (${cause.message})`;
  }
  return reason;
}
