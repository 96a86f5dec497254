import { setTimeout as pause } from 'node:timers/promises';
import type { V1Lease } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { toReason } from '../../../program/to-reason.ts';
import type { Cluster } from './cluster.ts';
import { epochOf, findLease, takeLease } from './epoch.ts';
import { ClusterError, hasStatus } from './errors.ts';

export interface LeaseTimes {
  /** So long after its last renewal a lease is anybody's. */
  leaseS: number;
  renewMs: number;
  /** How often whoever waits looks. */
  lookMs: number;
}

/** Whoever is killed is followed within 15 s: 8 s, a look, and the time to begin. */
export const usualTimes: LeaseTimes = { leaseS: 8, renewMs: 2_000, lookMs: 1_000 };

export interface Standby {
  /** Ends the waiting. */
  signal: AbortSignal;
  /** Somebody else has the lease: called once for each one. */
  onWait(holder: string): void;
}

/** Waits for the lease, however long the cluster is away meanwhile, and takes it. Rejects with what the cluster refuses, and with the signal's reason. */
export async function waitForLease(cluster: Cluster, holder: string, { signal, onWait }: Standby, { leaseS, lookMs }: LeaseTimes, logger: Logger): Promise<{ lease: V1Lease; askedAt: number }> {
  let seen: { version: string; at: number; holder: string } | undefined;
  let highest = 0;
  let isAway = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      const found = await findLease(cluster, signal);
      isAway = false;
      highest = Math.max(highest, epochOf(found));
      const { holderIdentity = '', leaseDurationSeconds = leaseS } = found?.spec ?? {};
      const version = found?.metadata?.resourceVersion ?? '';
      // By our own clock alone: two machines rarely have the same.
      if (holderIdentity === '' || (seen?.version === version && performance.now() - seen.at >= leaseDurationSeconds * 1_000)) {
        const askedAt = performance.now();
        return { lease: await takeLease(cluster, holder, leaseS, found, highest, signal), askedAt };
      }
      if (seen?.holder !== holderIdentity) onWait(holderIdentity);
      if (seen?.version !== version) seen = { version, at: performance.now(), holder: holderIdentity };
    } catch (error) {
      signal.throwIfAborted();
      // What is refused now is refused later too.
      if (error instanceof ClusterError && [401, 403, 404].includes(error.status)) throw error;
      if (!isAway && !hasStatus(error, 409)) logger.warn({ reason: toReason(error) }, 'the lease cannot be read; trying again');
      isAway = !hasStatus(error, 409);
    }
    await pause(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
