/** What Postgres can keep: user code prints NUL and halves of surrogate pairs, and neither fits into its text. */
export const toStorable = (text: string): string => (text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\uFFFD'));

/** A jsonb value as its driver wants it: text. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? toStorable(part) : part));
