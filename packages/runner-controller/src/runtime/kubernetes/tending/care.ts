import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { AppState } from '../../../agent/messages.ts';
import { toReason } from '../../../program/to-reason.ts';
import { createKeyedQueue } from '../../../queue.ts';
import { OvertakenError, StaleError, UserCodeError } from '../../runtime.ts';
import type { PodAgents } from '../agents/agents.ts';
import type { PodIdentities } from '../agents/pod-identities.ts';
import type { Apps } from '../apps.ts';
import type { Mirror } from '../cluster/mirror.ts';
import type { OpenGate } from '../deploying/gate.ts';
import { toLabel } from '../objects/names.ts';
import { type AppRecord, listGrants, toWanted } from '../objects/record.ts';
import { isFresh } from '../observe.ts';
import type { PodLink } from '../agents/pod-link.ts';
import { createRetries } from './retries.ts';

/** Sees to it that each pod of an app has what the app serves, whoever made the pod and why. */
export interface Care {
  /** Looks at an app, soon. */
  look(appId: string): void;
  /** Resolves when no look is in flight any more; only after the signal has fired. */
  drained(): Promise<void>;
}

export interface CareOptions { apps: Apps; pods: Mirror<V1Pod>; agents: PodAgents; identities: PodIdentities | undefined; openGate: OpenGate; logger: Logger; signal: AbortSignal }

export function createCare({ apps, pods, agents, identities, openGate, logger, signal }: CareOptions): Care {
  const retries = createRetries();
  const timers = new Set<NodeJS.Timeout>();
  signal.addEventListener('abort', () => timers.forEach(clearTimeout), { once: true });
  const later = (appId: string, ms: number): void => {
    if (signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      queue.add(appId);
    }, ms);
    timers.add(timer);
  };
  const load = async (record: AppRecord, link: PodLink): Promise<void> => {
    const wanted = toWanted(record, record.release!);
    logger.info({ appId: record.appId, pod: link.pod, generation: wanted.generation }, 'a new pod is given its app');
    await link.acts.prepare(wanted, signal);
    await link.acts.activate(wanted, signal);
  };
  /** True when it serves now. */
  const tend = async (record: AppRecord, link: PodLink, state: AppState | undefined): Promise<boolean> => {
    if (!isFresh(state)) return state?.active !== undefined || state?.sleeping !== undefined;
    // What is being made there is newer: its own switch follows.
    if (!record.release || (state && state.generation > record.release.generation)) return false;
    const { generation } = record.release;
    if (!retries.mayTry(link.pod, generation)) return false;
    try {
      await load(record, link);
      retries.started(link.pod);
      return true;
    } catch (error) {
      // A newer one came meanwhile; and what does not start any more is told as its failure.
      if (error instanceof StaleError) return false;
      if (!(error instanceof UserCodeError)) throw error;
      const retryMs = retries.failed(link.pod, generation);
      logger.info({ appId: record.appId, pod: link.pod, generation, retryMs }, 'an app did not start in a new pod; it is tried again');
      later(record.appId, retryMs);
      return false;
    }
  };
  /** What agents serve or went back to is true; the record may have been written by a controller that ended in the middle. */
  const follow = async (record: AppRecord, states: readonly AppState[]): Promise<void> => {
    const { candidate, release, former } = record;
    const serves = (generation: number | undefined): boolean => states.length > 0 && states.every((state) => (state.active ?? state.sleeping)?.generation === generation);
    const isSwitched = candidate !== undefined && candidate.generation > (release?.generation ?? 0) && serves(candidate.generation);
    const isBack = release !== undefined && former !== undefined && states.some(({ rolledBack }) => rolledBack?.from === release.generation && rolledBack.to === former.generation) && serves(former.generation);
    if (!isSwitched && !isBack) return;
    await apps.update(record.appId, (now) => {
      if (!now || now.generation !== record.generation || now.release?.generation !== release?.generation) return undefined;
      return isSwitched ? { ...now, candidate: undefined, release: candidate, former: release } : { ...now, release: former, former: undefined };
    });
  };
  /** One pod went back by itself: whoever else still serves that generation does so too. */
  const goBack = async (record: AppRecord, seen: readonly { link: PodLink; state: AppState | undefined }[]): Promise<void> => {
    const bad = seen.flatMap(({ state }) => state?.rolledBack ?? []).find(({ from }) => from === record.release?.generation);
    if (!bad) return;
    await Promise.all(seen.filter(({ state }) => state?.active?.generation === bad.from).map(({ link }) => link.ask('rollback', { appId: record.appId, generation: bad.from, toGeneration: bad.to })));
  };
  const handle = async (appId: string): Promise<void> => {
    const record = apps.find(appId);
    if (record?.state !== 'live') return;
    retries.retain((pod) => pods.get(pod) !== undefined);
    const links = pods.of(`app ${toLabel(appId)}`).filter((pod) => !pod.metadata?.deletionTimestamp).flatMap((pod) => agents.of(pod) ?? []);
    // Each new connection is looked at here: of a container that was started again the agent has lost it.
    if (listGrants(record).length > 0) await Promise.all(links.map((link) => identities?.assure(appId, link)));
    const answers = await Promise.allSettled(links.map(async (link) => ({ link, state: await link.acts.stateOf(appId) })));
    const seen = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const silent = answers.find((answer) => answer.status === 'rejected');
    await goBack(record, seen);
    await Promise.all(seen.map(async ({ link, state }) => {
      if (await tend(record, link, state)) await openGate(link.pod);
    }));
    // One that does not answer keeps nobody else from being tended; it is asked again, and what all serve is not known before.
    if (silent) throw silent.reason;
    await follow(record, seen.flatMap(({ state }) => (state && !isFresh(state) ? [state] : [])));
  };
  const queue = createKeyedQueue({
    handle,
    onError(appId, error, retryMs) {
      if (error instanceof OvertakenError) return;
      logger.warn({ appId, retryMs: Math.round(retryMs), reason: toReason(error) }, 'the pods of an app could not be tended');
    },
    signal,
  });
  return { look: queue.add, drained: queue.drained };
}
