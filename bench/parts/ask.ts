import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const askPauseMs = 1;

/** Where an app is reached: its own socket, or a port under a name. */
export interface Address { at: NetConnectOpts; host: string }

/** Sends one GET over a fresh connection and answers the body; written by hand, because a client's own work would be part of every figure. Rejects when nobody answers or the status is not 200. */
export function ask({ at, host }: Address, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
    let text = '';
    socket.setNoDelay(true).setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('error', reject).on('close', () => {
      if (text.startsWith('HTTP/1.1 200 ')) resolve(text.slice(text.indexOf('\r\n\r\n') + 4));
      else reject(new Error(`${path} was answered with "${text.slice(0, text.indexOf('\r\n')) || 'nothing'}"`));
    });
  });
}

/** Asks for `/word` until it is `word`, with a pause in between: whoever asks without one takes a core away from what is measured. Answers the milliseconds since `startedAt`. */
export async function untilWord(address: Address, word: string, startedAt: number): Promise<number> {
  for (;;) {
    if ((await ask(address, '/word').catch(() => '')) === JSON.stringify(word)) return performance.now() - startedAt;
    await pause(askPauseMs);
    if (performance.now() - startedAt > 30_000) throw new Error(`"${word}" was not answered within 30 s`);
  }
}

/** One answer over a fresh connection, in milliseconds. */
export async function timeAnswer(address: Address): Promise<number> {
  const startedAt = performance.now();
  await ask(address, '/word');
  return performance.now() - startedAt;
}
