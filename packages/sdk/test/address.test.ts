import { describe, expect, it } from 'vitest';
import { createClient } from '@fapi/sdk';
import { makeApp } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer } from './serve.ts';

describe('the address of a call', () => {
  it.each(['', '/', '/portal/fapi', '/portal/fapi/'])('is below the base address, here one that ends in "%s"', async (suffix) => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    await client({ baseUrl: `${url}${suffix}` }).apps.read('app_1');
    await client({ baseUrl: new URL(`${url}${suffix}`) }).apps.read('app_1');
    const path = `${suffix.replace(/\/$/, '')}/v1/apps/app_1`;
    expect(requests.map((request) => request.url)).toEqual([path, path]);
  });

  it('holds the stream below the base address too', async () => {
    const { url, requests } = await stage((response) => answer(response, 403, { type: 'urn:x', title: 'No', status: 403, code: 'forbidden', requestId: 'r' }));
    await caught(client({ baseUrl: `${url}/portal/fapi/` }).events.stream({ apps: ['a', 'b'], topics: ['logs'], since: '0' })[Symbol.asyncIterator]().next());
    expect(requests.map((request) => request.url)).toEqual(['/portal/fapi/v1/events?apps=a%2Cb&topics=logs&since=0']);
  });

  it('encodes what is in an id', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    await client({ baseUrl: url }).apps.read('a/../b?c#d é');
    expect(requests[0]!.url).toBe('/v1/apps/a%2F..%2Fb%3Fc%23d%20%C3%A9');
  });

  it.each(['', '.', '..', undefined as unknown as string])('is refused when the id %j would make it that of another route', async (id) => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    const { apps, deployments } = client({ baseUrl: url });
    expect(await caught(apps.delete(id))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('appId must be an id') });
    expect(await caught(deployments.read('app_1', id))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('deploymentId') });
    expect(requests).toEqual([]);
  });

  it('holds only the query that was given', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, { items: [] }));
    const { apps } = client({ baseUrl: url });
    await apps.list();
    await apps.list({ limit: 5 });
    expect(requests.map((request) => request.url)).toEqual(['/v1/apps', '/v1/apps?limit=5']);
  });
});

describe('what is sent with a call', () => {
  it('names the workspace when one is chosen, and never cookies', async () => {
    const seen: RequestCredentials[] = [];
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    const fetch: typeof globalThis.fetch = (input, init) => {
      seen.push((input as Request).credentials);
      return globalThis.fetch(input, init);
    };
    await client({ baseUrl: url, workspaceId: 'acme', fetch }).apps.read('app_1');
    expect(requests[0]!.headers).toMatchObject({ 'fapi-workspace': 'acme', accept: 'application/json' });
    expect(seen).toEqual(['omit']);
  });

  it.each(['localhost:8787', 'fapi.example', '/fapi', '', 'ftp://fapi.example'])('needs a base address that can work: %j throws at once', (baseUrl) => {
    expect(() => createClient({ baseUrl })).toThrow(/baseUrl must be an absolute address/);
  });
});
