import type { Socket } from 'node:net';
import pg from 'pg';

/**
 * A client whose connection ends when a statement is not answered in time: the network may have swallowed it, and nobody else would ever say so.
 * The driver's own `query_timeout` leaves the connection in the pool with the statement still on it, where the next one waits behind that.
 */
export function makeLimitedClient(limitMs: () => number | undefined): typeof pg.Client {
  return class extends pg.Client {
    override query(...given: unknown[]): never {
      const answer = (super.query as (...given: unknown[]) => unknown).apply(this, given);
      const limit = limitMs();
      if (answer instanceof Promise && limit !== undefined) endLate(this, answer, limit);
      return answer as never;
    }
  };
}

function endLate(client: pg.Client, answer: Promise<unknown>, limitMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const timer = setTimeout(() => stream.destroy(Object.assign(new Error(`the database did not answer a statement within ${limitMs} ms`), { code: 'ETIMEDOUT' })), limitMs);
  const stop = (): void => clearTimeout(timer);
  answer.then(stop, stop);
}
