import type { FapiClient } from '../../fapi-client.ts';

/** Of one attempt: a draft that is there already waits for it. */
const readMs = 5_000;

/**
 * Whose token it is: `<workspace>/<subject>`, never the token itself, without spaces.
 * Asked anew each time, once for all who ask at once: the next token of a page may be somebody else's. Rejects as a call does.
 */
export function createOwnerReader(client: Pick<FapiClient, 'session'>): () => Promise<string> {
  let reading: Promise<string> | undefined;
  return () => (reading ??= client.session.read({ timeoutMs: readMs })
    .then(({ workspaceId, subject }) => `${workspaceId}/${encodeURIComponent(subject)}`)
    .finally(() => { reading = undefined; }));
}
