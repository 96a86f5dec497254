import { type Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../parts/ask.ts';

export interface Sent {
  path: string;
  /** Keeps its connection; a fresh one each time without. */
  agent?: Agent;
  /** The body, with `pauseMs` between the pieces. */
  pieces?: readonly string[];
  pauseMs?: number;
}

/** One request to its last byte; rejects when it breaks, is cut, or is answered with anything but 200. */
export async function send({ at, host }: Address, { path, agent, pieces = [], pauseMs = 0 }: Sent): Promise<string> {
  const asked = request({ ...at, path, agent: agent ?? false, method: pieces.length > 0 ? 'POST' : 'GET', headers: { host } });
  const answered = new Promise<string>((resolve, reject) => {
    asked.on('error', reject).on('response', (answer: IncomingMessage) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('error', reject).on('end', () => {
        if (answer.statusCode === 200) resolve(body);
        else reject(new Error(`${path} was answered with ${answer.statusCode}`));
      });
    });
  });
  // Whoever waits below must not miss that it has failed meanwhile.
  answered.catch(() => undefined);
  for (const piece of pieces) {
    asked.write(piece);
    if (pauseMs > 0) await pause(pauseMs);
  }
  asked.end();
  return answered;
}
