import { request } from 'node:http';
import type { Answer } from './system.ts';

/** Asks an app through the gateway over a fresh connection, as a browser at its address would. Rejects when nothing answers. */
export function visit(gatewayPort: number, appUrl: string, path = '/', method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: gatewayPort, path, method, agent: false, headers: { host: new URL(appUrl).host, accept: 'application/json' } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, revision: answer.headers['x-fapi-revision'] as string | undefined }));
      answer.on('error', reject);
    });
    asked.setTimeout(15_000, () => asked.destroy(new Error(`${appUrl}${path} did not answer within 15 s`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** Asks again and again until `accept` takes the answer; rejects with the last one after `timeoutMs`. */
export async function until<T>(ask: () => Promise<T>, accept: (value: T) => boolean, timeoutMs = 30_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let last: unknown; ;) {
    try {
      const value = await ask();
      if (accept(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
    // Public doors tell nobody of what has become true: it is asked for.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
