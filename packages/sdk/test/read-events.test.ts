import { describe, expect, it } from 'vitest';
import { createParser } from 'eventsource-parser';
import { readData } from '../src/read-events.ts';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const streamOf = (chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> => new ReadableStream({
  start(controller) {
    for (const chunk of chunks) controller.enqueue(chunk);
    controller.close();
  },
});

async function read(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string[]> {
  const seen: string[] = [];
  for await (const data of readData(streamOf(chunks))) seen.push(data);
  return seen;
}

/** What the parser of the specification sees in it. */
function expected(text: string): string[] {
  const seen: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => seen.push(data) });
  parser.feed(text);
  return seen;
}

describe('the reader of a stream of events', () => {
  it.each([
    ['one event', 'data: a\n\n', ['a']],
    ['lines that belong together', 'data: a\ndata: b\n\n', ['a\nb']],
    ['no space after the colon, or two', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['line ends of other kinds', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['comments, ids, kinds and fields that nobody knows', ': heartbeat\n\nretry: 500\n\nid: 1\nevent: x\ndata: a\ndatabase: b\n\n', ['a']],
    ['a mark at the beginning', '\uFEFFdata: a\n\n', ['a']],
    ['an empty event', 'data\n\ndata:\n\n', ['', '']],
    ['an event without an end', 'data: a\n\ndata: b\n', ['a']],
  ])('knows %s', async (_, text, seen) => {
    expect(await read([bytesOf(text)])).toEqual(seen);
  });

  it('sees in 300 made-up streams, cut anywhere, what the reference parser sees', async () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const parts = ['data: ', 'data:', 'data', 'id: 7', 'event: x', ': note', 'é🥐', '{"a":1}', ' ', ':', 'retry: 5'];
    for (let round = 0; round < 300; round++) {
      const end = ['\n', '\r\n'][random(2)]!;
      const text = `${Array.from({ length: 30 }, () => (random(3) === 0 ? end : parts[random(parts.length)]!)).join('')}${end}${end}`;
      const bytes = bytesOf(text);
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for (let from = 0; from < bytes.length; ) {
        const to = from + 1 + random(9);
        chunks.push(bytes.slice(from, to));
        from = to;
      }
      expect([round, await read(chunks)]).toEqual([round, expected(text)]);
    }
  });

  it('reads a long event that comes in small pieces in a time that grows with its length', async () => {
    const piece = bytesOf('x'.repeat(100));
    const seen = await read([bytesOf('data: '), ...Array.from({ length: 50_000 }, () => piece), bytesOf('\n\n')]);
    expect(seen[0]!.length).toBe(5_000_000);
  });

  it('ends with an error when an event has no end', async () => {
    const piece = bytesOf('x'.repeat(1_000_000));
    await expect(read([bytesOf('data: '), ...Array.from({ length: 20 }, () => piece)])).rejects.toThrow('has no end');
  });
});
