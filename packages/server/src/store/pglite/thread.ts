import { parentPort, workerData } from 'node:worker_threads';
import { openEngine } from './engine.ts';
import type { Answer, Order, Refusal } from './messages.ts';

/** The engine's thread: its statements and its waits for the disk hold up nobody's requests. */
const tell = (answer: Answer): void => parentPort!.postMessage(answer);
const toRefusal = (error: unknown): Refusal => {
  const { message, code, constraint, table, column } = error as Refusal;
  return { message: message ?? String(error), ...Object.fromEntries(Object.entries({ code, constraint, table, column }).filter(([, value]) => typeof value === 'string')) };
};

try {
  const engine = await openEngine((workerData as { folder: string }).folder);
  parentPort!.on('message', (order: Order) => {
    const work = 'close' in order ? engine.close().then(() => undefined) : engine.query(order.sql, order.parameters);
    work.then((rows) => tell({ id: order.id, ...(rows ? { rows } : {}) }), (error: unknown) => tell({ id: order.id, refusal: toRefusal(error) }));
  });
  tell({ id: 0 });
} catch (error) {
  tell({ id: 0, refusal: toRefusal(error) });
}
