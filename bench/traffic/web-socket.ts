import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../parts/ask.ts';

/** Says each word, waits for its echo, and closes; rejects when one does not come back. Ours by hand: Node's own client cannot name another host. */
export async function echoWords({ at, host }: Address, path: string, words: readonly string[], pauseMs: number): Promise<void> {
  const asked = request({ ...at, path, agent: false, headers: { host, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64') } });
  asked.end();
  const [, socket] = await Promise.race([
    once(asked, 'upgrade') as Promise<[IncomingMessage, Socket]>,
    once(asked, 'response').then(([answer]) => {
      throw new Error(`the upgrade was answered with ${(answer as IncomingMessage).statusCode}`);
    }),
  ]);
  const read = readTexts(socket);
  try {
    for (const word of words) {
      socket.write(maskedText(word));
      const answer = await read();
      if (answer !== word) throw new Error(`"${answer}" came back for "${word}"`);
      await pause(pauseMs);
    }
  } finally {
    socket.destroy();
  }
}

/** A text of less than 126 bytes, as a client has to send it. */
function maskedText(text: string): Buffer {
  const [bytes, mask] = [Buffer.from(text), randomBytes(4)];
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length]), mask, bytes.map((byte, at) => byte ^ mask[at % 4]!)]);
}

/** Reads short texts one after the other; listens all the time, because the end may come between two of them. */
function readTexts(socket: Socket): () => Promise<string> {
  let received = Buffer.alloc(0);
  let ended: Error | undefined;
  let wake: () => void = () => undefined;
  const end = (error?: unknown): void => {
    ended ??= error instanceof Error ? error : new Error('the connection was closed');
    wake();
  };
  socket.on('error', end).on('end', end).on('close', end).on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  return async () => {
    while (received.length < 2 || received.length < 2 + received[1]!) {
      if (ended) throw ended;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const frame = received.subarray(0, 2 + received[1]!);
    received = received.subarray(frame.length);
    if (frame[0] !== 0x81) throw new Error(`a frame of kind ${frame[0]! & 15} came instead of an echo`);
    return frame.toString('utf8', 2);
  };
}
