import { setTimeout as pause } from 'node:timers/promises';
import type { Totals } from '../../agent/messages.ts';
import { schemaVersion } from '../../work/messages.ts';
import type { RuntimeItem } from '../runtime.ts';

const metricsEveryMs = 1_000;

/** Tells the counters of each app whenever they changed, until the signal fires. */
export async function sampleMetrics(ask: () => Promise<Totals[]>, tell: (item: RuntimeItem) => void, signal: AbortSignal): Promise<void> {
  let last = new Map<string, string>();
  while (!signal.aborted) {
    const apps = await ask().catch(() => []);
    const now = new Map<string, string>();
    for (const { appId, epoch, serving, ...totals } of apps) {
      // An app may have several agents, each with counts of its own.
      const [key, text] = [`${appId} ${epoch}`, JSON.stringify([totals, serving])];
      now.set(key, text);
      if (last.get(key) === text) continue;
      tell({ kind: 'metrics', value: { schema: schemaVersion, appId, epoch, at: new Date().toISOString(), totals, ...(serving ? { serving } : {}) } });
    }
    if (apps.length > 0) last = now;
    await pause(metricsEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
