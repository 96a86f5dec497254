import * as z from 'zod/mini';
import { schemaVersion } from './messages.ts';
import { nowhere, type Place } from './place.ts';

export type Decoded<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Reads a message off the wire; what breaks the schema, or carries another schema version, is a reason and never an exception. */
export function decode<T>(schema: z.ZodMiniType<T>, text: string): Decoded<T> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'a message is not JSON' };
  }
  const version = looseField(raw, 'schema') ?? looseField(looseField(raw, 'value'), 'schema');
  if (version !== schemaVersion) return { ok: false, reason: `a message carries schema version ${String(version)}, this program reads ${schemaVersion}` };
  const parsed = z.safeParse(schema, raw);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: `a message breaks the schema: ${z.prettifyError(parsed.error)}` };
}

/** The place of a message, readable in any schema version: an unreadable newer word must still win over an older one. */
export function readPlaceOf(text: string): Place {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return nowhere;
  }
  const [generation, sequence] = [looseField(raw, 'generation'), looseField(raw, 'sequence')];
  return typeof generation === 'number' ? { generation, sequence: typeof sequence === 'number' ? sequence : 0 } : nowhere;
}

function looseField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
