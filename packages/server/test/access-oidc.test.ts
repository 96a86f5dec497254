import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './parts/expect-problem.ts';
import { type IdentityProvider, makeKey, type SigningKey, startIdentityProvider } from './parts/identity-provider.ts';
import { startSystem, type System } from './parts/system.ts';

const groups: Record<string, string[]> = { ada: ['staff', 'admins'], bob: ['editors'], eve: ['strangers'] };
let system: System;
let provider: IdentityProvider;
let [first, second]: SigningKey[] = [];
beforeAll(async () => {
  [first, second] = [await makeKey('one'), await makeKey('two', 'ES256')];
  provider = await startIdentityProvider([first], (account) => groups[account] ?? []);
  system = await startSystem();
  await put('default');
});
afterAll(async () => {
  await provider?.stop();
  await system?.stop();
});

const oidcOf = (more = {}) => ({ issuer: provider.issuer, audience: provider.clientId, roleClaim: 'groups', roles: { editors: 'editor', admins: 'admin' }, ...more });
async function put(id: string, more: object | null = {}): Promise<void> {
  const answer = await system.call(`/v1/workspaces/${id}`, { method: 'PUT', body: { title: id, origins: ['https://portal.example'], ...(more === null ? {} : { oidc: oidcOf(more) }) } });
  if (answer.status !== 200) throw new Error(answer.text);
}
const nowS = (): number => Math.floor(system.now().getTime() / 1_000);
const claims = (more = {}) => ({ iss: provider.issuer, aud: provider.clientId, sub: 'ada', groups: ['admins'], iat: nowS(), exp: nowS() + 300, ...more });
const session = (token: string, headers: Record<string, string> = {}) => system.call('/v1/session', { token, headers });
const subjectOf = (account: string): string => `${new URL(provider.issuer).host}:${account}`;

describe('a user whom the provider has signed in', () => {
  it('is who the token says, with the highest role of the groups', async () => {
    expect((await session(await provider.signIn('ada'))).json).toMatchObject({ kind: 'oidc', subject: subjectOf('ada'), workspaceId: 'default', role: 'admin', expiresInSeconds: expect.any(Number) });
    const bob = await provider.signIn('bob');
    expect((await session(bob)).json).toMatchObject({ subject: subjectOf('bob'), role: 'editor' });
    const app = await system.call('/v1/apps', { method: 'POST', body: { title: 'Seen' } });
    expect((await system.call('/v1/apps', { token: bob })).json.items.map(({ id }: { id: string }) => id)).toContain(app.json.id);
    expectProblem(await system.call(`/v1/apps/${app.json.id}`, { method: 'DELETE', token: bob }), 403, 'forbidden');
  });

  it('without a role sees the apps that grant one, as what they grant, and nothing else', async () => {
    const eve = await provider.signIn('eve');
    expectProblem(await session(eve), 403, 'forbidden');
    const [mine, other] = await Promise.all(['Mine', 'Other'].map(async (title) => (await system.call('/v1/apps', { method: 'POST', body: { title } })).json.id as string));
    await system.call(`/v1/apps/${mine}/access`, { method: 'PUT', body: { grants: [{ subject: subjectOf('eve'), role: 'deployer' }] } });
    expect((await system.call('/v1/apps', { token: eve })).json.items.map(({ id }: { id: string }) => id)).toEqual([mine]);
    expect((await system.call(`/v1/session?appId=${mine}`, { token: eve })).json).toMatchObject({ role: 'deployer' });
    expect((await system.call(`/v1/apps/${mine}/deployments`, { method: 'POST', token: eve, body: { draftVersion: 1 } })).status).toBe(202);
    expectProblem(await system.call(`/v1/apps/${mine}/access`, { token: eve }), 403, 'forbidden');
    expectProblem(await system.call(`/v1/apps/${other}`, { token: eve }), 404, 'app_not_found');
    expectProblem(await system.call('/v1/apps', { method: 'POST', token: eve, body: { title: 'New' } }), 403, 'forbidden');
  });

  it('may come from the pages of the workspace, and from no other', async () => {
    const ada = await provider.signIn('ada');
    expect((await session(ada, { origin: 'https://portal.example' })).status).toBe(200);
    expectProblem(await session(ada, { origin: 'https://evil.example' }), 403, 'origin_not_allowed');
  });

  it('leaves no token behind that she mints while the provider is replaced', async () => {
    const token = await provider.signIn('ada');
    for (let round = 0; round < 5; round++) {
      await put('default');
      const mint = () => system.call('/v1/embed-tokens', { method: 'POST', token, body: { subject: subjectOf('ada') } });
      const minted = [...Array.from({ length: 6 }, mint), put('default', null), ...Array.from({ length: 6 }, mint)];
      for (const answer of await Promise.all(minted)) if (answer?.status === 201) expectProblem(await session(answer.json.token), 401, 'unauthorized');
    }
    await put('default');
  });

  it('mints for herself only, and makes no key above what she is on any app', async () => {
    const ada = await provider.signIn('ada');
    expect((await system.call('/v1/embed-tokens', { method: 'POST', token: ada, body: { subject: subjectOf('ada') } })).status).toBe(201);
    expectProblem(await system.call('/v1/embed-tokens', { method: 'POST', token: ada, body: { subject: 'somebody' } }), 403, 'forbidden');
    const app = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Lower' } })).json.id;
    await system.call(`/v1/apps/${app}/access`, { method: 'PUT', body: { grants: [{ subject: subjectOf('ada'), role: 'viewer' }] } });
    expectProblem(await system.call('/v1/api-keys', { method: 'POST', token: ada, body: { title: 'Up', role: 'admin' } }), 403, 'forbidden');
    await system.call(`/v1/apps/${app}/access`, { method: 'PUT', body: { grants: [] } });
    expect((await system.call('/v1/api-keys', { method: 'POST', token: ada, body: { title: 'Even', role: 'admin' } })).status).toBe(201);
  });
});

describe('a token', () => {
  it.each([
    ['expired by more than the skew', () => ({ exp: nowS() - 61 }), 'token_expired'],
    ['not valid for more than the skew yet', () => ({ nbf: nowS() + 65 }), 'unauthorized'],
    ['for another audience', () => ({ aud: 'another' }), 'unauthorized'],
    ['of another issuer', () => ({ iss: 'https://evil.example' }), 'unauthorized'],
    ['without an end', () => ({ exp: undefined }), 'unauthorized'],
    ['of nobody', () => ({ sub: undefined }), 'unauthorized'],
    ['of somebody without a name', () => ({ sub: '' }), 'unauthorized'],
    ['that ends a session', () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }), 'unauthorized'],
  ])('that is %s is refused', async (_, more, code) => {
    expectProblem(await session(await provider.sign(claims(more()))), 401, code);
  });

  it.each([['expired a moment ago', () => ({ exp: nowS() - 55 })], ['begins in a moment', () => ({ nbf: nowS() + 55 })], ['is for several audiences', () => ({ aud: ['another', provider.clientId] })]])('that %s is taken', async (_, more) => {
    expect((await session(await provider.sign(claims(more())))).status).toBe(200);
  });

  it('is refused when it is signed by another key under the name of the right one', async () => {
    expectProblem(await session(await provider.sign(claims(), { kid: first!.kid }, await makeKey('one'))), 401, 'unauthorized');
  });

  it('is refused when it is of another kind', async () => {
    expectProblem(await session(await provider.sign(claims(), { typ: 'logout+jwt' })), 401, 'unauthorized');
    expect((await session(await provider.sign(claims(), { typ: 'at+jwt' }))).status).toBe(200);
  });

  it('is taken without the name of a key when one of the keys has signed it', async () => {
    expect((await session(await provider.sign(claims(), { kid: '' }))).status).toBe(200);
  });

  it('is refused without a signature, and with one made of the public key', async () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const signature of ['', 'AAAA']) expectProblem(await session(`${part({ alg: 'none' })}.${part(claims())}.${signature}`), 401, 'unauthorized');
    const text = `${part({ alg: 'HS256', kid: 'one' })}.${part(claims())}`;
    for (const secret of [await exportSPKI(first!.publicKey), JSON.stringify(first!.kid)]) expectProblem(await session(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`), 401, 'unauthorized');
  });

  it('is refused with its claims changed', async () => {
    const [head, , signature] = (await provider.sign(claims({ groups: [] }))).split('.');
    expectProblem(await session(`${head}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.${signature}`), 401, 'unauthorized');
  });

  it('with the name of an unknown key makes us ask the provider once, and not again for a while', async () => {
    system.advance(31_000);
    const stranger = await makeKey('stranger');
    await session(await provider.sign(claims()));
    const before = provider.keyRequests;
    for (let n = 0; n < 5; n++) expectProblem(await session(await provider.sign(claims(), { kid: `unknown-${n}` }, stranger)), 401, 'unauthorized');
    expect(provider.keyRequests - before).toBe(1);
  });
});

describe('a provider that a workspace is given', () => {
  it.each([['a NUL', 'ad\0mins', 'ad\uFFFDmins'], ['half a surrogate pair', 'ad\uD800mins', 'ad\uFFFDmins']])('has no group with %s in its name, which nothing could keep', async (_, group, shown) => {
    const refused = await system.call('/v1/workspaces/odd', { method: 'PUT', body: { title: 'odd', origins: [], oidc: oidcOf({ roles: { admins: 'admin', [group]: 'viewer' } }) } });
    expectProblem(refused, 400, 'invalid_request');
    expect(refused.json.issues).toEqual([{ path: `/oidc/roles/${shown}`, message: 'holds a NUL character or half of a surrogate pair' }]);
  });
});

describe('several workspaces that take the same token', () => {
  it('are told apart by the header, which picks no other one', async () => {
    await put('second', { roles: { admins: 'viewer' } });
    await put('foreign', { audience: 'another' });
    await put('plain', null);
    const token = await provider.sign(claims());
    expectProblem(await session(token), 404, 'workspace_not_found');
    expect((await session(token, { 'fapi-workspace': 'second' })).json).toMatchObject({ workspaceId: 'second', role: 'viewer' });
    expect((await session(token, { 'fapi-workspace': 'default' })).json).toMatchObject({ workspaceId: 'default', role: 'admin' });
    for (const id of ['foreign', 'plain', 'nowhere']) expectProblem(await session(token, { 'fapi-workspace': id }), 404, 'workspace_not_found');
    await put('second', null);
    expect((await session(token)).json).toMatchObject({ workspaceId: 'default' });
  });
});

it('an issuer that is reached without encryption is refused, but on this machine', async () => {
  for (const issuer of ['http://login.example', 'http://127.0.0.1.evil.example', 'http://169.254.169.254/']) {
    expectProblem(await system.call('/v1/workspaces/plain', { method: 'PUT', body: { title: 'Plain', origins: [], oidc: oidcOf({ issuer }) } }), 400, 'invalid_request');
  }
});

describe('a provider that', () => {
  afterEach(() => provider.restart([second!]));

  it('changes its keys is followed at once', async () => {
    system.advance(31_000);
    expect((await session(await provider.sign(claims()))).status).toBe(200);
    await provider.restart([second!]);
    expect((await session(await provider.sign(claims()))).status).toBe(200);
    expectProblem(await session(await provider.sign(claims(), {}, first)), 401, 'unauthorized');
  });

  it('is away leaves those in whose keys are known, and is said to be away to the others', async () => {
    const token = await provider.sign(claims({ exp: nowS() + 100_000 }));
    expect((await session(token)).status).toBe(200);
    await provider.stop();
    expect((await session(token)).status).toBe(200);
    system.advance(3_600_000);
    expect((await session(token)).status).toBe(200);
    system.advance(24 * 3_600_000);
    expectProblem(await session(token), 503, 'identity_provider_unavailable');
    await provider.restart([second!]);
    system.advance(5_000);
    expect((await session(await provider.sign(claims()))).status).toBe(200);
  });

  it('is away when a server starts has its users answered 503, until it is there', async () => {
    const token = await provider.sign(claims({ exp: nowS() + 100_000 }));
    await provider.stop();
    await system.restart();
    const answer = await session(token);
    expectProblem(answer, 503, 'identity_provider_unavailable');
    expect(answer.text).not.toContain(token);
    expectProblem(await session(token), 503, 'identity_provider_unavailable');
    await provider.restart([second!]);
    system.advance(5_000);
    expect((await session(token)).status).toBe(200);
  });
});
