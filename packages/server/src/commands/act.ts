import type { RunnerSpec } from '@fapi/runner-controller/work';
import { DomainError } from '../domain/errors.ts';
import type { NewEvent } from '../store/history/events.ts';
import { type CallKey, findIdempotent, takeKey } from '../store/history/idempotency.ts';
import type { Share } from '../store/disk/share.ts';
import { takeReserve } from '../store/disk/take-reserve.ts';
import type { Tx } from '../store/schema.ts';
import { writeDown } from '../store/history/write-down.ts';
import type { Actor, Context } from './context.ts';

/** What is done, for the audit row and for the call's key. */
export interface Request<T, Kept> {
  /** `<what>.<verb>`, as in the route table. */
  readonly action: string;
  readonly appId?: string;
  /** What was asked for: a key that comes again with something else is refused. */
  readonly input: unknown;
  /** Why, in the words of whoever asked. */
  readonly reason?: string | undefined;
  /** It is done while the disk is full, out of what is kept for such acts: `last` if it frees space or keeps somebody out, `urgent` if it is small and cannot wait. */
  readonly takesReserve?: Share | undefined;
  /**
   * What is written down of the answer to give it again. Absent: the whole answer. `null`: nothing is, and the call is done again;
   * for answers that hold a secret, which must not lie in a table in clear.
   */
  readonly replay?: { keep(answer: T): Kept; restore(tx: Tx, kept: Kept): Promise<T> } | null;
}

export interface Outcome<T> {
  readonly answer: T;
  /** Of an app that was made by the act. */
  readonly appId?: string;
  /** Told to streams, in this order. */
  readonly events?: readonly NewEvent[];
  /** The one that was written, where it is the first of its generation: it need not be looked for. */
  readonly spec?: RunnerSpec;
}

/**
 * Does one write, all or nothing: the work, its audit row, its events and its answer for a second call with the same key are one transaction.
 * Within `work` only `tx` may be awaited. Everybody who waits for news is woken after the commit.
 */
export async function act<T, Kept = T>(context: Context, actor: Actor, request: Request<T, Kept>, work: (tx: Tx, at: Date) => Promise<Outcome<T>>): Promise<T> {
  const at = context.now();
  const outcome = await context.db.transaction().execute(async (tx): Promise<Outcome<T>> => {
    if (request.takesReserve) await takeReserve(tx, request.takesReserve);
    const call = request.replay === null ? undefined : keyOf(actor);
    const former = call && await findFormer(context, tx, call, request, at);
    if (former) return former;
    const made = await work(tx, at);
    const entry = { ...actor, action: request.action, appId: made.appId ?? request.appId, reason: request.reason };
    await writeDown(tx, { entry, answered: call && { call, answer: request.replay ? request.replay.keep(made.answer) : made.answer }, events: made.events ?? [] }, at);
    return made;
  });
  context.wakeRelay(outcome.spec);
  // A wish goes to its runner first: whoever made it has its answer, and what is read for everybody else would stand in its way.
  if (outcome.spec) context.wakeStreamsSoon();
  else context.wakeStreams();
  return outcome.answer;
}

/** What the same call was answered before; of two at once the second waits here. */
async function findFormer<T, Kept>(context: Context, tx: Tx, call: CallKey, request: Request<T, Kept>, at: Date): Promise<Outcome<T> | undefined> {
  const { keyRing } = context;
  if (await takeKey(tx, call, keyRing.fingerprint(textOf(request)), at)) return undefined;
  const row = await findIdempotent(tx, call);
  // Collected between the two: it is free again.
  if (!row) return findFormer(context, tx, call, request, at);
  if (!keyRing.isFingerprint(row.fingerprint, textOf(request))) throw new DomainError('idempotency_conflict', 'make a new key for each click');
  return { answer: request.replay ? await request.replay.restore(tx, row.answer as Kept) : (row.answer as T) };
}

const keyOf = ({ workspaceId, kind, subject, idempotencyKey: key }: Actor): CallKey | undefined => (key === undefined ? undefined : { principal: `${workspaceId}/${kind}/${subject}`, key });
const textOf = ({ action, appId, input }: Pick<Request<unknown, unknown>, 'action' | 'appId' | 'input'>): string => JSON.stringify([action, appId, input]);
