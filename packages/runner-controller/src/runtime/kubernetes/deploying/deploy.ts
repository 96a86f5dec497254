import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { toReason } from '../../../program/to-reason.ts';
import type { Supplies } from '../../agent/supplies.ts';
import type { PodIdentities } from '../agents/pod-identities.ts';
import type { AppPods } from '../app-pods.ts';
import { type Apps, assertNotStale } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import type { Reign } from '../cluster/reign.ts';
import type { Surroundings } from '../ground.ts';
import type { OpenGate } from './gate.ts';
import type { RunnerShape } from '../objects/pod.ts';
import type { AppRecord } from '../objects/record.ts';
import { makeService } from '../objects/resources.ts';
import type { Pool } from '../pool.ts';
import { createPreparing, type Preparing } from './prepare.ts';
import { createSwitchOver, type SwitchOver } from './switch-over.ts';

/** Gives apps their pods, and pods their apps. */
export interface Deployer extends Preparing {
  activate: SwitchOver;
  /** No pods from now on; what is kept of the app is its record. False when it was not there. */
  end(appId: string, generation: number, how: { state: AppRecord['state']; removedAt?: string }): Promise<boolean>;
}

export interface DeployerOptions { cluster: Cluster; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; appPods: AppPods; identities: PodIdentities | undefined; pool: Pool; supplies: Supplies; shape: RunnerShape; openGate: OpenGate; surroundings: Surroundings; replicas: number; logger: Logger }

export function createDeployer({ pool, ...options }: DeployerOptions): Deployer {
  const { cluster, reign, apps, appPods, logger } = options;
  const refill = (): void => void pool.assure().catch((error: unknown) => logger.warn({ reason: toReason(error) }, 'the pool could not be resized'));
  return {
    ...createPreparing({ ...options, pool, refill }),
    activate: createSwitchOver({ ...options, refill }),
    async end(appId, generation, how) {
      await reign.confirm();
      const record = await apps.update(appId, (former) => {
        assertNotStale(former, generation);
        if (!former) return undefined;
        // Gone for good, but what is older than this is over too.
        if (former.state === 'removed') return { ...former, generation };
        return { ...former, generation, ...how, candidate: undefined, ...(how.state === 'removed' ? { release: undefined, former: undefined, granted: undefined } : {}) };
      });
      if (!record) return false;
      // Before its pods go: its visitors are not kept waiting for others.
      if (record.state !== 'removed') await cluster.apply(makeService(record));
      await appPods.end(appPods.of(appId));
      return true;
    },
  };
}
