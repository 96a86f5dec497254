import type { V1Lease } from '@kubernetes/client-node';
import { OvertakenError } from '../../runtime.ts';
import { ours } from '../objects/labels.ts';
import type { Cluster } from './cluster.ts';
import { hasStatus } from './errors.ts';

const name = 'fapi-controller';

/** The newest controller of this namespace; 0 when there was none. */
export const readEpoch = async (cluster: Cluster, signal?: AbortSignal): Promise<number> => (await cluster.find<V1Lease>('Lease', name, signal))?.spec?.leaseTransitions ?? 0;

/** Raises the counter of controllers by compare-and-swap, and answers it: agents refuse lower ones. */
export async function raiseEpoch(cluster: Cluster, holder: string): Promise<number> {
  for (;;) {
    const lease = await cluster.find<V1Lease>('Lease', name);
    const epoch = (lease?.spec?.leaseTransitions ?? 0) + 1;
    try {
      const spec = { ...lease?.spec, holderIdentity: holder, leaseTransitions: epoch };
      if (lease) await cluster.replace({ ...lease, spec });
      else await cluster.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, labels: ours }, spec });
      return epoch;
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
  }
}

/** Rejects with `OvertakenError` when a newer controller acts in this namespace. */
export async function assertNewest(cluster: Cluster, epoch: number, signal?: AbortSignal): Promise<void> {
  const newest = await readEpoch(cluster, signal);
  if (newest > epoch) throw new OvertakenError(`controller ${newest} has taken over namespace ${cluster.namespace} from controller ${epoch}`);
}

/** Our turn as the controller of a namespace, until a newer one begins its own. */
export interface Reign {
  readonly epoch: number;
  /** Throws `OvertakenError` once it is known to be over. */
  assert(): void;
  /** Asks the cluster. Rejects with `OvertakenError`. */
  confirm(signal?: AbortSignal): Promise<void>;
  /** An agent or an object has said so. */
  end(reason: string): void;
  problem(): string | undefined;
}

export async function beginReign(cluster: Cluster, holder: string): Promise<Reign> {
  const epoch = await raiseEpoch(cluster, holder);
  let over: string | undefined;
  const reign: Reign = {
    epoch,
    assert() {
      if (over !== undefined) throw new OvertakenError(over);
    },
    async confirm(signal) {
      reign.assert();
      try {
        await assertNewest(cluster, epoch, signal);
      } catch (error) {
        if (error instanceof OvertakenError) over = error.message;
        throw error;
      }
    },
    end: (reason) => void (over ??= reason),
    problem: () => over,
  };
  return reign;
}
