import { setTimeout as pause } from 'node:timers/promises';
import type { V1Lease } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { toReason } from '../../../program/to-reason.ts';
import { InDoubtError, OvertakenError } from '../../runtime.ts';
import type { Cluster } from './cluster.ts';
import { epochOf, findLease, reclaimLease, releaseLease, remakeLease, renewLease, seizeLease } from './epoch.ts';
import { ClusterError, hasStatus } from './errors.ts';
import { type LeaseTimes, type Standby, usualTimes, waitForLease } from './standby.ts';

/** Our turn as the controller of a namespace, until a newer one begins its own. */
export interface Reign {
  readonly epoch: number;
  /** Throws `OvertakenError` once it is known to be over, and `InDoubtError` while it could be: the lease has not been renewed for its whole time, so that another one may have it. */
  assert(): void;
  /** Asks the cluster. Rejects with `OvertakenError`. */
  confirm(signal?: AbortSignal): Promise<void>;
  /** An agent or an object has said so. */
  end(reason: string): void;
  problem(): string | undefined;
  /** Resolves with a sentence when another one has taken over. */
  readonly over: Promise<string>;
  /** Gives the lease back: whoever waits for it begins at once. */
  close(): Promise<void>;
}

export interface ReignOptions {
  holder: string;
  logger: Logger;
  /** Waits until nobody has the lease. Absent: takes it from whoever has it. */
  standby?: Standby | undefined;
  times?: LeaseTimes;
}

/** How long at most to give the lease back: a standby that is not told waits a little longer. */
const releaseMs = 2_000;

export async function beginReign(cluster: Cluster, { holder, logger, standby, times = usualTimes }: ReignOptions): Promise<Reign> {
  const leaseMs = times.leaseS * 1_000;
  // A call that hangs is given up early enough to be made again, over another connection, while the lease is ours.
  const renewalMs = leaseMs * 3 / 8;
  const startedAt = performance.now();
  const { lease: taken, askedAt } = standby ? await waitForLease(cluster, holder, standby, times, logger) : { lease: await seizeLease(cluster, holder, times.leaseS), askedAt: startedAt };
  let lease = taken;
  // When it was asked for: whoever waits counts from when it has seen the answer, which is later.
  let renewedAt = askedAt;
  const epoch = epochOf(lease);
  const stop = new AbortController();
  const over = Promise.withResolvers<string>();
  let reason: string | undefined;
  let trouble = '';
  const end = (why: string): void => {
    reason ??= why;
    over.resolve(reason);
  };
  const isInDoubt = (): boolean => performance.now() - renewedAt > leaseMs;
  const doubt = (): string => `whether controller ${epoch} still has the lease of namespace ${cluster.namespace} is not known: it could not be renewed for ${times.leaseS} s${trouble && `: ${trouble}`}`;
  const compare = (found: V1Lease | undefined): void => {
    if (epochOf(found) > epoch) end(`controller ${epochOf(found)} (${found?.spec?.holderIdentity}) has taken over namespace ${cluster.namespace} from controller ${epoch}`);
  };

  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(renewalMs)]);
    try {
      lease = await renewLease(cluster, lease, signal);
      renewedAt = askedAt;
      trouble = '';
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      // Somebody else's turn, or an answer to ourselves that got lost, or there is none any more, or one from before our turn.
      const found = await findLease(cluster, signal);
      compare(found);
      if (reason !== undefined) return;
      if (!found) lease = await remakeLease(cluster, lease, signal);
      else lease = epochOf(found) < epoch ? await reclaimLease(cluster, lease, found, signal) : found;
    }
  };
  const keep = async (): Promise<void> => {
    while (reason === undefined) {
      await pause(trouble === '' ? times.renewMs : times.renewMs / 4, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await renew().catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const isNew = trouble === '';
        trouble = toReason(error);
        if (isNew) logger.warn({ reason: trouble }, 'the lease could not be renewed; trying again');
      });
    }
  };
  const kept = keep();

  const reign: Reign = {
    epoch, end,
    assert() {
      if (reason !== undefined) throw new OvertakenError(reason);
      if (isInDoubt()) throw new InDoubtError(doubt());
    },
    async confirm(signal) {
      reign.assert();
      compare(await findLease(cluster, signal));
      reign.assert();
    },
    problem: () => reason ?? (isInDoubt() ? doubt() : undefined),
    over: over.promise,
    async close() {
      stop.abort();
      await kept;
      if (reason !== undefined) return;
      await releaseLease(cluster, lease, AbortSignal.timeout(releaseMs)).catch((error: unknown) => {
        if (!(error instanceof ClusterError && error.status === 409)) logger.warn({ reason: toReason(error) }, 'the lease could not be given back');
      });
    },
  };
  return reign;
}
