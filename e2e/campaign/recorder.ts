import type { FapiClient } from '@fapi/sdk';
import type { StreamEvent } from '@fapi/sdk/contract';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { System } from '../system.ts';

export type DurableEvent = Extract<StreamEvent, { id: string }>;

export interface Recorder {
  /** Everything durable that was seen so far, in the order in which it came. */
  readonly events: readonly DurableEvent[];
  /** Resolves when an event fits, one that has come already included. Rejects when the recorder ends first. */
  first(fits: (event: DurableEvent) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Follows the stream of an app through the SDK, over every end of the server: it resumes by itself. */
export function startRecorder(client: FapiClient, appId: string): Recorder {
  const events: DurableEvent[] = [];
  const stopping = new AbortController();
  const waiting = new Set<() => void>();
  const run = async (): Promise<void> => {
    for await (const event of client.events.stream({ apps: [appId], topics: ['apps', 'deployments'], since: '0', signal: stopping.signal })) {
      // The SDK says so at our own place while no stream gets through; at another place the server would have lost something.
      if (event.type === 'reset' && Number(event.id) > Number(events.at(-1)?.id ?? 0)) throw new Error(`the stream began anew at ${event.id} after ${events.at(-1)?.id}: what was kept is gone`);
      if (event.type !== 'app' && event.type !== 'deployment') continue;
      events.push(event);
      for (const wake of waiting) wake();
    }
  };
  let broken: unknown;
  const ended = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) broken = error;
    for (const wake of waiting) wake();
  });
  return {
    events,
    first: (fits) => new Promise((resolve, reject) => {
      const look = (): void => {
        const isFound = events.some(fits);
        if (!isFound && broken === undefined) return;
        waiting.delete(look);
        if (isFound) resolve();
        else reject(broken as Error);
      };
      waiting.add(look);
      look();
    }),
    async stop() {
      stopping.abort();
      await ended;
      if (broken !== undefined) throw broken;
    },
  };
}

/** What the server itself sends to a reader that has seen everything up to `after`, until the event `upTo` has come: no SDK between, that would leave out doubles. */
export async function readAfter(system: System, appId: string, after: string, upTo: string): Promise<DurableEvent[]> {
  const leaving = AbortSignal.timeout(30_000);
  const answer = await fetch(`${system.baseUrl}/v1/events?apps=${appId}&topics=apps,deployments`, { headers: { authorization: `Bearer ${system.operatorKey}`, 'last-event-id': after }, signal: leaving });
  if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`);
  const body = Readable.fromWeb(answer.body as never);
  const events: DurableEvent[] = [];
  try {
    let id: string | undefined;
    for await (const line of createInterface({ input: body })) {
      if (line.startsWith('id: ')) id = line.slice('id: '.length);
      if (!line.startsWith('data: ')) continue;
      const event = JSON.parse(line.slice('data: '.length)) as StreamEvent;
      // The SDK says so at our own place while no stream gets through; at another place the server would have lost something.
      if (event.type === 'reset' && Number(event.id) > Number(events.at(-1)?.id ?? 0)) throw new Error(`nothing is kept after ${after}`);
      if (event.type !== 'app' && event.type !== 'deployment') continue;
      if (event.id !== id) throw new Error(`the event ${event.id} was sent with the id ${id}`);
      events.push(event);
      if (Number(event.id) >= Number(upTo)) break;
    }
  } finally {
    body.destroy();
  }
  return events;
}
