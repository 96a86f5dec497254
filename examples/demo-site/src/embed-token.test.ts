import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@fapi/sdk';
import { type ErrorCode, problems } from '@fapi/sdk/contract';
import Koa from 'koa';
import { expect, it, onTestFinished } from 'vitest';
import { mintEmbedToken } from './embed-token.ts';

async function listen(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the page hears of a server that refuses the token, and what the demo's log would be told. */
async function askWith(code: ErrorCode, headers: Record<string, string> = {}) {
  const baseUrl = await listen((_, response) => void response.writeHead(problems[code].status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify({ type: 'about:blank', ...problems[code], code, requestId: 'request-0001' })));
  const client = createClient({ baseUrl, apiKey: 'key', retryLimit: 0 });
  onTestFinished(() => client.close());
  const logged: unknown[] = [];
  const site = new Koa().use(mintEmbedToken(client)).on('error', (error) => void logged.push(error));
  const answer = await fetch(`${await listen(site.callback())}/portal/embed-token`, { method: 'POST' });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text(), logged: logged.length };
}

it('answers 503 while the disk of the server is full, without a word in its own log', async () => {
  expect(await askWith('storage_full', { 'retry-after': '10' })).toEqual({ status: 503, retryAfter: '10', text: '{"code":"no_token"}', logged: 0 });
});

it('calls a fault a fault', async () => {
  expect(await askWith('forbidden')).toMatchObject({ status: 403, logged: 1 });
});
