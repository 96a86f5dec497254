import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createClient, type FetchToken } from '@fapi/sdk';
import { startSystem, type System } from '../../packages/server/test/parts/system.ts';
import { pythonPath, runnerPath } from '../../tools/parts/python.ts';
import { startUvicorn, type Uvicorn } from '../../tools/parts/uvicorn.ts';

/** The portal under uvicorn, on a port of its own. */
const startPortal = (environment: Record<string, string>): Promise<Uvicorn> => startUvicorn(import.meta.dirname, 'portal:app', environment);

describe('a portal in FastAPI', { timeout: 60_000 }, () => {
  let system: System;
  let portal: Uvicorn;
  beforeAll(async () => {
    system = await startSystem();
    portal = await startPortal({ FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey });
  }, 60_000);
  afterAll(async () => {
    await portal?.stop();
    await system?.stop();
  });
  const ask = (headers: Record<string, string> = {}, method = 'POST', url = portal.url) => fetch(`${url}/portal/embed-token`, { method, headers: { cookie: 'session=4f1c', origin: url, ...headers } });

  it('gives its own page a token that works and says who the visitor is', async () => {
    const answer = await ask();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = (await answer.json()) as Awaited<ReturnType<FetchToken>>;
    expect(Object.keys(body)).toEqual(['token', 'expiresInSeconds']);
    const page = createClient({ baseUrl: system.server.url, fetchToken: async () => body });
    onTestFinished(() => page.close());
    expect(await page.session.read()).toMatchObject({ kind: 'embed', subject: 'ada', scopes: expect.arrayContaining(['apps:write', 'drafts:write', 'deployments:write']) });
  });

  it('signs whoever opens its page in, and shows the builder there', async () => {
    const answer = await fetch(portal.url);
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/; HttpOnly;.*SameSite=lax/);
    expect(await answer.text()).toContain(`<script type="module" src="${system.server.url}/embed/fapi.js">`);
    expect((await ask({ cookie: cookie.split(';')[0]! })).status).toBe(200);
  });

  it('takes every limit that a token can have, and refuses a name that is none: without the limit the token would do all that the key does', async () => {
    const make = (call: string) => promisify(execFile)(pythonPath(), ['-B', '-c', `from portal_tokens import Grant\nprint(${call}.model_dump_json(exclude_none=True))`], { cwd: import.meta.dirname });
    const { stdout } = await make('Grant(subject="ada", role="viewer", labels=["class:7"])');
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'ada', role: 'viewer', labels: ['class:7'] });
    await expect(make('Grant(subject="ada", scope=["apps:read"])')).rejects.toThrow(/scope[\s\S]*not permitted/);
  });

  it('is held to the rules of our own Python', async () => {
    const config = join(runnerPath, 'pyproject.toml');
    for (const command of [['check'], ['format', '--check']]) await promisify(execFile)(pythonPath(), ['-m', 'ruff', ...command, '--no-cache', '--config', config, '.'], { cwd: import.meta.dirname });
  });

  it.each<[string, number, Record<string, string>, string?]>([
    ['a page of another origin', 403, { origin: 'https://evil.example' }], ['a page that says it is cross-site', 403, { 'sec-fetch-site': 'cross-site' }], ['a sandboxed page', 403, { origin: 'null' }],
    ['a POST of nobody knows where', 403, { origin: '' }], ['a GET', 405, {}, 'GET'], ['who is not signed in', 401, { cookie: 'session=guess' }], ['its own page by Sec-Fetch-Site', 200, { 'sec-fetch-site': 'same-origin' }],
  ])('answers %s with %i', async (_, status, headers, method) => {
    expect((await ask(headers, method)).status).toBe(status);
  });

  it('says nothing of what fapi said, to nobody: neither the visitor nor the log sees the key', async () => {
    const wrong = await startPortal({ FAPI_URL: system.server.url, FAPI_API_KEY: 'secret-wrong-key' });
    const away = await startPortal({ FAPI_URL: 'http://127.0.0.1:9', FAPI_API_KEY: 'secret-key' });
    const answers = [await ask({}, 'POST', wrong.url), await ask({}, 'POST', away.url)];
    const said = await Promise.all(answers.map((answer) => answer.text()));
    await Promise.all([wrong.stop(), away.stop()]);
    expect([answers.map(({ status }) => status), said]).toEqual([[502, 503], ['{"code":"no_token"}', '{"code":"no_token"}']]);
    expect(`${wrong.log()} ${away.log()}`).not.toContain('secret');
  });
});
