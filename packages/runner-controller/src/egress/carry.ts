import type { Socket } from 'node:net';
import { createFrameReader, writeFrame } from './frames.ts';

export interface Carried { sentBytes: number; receivedBytes: number; ending: 'ended' | 'broken' | 'idle' | 'cut' }
export interface Carrying {
  /** Breaks both sides at once. */
  cut(): void;
  /** Resolves when both are gone. */
  readonly over: Promise<Carried>;
}

const nothing = Buffer.alloc(0);
const partingMs = 5_000;

/** Carries between an agent's tunnel and a target, as fast as the slower one, until both have ended. Whatever breaks one side breaks the other, so that nobody takes a broken answer for a whole one. `rest` came with the request. */
export function carry(tunnel: Socket, target: Socket, rest: Buffer, idleMs: number): Carrying {
  const over = Promise.withResolvers<Carried>();
  const count = { sentBytes: 0, receivedBytes: 0 };
  const isDone = { up: false, down: false };
  let ending: Carried['ending'] | undefined;
  const finish = (how: Carried['ending']): void => {
    if (ending !== undefined) return;
    ending = how;
    if (how === 'ended') {
      tunnel.end();
      target.end();
      // One that does not part by itself is sent away.
      for (const side of [tunnel, target]) side.setTimeout(partingMs, () => side.destroy());
    } else {
      target.resetAndDestroy();
      tunnel.destroy();
    }
    over.resolve({ ...count, ending: how });
  };
  const settle = (): void => {
    if (isDone.up && isDone.down) finish('ended');
  };
  const read = createFrameReader({
    onPart(part) {
      count.sentBytes += part.length;
      if (!isDone.up && !target.write(part)) tunnel.pause();
    },
    onEnd() {
      if (isDone.up) return;
      isDone.up = true;
      target.end();
      settle();
    },
  });
  const take = (data: Buffer): void => {
    try {
      read(data);
    } catch {
      finish('broken');
    }
  };
  tunnel.on('data', take);
  tunnel.on('drain', () => void target.resume());
  target.on('drain', () => void tunnel.resume());
  target.on('data', (data: Buffer) => {
    count.receivedBytes += data.length;
    if (!writeFrame(tunnel, data)) target.pause();
  });
  target.on('end', () => {
    isDone.down = true;
    writeFrame(tunnel, nothing);
    settle();
  });
  for (const side of [tunnel, target]) {
    side.on('error', () => finish('broken'));
    side.on('close', () => finish(isDone.up && isDone.down ? 'ended' : 'broken'));
  }
  // Every byte of either direction passes here.
  tunnel.setTimeout(idleMs, () => finish('idle'));
  if (rest.length > 0) take(rest);
  target.resume();
  tunnel.resume();
  return { cut: () => finish('cut'), over: over.promise };
}
