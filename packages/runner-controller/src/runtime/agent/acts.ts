import type { EgressGrant, LimitValues, RunSettings } from '@fapi/sdk/contract';
import { abortable } from '../../abortable.ts';
import type { AppState } from '../../agent/messages.ts';
import { type Runtime, StaleError, type Wanted } from '../runtime.ts';
import { type AskAgent, hasRefused } from './ask.ts';
import { activateTimeoutMs, releaseDeadlineMs } from './bounds.ts';
import type { OpenAgentLanguage } from './language.ts';
import type { Supplies } from './supplies.ts';

/** What the runtime port asks of one agent, in its words. */
export interface AgentActs extends Pick<Runtime, 'validate' | 'dryImport' | 'openLanguage' | 'test' | 'convert' | 'prepare' | 'activate' | 'abandon' | 'applySettings' | 'stop' | 'remove' | 'usage'> {
  /** Undefined for an app that never came here: that is a fact, not a failure. */
  stateOf(appId: string): Promise<AppState | undefined>;
}

/** An agent that takes longer for what it only has to read is stuck. */
export const lookMs = 5_000;
/** Somebody waits for it, and can do without. */
const useMs = 1_500;
/** What a test run may take beyond its deadline: to be copied, to be ended, to be told. */
const testGraceMs = 15_000;

/** To be checked, to have its turn, to be read, to be imported as it is and as it would be. */
const convertMs = 70_000;

/** The acts on one agent. Bundles that are being sent when `lifetime` ends are let go, and sessions are closed. */
export function createAgentActs(ask: AskAgent, openLanguage: OpenAgentLanguage, supplies: Supplies, lifetime: AbortSignal): AgentActs {
  /** A verdict and a candidate ask for the same bundle at once: it is sent once. */
  const puts = new Map<string, Promise<void>>();
  const put = (digest: string, sha256: string): Promise<void> => {
    // Not with the signal of whoever is first: the others wait for it too.
    const sending = puts.get(digest) ?? supplies.bundle(sha256, lifetime).then(async (body) => {
      await ask('put', { digest, sha256 }, { body });
    }).finally(() => puts.delete(digest));
    puts.set(digest, sending);
    return sending;
  };
  /** Mostly the agent has the revision already: it is asked first and given the bundle when it says that it lacks it. It ends its own work at its own deadlines. */
  const withBundle = <T>({ revision, bundleSha256 }: Pick<Wanted, 'revision' | 'bundleSha256'>, signal: AbortSignal, act: () => Promise<T>): Promise<T> => abortable((async () => {
    try {
      return await act();
    } catch (error) {
      if (!hasRefused(error, 'unknown_revision')) throw error;
    }
    await put(revision, bundleSha256);
    signal.throwIfAborted();
    return act();
  })(), signal);
  const passUnknown = (error: unknown): void => {
    if (!hasRefused(error, 'unknown_app')) throw error;
  };

  return {
    async stateOf(appId) {
      const status = await ask('status', { appId }, { timeoutMs: lookMs }).catch(passUnknown);
      return status?.apps[0];
    },
    // The agent keeps its verdicts itself, and knows which of them depend on more than the files.
    validate: (wanted, signal, { isUrgent } = { isUrgent: false }) => withBundle(wanted, signal, () => ask('validate', { digest: wanted.revision, urgent: isUrgent })),
    dryImport: (wanted, { session, sequence, values }, signal) => withBundle(wanted, signal, async () => {
      const { appId, host, revision, envVersion, egress, limits } = wanted;
      const environment = await supplies.environment(wanted, values, signal);
      const { openapi, ...seen } = await ask('draft', { appId, host, session, sequence, digest: revision, envVersion, ...environment, deadlineMs: releaseDeadlineMs, ...toGrants(egress), ...toLimits(limits) });
      return { ...seen, ...(openapi === null ? {} : { openapi }) };
    }),
    async openLanguage(wanted, signal) {
      const opening = withBundle(wanted, lifetime, () => openLanguage({ appId: wanted.appId, digest: wanted.revision }));
      const link = await abortable(opening, signal).catch((error: unknown) => {
        void opening.then((late) => late.close(), () => undefined);
        throw error;
      });
      lifetime.addEventListener('abort', link.close, { once: true });
      void link.closed.then(() => lifetime.removeEventListener('abort', link.close));
      return link;
    },
    test: (wanted, { select, deadlineMs }, signal) => withBundle(wanted, signal, async () => ask('test', { appId: wanted.appId, digest: wanted.revision, select, deadlineMs, ...(await supplies.environment(wanted, 'draft', signal)) }, { timeoutMs: deadlineMs + testGraceMs, signal })),
    convert: (wanted, signal) => withBundle(wanted, signal, async () => ask('convert', { appId: wanted.appId, digest: wanted.revision, deadlineMs: releaseDeadlineMs, ...(await supplies.environment(wanted, 'draft', signal)) }, { timeoutMs: convertMs, signal })),
    prepare: (wanted, signal) => withBundle(wanted, signal, async () => {
      const { appId, host, generation, revision, envVersion, settings, egress, limits } = wanted;
      const environment = await supplies.environment(wanted, 'live', signal);
      const { durationMs } = await ask('prepare', { appId, host, generation, digest: revision, envVersion, ...environment, deadlineMs: releaseDeadlineMs, exclusive: settings.exclusive, ...toGrants(egress), ...toLimits(limits), ...toPolicy(settings) });
      return { durationMs };
    }),
    activate: ({ appId, generation, revision, settings }, signal) => abortable(ask('activate', { appId, generation, digest: revision, exclusive: settings.exclusive }, { timeoutMs: activateTimeoutMs }), signal),
    // It keeps the candidate itself beside who serves, until the next one takes its place.
    abandon: ({ appId, generation, egress }, signal) => abortable(ask('grants', { appId, generation, ...toGrants(egress) }).then(() => undefined, (error: unknown) => {
      // A newer wish has said what is granted.
      if (!(error instanceof StaleError)) passUnknown(error);
    }), signal),
    async applySettings(appId, settings) {
      await ask('policy', { appId, ...toPolicy(settings) }).catch(passUnknown);
    },
    async stop(appId, generation, { isHidden }) {
      await ask('stop', { appId, generation, isHidden }).catch(passUnknown);
    },
    usage: async (appId) => (await ask('usage', { appId }, { timeoutMs: useMs }).catch(passUnknown)) ?? {},
    async remove(appId, generation) {
      await ask('remove', { appId, generation });
    },
  };
}

/** What the agent does not hear of it leaves to its default: never. */
const toPolicy = ({ idleFreezeS, idleStopS }: RunSettings): { idleFreezeS?: number; idleStopS?: number } => ({ ...(idleFreezeS === null ? {} : { idleFreezeS }), ...(idleStopS === null ? {} : { idleStopS }) });
const toGrants = (egress: readonly EgressGrant[]): { egress?: readonly EgressGrant[] } => (egress.length === 0 ? {} : { egress });
const toLimits = (limits: LimitValues | undefined): { limits?: LimitValues } => (limits && Object.values(limits).some((value) => value !== null) ? { limits } : {});
