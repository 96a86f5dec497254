import * as z from 'zod/mini';
import { StreamEvent } from './contract/events.ts';
import type { Route } from './contract/route.ts';
import { type Address, routes } from './contract/routes.ts';
import { ContractError } from './errors.ts';
import { readLeniently } from './lenient.ts';

const rows = new Map<string, Route>(Object.values(routes).flatMap((ofResource) => Object.values<Route>(ofResource)).map((row) => [`${row.method} ${row.path}`, row]));

/** The body of an answer by the schema of its route; undefined where that promises none. Throws `ContractError` when it is not as promised. */
export function parseAnswer(address: Address, status: number, text: string): unknown {
  const schema = rows.get(address)!.response;
  if (schema === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without its cause: the parser quotes what it was given, and that may be a new token.
    throw new ContractError(`${address} answered ${status} with what is not JSON`, status);
  }
  const answer = readLeniently(schema as z.ZodMiniType, json);
  if (!answer.success) throw new ContractError(`${address} answered ${status} with what the contract does not promise: ${z.prettifyError(answer.error)}`, status, { cause: answer.error });
  return answer.data;
}

/** One event of the stream; undefined when it breaks the contract: a newer server may send kinds that this client does not know. */
export function parseEvent(data: string): StreamEvent | undefined {
  try {
    return readLeniently(StreamEvent, JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
