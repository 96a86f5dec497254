import { describe, expect, it } from 'vitest';
import type { FapiClient } from '@fapi/sdk';
import { client, stage } from './on-stage.ts';
import { begin, log, ready, say } from './reader.ts';
import { answer, refuse } from './serve.ts';

const at = '2026-01-01T00:00:00.000Z';
const lines = (...seqs: number[]): object => ({ lines: seqs.map((seq) => ({ seq, at, stream: 'stdout', generation: 1, text: `line ${seq}` })) });
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
