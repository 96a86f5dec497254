import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import * as z from 'zod/mini';

const Identity = z.object({ digest: z.string(), generation: z.int(), nonce: z.string() });

/** Asks over a fresh connection which revision answers there. Rejects when none does. */
export function askIdentity(options: { address: string; port: number; hostHeader: string; timeoutMs: number; signal: AbortSignal }): Promise<{ revision: string; generation: number }> {
  const nonce = randomBytes(16).toString('hex');
  return new Promise((resolve, reject) => {
    const asked = request({ host: options.address, port: options.port, path: `/.fapi/identity?nonce=${nonce}`, agent: false, signal: options.signal, timeout: options.timeoutMs, headers: { host: options.hostHeader } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('error', reject).on('end', () => {
        try {
          const identity = z.parse(Identity, JSON.parse(body));
          // Another nonce is another conversation: a cache, or an app that answers the reserved path itself.
          if (identity.nonce !== nonce) throw new Error('the nonce is not ours');
          resolve({ revision: identity.digest, generation: identity.generation });
        } catch (cause) {
          reject(new Error(`status ${answer.statusCode} on the reserved path`, { cause }));
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${options.timeoutMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}
