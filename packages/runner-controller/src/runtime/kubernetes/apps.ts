import { isDeepStrictEqual } from 'node:util';
import type { V1ReplicaSet } from '@kubernetes/client-node';
import { OvertakenError, StaleError } from '../runtime.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Reign } from './cluster/reign.ts';
import { hasStatus } from './cluster/errors.ts';
import type { Mirror } from './cluster/mirror.ts';
import { label } from './objects/labels.ts';
import { toAppName } from './objects/names.ts';
import { hashRunner, type RunnerShape } from './objects/pod.ts';
import { type AppRecord, readRecord } from './objects/record.ts';
import { countReplicas, makeApp } from './objects/resources.ts';

/** What is known of each app, read from its ReplicaSet and changed there alone. */
export interface Apps {
  find(appId: string): AppRecord | undefined;
  all(): AppRecord[];
  /** Changes the record by compare-and-swap: `change` may be asked again, with what another has written meanwhile. Undefined leaves it as it is; one that stays the same is written only when its pods are to be made otherwise than its set says, as after an upgrade. What `change` throws is thrown. */
  update(appId: string, change: (record: AppRecord | undefined) => Omit<AppRecord, 'epoch'> | undefined): Promise<AppRecord | undefined>;
}

const attempts = 8;

export function createApps({ cluster, sets, reign, shape, replicas }: { cluster: Cluster; sets: Mirror<V1ReplicaSet>; reign: Reign; shape: RunnerShape; replicas: number }): Apps {
  const runner = hashRunner(shape);
  /** Makes pods as we would: of the same image and shape, and as many. A ReplicaSet never touches those that run. */
  const isCurrent = (set: V1ReplicaSet | undefined, record: AppRecord): boolean => set?.metadata?.labels?.[label.runner] === runner && set.spec?.replicas === countReplicas(record, replicas);
  const read = (set: V1ReplicaSet | undefined): AppRecord | undefined => {
    const record = set && readRecord(set);
    if (record && record.epoch > reign.epoch) {
      reign.end(`controller ${record.epoch} has taken over app ${record.appId} from controller ${reign.epoch}`);
      throw new OvertakenError(reign.problem());
    }
    return record;
  };
  const write = async (appId: string, change: Parameters<Apps['update']>[1]): Promise<AppRecord | undefined> => {
    const name = toAppName(appId);
    for (let attempt = 1, set = sets.get(name); ; attempt++, set = await cluster.find<V1ReplicaSet>('ReplicaSet', name)) {
      reign.assert();
      const before = read(set);
      const wanted = change(before);
      if (!wanted) return before;
      const after: AppRecord = { ...wanted, epoch: reign.epoch };
      if (isDeepStrictEqual(strip(after), before && strip(before)) && isCurrent(set, after)) return before;
      const object = makeApp(after, shape, replicas);
      if (set) object.metadata!.resourceVersion = set.metadata!.resourceVersion!;
      try {
        sets.note(await cluster.apply(object));
        return after;
      } catch (error) {
        // Its status changed meanwhile, or it is gone: the next look decides.
        if (attempt === attempts || !hasStatus(error, 404, 409)) throw error;
      }
    }
  };
  const updating = new Map<string, Promise<void>>();
  return {
    find(appId) {
      const set = sets.get(toAppName(appId));
      return set && readRecord(set);
    },
    all: () => [...sets.all()].flatMap((set) => readRecord(set) ?? []),
    update(appId, change) {
      // One after the other: of two that begin at once the second one would be refused, and often finds that nothing is left to write.
      const former = updating.get(appId) ?? Promise.resolve();
      const now = former.then(() => write(appId, change));
      const settled = now.catch(() => undefined).then(() => {
        if (updating.get(appId) === settled) updating.delete(appId);
      });
      updating.set(appId, settled);
      return now;
    },
  };
}

/** Throws `StaleError` for what is older than what the app has seen. */
export function assertNotStale(record: AppRecord | undefined, generation: number): void {
  if (record && record.generation > generation) throw new StaleError(`app ${record.appId} is at generation ${record.generation} already, ${generation} is over`);
}

const strip = (record: AppRecord): object => JSON.parse(JSON.stringify({ ...record, epoch: 0 })) as object;
