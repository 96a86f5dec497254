import type { Socket } from 'node:net';
import * as z from 'zod/mini';
import { RefusedError } from './dial.ts';
import { headerBytes, writeFrame } from './frames.ts';

/** What an agent asks for: its first piece, as JSON. */
const EgressRequest = z.object({ appId: z.string().check(z.minLength(1), z.maxLength(200)), host: z.string().check(z.minLength(1), z.maxLength(253)), port: z.int().check(z.minimum(1), z.maximum(65_535)) });
export type EgressRequest = z.infer<typeof EgressRequest>;

const requestLimitBytes = 2_048;

/** Reads the request; `rest` is what came after it. Rejects with `RefusedError`, with the signal's reason, or when the agent leaves. */
export function readRequest(tunnel: Socket, signal: AbortSignal): Promise<{ request: EgressRequest; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let data = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      tunnel.off('data', take).off('error', fail).off('close', leave);
      signal.removeEventListener('abort', stop);
      tunnel.pause();
      act();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const leave = (): void => fail(new Error('it left'));
    const stop = (): void => fail(signal.reason as Error);
    const take = (chunk: Buffer): void => {
      data = Buffer.concat([data, chunk]);
      if (data.length < headerBytes) return;
      const length = data.readUInt32BE();
      if (length > requestLimitBytes) return fail(new RefusedError('bad_request', `a request of ${length} bytes`));
      if (data.length < headerBytes + length) return;
      try {
        const request = z.parse(EgressRequest, JSON.parse(data.toString('utf8', headerBytes, headerBytes + length)));
        settle(() => resolve({ request, rest: data.subarray(headerBytes + length) }));
      } catch {
        fail(new RefusedError('bad_request', 'no request that can be read'));
      }
    };
    tunnel.on('data', take).on('error', fail).on('close', leave);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else tunnel.resume();
  });
}

/** Of a request: `{}` for one that is connected, else why not. */
export const answer = (tunnel: Socket, refusal?: RefusedError): boolean => writeFrame(tunnel, Buffer.from(JSON.stringify(refusal ? { reason: refusal.reason, text: refusal.message } : {})));
