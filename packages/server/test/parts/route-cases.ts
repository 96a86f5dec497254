import { createClient } from '@fapi/sdk';
import { type Role, type Route, roles, routes, scopesOfRole } from '@fapi/sdk/contract';
import { makeZip } from '../../src/domain/code/zip.ts';
import { goLive } from './runner-play.ts';
import type { Answer, System } from './system.ts';

const files = [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }];

/** How to call a row so that it does its work. `make` gives what its path names, besides an app with a deployment in its queue. */
export interface RouteCase { body?: unknown; raw?: () => Uint8Array<ArrayBuffer>; headers?: Record<string, string>; query?: string; make?(system: System, appId: string): Promise<Record<string, string>> }

const findRevision = async (system: System, appId: string): Promise<Record<string, string>> => ({ digest: (await system.call(`/v1/apps/${appId}/revisions`)).json.items[0].digest });

const deployed = async (system: System, appId: string): Promise<Record<string, string>> => {
  const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  const { items: [newest] } = await client.deployments.list(appId);
  await goLive(system, client, newest!);
  client.close();
  return {};
};

/** A row of the table without an entry here fails the build. */
export const cases: Record<string, RouteCase | 'public'> = {
  'apps.create': { body: { title: 'Another' } },
  'apps.list': {},
  'apps.read': {},
  'apps.patch': { body: { settings: { exclusive: false } } },
  'apps.delete': {},
  'apps.restore': { make: async (system, appId) => { await system.call(`/v1/apps/${appId}`, { method: 'DELETE' }); return {}; } },
  'apps.clone': { body: { environment: 'values', deploy: true } },
  'apps.suspend': { body: {} },
  'apps.resume': {},
  'apps.metrics': {},
  'apps.try': { body: { method: 'GET', path: '/' }, make: deployed },
  'drafts.read': {},
  'drafts.save': { body: { files }, headers: { 'if-match': '"1"' } },
  'drafts.patch': { body: { remove: ['nothing.py'] }, headers: { 'if-match': '"1"' } },
  'drafts.need': { body: { hashes: ['0'.repeat(64)] } },
  'drafts.versions': {},
  'drafts.readVersion': { make: async () => ({ version: '1' }) },
  'drafts.exportZip': {},
  'drafts.unpack': { raw: () => makeZip(files), headers: { 'content-type': 'application/zip' } },
  'drafts.importZip': { raw: () => makeZip(files), headers: { 'if-match': '"1"', 'content-type': 'application/zip' } },
  'drafts.validate': { body: { draftVersion: 1 } },
  'drafts.validateFiles': { body: { files } },
  'drafts.test': { body: { draftVersion: 1 } },
  'drafts.convert': { body: { draftVersion: 1 } },
  'environment.read': {},
  'environment.save': { body: { variables: [] }, headers: { 'if-match': '"0"' } },
  'egress.read': {},
  'egress.put': { body: { grants: [] } },
  'limits.read': {},
  'limits.put': { body: { memoryMiB: 256 } },
  'presence.put': { body: { path: 'main.py' }, make: async () => ({ page: 'page_0001' }) },
  'presence.delete': { make: async () => ({ page: 'page_0001' }) },
  'language.open': {},
  'deployments.create': { body: { draftVersion: 1 } },
  'deployments.list': {},
  'deployments.read': {},
  'deployments.cancel': {},
  'deployments.retry': { make: async (system, appId) => { await system.call(`/v1/apps/${appId}/deployments`, { method: 'POST', body: { draftVersion: 1 } }); return {}; } },
  'revisions.list': {},
  'revisions.read': { make: findRevision },
  'revisions.files': { make: findRevision },
  'revisions.exportZip': { make: findRevision },
  'revisions.patch': { body: { pinned: true }, make: findRevision },
  'revisions.diff': { query: '?from=draft&to=draft' },
  'events.stream': {},
  'logs.read': {},
  'access.read': {},
  'access.put': { body: { grants: [] } },
  'apiKeys.create': { body: { title: 'Another', role: 'viewer' } },
  'apiKeys.list': {},
  'apiKeys.delete': { make: async (system) => ({ apiKeyId: (await system.call('/v1/api-keys', { method: 'POST', body: { title: 'To be deleted', role: 'viewer' } })).json.id }) },
  'audit.list': {},
  'embedTokens.create': { body: { subject: 'x', role: 'viewer' } },
  'embedTokens.revoke': { make: async (system) => ({ sessionId: (await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'x' } })).json.sessionId }) },
  'session.read': {},
  'workspaces.list': {},
  'workspaces.put': { body: { title: 'Mine', origins: [] }, make: async () => ({ workspaceId: 'put-here' }) },
  'workspaces.read': {},
  'workspaces.suspend': { body: {} },
  'workspaces.resume': {},
  'runtime.read': {},
  'runtime.packages': {},
  'backup.read': {},
  'health.live': 'public',
  'health.ready': 'public',
  'health.openapi': 'public',
};

export const rows: [string, Route][] = Object.entries(routes).flatMap(([resource, group]) => Object.entries(group as Record<string, Route>).map(([name, route]): [string, Route] => [`${resource}.${name}`, route]));

/** The lowest role that may; undefined where roles do not decide. */
export const roleFor = ({ access }: Route): Role | undefined => roles.find((role) => (scopesOfRole[role] as readonly string[]).includes(access));
export const roleBelow = (role: Role): Role | undefined => roles[roles.indexOf(role) - 1];

export interface Place { appId: string; deploymentId: string; workspaceId: string; [name: string]: string }

/** A new app with a deployment in its queue, and what else the row's path names; `before` that is made. */
export async function prepare(system: System, name: string, app: Record<string, unknown> = {}, before: (appId: string) => Promise<void> = async () => undefined): Promise<Place> {
  const made = await system.call('/v1/apps', { method: 'POST', body: { title: 'Prepared', files: [{ path: 'main.py', content: 'treasure = 1' }], ...app } });
  const deployment = await system.call(`/v1/apps/${made.json.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
  await before(made.json.id);
  const known = cases[name];
  return { appId: made.json.id, deploymentId: deployment.json.id, workspaceId: 'default', ...(known === 'public' ? {} : await known?.make?.(system, made.json.id)) };
}

/** Sends what the row takes. Of a stream only the head is read. */
export async function send(system: System, name: string, route: Route, place: Place, { token, headers: more = {} }: { token?: string; headers?: Record<string, string> }): Promise<Answer> {
  const known = cases[name];
  const { body, raw, headers = {}, query = '' } = known === undefined || known === 'public' ? {} : known;
  const path = route.path.replace(/:([A-Za-z]+)/g, (_, part: string) => place[part] ?? 'nothing') + query;
  if (route.response !== 'event-stream') return system.call(path, { method: route.method, token, ...(body === undefined ? {} : { body }), ...(raw ? { raw: raw() } : {}), headers: { ...headers, ...more } });
  const leave = new AbortController();
  const response = await fetch(new URL(path, system.server.url), { headers: { ...(token === '' ? {} : { authorization: `Bearer ${token ?? system.server.operatorKey}` }), ...more }, signal: leave.signal });
  const text = response.ok ? '' : await response.text();
  leave.abort();
  return { status: response.status, headers: response.headers, text, bytes: new TextEncoder().encode(text), json: text === '' ? undefined : JSON.parse(text) };
}
