import { Agent, request } from 'node:http';

export interface Asked { app: string; way: 'fresh' | 'kept'; begunAt: number; endedAt: number; status: number; word: unknown }

export interface Asker {
  /** Every request that has its end. */
  readonly asked: readonly Asked[];
  /** Waits for what is still open. */
  stop(): Promise<void>;
}

const patienceMs = 30_000;

/** Asks each app for its word, one request after the other: over a fresh connection each, and over one that is kept. Status 0 when there was no answer. */
export function startAsking(gatewayPort: number, apps: readonly string[], path = '/'): Asker {
  const asked: Asked[] = [];
  const kept = new Agent({ keepAlive: true });
  let isOver = false;
  const askOn = async (app: string, way: Asked['way']): Promise<void> => {
    while (!isOver) {
      const begunAt = performance.now();
      const answer = await ask({ port: gatewayPort, app, path, agent: way === 'kept' ? kept : false });
      asked.push({ app, way, begunAt, endedAt: performance.now(), ...answer });
      // A gateway that is away refuses in no time: whoever asked is not to take the whole machine.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const asking = apps.flatMap((app) => [askOn(app, 'fresh'), askOn(app, 'kept')]);
  return {
    asked,
    async stop() {
      isOver = true;
      await Promise.all(asking);
      kept.destroy();
    },
  };
}

function ask({ port, app, path, agent }: { port: number; app: string; path: string; agent: Agent | false }): Promise<Pick<Asked, 'status' | 'word'>> {
  return new Promise((resolve) => {
    const fail = ({ message }: Error): void => resolve({ status: 0, word: message });
    const sent = request({ host: '127.0.0.1', port, path, agent, timeout: patienceMs, headers: { host: `${app}.localhost:${port}`, accept: 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, word: answer.statusCode === 200 ? (JSON.parse(text) as { word: unknown }).word : text }));
      answer.on('error', fail);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', fail);
    sent.end();
  });
}
