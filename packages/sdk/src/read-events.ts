import type { StreamEvent } from './contract/events.ts';
import type * as Parser from './parser.ts';

/** Nothing that the server sends as one event is longer: a stream without line ends must not fill the memory. */
const longestEvent = 16_000_000;

/** Events that break the contract are left out. `heard` is told of every byte. */
export async function* readEvents({ parseEvent }: Pick<typeof Parser, 'parseEvent'>, body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<StreamEvent> {
  for await (const data of readData(body, heard)) {
    const event = parseEvent(data);
    if (event) yield event;
  }
}

/** The data of each event of a stream of server-sent events. Our ids are inside the data; the other fields are of no use to us. Rejects when an event has no end. */
export async function* readData(body: ReadableStream<Uint8Array>, heard: () => void = () => undefined): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      bytes += value.length;
      if (bytes > longestEvent) throw new RangeError('an event of the stream has no end');
      const chunk = decoder.decode(value, { stream: true });
      // A line that is not over is only added to: looked through again with each piece, a long one would cost its square.
      if (!/[\r\n]/.test(chunk)) {
        rest += chunk;
        continue;
      }
      const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        // A CR at the end of a piece has waited here for its LF.
        if (line.startsWith('data')) data.push(...dataOf(line));
        else if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        }
      }
      if (data.length === 0) bytes = rest.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** What a line adds to the data of its event: `data: x`, or nothing at all. */
function dataOf(line: string): string[] {
  const match = /^data(?:: ?([^]*))?$/.exec(line);
  return match ? [match[1] ?? ''] : [];
}
