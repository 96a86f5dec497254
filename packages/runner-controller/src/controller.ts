import type { Logger } from 'pino';
import { toReason } from './program/to-reason.ts';
import { beginProgress, type Progress, settle } from './progress.ts';
import { createKeyedQueue } from './queue.ts';
import { reconcile } from './reconcile.ts';
import { InDoubtError, OvertakenError, type Runtime, RuntimeUnavailableError, WorkbenchBusyError } from './runtime/runtime.ts';
import { judge } from './judge.ts';
import { serveLanguage } from './language.ts';
import { makeStatus } from './status.ts';
import { createTeller } from './teller.ts';
import { CallRefusedError, NotInChargeError, type WorkBus } from './work/bus.ts';
import { type Call, type CallAnswer, type RunnerSpec, schemaVersion } from './work/messages.ts';
import { pause } from './work/wake.ts';

export interface ControllerOptions {
  bus: WorkBus;
  runtime: Runtime;
  logger: Logger;
  now?: () => Date;
  /** How often every app is looked at without a reason. */
  resyncMs?: number;
  /** How long an unsettled deployment waits for a runtime that cannot be asked. */
  runnerLostMs?: number;
}

/** Shorter than what anybody sees, longer than a stage of a prepared deploy. */
const quietMs = 100;
/** Before a loop that broke is started again: whatever broke it may take the next one too. */
const brokenMs = 250;

export interface Controller {
  start(): void;
  /** Stops acting and lets go; runners go on serving. */
  close(): Promise<void>;
}

interface Known {
  spec: RunnerSpec;
  progress: Progress;
  unreachableSince: number | undefined;
  /** The settings that the runtime has heard from this controller: a new controller says them again. */
  applied: string | undefined;
  /** Fires when a newer wish makes the acts of the older one pointless. */
  outdated: AbortController;
}

/** Past the switch a cancel has lost; during it, only the end of the switch can say so. */
const isBeforeSwitch = ({ progress }: Known): boolean => !progress.stages.some((stage) => stage.name === 'starting');

/** Takes specs off the bus and makes the runtime match the last one of each app. */
export function createController({ bus, runtime, logger, now = () => new Date(), resyncMs = 30_000, runnerLostMs = 30_000 }: ControllerOptions): Controller {
  const stop = new AbortController();
  const apps = new Map<string, Known>();
  const loops: Promise<void>[] = [];
  /** Nothing said any more, so that the newer controller has the last word. */
  const retire = (): void => stop.abort();

  const accept = (spec: RunnerSpec): void => {
    const known = apps.get(spec.appId);
    if (known && known.spec.generation > spec.generation) return;
    if (known && known.spec.generation === spec.generation) {
      known.spec = spec;
      if (spec.desired.state === 'live' && spec.desired.cancelled && isBeforeSwitch(known)) {
        known.outdated.abort();
        known.outdated = new AbortController();
      }
    } else {
      known?.outdated.abort();
      apps.set(spec.appId, { spec, progress: beginProgress(spec), unreachableSince: undefined, applied: known?.applied, outdated: new AbortController() });
    }
    queue.add(spec.appId);
  };

  /** False once the switch may have happened; what is not known here has not been begun. */
  const cancel = (appId: string, generation: number): boolean => {
    const known = apps.get(appId);
    if (!known || known.spec.generation !== generation || known.spec.desired.state !== 'live') return true;
    if (!isBeforeSwitch(known)) return false;
    accept({ ...known.spec, desired: { ...known.spec.desired, cancelled: true } });
    return true;
  };

  const look = async (appId: string, signal: AbortSignal): Promise<void> => {
    const known = apps.get(appId);
    if (!known) return;
    const { outdated } = known;
    try {
      const progress = await reconcile(known.spec, known.progress, {
        runtime,
        now,
        async report(observed, at) {
          if (apps.get(appId) !== known) return;
          known.progress = at;
          const status = makeStatus(known.spec, observed, at);
          if (status.phase === 'working') teller.tellIfItLasts(status);
          else await teller.tell(status);
        },
      }, AbortSignal.any([signal, outdated.signal]));
      known.progress = progress;
      await applySettings(known);
      known.unreachableSince = undefined;
    } catch (error) {
      // The newer wish has asked for its own look already.
      if (outdated.signal.aborted || apps.get(appId) !== known) return;
      if (error instanceof OvertakenError) {
        logger.error({ reason: error.message }, 'this controller was overtaken and stops acting');
        return retire();
      }
      if (error instanceof RuntimeUnavailableError) await giveUpInTime(known, error);
      throw error;
    }
  };

  /** When an app sleeps does not wait for a deployment: said whenever it changed, after the spec's own acts. */
  const applySettings = async (known: Known): Promise<void> => {
    const { appId, desired } = known.spec;
    const settings = desired.state === 'live' ? JSON.stringify(desired.settings) : undefined;
    if (desired.state !== 'live' || settings === known.applied) return;
    await runtime.applySettings(appId, desired.settings);
    known.applied = settings;
  };

  /** Nobody could be asked for long: a deployment ends as failed, and of what was live before nothing is known; it stays wanted. */
  const giveUpInTime = async (known: Known, error: Error): Promise<void> => {
    runtime.assertInCharge();
    known.unreachableSince ??= now().getTime();
    if (now().getTime() - known.unreachableSince < runnerLostMs) return;
    const isSettled = known.spec.desired.state !== 'live' || known.spec.desired.settled || known.progress.outcome !== undefined;
    if (!isSettled) known.progress = settle(known.progress, now().toISOString(), { phase: 'failed', reason: 'runner_lost', message: `no runner could be reached for ${runnerLostMs / 1_000} s: ${error.message}` });
    await teller.tell(makeStatus(known.spec, undefined, known.progress));
  };

  const queue = createKeyedQueue({
    handle: look,
    onError: (appId, error, retryMs) => logger.warn({ appId, retryMs: Math.round(retryMs), reason: toReason(error) }, 'a look at an app failed'),
    signal: stop.signal,
  });

  const teller = createTeller({
    async publish(status) {
      // One that was frozen may go on at this very line, long after another one has said more.
      runtime.assertInCharge();
      await bus.statuses.publish(status, stop.signal);
    },
    onError(appId, error) {
      if (stop.signal.aborted) return;
      logger.warn({ appId, reason: toReason(error) }, 'a status could not be published');
      queue.add(appId);
    },
    quietMs,
    signal: stop.signal,
  });

  const answer = (call: Call, signal: AbortSignal): Promise<CallAnswer> => answerInCharge(call, signal).catch((error: unknown) => {
    if (error instanceof OvertakenError || error instanceof InDoubtError) throw new NotInChargeError(error.message);
    throw error instanceof WorkbenchBusyError ? new CallRefusedError('workbench_busy', error.message) : error;
  });
  const answerInCharge = async (call: Call, signal: AbortSignal): Promise<CallAnswer> => {
    runtime.assertInCharge();
    if (call.kind === 'ping') {
      const facts = await runtime.describe();
      const problem = runtime.problem();
      if (problem !== undefined) throw new RuntimeUnavailableError(problem);
      return { schema: schemaVersion, kind: 'ping', runtime: facts };
    }
    if (call.kind === 'cancel') return { schema: schemaVersion, kind: 'cancel', isCancelled: cancel(call.appId, call.generation) };
    if (call.kind === 'usage') return { schema: schemaVersion, kind: 'usage', ...(await runtime.usage(call.appId)) };
    if (call.kind === 'test') return { schema: schemaVersion, kind: 'test', run: await runtime.test(call, call, signal) };
    if (call.kind === 'convert') return { schema: schemaVersion, kind: 'convert', plan: await runtime.convert(call, signal) };
    return { schema: schemaVersion, kind: 'validate', ...(await judge(runtime, call, signal)) };
  };

  /** Runs a loop until the stop signal; a loop that broke is started again, because nothing else would. */
  const keep = (title: string, run: () => Promise<void>): void => {
    loops.push((async () => {
      while (!stop.signal.aborted) {
        try {
          await run();
        } catch (error) {
          if (!stop.signal.aborted) logger.error({ err: error }, `${title} broke and starts again`);
        }
        await pause(brokenMs, stop.signal);
      }
    })());
  };

  return {
    start() {
      keep('following specs', async () => {
        for await (const word of bus.specs.watch(stop.signal)) {
          if (word.kind === 'message') accept(word.value);
          else if (word.kind === 'unreadable') logger.error({ reason: word.reason }, 'a spec could not be read');
        }
      });
      keep('following the runtime', async () => {
        for await (const appId of runtime.changes(stop.signal)) queue.add(appId);
      });
      keep('forwarding logs and metrics', async () => {
        for await (const item of runtime.items(stop.signal)) bus.streams.publish(item);
      });
      keep('answering calls', () => bus.calls.serve(answer, stop.signal));
      keep('carrying language sessions', () => bus.sessions.serve((opening, session) => serveLanguage(runtime, opening, session), { signal: stop.signal }));
      const resync = setInterval(() => {
        for (const appId of apps.keys()) queue.add(appId);
      }, resyncMs);
      const offStale = bus.onStale(() => {
        teller.forget();
        for (const appId of apps.keys()) queue.add(appId);
      });
      stop.signal.addEventListener('abort', () => {
        clearInterval(resync);
        offStale();
      }, { once: true });
    },
    async close() {
      stop.abort();
      await Promise.all([...loops, queue.drained()]);
    },
  };
}
