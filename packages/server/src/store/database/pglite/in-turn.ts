import type { Engine } from './engine.ts';
import type { Rows } from './statements.ts';

const abortedTransaction = '25P02';

export interface Turns extends Engine {
  transaction<T>(work: (tx: { query: Engine['query'] }) => Promise<T>): Promise<T>;
}

/** Statements and transactions wait for each other: the engine has one session, and what comes between would be part of the transaction. */
export function takeTurns(engine: Engine): Turns {
  let last: Promise<unknown> = Promise.resolve();
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    query: (sql, parameters) => exclusively(() => engine.query(sql, parameters)),
    transaction: (work) => exclusively(() => transact(engine.query, work)),
    close: () => exclusively(() => engine.close()),
  };
}

async function transact<T>(query: (sql: string, parameters?: readonly unknown[]) => Promise<Rows>, work: (tx: { query: Engine['query'] }) => Promise<T>): Promise<T> {
  try {
    await query('begin');
  } catch (error) {
    // Kysely waits until the work begins, for ever, and all others behind it: so it begins, and every statement of it is refused.
    await work({ query: () => Promise.reject(error) });
    throw error;
  }
  let answer: T;
  try {
    answer = await work({ query });
  } catch (error) {
    // Whatever was thrown: Kysely rejects with nothing at all, and what stays open would be committed by whoever comes next.
    await query('rollback');
    throw error;
  }
  // After a failed statement Postgres takes a commit for a rollback, without an error.
  if ((await query('commit')).tag === 'ROLLBACK') throw Object.assign(new Error('a statement of the transaction had failed: it was rolled back'), { code: abortedTransaction });
  return answer;
}
