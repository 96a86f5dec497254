import type { V1Pod } from '@kubernetes/client-node';
import { ports } from '../objects/labels.ts';
import { openPodLink, type PodLink, type PodLinkOptions } from './pod-link.ts';

/** A link to the agent of each pod that has an address. */
export interface PodAgents {
  /** Takes what became of a pod. */
  note(now: V1Pod | undefined, before: V1Pod | undefined): void;
  /** Undefined while nobody answers there. */
  of(pod: V1Pod): PodLink | undefined;
  close(): Promise<void>;
}

export interface PodAgentsOptions extends Omit<PodLinkOptions, 'pod' | 'uid' | 'host' | 'port' | 'onChange' | 'follow'> {
  /** One for each pod: it knows what its agent has told. */
  makeFollower(): PodLinkOptions['follow'];
  onChange(pod: string): void;
}

export function createPodAgents({ onChange, makeFollower, ...options }: PodAgentsOptions): PodAgents {
  const links = new Map<string, PodLink>();
  const parting = new Set<Promise<void>>();
  const part = (uid: string): void => {
    const link = links.get(uid);
    links.delete(uid);
    if (!link) return;
    const closing = link.close().finally(() => parting.delete(closing));
    parting.add(closing);
  };
  return {
    note(now, before) {
      const gone = before?.metadata?.uid;
      if (gone !== undefined && now?.metadata?.uid !== gone) part(gone);
      const { uid, name } = now?.metadata ?? {};
      const host = now?.status?.podIP;
      if (uid === undefined || name === undefined) return;
      if (host === undefined || isOver(now!) || (links.has(uid) && links.get(uid)!.host !== host)) part(uid);
      if (host === undefined || isOver(now!) || links.has(uid)) return;
      links.set(uid, openPodLink({ ...options, pod: name, uid, host, port: ports.agent, follow: makeFollower(), onChange: () => onChange(name) }));
    },
    of(pod) {
      const link = links.get(pod.metadata?.uid ?? '');
      return link?.hello() ? link : undefined;
    },
    async close() {
      for (const uid of links.keys()) part(uid);
      await Promise.all(parting);
    },
  };
}

const isOver = ({ status }: V1Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
