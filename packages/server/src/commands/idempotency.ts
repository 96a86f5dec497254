import { createHash } from 'node:crypto';
import { DomainError } from '../domain/errors.ts';
import { findIdempotent, insertIdempotent, lockIdempotent } from '../store/access.ts';
import type { Tx } from '../store/schema.ts';
import type { Actor } from './context.ts';

/** Does the work once per key: the second time it answers as it did the first time, and refuses the key for other work. `announce` comes last. */
export async function withIdempotency<T>(tx: Tx, actor: Actor, key: string | undefined, input: unknown, at: Date, work: () => Promise<T>, announce: (answer: T) => Promise<void>): Promise<T> {
  if (key === undefined) {
    const answer = await work();
    await announce(answer);
    return answer;
  }
  const principal = `${actor.workspaceId}/${actor.subject}`;
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  await lockIdempotent(tx, principal, key);
  const former = await findIdempotent(tx, principal, key);
  if (former && former.fingerprint !== fingerprint) throw new DomainError('idempotency_conflict', 'make a new key for each click');
  if (former) return former.answer as T;
  const answer = await work();
  await insertIdempotent(tx, { principal, key, fingerprint, answer }, at);
  await announce(answer);
  return answer;
}
