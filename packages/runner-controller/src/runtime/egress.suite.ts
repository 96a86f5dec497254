import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { EgressGrant } from '@fapi/sdk/contract';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { appThatConnects } from '../test-parts/bundles.ts';
import { until } from '../test-parts/until.ts';
import type { RuntimeUnderTest } from './runtime.suite.ts';
import type { Wanted } from './runtime.ts';

const never = new AbortController().signal;
const patienceMs = 30_000;
/** Loopback is refused whatever is granted. */
const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).find(({ internal, family }) => !internal && family === 'IPv4')?.address;

/** What every adapter of the runtime promises of connections outwards: the same places, the same errors. */
export function describeEgress(parts: () => { house: RuntimeUnderTest; begin(): string; want(generation: number, files: string): Wanted }): void {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    await parts().house.openWayOut();
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).pipe(socket);
    }).listen(0, own);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
  });

  const skipWithout = async (context: TestContext): Promise<void> => {
    const { isolation } = await parts().house.runtime.describe();
    const layer = isolation.layers.find(({ name }) => name === 'egress')!;
    context.skip(own === undefined, 'this machine has no address but loopback');
    context.skip(!layer.active, `nothing can be granted here: ${layer.reason}`);
  };
  const serve = async (generation: number, egress: readonly EgressGrant[]): Promise<void> => {
    const { house, want } = parts();
    const wanted = { ...want(generation, appThatConnects), egress };
    await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
  };
  const reach = async (appId: string, host: string, at: number): Promise<unknown> => (await parts().house.visit(appId, `/reach/${host}/${at}`)).body;

  it('connects an app where it was granted to be, and nowhere else', async (context) => {
    await skipWithout(context);
    const appId = parts().begin();
    await serve(1, [{ host: own!, port }]);
    expect(await reach(appId, own!, port)).toEqual({ answer: 'ping' });
    const before = sockets.length;
    for (const [host, at] of [['127.0.0.1', port], ['169.254.169.254', port], ['169.254.169.254', 80], [own!, port === 65_535 ? 1 : port + 1], ['localhost', port], ['elsewhere.invalid', port]] as const) {
      expect(await reach(appId, host, at), `${host}:${at}`).toEqual({ error: expect.stringMatching(/^(PermissionError|OSError|ConnectionRefusedError|gaierror)$/) });
    }
    expect(sockets.length).toBe(before);
  });

  it('resets what was granted and cannot be connected', async (context) => {
    await skipWithout(context);
    const appId = parts().begin();
    await serve(1, [{ host: 'nowhere.invalid', port: 443 }]);
    expect(await reach(appId, 'nowhere.invalid', 443)).toEqual({ error: expect.stringMatching(/^(ConnectionResetError|BrokenPipeError)$/) });
  });

  it('lets an app without grants make no connection at all', async (context) => {
    await skipWithout(context);
    const appId = parts().begin();
    await serve(1, []);
    expect(await reach(appId, own!, port)).toEqual({ error: 'PermissionError' });
  });

  it('breaks what is open when it is granted no more', async (context) => {
    await skipWithout(context);
    const { house, begin } = parts();
    const appId = begin();
    await serve(1, [{ host: own!, port }]);
    const before = sockets.length;
    expect((await house.visit(appId, `/hold/${own}/${port}`)).body).toEqual({ held: 1 });
    const held = await until(() => sockets[before], Boolean, patienceMs);
    await serve(2, []);
    await until(() => held!.destroyed || held!.readableEnded, Boolean, patienceMs);
    expect(await reach(appId, own!, port)).toEqual({ error: 'PermissionError' });
  });

  it('breaks what is open and connects no more where a grant was withdrawn, also when what was deployed without it does not start', async (context) => {
    await skipWithout(context);
    const { house, begin, want } = parts();
    const appId = begin();
    await serve(1, [{ host: own!, port }]);
    const before = sockets.length;
    expect((await house.visit(appId, `/hold/${own}/${port}`)).body).toEqual({ held: 1 });
    const held = await until(() => sockets[before], Boolean, patienceMs);
    const failing = { ...want(2, 'raise RuntimeError("not today")'), egress: [] };
    await expect(house.runtime.prepare(failing, never)).rejects.toThrow('not today');
    await house.runtime.abandon(failing, never);
    await until(() => held!.destroyed || held!.readableEnded, Boolean, patienceMs);
    const refused = { error: expect.stringMatching(/^(ConnectionResetError|BrokenPipeError|PermissionError)$/) };
    expect(await reach(appId, own!, port)).toEqual(refused);
    // One that was never prepared withdraws as well.
    await serve(3, [{ host: own!, port }]);
    expect(await reach(appId, own!, port)).toEqual({ answer: 'ping' });
    await house.runtime.abandon({ ...want(4, 'never asked for'), egress: [] }, never);
    expect(await reach(appId, own!, port)).toEqual(refused);
  });

  it('connects again where a grant is given back, also by what is given up before it was prepared', async (context) => {
    await skipWithout(context);
    const { house, begin, want } = parts();
    const appId = begin();
    await serve(1, [{ host: own!, port }]);
    await house.runtime.abandon({ ...want(2, 'never asked for'), egress: [] }, never);
    expect(await reach(appId, own!, port)).toEqual({ error: expect.stringMatching(/^(ConnectionResetError|BrokenPipeError|PermissionError)$/) });
    await house.runtime.abandon({ ...want(3, 'never asked for'), egress: [{ host: own!, port }] }, never);
    expect(await until(() => reach(appId, own!, port), (seen) => (seen as { answer?: string }).answer !== undefined, patienceMs)).toEqual({ answer: 'ping' });
  });

  it('never connects to the metadata of a cloud, whoever grants it', async (context) => {
    await skipWithout(context);
    parts().begin();
    await expect(serve(1, [{ host: '169.254.169.254', port: 80 }])).rejects.toThrow(/egress must not name 169\.254\.169\.254/);
  });
}
