import type { TryMethod } from '@fapi/sdk/contract';
import type { Body, Operation } from './operations.ts';

/** A request as it is being put together. Of credentials it knows nothing: it is kept in the history. */
export interface Draft {
  /** Of which operation; undefined for one in free form. */
  readonly operation: Operation | undefined;
  readonly method: TryMethod;
  /** With the query in free form; with its placeholders of an operation. */
  readonly path: string;
  /** By `path:id`, `query:limit`, `field:name`; so are the files, and `` is the whole body. */
  readonly values: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, readonly File[]>>;
  readonly bodyType: string;
  readonly body: string;
  /** One `Name: value` a line. */
  readonly headers: string;
}

export const freeDraft: Draft = { operation: undefined, method: 'GET', path: '/', values: {}, files: {}, bodyType: 'application/json', body: '', headers: '' };

/** What stands in the form of an operation at first. */
export function draftOf(operation: Operation): Draft {
  const [body] = operation.bodies;
  return withBody({ ...freeDraft, operation, method: operation.method, path: operation.path, values: Object.fromEntries(operation.parameters.map(({ place, name, initial }) => [`${place}:${name}`, initial])) }, body);
}

/** The same with another kind of body. */
export function withBody(draft: Draft, body: Body | undefined): Draft {
  return { ...draft, files: {}, bodyType: body?.type ?? '', body: body?.fields.length === 0 ? body.example : '', values: { ...draft.values, ...Object.fromEntries((body?.fields ?? []).map(({ name, initial }) => [`field:${name}`, initial])) } };
}

export const bodyOf = ({ operation, bodyType }: Draft): Body | undefined => operation?.bodies.find(({ type }) => type === bodyType);

/** What stands in the form when the operations are read anew: what was typed stays, as far as there is a field for it. */
export function readAgain(draft: Draft, operations: readonly Operation[]): Draft {
  const [first] = operations;
  if (draft === freeDraft) return first ? draftOf(first) : draft;
  if (!draft.operation) return draft;
  const found = operations.find(({ id }) => id === draft.operation?.id);
  if (!found) return first ? draftOf(first) : freeDraft;
  const body = found.bodies.find(({ type }) => type === draft.bodyType);
  const fresh = withBody(draftOf(found), body ?? found.bodies[0]);
  return { ...fresh, values: { ...fresh.values, ...draft.values }, headers: draft.headers, ...(body ? { body: draft.body, files: draft.files } : {}) };
}
