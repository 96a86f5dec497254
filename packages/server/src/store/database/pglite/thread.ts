import { parentPort, workerData } from 'node:worker_threads';
import { sayThrown } from '../../disk/find-reason.ts';
import { openEngine } from './engine.ts';
import type { Answer, Order, Refusal } from './messages.ts';

/** The engine's thread: its statements and its waits for the disk hold up nobody's requests. */
const tell = (answer: Answer): void => parentPort!.postMessage(answer);
const toRefusal = (error: unknown): Refusal => {
  const { message, code, constraint, table, column } = error as Refusal;
  return { message: message || sayThrown(error), ...Object.fromEntries(Object.entries({ code, constraint, table, column }).filter(([, value]) => typeof value === 'string')) };
};

/** After a panic Postgres ends and recovers at its next start. As a library it would stay, and spin for ever at the next statement. A trap of WebAssembly is no better. */
const isEnd = (error: unknown): boolean => /^(?:PANIC|FATAL)$/.test(String((error as { severity?: unknown }).severity)) || error instanceof WebAssembly.RuntimeError;

try {
  const engine = await openEngine((workerData as { folder: string }).folder);
  const run = async (order: Order): Promise<Answer> => {
    try {
      const rows = 'close' in order ? await engine.close().then(() => undefined) : await engine.query(order.sql, order.parameters);
      return { id: order.id, ...(rows ? { rows } : {}) };
    } catch (error) {
      // Thrown on, it ends the thread, and whoever waits is told so.
      if (isEnd(error)) throw new Error(toRefusal(error).message);
      return { id: order.id, refusal: toRefusal(error) };
    }
  };
  parentPort!.on('message', (order: Order) => void run(order).then(tell));
  tell({ id: 0 });
} catch (error) {
  tell({ id: 0, refusal: toRefusal(error) });
}
