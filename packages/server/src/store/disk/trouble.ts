const noSpace = '53100';
/** A server that is ending, starting or gone, and a session that it has ended. */
const away = /^(?:08...|57P0[123]|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/;
/** What the driver says without a code. */
const awayWords = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/;

/** What is wrong with the database itself, when a statement failed of it: `full` wrote nothing, of `away` nobody knows. */
export function findTrouble(error: unknown): 'full' | 'away' | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (code === noSpace) return 'full';
  return (typeof code === 'string' && away.test(code)) || awayWords.test(error.message) ? 'away' : undefined;
}

/** As Postgres says it. */
export const makeFullError = (message: string): Error => Object.assign(new Error(message), { code: noSpace });
