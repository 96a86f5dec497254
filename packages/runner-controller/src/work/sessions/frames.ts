import * as z from 'zod/mini';
import { decode } from '../codec.ts';
import { schemaVersion } from '../messages.ts';

const schema = z.literal(schemaVersion);
const SessionEndFrame = z.object({ reason: z.enum(['closed', 'gap', 'refused', 'timeout']), code: z.optional(z.string()), message: z.optional(z.string()) });

const common = { schema, from: z.string() };

/**
 * The head of each frame. `from` is the address of the end that speaks: of two controllers that answer one opening, only one is listened to.
 * `number` counts the texts of one direction from 1; in a beat it is that of the last one sent.
 */
const Head = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('open'), opening: z.object({ sessionId: z.string(), appId: z.string(), draft: z.object({ digest: z.string(), sha256: z.string() }) }) }),
  z.object({ ...common, kind: z.literal('abandon') }),
  /** It works on it: an opening that nobody says this of is nobody's. */
  z.object({ ...common, kind: z.literal('wait') }),
  z.object({ ...common, kind: z.literal('take') }),
  z.object({ ...common, kind: z.literal('refuse'), code: z.string(), message: z.string() }),
  z.object({ ...common, kind: z.literal('text'), number: z.int() }),
  z.object({ ...common, kind: z.literal('beat'), number: z.int() }),
  z.object({ ...common, kind: z.literal('end'), end: SessionEndFrame }),
]);
type Head = z.infer<typeof Head>;

export type Frame = Exclude<Head, { kind: 'text' }> | (Extract<Head, { kind: 'text' }> & { text: string });
type WithoutSchema<T> = T extends unknown ? Omit<T, 'schema'> : never;

/** A head of one line of JSON; a text follows it as it is, because escaping a megabyte twice would make it no single message any more. */
export function writeFrame(frame: WithoutSchema<Frame>): string {
  if (frame.kind !== 'text') return JSON.stringify({ schema: schemaVersion, ...frame });
  return `${JSON.stringify({ schema: schemaVersion, from: frame.from, kind: 'text', number: frame.number })}\n${frame.text}`;
}

/** Undefined for what is none. */
export function readFrame(body: string): Frame | undefined {
  const end = body.indexOf('\n');
  const head = decode(Head, end < 0 ? body : body.slice(0, end));
  if (!head.ok) return undefined;
  return head.value.kind === 'text' ? { ...head.value, text: end < 0 ? '' : body.slice(end + 1) } : head.value;
}
