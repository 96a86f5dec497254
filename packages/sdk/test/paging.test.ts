import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type FapiClient } from '@fapi/sdk';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { makeApp } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, refuse } from './serve.ts';

describe('a list of the real server', () => {
  let system: System;
  let fapi: FapiClient;
  const titles = ['one', 'two', 'three', 'four', 'five'];
  beforeAll(async () => {
    system = await startSystem();
    fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    for (const title of titles) await fapi.apps.create({ title });
  });
  afterAll(async () => {
    fapi.close();
    await system.stop();
  });

  it('is one page when awaited', async () => {
    const page = await fapi.apps.list({ limit: 2 });
    expect(page.items.map(({ title }) => title)).toEqual(['five', 'four']);
    const next = await fapi.apps.list({ limit: 2, cursor: page.nextCursor! });
    expect(next.items.map(({ title }) => title)).toEqual(['three', 'two']);
  });

  it('is the whole list when iterated, in pages of the given size', async () => {
    const seen: string[] = [];
    for await (const { title } of fapi.apps.list({ limit: 2 })) seen.push(title);
    expect(seen).toEqual(titles.toReversed());
  });

  it('is the rest of the list when iterated from a cursor', async () => {
    const { nextCursor } = await fapi.apps.list({ limit: 3 });
    const seen: string[] = [];
    for await (const { title } of fapi.apps.list({ limit: 1, cursor: nextCursor! })) seen.push(title);
    expect(seen).toEqual(['two', 'one']);
  });

  it('of deployments is empty for an app that has none, and an error for an app that is not there', async () => {
    const { items } = await fapi.apps.list({ limit: 1 });
    expect(await fapi.deployments.list(items[0]!.id)).toEqual({ items: [] });
    expect(await caught((async () => {
      for await (const deployment of fapi.deployments.list('none')) return deployment;
      return undefined;
    })())).toMatchObject({ code: 'app_not_found' });
  });
});

describe('a list', () => {
  it('asks for a page only when it is needed', async () => {
    const { url, requests } = await stage((response, _, nth) => answer(response, 200, { items: [makeApp({ id: `app_${nth}` })], nextCursor: `page-${nth + 1}` }));
    const list = client({ baseUrl: url }).apps.list({ limit: 1 });
    expect(requests).toHaveLength(0);
    for await (const { id } of list) if (id === 'app_2') break;
    expect(requests.map((request) => request.url)).toEqual(['/v1/apps?limit=1', '/v1/apps?limit=1&cursor=page-2']);
  });

  it('that is awaited and then iterated asks for its first page once', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, { items: [makeApp()] }));
    const list = client({ baseUrl: url }).apps.list();
    await list;
    const seen: string[] = [];
    for await (const { id } of list) seen.push(id);
    expect([seen, requests.length]).toEqual([['app_1'], 1]);
  });

  it('is pages when one wants pages', async () => {
    const { url, requests } = await stage((response, _, nth) => answer(response, 200, { items: [makeApp({ id: `app_${nth}` })], ...(nth < 3 ? { nextCursor: `page-${nth + 1}` } : {}) }));
    const pages = client({ baseUrl: url }).apps.list({ limit: 1 }).pages();
    const seen: unknown[] = [];
    for await (const { items, nextCursor } of pages) seen.push([items.map(({ id }) => id), nextCursor]);
    expect(seen).toEqual([[['app_1'], 'page-2'], [['app_2'], 'page-3'], [['app_3'], undefined]]);
    expect(requests).toHaveLength(3);
  });

  it.each<[string, (nth: number) => string, number, number]>([
    ['does not move', () => 'start', 1, 1], ['goes in a circle', (nth) => `page-${nth % 3}`, 1, 4], ['goes on for ever over empty pages', (nth) => `page-${nth}`, 0, 101],
  ])('whose cursor %s ends with an error: what was read is not the whole list', async (_, next, items, asked) => {
    const { url, requests } = await stage((response, __, nth) => answer(response, 200, { items: Array.from({ length: items }, () => makeApp()), nextCursor: next(nth) }));
    let count = 0;
    const error = await caught((async () => {
      for await (const { id } of client({ baseUrl: url }).apps.list({ cursor: 'start' })) if (id) count += 1;
    })());
    expect([error.name, count, requests.length]).toEqual(['ContractError', items * asked, asked]);
  });

  it('ends with the error of a later page, after the items of the earlier ones', async () => {
    const { url } = await stage((response, _, nth) => (nth === 1 ? answer(response, 200, { items: [makeApp()], nextCursor: 'next' }) : refuse(response, 'forbidden')));
    const seen: string[] = [];
    const error = await caught((async () => {
      for await (const { id } of client({ baseUrl: url }).apps.list()) seen.push(id);
    })());
    expect([seen, error.code]).toEqual([['app_1'], 'forbidden']);
  });

  it('ends with the signal, between two pages too', async () => {
    const leaving = new AbortController();
    const { url, requests } = await stage((response) => answer(response, 200, { items: [makeApp()], nextCursor: 'next' }));
    const error = await caught((async () => {
      for await (const { id } of client({ baseUrl: url }).apps.list({}, { signal: leaving.signal })) if (id) leaving.abort();
    })());
    expect([error.name, requests.length]).toEqual(['AbortError', 1]);
  });
});
