import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig, type KubernetesObject, type V1ReplicaSet } from '@kubernetes/client-node';
import type { EgressGrant } from '@fapi/sdk/contract';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OvertakenError } from '../../runtime.ts';
import { type Apps, createApps } from '../apps.ts';
import { type Cluster, createCluster } from '../cluster/cluster.ts';
import { createMirror, type Mirror } from '../cluster/mirror.ts';
import { beginReign, type Reign } from '../cluster/reign.ts';
import { createSurroundings } from '../ground.ts';
import { ours } from '../objects/labels.ts';
import { toAppName } from '../objects/names.ts';
import { makeWayOut } from '../objects/network.ts';
import { defaultResources } from '../objects/pod.ts';
import type { AppRecord, Release } from '../objects/record.ts';
import { makeApp } from '../objects/resources.ts';
import { createUpkeep } from './upkeep.ts';

const logger = pino({ level: 'silent' });
const shape = { image: 'fapi-runner:test', resources: defaultResources };
const grant = { host: 'db.example.org', port: 5432 };

/** The API as far as it is asked here: it keeps what is written, by its path. */
let server: Server;
let onWrite: (method: string, path: string) => void;
let writes: string[];
let cluster: Cluster;
let stop: AbortController;
let sets: Mirror<V1ReplicaSet>;
let reign: Reign;
let apps: Apps;
beforeEach(async () => {
  const objects = new Map<string, KubernetesObject>();
  let version = 0;
  [onWrite, writes] = [() => undefined, []];
  server = createServer(async (asked, answer) => {
    const { pathname: path, searchParams } = new URL(asked.url!, 'http://here');
    const say = (status: number, said: object): void => void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    // Nothing changes but by us.
    if (searchParams.get('watch') === 'true') return void answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    if (asked.method === 'GET') {
      if (/\/(replicasets|leases)$/.test(path)) return say(200, { items: [...objects].flatMap(([at, object]) => (at.startsWith(path) ? [object] : [])), metadata: { resourceVersion: String(version) } });
      const found = objects.get(path);
      return found ? say(200, found) : say(404, {});
    }
    onWrite(asked.method!, path);
    writes.push(`${asked.method} ${path.split('/').slice(-2).join('/')}`);
    if (asked.method === 'DELETE') return objects.delete(path) ? say(200, {}) : say(404, {});
    const object = JSON.parse(Buffer.concat(chunks).toString()) as KubernetesObject;
    object.metadata = { ...object.metadata, resourceVersion: String(++version), uid: 'one' };
    objects.set(asked.method === 'POST' ? `${path}/${object.metadata.name}` : path, object);
    say(200, object);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new KubeConfig();
  config.loadFromOptions({ clusters: [{ name: 'here', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true }], users: [{ name: 'me', token: 'mine' }], contexts: [{ name: 'now', cluster: 'here', user: 'me' }], currentContext: 'now' });
  cluster = createCluster({ config, namespace: 'space' });
  stop = new AbortController();
  reign = await beginReign(cluster, { holder: 'me', logger });
  sets = createMirror<V1ReplicaSet>(cluster, { kind: 'ReplicaSet', labels: ours, keyOf: () => undefined, onChange: () => undefined, resyncMs: 600_000, logger, signal: stop.signal });
  await sets.synced;
  apps = createApps({ cluster, sets, reign, shape, replicas: 1 });
});
afterEach(async () => {
  stop.abort();
  await sets.ended;
  await reign.close();
  server.close();
  server.closeAllConnections();
});

const releaseOf = (generation: number, egress: EgressGrant[] = []): Release => ({ generation, revision: 'r', bundleSha256: 'b', envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress });
const keepApp = async (appId: string, more: Partial<AppRecord> = {}): Promise<void> => {
  sets.note(await cluster.apply(makeApp({ appId, host: appId, generation: 1, epoch: reign.epoch, state: 'live', release: releaseOf(1), ...more }, shape, 1)));
};
let writing: string | undefined;
const openUpkeep = (resyncMs = 600_000): (() => Promise<void>) => createUpkeep({ cluster, reign, apps, isWriting: (appId) => appId === writing, surroundings: createSurroundings(cluster, 1), resyncMs, signal: stop.signal });
const namesWritten = (kind: string): string[] => writes.filter((write) => write.includes(` ${kind}/`)).map((write) => write.split('/')[1]!);
const hasWayOut = async (appId: string): Promise<boolean> => (await cluster.find('NetworkPolicy', toAppName(appId))) !== undefined;

it('goes to no further app once it is to end: the next controller waits for that', async () => {
  for (const appId of ['one', 'two', 'three']) await keepApp(appId);
  onWrite = (_method, path) => void (path.includes('/services/') && stop.abort());
  await openUpkeep()();
  expect(namesWritten('services')).toEqual([toAppName('one')]);
});

it('goes to no further app once another controller has taken over, also of those that are removed', async () => {
  for (const appId of ['one', 'two', 'three']) await keepApp(appId, { state: 'removed' });
  onWrite = (_method, path) => void (path.includes('/services/') && reign.end('taken over'));
  await expect(openUpkeep()()).rejects.toThrow(OvertakenError);
  expect(namesWritten('services')).toEqual([toAppName('one')]);
});

it('takes away a way out that nothing is granted for, whoever has made it, and keeps the others', async () => {
  await keepApp('closed');
  await keepApp('open', { release: releaseOf(1, [grant]), granted: [grant] });
  await cluster.apply(makeWayOut('closed'));
  const upkeep = openUpkeep(0);
  await upkeep();
  expect([await hasWayOut('closed'), await hasWayOut('open')]).toEqual([false, true]);
  await cluster.apply(makeWayOut('closed'));
  await upkeep();
  expect(await hasWayOut('closed')).toBe(false);
});

it('asks for nothing between two looks at everything while nothing changes, and withdraws a way out with its grants', async () => {
  await keepApp('one', { granted: [grant], candidate: releaseOf(2, [grant]) });
  const upkeep = openUpkeep();
  await upkeep();
  expect(await hasWayOut('one')).toBe(true);
  writes = [];
  await upkeep();
  expect(writes).toEqual([]);
  await apps.update('one', (known) => known && { ...known, candidate: undefined, granted: [] });
  await upkeep();
  expect(await hasWayOut('one')).toBe(false);
});

it('takes nothing away from an app that is being let out just now, and looks at it again', async () => {
  await keepApp('one');
  await cluster.apply(makeWayOut('one'));
  const upkeep = openUpkeep();
  writing = 'one';
  await upkeep();
  expect(await hasWayOut('one')).toBe(true);
  writing = undefined;
  await upkeep();
  expect(await hasWayOut('one')).toBe(false);
});
