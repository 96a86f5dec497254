import type { V1Pod } from '@kubernetes/client-node';
import { toBareHost } from '../../program/to-bare-host.ts';
import { askIdentity } from '../agent/ask-identity.ts';
import type { Crashes } from '../agent/crashes.ts';
import { type AppUse, type Runtime, RuntimeUnavailableError } from '../runtime.ts';
import type { PodAgents } from './agents/agents.ts';
import type { PodLink } from './agents/pod-link.ts';
import type { AppPods } from './app-pods.ts';
import type { Apps } from './apps.ts';
import type { Mirror } from './cluster/mirror.ts';
import type { Reign } from './cluster/reign.ts';
import { label, ports, type Role } from './objects/labels.ts';
import { explainPods, isStaying, toObserved } from './observe.ts';

/** What is seen of the cluster and its agents; nothing is changed by it. */
export interface Sights extends Pick<Runtime, 'describe' | 'observe' | 'verify' | 'usage'> {
  /** The agents of all pods of one kind that answer now. */
  linksIn(role: Role): PodLink[];
}

export interface SightsOptions { namespace: string; gateway: { url: string; suffix: string } | undefined; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; agents: PodAgents; appPods: AppPods; crashes: Crashes }

/** Shorter than whoever asks how it is waits. */
const presenceMs = 900;

export function createSights({ namespace, gateway, reign, apps, pods, agents, appPods, crashes }: SightsOptions): Sights {
  const linksIn = (role: Role): PodLink[] => [...pods.all()].filter((pod) => pod.metadata?.labels?.[label.role] === role && isStaying(pod)).flatMap((pod) => agents.of(pod) ?? []);
  return {
    linksIn,
    async describe() {
      reign.assert();
      const links = (['app', 'pool', 'workbench', 'workbench-pool'] as const).flatMap(linksIn).slice(0, 3);
      const asked = links.map(async (link) => {
        await link.ask('has', { digest: 'sha256:none' }, { timeoutMs: presenceMs });
        return link.hello()!;
      });
      const { isolation, python, stack, packages } = await Promise.any(asked).catch(() => {
        throw new RuntimeUnavailableError(`no agent in namespace ${namespace} answers: ${explainPods([...pods.all()], undefined) ?? 'there are no pods yet'}`);
      });
      return { kind: 'kubernetes', isolation, python, stack, packages };
    },
    async observe(appId) {
      reign.assert();
      const record = apps.find(appId);
      if (!record) return undefined;
      const staying = record.state === 'live' ? appPods.of(appId) : [];
      const links = staying.flatMap((pod) => agents.of(pod)?.acts ? [{ pod, link: agents.of(pod)! }] : []);
      // It may serve, and only we have not reached it yet.
      const unknown = staying.find((pod) => agents.of(pod) === undefined && isRunning(pod));
      if (links.length === 0 && unknown) throw new RuntimeUnavailableError(`the agent of pod ${unknown.metadata?.name} is being reached`);
      const looks = await Promise.allSettled(links.map(async ({ pod, link }) => ({ pod, state: await link.acts.stateOf(appId) })));
      reign.assert();
      // A node that is gone does not hide what the others say.
      const sights = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
      const failed = looks.find((look): look is PromiseRejectedResult => look.status === 'rejected');
      if (sights.length === 0 && failed) throw failed.reason;
      return toObserved(record, sights, staying, crashes.lastOf(appId));
    },
    async verify({ appId, host }, signal) {
      const ask = (address: string, port: number, hostHeader: string) => askIdentity({ address, port, hostHeader, timeoutMs: 5_000, signal });
      const answers = await Promise.all((await appPods.reach(appId, signal)).map((link) => ask(link.host, ports.app, host)));
      if (gateway) {
        const { hostname, port } = new URL(gateway.url);
        answers.push(await ask(toBareHost(hostname), Number(port || 80), `${host}.${gateway.suffix}`));
      }
      // The oldest one says whether all have switched.
      return answers.toSorted((a, b) => a.generation - b.generation)[0]!;
    },
    async usage(appId) {
      reign.assert();
      const asked = appPods.linksOf(appId).map((link) => link.acts.usage(appId));
      // Each pod has the whole limit, and a folder of its own.
      const told = (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const most = (name: keyof AppUse): number | undefined => told.flatMap((one) => one[name] ?? []).toSorted((a, b) => b - a)[0];
      return { memoryBytes: most('memoryBytes'), folderBytes: most('folderBytes') };
    },
  };
}

const isRunning = ({ status }: V1Pod): boolean => status?.phase === 'Running' && (status.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false);
