import { setTimeout as pause } from 'node:timers/promises';
import type { RunnerStatus } from '@fapi/runner-controller/work';
import { recordLogs, recordMetrics } from './record-streams.ts';
import { recordStatus } from './record-status.ts';
import type { Context } from './context.ts';

const retryMs = 500;

/** Follows statuses, logs and metrics until the signal; what could not be written is tried again or comes again. */
export async function listen(context: Context, signal: AbortSignal): Promise<void> {
  const guarded = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) context.logger.error({ err: error }, `${what} could not be recorded`);
    }
  };
  /** Words that are not in the rows yet: nobody says them again, so each is tried until it is or a newer one of its app has come. */
  const unrecorded = new Map<string, RunnerStatus>();
  const record = (status: RunnerStatus): Promise<void> => guarded('a status', async () => {
    unrecorded.set(status.appId, status);
    await recordStatus(context, status);
    if (unrecorded.get(status.appId) === status) unrecorded.delete(status.appId);
  });
  const statuses = async (): Promise<void> => {
    for await (const word of context.bus.statuses.watch(signal)) {
      if (word.kind === 'unreadable') context.logger.error({ reason: word.reason }, 'a status could not be read');
      if (word.kind === 'message') await record(word.value);
    }
  };
  const repeats = async (): Promise<void> => {
    for (const status of unrecorded.values()) await record(status);
  };
  const items = async (): Promise<void> => {
    for await (const item of context.bus.streams.subscribe({ group: 'recorders', signal })) {
      await guarded(item.kind, () => (item.kind === 'log' ? recordLogs(context, item.value) : recordMetrics(context, item.value)));
    }
  };
  const keep = async (run: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await guarded('a channel', run);
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all([keep(statuses), keep(items), keep(repeats)]);
}
