import { describe, expect, it } from 'vitest';
import type { FapiClient } from '@fapi/sdk';
import { followLines } from '../src/cli/steps/follow-logs.ts';
import { client, stage } from './on-stage.ts';
import { begin, log, ready, say } from './reader.ts';
import { answer, refuse } from './serve.ts';

const at = '2026-01-01T00:00:00.000Z';
const lines = (...seqs: number[]): object => ({ lines: seqs.map((seq) => ({ seq, at, stream: 'stdout', generation: 1, text: `line ${seq}` })) });
const event = (id: number, ...seqs: number[]): object => ({ ...log(id), ...lines(...seqs) });
/** As many lines as are expected. */
async function follow(fapi: FapiClient, count: number, since?: string): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of fapi.logs.follow('app_1', since === undefined ? {} : { since })) if (seen.push(seq) === count) break;
  return seen;
}

describe('following the lines of an app', () => {
  it('reads what the stream has skipped, and tells each line once', async () => {
    const { url } = await stage((response, request, nth) => {
      if (request.url.startsWith('/v1/apps/')) return answer(response, 200, lines(3, 4, 5, 90));
      begin(response);
      say(response, ready(1));
      if (nth === 1) say(response, log(4), log(5));
      if (nth === 1) return void setImmediate(() => response.destroy());
      say(response, { type: 'reset', id: '50' }, log(90), log(91));
    });
    expect(await follow(client({ baseUrl: url }), 4, '0')).toEqual([4, 5, 90, 91]);
  });

  it('tells a line that comes late, by the stream or by what is read after a gap, and none from before the beginning', async () => {
    const { url } = await stage((response, request, nth) => {
      if (request.url.startsWith('/v1/apps/')) return answer(response, 200, lines(2, 5, 8, 7, 9, 20, 15));
      begin(response);
      say(response, ready(1));
      if (nth === 1) say(response, event(2, 5), event(3, 9), event(4, 8));
      if (nth === 1) return void setImmediate(() => response.destroy());
      say(response, { type: 'reset', id: '50' }, event(51, 15), event(52, 17, 21));
    });
    expect(await follow(client({ baseUrl: url }), 8)).toEqual([5, 9, 8, 7, 20, 15, 17, 21]);
  });

  it('tells a line that comes late in the terminal too, once each after a lost connection', async () => {
    let reads = 0;
    const { url } = await stage((response, request, nth) => {
      if (request.url.startsWith('/v1/apps/')) return answer(response, 200, (reads += 1) === 1 ? lines(4, 5) : lines(2, 3, 4, 5, 8, 7, 9));
      begin(response);
      say(response, ready(1));
      if (nth === 1) say(response, event(2, 5), event(3, 9), event(4, 8));
      if (nth === 1) return void setImmediate(() => response.destroy());
      say(response, event(5, 7), event(6, 1), event(7, 10));
    });
    const seen: number[] = [];
    for await (const { seq } of followLines(client({ baseUrl: url }), 'app_1', { tail: 2, signal: new AbortController().signal })) if (seen.push(seq) === 7) break;
    expect(seen).toEqual([4, 5, 9, 8, 7, 1, 10]);
  });

  it('begins with what comes where nothing was asked for, though the stream says reset', async () => {
    const { url } = await stage((response, request) => {
      if (request.url.startsWith('/v1/apps/')) return answer(response, 200, lines(7, 8));
      begin(response);
      say(response, ready(1), { type: 'reset', id: '8' }, log(9));
    });
    expect(await follow(client({ baseUrl: url }), 1)).toEqual([9]);
  });

  it('goes on by ordinary calls where no stream gets through', { timeout: 30_000 }, async () => {
    let reads = 0;
    const { url } = await stage((response, request) => {
      if (request.url.startsWith('/v1/events')) return refuse(response, 'not_ready', { headers: { 'retry-after': '0' } });
      if (request.url.startsWith('/v1/health')) return answer(response, 200, { status: 'live', version: '0.1.0' });
      reads += 1;
      answer(response, 200, reads === 1 ? lines(1, 2) : lines(1, 2, 3));
    });
    expect(await follow(client({ baseUrl: url }), 3, '0')).toEqual([1, 2, 3]);
  });
});
