import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageEnd, LanguageSession } from '@fapi/sdk';
import { type LanguageSeat, refuse, takeLanguageSeat } from '../../server/test/parts/language-socket.ts';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { caught, client } from './on-stage.ts';
import { serve } from './serve.ts';

let system: System;
let seat: LanguageSeat;
let appId: string;
beforeAll(async () => {
  system = await startSystem();
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json.id;
});
afterAll(() => system?.stop());
afterEach(() => seat?.leave());

interface Opened { session: LanguageSession; texts: string[]; ends: LanguageEnd[]; fapi: ReturnType<typeof client> }
function open(options: Partial<Parameters<typeof client>[0]> = { apiKey: system.server.operatorKey }, signal?: AbortSignal, id = appId): Opened {
  const [texts, ends]: [string[], LanguageEnd[]] = [[], []];
  const fapi = client({ baseUrl: system.server.url, ...options });
  return { fapi, texts, ends, session: fapi.language.open(id, { onMessage: (text) => texts.push(text), onEnd: (end) => ends.push(end), signal }) };
}
const ping = JSON.stringify({ jsonrpc: '2.0', method: 'x' });
const endOf = ({ ends }: Opened): Promise<LanguageEnd> => until(() => ends[0], (end) => end !== undefined) as Promise<LanguageEnd>;

describe('client.language.open', { timeout: 60_000 }, () => {
  it('sends what was sent before it was ready, in order, and hands over messages only', async () => {
    seat = takeLanguageSeat(system.bus);
    const opened = open();
    const sent = Array.from({ length: 20 }, (_, id) => JSON.stringify({ jsonrpc: '2.0', id }));
    for (const text of sent.slice(0, 10)) opened.session.send(text);
    expect(await opened.session.ready).toEqual({ root: 'file:///app/' });
    for (const text of sent.slice(10)) opened.session.send(text);
    await until(() => opened.texts.length, (count) => count === 20);
    expect(opened.texts.map((text) => JSON.parse(text).echo)).toEqual(sent);
    opened.session.close();
    opened.session.send(ping);
    expect(opened.ends).toEqual([{ code: 1000, reason: '', message: 'the language session was closed here' }]);
    expect((await seat.sessions[0]!.ended).reason).toBe('closed');
    opened.session.close();
    expect(opened.ends).toHaveLength(1);
  });

  it('says why the server ended it, and rejects what waits to be ready', async () => {
    seat = takeLanguageSeat(system.bus);
    seat.play = refuse('workbench_busy');
    const busy = open();
    expect(await caught(busy.session.ready)).toMatchObject({ name: 'ConnectionError', message: 'said by the controller: workbench_busy' });
    expect(busy.ends).toEqual([{ code: 4503, reason: 'workbench_busy', message: 'said by the controller: workbench_busy' }]);
    expect(await endOf(open(undefined, undefined, 'app_none'))).toMatchObject({ code: 4404, reason: 'app_not_found' });
    seat.play = async (session) => {
      session.send(ping);
      await session.ended;
    };
    const gap = open();
    for (let n = 0; n < 2_000; n++) gap.session.send(ping);
    expect(await endOf(gap)).toMatchObject({ code: 4409, reason: 'session_gap' });
    const large = open();
    large.session.send(JSON.stringify({ text: 'x'.repeat(1_000_000) }));
    expect(await endOf(large)).toMatchObject({ code: 4413, reason: 'body_too_large' });
  });

  it('ends by its signal, by its client and by signing out', async () => {
    seat = takeLanguageSeat(system.bus);
    expect(await endOf(open(undefined, AbortSignal.abort()))).toMatchObject({ code: 1000 });
    const leaving = new AbortController();
    const left = open(undefined, leaving.signal);
    await left.session.ready;
    leaving.abort();
    expect(left.ends).toMatchObject([{ code: 1000 }]);
    const closed = open();
    await closed.session.ready;
    closed.fapi.close();
    expect(closed.ends).toMatchObject([{ code: 1000 }]);
    const out = open({ fetchToken: async () => ({ token: await system.mint({ role: 'editor' }), expiresInSeconds: 600 }) });
    await out.session.ready;
    out.fapi.auth.signOut();
    expect(await endOf(out)).toMatchObject({ code: 4401 });
    await until(() => Promise.all(seat.sessions.map((session) => session.ended)), () => true);
  });

  it('goes on with a new token as soon as there is one, and outlives the old one', async () => {
    seat = takeLanguageSeat(system.bus);
    const tokens: string[] = [];
    const opened = open({ fetchToken: async () => {
      tokens.push(await system.mint({ role: 'editor', ttlSeconds: 60 }));
      return { token: tokens.at(-1)!, expiresInSeconds: 60 };
    } });
    await opened.session.ready;
    system.advance(50_000);
    const { auth } = opened.fapi;
    // As any refused call of the same page does.
    auth.reject((await auth.authorization())!);
    await auth.authorization();
    expect(tokens).toHaveLength(2);
    opened.session.send(ping);
    await until(() => opened.texts.length, (count) => count === 1);
    system.advance(20_000);
    const other = open({ fetchToken: async () => ({ token: tokens[0]!, expiresInSeconds: 60 }) });
    expect(await endOf(other)).toMatchObject({ code: 4401, reason: 'token_expired' });
    opened.session.send(ping);
    await until(() => opened.texts.length, (count) => count === 2);
    expect(opened.ends).toEqual([]);
  });

  it('tries a refused token once more with another one', async () => {
    seat = takeLanguageSeat(system.bus);
    let asked = 0;
    const opened = open({ fetchToken: async () => ({ token: (asked += 1) === 1 ? `fet_${'A'.repeat(43)}` : await system.mint({ role: 'editor' }), expiresInSeconds: 600 }) });
    opened.session.send(ping);
    await until(() => opened.texts.length, (count) => count === 1);
    expect([asked, opened.ends]).toEqual([2, []]);
    const refused = open({ fetchToken: async () => ({ token: `fet_${'B'.repeat(43)}`, expiresInSeconds: 600 }) });
    expect(await endOf(refused)).toMatchObject({ code: 4401, reason: 'unauthorized' });
  });

  it('says 1006 when there is no server, no socket or no token', async () => {
    expect(await endOf(open({ baseUrl: 'http://127.0.0.1:9' }))).toMatchObject({ code: 1006 });
    const stage = await serve((response) => void response.writeHead(200).end('hello'));
    expect(await endOf(open({ baseUrl: `${stage.url}/below/`, apiKey: 'key' }))).toMatchObject({ code: 1006 });
    expect(stage.requests[0]?.url).toBe(`/below/v1/apps/${appId}/language`);
    await stage.close();
    const opened = open({ fetchToken: async () => {
      throw new Error('the portal is down');
    } });
    expect(await endOf(opened)).toMatchObject({ code: 1006, message: 'no token could be had from the portal' });
    expect(await caught(opened.session.ready)).toMatchObject({ name: 'TokenError' });
  });

  it('puts no token in an address', async () => {
    const stage = await serve((response) => void response.writeHead(200).end());
    await endOf(open({ baseUrl: stage.url, apiKey: 'a-key-of-mine' }));
    expect(JSON.stringify(stage.requests)).not.toContain('a-key-of-mine');
    await stage.close();
  });

  it('throws at once for what is no id', () => {
    expect(() => open(undefined, undefined, '..')).toThrow(TypeError);
  });
});
