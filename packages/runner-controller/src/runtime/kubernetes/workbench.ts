import type { V1Pod } from '@kubernetes/client-node';
import { abortable } from '../../abortable.ts';
import { RuntimeUnavailableError, WorkbenchBusyError } from '../runtime.ts';
import type { PodAgents } from './agents/agents.ts';
import type { Bell } from './bell.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Mirror } from './cluster/mirror.ts';
import { annotation } from './objects/labels.ts';
import { toLabel } from './objects/names.ts';
import type { PodLink } from './agents/pod-link.ts';
import type { Pool } from './pool.ts';

/** One pod for each app that is being edited: what is not deployed runs there, with the values for drafts. */
export interface Workbenches {
  /** The one that is open for this app; undefined when none is. */
  find(appId: string): PodLink | undefined;
  /** Opens one where there is none, and waits for a free one. Rejects with `WorkbenchBusyError`. */
  open(appId: string, signal: AbortSignal): Promise<PodLink>;
  /** Ends those that nobody has used for long. */
  sweep(): Promise<void>;
}

export interface WorkbenchOptions { cluster: Cluster; pods: Mirror<V1Pod>; agents: PodAgents; pool: Pool; bell: Bell; idleMs: number; /** How long a free one is waited for. */ waitMs: number; now(): Date }

/** How often at most a use is written down: the next controller reads it. */
const noteEveryMs = 60_000;
/** Its agent has answered when it was claimed; this is for one that is just being started again. */
const reachMs = 10_000;
const endless = new AbortController().signal;

export function createWorkbenches({ cluster, pods, agents, pool, bell, idleMs, waitMs, now }: WorkbenchOptions): Workbenches {
  const opening = new Map<string, Promise<unknown>>();
  const list = (appId: string): V1Pod[] => pods.of(`workbench ${toLabel(appId)}`).filter((pod) => !pod.metadata?.deletionTimestamp);
  const usedAt = ({ metadata }: V1Pod): number => Date.parse(metadata?.annotations?.[annotation.usedAt] ?? metadata?.annotations?.[annotation.claimedAt] ?? '') || 0;
  const find = (appId: string): PodLink | undefined => list(appId).map((pod) => agents.of(pod)).find((link) => link !== undefined);
  const note = (appId: string): void => {
    for (const pod of list(appId)) {
      if (now().getTime() - usedAt(pod) < Math.min(noteEveryMs, idleMs / 2)) continue;
      // Not waited for: at worst it ends early and another one is opened.
      void cluster.patch<V1Pod>('Pod', pod.metadata!.name!, [{ op: 'add', path: `/metadata/annotations/${annotation.usedAt.replace('/', '~1')}`, value: now().toISOString() }]).then(pods.note, () => undefined);
    }
  };
  const claim = async (appId: string): Promise<void> => {
    const until = performance.now() + waitMs;
    while (list(appId).length === 0) {
      const claimed = await pool.claim(appId);
      // The next one may begin meanwhile, for us or for whoever comes after us.
      void pool.assure().catch(() => undefined);
      if (claimed) return;
      const left = until - performance.now();
      // Nobody's signal: several may wait for the one that is claimed here.
      if (left <= 0 || !(await bell.until(() => pool.hasFree() || undefined, left, endless))) throw new WorkbenchBusyError(`every workbench is in use, and none has become free within ${waitMs / 1_000} s`);
    }
  };
  return {
    find(appId) {
      note(appId);
      return find(appId);
    },
    async open(appId, signal) {
      const claiming = opening.get(appId) ?? claim(appId).finally(() => opening.delete(appId));
      opening.set(appId, claiming);
      await abortable(claiming, signal);
      note(appId);
      const link = await bell.until(() => find(appId), reachMs, signal);
      if (!link) throw new RuntimeUnavailableError(`the workbench of app ${appId} does not answer`);
      return link;
    },
    async sweep() {
      const idle = [...pods.all()].filter((pod) => pod.metadata?.labels?.['fapi.dev/role'] === 'workbench' && !pod.metadata.deletionTimestamp && now().getTime() - usedAt(pod) >= idleMs);
      for (const pod of idle) {
        const ending = await cluster.remove<V1Pod>('Pod', pod.metadata!.name!);
        if (ending?.kind === 'Pod') pods.note(ending);
      }
    },
  };
}
