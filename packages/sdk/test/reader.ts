import type { ServerResponse } from 'node:http';
import type { Connection, FapiClient, StreamEvent, StreamOptions } from '@fapi/sdk';

export const log = (id: number, text = `line ${id}`): object => ({ type: 'log', id: String(id), appId: 'app_1', lines: [{ seq: id, at: '2026-01-01T00:00:00.000Z', stream: 'stdout', generation: 1, text }], dropped: 0 });
export const ready = (id: number): object => ({ type: 'ready', id: String(id) });
export function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 500\n\n');
}
export function say(response: ServerResponse, ...events: any[]): void {
  for (const event of events) response.write(`${'id' in event ? `id: ${event.id}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
}
/** Reads until the signal fires; `seen` are ids. */
export function read(fapi: FapiClient, options: StreamOptions = {}): { seen: string[]; events: StreamEvent[]; states: Connection[]; ended: Promise<unknown>; leave: AbortController } {
  const leave = new AbortController();
  const events: StreamEvent[] = [];
  const seen: string[] = [];
  const states: Connection[] = [];
  const ended = (async () => {
    for await (const event of fapi.events.stream({ signal: leave.signal, onConnection: (state) => states.push(state), ...options })) {
      events.push(event);
      seen.push('id' in event ? `${event.type} ${event.id}` : event.type);
    }
  })().catch((error: unknown) => error);
  return { seen, events, states, ended, leave };
}
