import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Cluster, createCluster } from './cluster.ts';

let server: Server;
let cluster: Cluster;
let connections = 0;
let status = 200;
beforeEach(async () => {
  [connections, status] = [0, 200];
  server = createServer((asked, answer) => {
    asked.resume();
    answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ kind: 'Pod', metadata: { name: 'one' } }));
  }).on('connection', () => void connections++).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new KubeConfig();
  config.loadFromOptions({ clusters: [{ name: 'here', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true }], users: [{ name: 'me', token: 'mine' }], contexts: [{ name: 'now', cluster: 'here', user: 'me' }], currentContext: 'now' });
  cluster = createCluster({ config, namespace: 'space' });
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

it('asks the API over a connection that is open already', async () => {
  for (let n = 0; n < 20; n++) await cluster.find('Pod', 'one');
  // One that has just answered may not be free yet.
  expect(connections).toBeLessThanOrEqual(2);
});

it('opens as many as are asked at once, and no more after that', async () => {
  const askAll = () => Promise.all(['a', 'b', 'c'].map((name) => cluster.find('Pod', name)));
  for (let n = 0; n < 5; n++) await askAll();
  expect(connections).toBeLessThanOrEqual(6);
});

it('opens another one where it was cut, or where it is not known any more', async () => {
  await cluster.find('Pod', 'one');
  server.closeAllConnections();
  expect(await cluster.find('Pod', 'one')).toBeDefined();
  status = 401;
  await expect(cluster.find('Pod', 'one')).rejects.toThrow('status 401');
  status = 200;
  const before = connections;
  await cluster.find('Pod', 'one');
  expect(connections).toBe(before + 1);
});
