import type { AppState } from '../../agent/messages.ts';
import type { Observed } from '../runtime.ts';

export interface Crashes {
  /** Takes what the agent tells of an app as it happens. */
  note(state: AppState): void;
  lastOf(appId: string): Observed['lastCrash'];
  forget(appId: string): void;
}

/** Remembers how each app last crashed: the agent forgets it as soon as the app is back, mostly before anybody looks. */
export function createCrashes(now: () => Date): Crashes {
  const last = new Map<string, NonNullable<Observed['lastCrash']>>();
  const down = new Set<string>();
  return {
    note({ appId, phase, failure }) {
      if (phase !== 'crashed') return void down.delete(appId);
      // It is told again while it is down, and crashed once.
      if (down.has(appId) || !failure || failure.report.phase !== 'running') return;
      down.add(appId);
      last.set(appId, { generation: failure.generation, at: now().toISOString(), report: failure.report });
    },
    lastOf: (appId) => last.get(appId),
    forget(appId) {
      last.delete(appId);
      down.delete(appId);
    },
  };
}
