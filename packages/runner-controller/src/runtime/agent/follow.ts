import * as z from 'zod/mini';
import type { AgentClient } from '../../agent/client.ts';
import { AppState, LogEvent } from '../../agent/messages.ts';
import { schemaVersion } from '../../work/messages.ts';
import type { RuntimeItem } from '../runtime.ts';
import type { Crashes } from './crashes.ts';
import type { Topic } from './topic.ts';

export interface Following {
  changes: Topic<string>;
  items: Topic<RuntimeItem>;
  crashes: Crashes;
}

/** Passes on what an agent tells, connection after connection, without telling a line twice. */
export function createFollower({ changes, items, crashes }: Following): (client: AgentClient) => Promise<void> {
  let lastSeq = 0;
  return async (client) => {
    client.onEvent((topic, data) => {
      if (topic === 'app') {
        const state = z.safeParse(AppState, data);
        if (!state.success) return;
        crashes.note(state.data);
        changes.tell(state.data.appId);
      } else if (topic === 'log') {
        const event = z.safeParse(LogEvent, data);
        if (!event.success) return;
        lastSeq = Math.max(lastSeq, ...event.data.lines.map((line) => line.seq));
        items.tell({ kind: 'log', value: { schema: schemaVersion, ...event.data } });
      }
    });
    // The agent hands over what it kept while nobody listened: not before somebody does.
    await Promise.race([items.heard, changes.heard]);
    await client.request('watch', { logsAfter: lastSeq });
    const { appIds } = await client.request('apps');
    for (const appId of appIds) changes.tell(appId);
  };
}
