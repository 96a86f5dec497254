import { Worker } from 'node:worker_threads';
import type { Engine } from './engine.ts';
import type { Answer, Order } from './messages.ts';
import type { Rows } from './statements.ts';

interface Waiting { resolve(rows: Rows | undefined): void; reject(error: Error): void }

export interface RemoteEngine extends Engine {
  /** Resolves when the thread has ended without being closed. */
  readonly ended: Promise<Error>;
  /** From now on a statement that is not answered within `limitMs` ends the thread: nothing else interrupts it, and everybody waits behind it. */
  watch(limitMs: number): void;
}

/** A program that was stopped for a while, with all its threads, has lost one look and no more. */
const looks = 10;

/** Starts an engine in a thread of its own. Rejects as it does; when the thread ends by itself, everybody who waits is told so, and everybody who comes. */
export async function startEngine(folder: string): Promise<RemoteEngine> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { folder } });
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let [lastId, isClosing] = [0, false];
  const ending = Promise.withResolvers<Error>();

  let watching: NodeJS.Timeout | undefined;
  const end = (why: string): void => {
    clearInterval(watching);
    ended ??= Object.assign(new Error(`the database has ended: ${why}`), { code: '57P01' });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    if (!isClosing) ending.resolve(ended);
  };
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('refusal' in answer) asked?.reject(Object.assign(new Error(answer.refusal.message), answer.refusal));
    else asked?.resolve(answer.rows);
  });
  worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => end(`its thread ended with ${code}`));

  const hear = (id: number): Promise<Rows | undefined> => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const send = (make: (id: number) => Order): Promise<Rows | undefined> => {
    if (ended) return Promise.reject(ended);
    const order = make(++lastId);
    worker.postMessage(order);
    return hear(order.id);
  };
  try {
    await hear(0);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    query: async (sql, parameters = []) => (await send((id) => ({ id, sql, parameters })))!,
    ended: ending.promise,
    watch(limitMs) {
      let [running, seen]: [number | undefined, number] = [undefined, 0];
      watching = setInterval(() => {
        const [oldest] = waiting.keys();
        [running, seen] = [oldest, oldest !== undefined && oldest === running ? seen + 1 : 0];
        if (seen < looks) return;
        end(`a statement was not done after ${limitMs / 1_000} s`);
        // Not waited for: a thread that waits for its disk ends when that answers.
        void worker.terminate();
      }, limitMs / looks).unref();
    },
    async close() {
      isClosing = true;
      await send((id) => ({ id, close: true }));
      clearInterval(watching);
      await worker.terminate();
    },
  };
}
