import { type System, until } from './system.ts';

export interface Block { id: string | undefined; data: any }
export interface StreamReader {
  /** Parsed events in the order of arrival. */
  readonly events: any[];
  readonly blocks: Block[];
  /** Resolves with the answer's head. */
  readonly opened: Promise<Response>;
  /** Resolves when the server or `stop` has ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Reads the stream as any client could: the raw lines of server-sent events. */
export function readStream(system: System, query: string, { token = system.server.operatorKey, lastEventId, origin }: { token?: string; lastEventId?: string; origin?: string } = {}): StreamReader {
  const leave = new AbortController();
  const blocks: Block[] = [];
  const events: any[] = [];
  const opened = fetch(new URL(`/v1/events?${query}`, system.server.url), {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }), ...(origin === undefined ? {} : { origin }) }, signal: leave.signal,
  });
  const ended = (async () => {
    try {
      let text = '';
      for await (const chunk of (await opened).body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const parts = text.split('\n\n');
        text = parts.pop()!;
        for (const part of parts) {
          const lines = part.split('\n');
          const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
          if (data === '') continue;
          blocks.push({ id: lines.find((line) => line.startsWith('id:'))?.slice(3).trim(), data: JSON.parse(data) });
          events.push(blocks.at(-1)!.data);
        }
      }
    } catch (error) {
      if (!leave.signal.aborted && !(error instanceof TypeError)) throw error;
    }
  })();
  return { events, blocks, opened, ended, async stop() {
    leave.abort();
    await ended;
  } };
}

/** Every such event that the stream kept of an app, read from the beginning until it has caught up with a mark of our own. */
export async function readKept(system: System, appId: string, topic: 'deployments' | 'logs'): Promise<any[]> {
  const reader = readStream(system, `apps=${appId}&topics=${topic},apps&since=0`);
  const draft = (await system.call(`/v1/apps/${appId}/draft`)).json;
  const files = [...draft.files.filter((file: { path: string }) => file.path !== 'mark.txt'), { path: 'mark.txt', content: String(draft.version) }];
  const saved = await system.call(`/v1/apps/${appId}/draft`, { method: 'PUT', body: { files }, headers: { 'if-match': `"${draft.version}"` } });
  await until(() => reader.events, (events) => events.some((event) => event.type === 'app' && event.app.draftVersion >= saved.json.version));
  await reader.stop();
  return reader.events.filter((event) => event.type === (topic === 'logs' ? 'log' : 'deployment'));
}
