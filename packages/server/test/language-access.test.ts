import { type Role, roles, routes, scopes } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LanguageSeat, ready, takeLanguageSeat, visit } from './parts/language-socket.ts';
import { roleBelow, roleFor } from './parts/route-cases.ts';
import { startSystem, type System } from './parts/system.ts';

const [portal, otherPortal] = ['https://portal.example', 'https://other.example'];
let system: System;
let seat: LanguageSeat;
let appId: string;
const keys = {} as Record<Role, string>;
let otherKey: string;
beforeAll(async () => {
  system = await startSystem();
  seat = takeLanguageSeat(system.bus);
  await system.call('/v1/workspaces/default', { method: 'PUT', body: { title: 'Default', origins: [portal] } });
  await system.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: [otherPortal] } });
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Secret', labels: ['class:a'], files: [{ path: 'main.py', content: 'treasure = 1' }] } })).json.id;
  for (const role of roles) keys[role] = await makeKey(role);
  otherKey = await makeKey('admin', 'other');
});
afterAll(async () => {
  await seat?.leave();
  await system?.stop();
});

const makeKey = async (role: Role, workspaceId = 'default'): Promise<string> => (await system.call('/v1/api-keys', { method: 'POST', body: { title: role, role }, headers: { 'fapi-workspace': workspaceId } })).json.key;
const enter = async (token: string, { origin, id = appId }: { origin?: string; id?: string } = {}): Promise<string> => {
  const socket = visit(system, id, origin === undefined ? {} : { origin });
  const answer = await socket.enter(token);
  socket.web.terminate();
  return answer;
};
const needed = roleFor(routes.language.open)!;

/** The cases that `access.test.ts` makes of every row, of a token that comes in a frame. */
describe('a language socket', () => {
  it('lets in the operator, and the lowest role that may, whether of a key, of a token or of a grant', async () => {
    const subject = 'granted';
    await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants: [{ subject, role: needed }] } });
    for (const token of [system.server.operatorKey, keys[needed], await system.mint({ role: needed }), await system.mint({ role: 'admin', subject })]) expect(await enter(token)).toBe(ready);
    expect(await enter(await system.mint({ role: 'admin', origins: [portal] }), { origin: portal })).toBe(ready);
    await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants: [] } });
  });

  it.each([
    ['no token', () => ''], ['a token that nobody minted', () => `fet_${'A'.repeat(43)}`], ['a key that nobody made', () => `fak_${'A'.repeat(43)}`],
    ['what only looks like the token of a user', () => 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9.AAAA'], ['the key of the controller', () => system.server.controllerKey], ['a blank', () => 'a b'],
  ])('ends with 4401 unauthorized for %s', async (_, token) => {
    expect(await enter(token())).toBe('4401 unauthorized');
  });

  it('ends with 4401 for an expired and for a revoked token', async () => {
    const token = await system.mint({ ttlSeconds: 1 });
    system.advance(1_001);
    expect(await enter(token)).toBe('4401 token_expired');
    const minted = (await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'x', role: 'admin' } })).json;
    await system.call(`/v1/embed-tokens/${minted.sessionId}`, { method: 'DELETE' });
    expect(await enter(minted.token)).toBe('4401 unauthorized');
  });

  it('ends with 4404 app_not_found for a token and a key of another workspace, and for an app that the token may not see', async () => {
    const limited = await Promise.all([{ apps: [] }, { labels: ['class:b'] }].map((limits) => system.mint({ role: 'admin', ...limits })));
    for (const token of [await system.mint({ workspaceId: 'other', role: 'admin' }), otherKey, ...limited]) expect(await enter(token)).toBe('4404 app_not_found');
    for (const id of ['app_none', '%00', 'a%2f..%2fb']) expect(await enter(keys.admin, { id })).toBe('4404 app_not_found');
    expect(await enter(system.server.operatorKey, { id: 'app_none' })).toBe('4404 app_not_found');
  });

  it('ends with 4403 forbidden for one role below, for a grant below and for a token without the scope', async () => {
    const below = roleBelow(needed)!;
    const subject = 'lowered';
    await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants: [{ subject, role: below }] } });
    const without = scopes.filter((scope) => scope !== routes.language.open.access);
    for (const token of [keys[below], await system.mint({ role: below }), await system.mint({ role: 'admin', subject }), await system.mint({ role: 'admin', scopes: without })]) expect(await enter(token)).toBe('4403 forbidden');
  });

  it('is refused to pages that are on no list, before anything is said', async () => {
    for (const origin of ['https://evil.example', 'null', `${portal}.evil.example`]) expect(await visit(system, appId, { origin }).refusal).toEqual({ status: 403, code: 'origin_not_allowed' });
  });

  it('ends with 4403 origin_not_allowed for a token of other pages, and for a key on any page', async () => {
    const token = await system.mint({ role: 'admin', origins: [portal] });
    expect(await enter(token, { origin: otherPortal })).toBe('4403 origin_not_allowed');
    for (const key of [system.server.operatorKey, keys.admin]) expect(await enter(key, { origin: portal })).toBe('4403 origin_not_allowed');
  });

  it('takes no token from its address, and does not log one', async () => {
    expect(await visit(system, appId, { query: `?token=${keys.admin}` }).refusal).toEqual({ status: 400, code: 'invalid_request' });
    expect(await enter(keys.admin)).toBe(ready);
    expect(JSON.stringify(system.logs)).not.toContain(keys.admin);
  });

  it('is nowhere else', async () => {
    for (const path of ['/v1/apps', '/', `/v1/apps/${appId}/languages`]) expect((await visit(system, appId, { path }).refusal).status).toBeGreaterThanOrEqual(400);
  });

  it('told the controller of nobody who was refused', () => {
    expect(seat.openings.map(({ appId: id }) => id)).toEqual(seat.openings.map(() => appId));
  });
});
