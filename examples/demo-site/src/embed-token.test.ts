import { createClient, type FapiClient } from '@fapi/sdk';
import { type ErrorCode, problems } from '@fapi/sdk/contract';
import Koa from 'koa';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../packages/sdk/test/listen.ts';
import { startSystem, type System } from '../../../packages/server/test/parts/system.ts';
import { mintEmbedToken } from './embed-token.ts';

const logged: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
const clientOf = (baseUrl: string, apiKey: string): FapiClient => createClient({ baseUrl, apiKey, retryLimit: 0 });

describe('the endpoint from which the page of the demo has its tokens', () => {
  let system: System;
  let client: FapiClient;
  beforeAll(async () => {
    // As in the demo: behind what the server itself checks.
    system = await startSystem({}, { middleware: [(ctx, next) => mintEmbedToken(client, logger)(ctx, next)] });
    client = clientOf(system.server.url, system.server.operatorKey);
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
  });
  const ask = (headers: Record<string, string>, path = '/portal/embed-token') => system.call(path, { method: 'POST', token: '', headers });

  it('answers its own page with a token for the one builder that the demo has', async () => {
    const { status, json } = await ask({ origin: system.server.url });
    expect([status, Object.keys(json)]).toEqual([200, ['token', 'expiresInSeconds']]);
    expect((await system.call('/v1/session', { token: json.token })).json).toMatchObject({ kind: 'embed', subject: 'demo builder' });
  });

  it('gives none to the page of a portal that the server knows, nor to who does not say where it comes from', async () => {
    const origin = 'https://portal.example';
    await client.workspaces.put('default', { title: 'Portal', origins: [origin] });
    expect(await ask({ origin })).toMatchObject({ status: 403, json: { code: 'origin_not_allowed' } });
    expect(await ask({})).toMatchObject({ status: 403, json: { code: 'origin_not_allowed' } });
  });

  it('leaves every other path alone', async () => {
    expect(await ask({ origin: system.server.url }, '/portal/embed-token/x')).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });
});

it.each<[ErrorCode, number, number]>([['storage_full', 503, 0], ['forbidden', 502, 1]])('has a word in the log only for what the server has not said there itself: %s', async (code, status, words) => {
  logged.length = 0;
  const client = clientOf(await listen((_, response) => void response.writeHead(problems[code].status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ type: 'about:blank', ...problems[code], code, requestId: 'request-0001' }))), 'key');
  onTestFinished(() => client.close());
  const url = await listen(new Koa().use(mintEmbedToken(client, logger)).callback());
  const answer = await fetch(`${url}/portal/embed-token`, { method: 'POST', headers: { origin: url } });
  expect([answer.status, logged.length]).toEqual([status, words]);
});
