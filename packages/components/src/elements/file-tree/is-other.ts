/** Does one list hold something else than the other, or in another order? */
export const isOtherList = (now: readonly string[], before: readonly string[] | undefined): boolean => now.length !== before?.length || now.some((path, at) => path !== before[at]);

/** Does one set hold something else than the other? */
export const isOtherSet = (now: ReadonlySet<string>, before: ReadonlySet<string> | undefined): boolean => now.size !== before?.size || [...now].some((path) => !before.has(path));

/** Do two maps say different things? */
export const isOtherMap = (now: ReadonlyMap<string, string>, before: ReadonlyMap<string, string> | undefined): boolean => now.size !== before?.size || [...now].some(([path, word]) => before.get(path) !== word);
