import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHealthServer } from '../program/health.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { defaultLimits } from './limits.ts';
import type { Address, RouteList } from './routes/route-source.ts';
import { ask } from './test-parts/raw-client.ts';
import { silent } from './test-parts/silent.ts';

const get = 'GET / HTTP/1.1\r\nHost: alpha.localhost\r\nConnection: close\r\n\r\n';
let gateway: Gateway;
let apply: (list: RouteList) => void;
let servers: Server[];
let version: number;
beforeEach(async () => {
  [servers, version] = [[], 0];
  gateway = await openGateway({
    host: '127.0.0.1', port: 0, limits: { ...defaultLimits, holdMs: 2_000 }, log: silent, clock: () => performance.now(), makeRequestId: () => 'made',
    source: {
      reachedAt: () => performance.now(),
      async follow(tell, signal) {
        apply = tell;
        await once(signal, 'abort');
      },
    },
  });
});
afterEach(async () => {
  await gateway.close(0);
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function serve(name: string): Promise<Address> {
  const server = createServer((_, answer) => void answer.end(`from ${name};`));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}
/** Nobody listens there. */
async function findNobody(): Promise<Address> {
  const address = await serve('nobody');
  await new Promise((resolve) => servers.pop()!.close(resolve));
  return address;
}
const publish = (addresses: Address[], phase = 'running'): void => apply({ origin: 'o', version: ++version, routes: [{ host: 'alpha', appId: 'app-1', addresses, generation: 1, phase }] });
const askMany = async (times: number): Promise<string[]> => {
  const answers: string[] = [];
  for (let n = 0; n < times; n++) answers.push(/from (\w+);/.exec(await ask(gateway.port, get))?.[1] ?? 'none');
  return answers;
};

test('requests are spread over the addresses of an app', async () => {
  publish([await serve('one'), await serve('two'), await serve('three')]);
  expect(new Set(await askMany(60))).toEqual(new Set(['one', 'two', 'three']));
});

test('an address that refuses is passed over, and the request goes to the next one', async () => {
  publish([await findNobody(), await serve('two'), await findNobody()]);
  expect(await askMany(20)).toEqual(Array.from({ length: 20 }, () => 'two'));
});

test('where every address refuses, a request waits for the one that comes', async () => {
  publish([await findNobody(), await findNobody()]);
  const waiting = ask(gateway.port, get);
  publish([await serve('late')]);
  expect(await waiting).toContain('from late;');
});

test('an address that is taken out is asked no more, and its connections are closed; the others keep theirs', async () => {
  const [one, two] = [await serve('one'), await serve('two')];
  publish([one, two]);
  await askMany(20);
  const closed = new Promise<void>((resolve) => {
    const look = (): void => void servers[0]!.getConnections((_, open) => (open === 0 ? resolve() : setImmediate(look)));
    look();
  });
  publish([two]);
  await closed;
  expect(new Set(await askMany(10))).toEqual(new Set(['two']));
});

test('an app without an address is waited for', async () => {
  publish([], 'waking');
  const waiting = ask(gateway.port, get);
  publish([await serve('one')]);
  expect(await waiting).toContain('from one;');
});

test('it is ready once there is a table, and no longer when it leaves, although it still answers', async () => {
  const health = await openHealthServer({ host: '127.0.0.1', port: 0, read: () => ({ isReady: gateway.isReady() }) });
  const status = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${health.port}${path}`)).status;
  expect([await status('/livez'), await status('/readyz'), await status('/')]).toEqual([200, 503, 404]);
  publish([await serve('one')]);
  expect(await status('/readyz')).toBe(200);
  gateway.leave();
  expect([await status('/livez'), await status('/readyz')]).toEqual([200, 503]);
  expect(await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n')).toMatch(/connection: close[^]*from one;/i);
  await health.close();
});
