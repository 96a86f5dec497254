/** What the exit code says to scripts. `docs/cli.md` has the same table. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notAllowed: 3, notFound: 4, conflict: 5, unreachable: 6, interrupted: 130, terminated: 143 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
