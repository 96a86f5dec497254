import { createParser } from 'eventsource-parser';
import * as z from 'zod/mini';
import { StreamEvent } from './contract/events.ts';

/** Events that break the contract are left out: a newer server may send kinds that this client does not know. `heard` is told of every byte. */
export async function* readEvents(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<StreamEvent> {
  const waiting: StreamEvent[] = [];
  const parser = createParser({
    onEvent({ data }) {
      let json: unknown;
      try {
        json = JSON.parse(data);
      } catch {
        return;
      }
      const event = z.safeParse(StreamEvent, json);
      if (event.success) waiting.push(event.data);
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(decoder.decode(value, { stream: true }));
      while (waiting.length > 0) yield waiting.shift()!;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
