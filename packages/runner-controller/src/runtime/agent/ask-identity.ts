import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import * as z from 'zod/mini';

const Identity = z.object({ digest: z.string(), generation: z.int(), nonce: z.string() });

/** Our own answer has some two hundred bytes. An app can take its place, and what is not ours is not read. */
const answerLimitBytes = 4_096;

/** Asks over a fresh connection which revision answers there. Rejects when none does within `timeoutMs`, all of it, and when what comes is not ours. */
export async function askIdentity(options: { address: string; port: number; hostHeader: string; timeoutMs: number; signal: AbortSignal }): Promise<{ revision: string; generation: number }> {
  const nonce = randomBytes(16).toString('hex');
  // Of the whole: whoever sends a byte now and then is never idle.
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const asked = request({
    host: options.address, port: options.port, path: `/.fapi/identity?nonce=${nonce}`, agent: false, headers: { host: options.hostHeader },
    signal: AbortSignal.any([options.signal, deadline]), maxHeaderSize: answerLimitBytes,
  });
  try {
    const answer = await answerOf(asked);
    const body = await readBody(answer);
    try {
      const identity = z.parse(Identity, JSON.parse(body));
      // Another nonce is another conversation: a cache, or an app that answers the reserved path itself.
      if (identity.nonce !== nonce) throw new Error('the nonce is not ours');
      return { revision: identity.digest, generation: identity.generation };
    } catch (cause) {
      throw new Error(`status ${answer.statusCode} on the reserved path`, { cause });
    }
  } catch (error) {
    options.signal.throwIfAborted();
    throw deadline.aborted ? new Error(`no whole answer within ${options.timeoutMs} ms`, { cause: error }) : error;
  } finally {
    asked.destroy();
  }
}

async function answerOf(asked: ClientRequest): Promise<IncomingMessage> {
  // Also after the answer has begun: the signal may break it off.
  asked.on('error', () => undefined);
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > answerLimitBytes) throw new Error(`an answer of more than ${answerLimitBytes} bytes on the reserved path`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
