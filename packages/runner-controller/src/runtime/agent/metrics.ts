import { setTimeout as pause } from 'node:timers/promises';
import type { Totals } from '../../agent/messages.ts';
import { schemaVersion } from '../../work/messages.ts';
import type { RuntimeItem } from '../runtime.ts';

const metricsEveryMs = 1_000;

/** Tells the counters of each app whenever they changed, until the signal fires. */
export async function sampleMetrics(ask: () => Promise<Totals[]>, tell: (item: RuntimeItem) => void, signal: AbortSignal): Promise<void> {
  const last = new Map<string, string>();
  while (!signal.aborted) {
    const apps = await ask().catch(() => []);
    for (const { appId, epoch, serving, ...totals } of apps) {
      const text = JSON.stringify([epoch, totals, serving]);
      if (last.get(appId) === text) continue;
      last.set(appId, text);
      tell({ kind: 'metrics', value: { schema: schemaVersion, appId, epoch, at: new Date().toISOString(), totals, ...(serving ? { serving } : {}) } });
    }
    await pause(metricsEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
