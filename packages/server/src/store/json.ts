/** Postgres keeps no NUL and no half of a surrogate pair in a text. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** What Postgres can keep: user code prints what it cannot. */
export const toStorable = (text: string): string => (isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD'));

/** A jsonb value as its driver wants it: text. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? toStorable(part) : part));
