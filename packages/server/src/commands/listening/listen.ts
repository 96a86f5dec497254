import { setTimeout as pause } from 'node:timers/promises';
import { type LogBatch, type RunnerStatus, schemaVersion } from '@fapi/runner-controller/work';
import { addLost, loseBatch, type LostLines } from '../../domain/deployments/lost-lines.ts';
import { findTrouble } from '../../store/disk/trouble.ts';
import { recordLogs, recordMetrics } from './record-streams.ts';
import { recordStatus } from './record-status.ts';
import type { Context } from '../context.ts';

const retryMs = 500;

/** Follows statuses, logs and metrics until the signal; what could not be written is tried again or comes again, and of lines that are lost the number is told. */
export async function listen(context: Context, signal: AbortSignal): Promise<void> {
  /** What was said of each kind that cannot be recorded now: a database that is full or away is tried again and again, and said once. */
  const said = new Map<string, string>();
  const guarded = async (what: string, work: () => Promise<void>, isOver: () => boolean = () => true): Promise<void> => {
    try {
      await work();
      if (isOver()) said.delete(what);
    } catch (error) {
      const trouble = findTrouble(error);
      if (signal.aborted || (trouble !== undefined && said.get(what) === trouble)) return;
      if (trouble !== undefined) said.set(what, trouble);
      context.logger.error(trouble === undefined ? { err: error } : { reason: (error as Error).message }, `${what} could not be recorded`);
    }
  };
  /** Words that are not in the rows yet: nobody says them again, so each is tried until it is or a newer one of its app has come. */
  const unrecorded = new Map<string, RunnerStatus>();
  const record = (status: RunnerStatus): Promise<void> => guarded('a status', async () => {
    unrecorded.set(status.appId, status);
    await recordStatus(context, status);
    if (unrecorded.get(status.appId) === status) unrecorded.delete(status.appId);
  }, () => unrecorded.size === 0);
  const lost = new Map<string, LostLines>();
  const recordLines = (batch: LogBatch): Promise<void> => guarded('log', async () => {
    const former = lost.get(batch.appId);
    // Taken out meanwhile: the next batch must not tell them too.
    lost.delete(batch.appId);
    try {
      await recordLogs(context, batch, former);
    } catch (error) {
      // Of a disk that is full it is sure that nothing was written.
      lost.set(batch.appId, addLost(loseBatch(former, batch, findTrouble(error) === 'away'), lost.get(batch.appId)));
      throw error;
    }
  }, () => lost.size === 0);
  const statuses = async (): Promise<void> => {
    for await (const word of context.bus.statuses.watch(signal)) {
      if (word.kind === 'unreadable') context.logger.error({ reason: word.reason }, 'a status could not be read');
      if (word.kind === 'message') await record(word.value);
    }
  };
  const repeats = async (): Promise<void> => {
    for (const status of unrecorded.values()) await record(status);
    // A list of its own: what fails is put back, and would be come to again, for ever.
    for (const appId of Array.from(lost.keys())) await recordLines({ schema: schemaVersion, appId, lines: [], dropped: 0 });
  };
  const items = async (): Promise<void> => {
    for await (const item of context.bus.streams.subscribe({ group: 'recorders', signal })) {
      if (item.kind === 'log') await recordLines(item.value);
      else await guarded(item.kind, () => recordMetrics(context, item.value));
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
