import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { type Caller, toCallerUri } from '../agent/caller.ts';
import { type Authority, createAuthority } from '../runtime/kubernetes/agents/certificates.ts';
import { identities } from '../runtime/kubernetes/objects/identities.ts';
import { until } from '../test-parts/until.ts';
import { createBoundary } from './boundary.ts';
import { createResolve, type Resolve } from './dial.ts';
import { defaultLimits, type EgressGateway, type Limits, openEgressGateway } from './egress.ts';
import type { GrantSource, TlsIdentity } from './grant-source.ts';
import { openTunnel, type TestTunnel } from './test-parts/agent.ts';

/** Loopback is refused whatever is granted: places stand at an address that others would use. */
const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).find(({ internal, family }) => !internal && family === 'IPv4')?.address;
const pod = 'pod-1';
const podAddress = '10.244.7.7';

/** What a cluster would tell, in memory. */
function createGrants() {
  const pods = new Map<string, { appId: string; epoch: number }>();
  const grants = new Set<string>();
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  const source: GrantSource = {
    findApp({ app, pod, epoch }) {
      const known = pods.get(pod);
      if (!known) return { objection: 'there is no such pod (any more)' };
      return known.appId === app && known.epoch <= epoch ? { appId: known.appId, pod } : { objection: `pod ${pod} is not this one's` };
    },
    isPod: (address) => address === podAddress,
    isGranted: (appId, host, port) => grants.has(`${appId} ${host} ${port}`),
    problem: () => undefined,
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
  };
  return {
    source,
    place(uid: string, appId: string | undefined, epoch = 1) {
      if (appId === undefined) pods.delete(uid);
      else pods.set(uid, { appId, epoch });
      tell();
    },
    grant: (appId: string, host: string, port: number) => void (grants.add(`${appId} ${host} ${port}`), tell()),
    revoke: (appId: string, host: string, port: number) => void (grants.delete(`${appId} ${host} ${port}`), tell()),
  };
}

describe.skipIf(own === undefined)('the egress gateway', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const listen = async (talk: (socket: Socket) => void): Promise<{ port: number; sockets: Socket[]; server: Server }> => {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      talk(socket);
    }).listen(0, own);
    await once(server, 'listening');
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, sockets, server };
  };
  const echo = (socket: Socket): void => void socket.pipe(socket);

  interface House { gateway: EgressGateway; authority: Authority; grants: ReturnType<typeof createGrants>; logs: Record<string, unknown>[]; /** What a controller gives the agent of a pod, `shop`'s when nothing else is said. */ identify(caller?: Partial<Caller>, forDays?: number): Promise<TlsIdentity>; ask(request: unknown, from?: { identity?: TlsIdentity; address?: string }): Promise<TestTunnel> }
  const open = async (more: { limits?: Partial<Limits>; resolve?: Resolve; cluster?: string[]; never?: string[] } = {}): Promise<House> => {
    const authority = await createAuthority(new Date());
    const issue = async (identity: string): Promise<TlsIdentity> => ({ ca: authority.cert, ...(await authority.issue(identity, 1)) });
    const grants = createGrants();
    grants.place(pod, 'shop');
    const logs: Record<string, unknown>[] = [];
    const note = (fields: Record<string, unknown>, message: string): void => void logs.push({ ...fields, message });
    const findObjection = createBoundary({ never: () => more.never ?? [], cluster: more.cluster ?? [], isPod: grants.source.isPod });
    const gateway = await openEgressGateway({
      host: '127.0.0.1', port: 0, identity: await issue(identities.egress), source: grants.source, findObjection, resolve: more.resolve ?? (() => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))),
      limits: { ...defaultLimits, patienceMs: 50, ...more.limits }, clock: () => performance.now(), log: { debug: note, info: note, warn: note },
    });
    closing.push(() => gateway.close(0));
    const identify: House['identify'] = async (caller, forDays = 1) => ({ ca: authority.cert, ...(await authority.issue(toCallerUri({ app: 'shop', pod, epoch: 1, ...caller }), forDays)) });
    const agent = await identify();
    const ask: House['ask'] = async (request, { identity = agent, address = '127.0.0.1' } = {}) => {
      const tunnel = await openTunnel({ port: gateway.port, identity, address }, request);
      closing.push(() => tunnel.socket.destroy());
      return tunnel;
    };
    return { gateway, authority, grants, logs, identify, ask };
  };

  it('connects an app where it was granted to be, and says so', async () => {
    const { ask, grants, logs } = await open();
    const { port } = await listen(echo);
    grants.grant('shop', own!, port);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    expect(tunnel.answer).toEqual({});
    tunnel.send('there and back');
    tunnel.end();
    expect(await tunnel.whole()).toBe('there and back');
    await tunnel.gone;
    const ended = await until(() => logs.find(({ message }) => message === 'a connection of an app is over'), Boolean);
    expect(ended).toMatchObject({ appId: 'shop', host: own, port, pod, from: '127.0.0.1', sentBytes: 14, receivedBytes: 14, ending: 'ended' });
  });

  it('passes half a close on, and the answer after it', async () => {
    const { ask, grants } = await open();
    const { port } = await listen((socket) => {
      let text = '';
      socket.on('data', (data) => (text += data)).on('end', () => socket.end(`all of ${text}`));
    });
    grants.grant('shop', own!, port);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    tunnel.send('it');
    tunnel.end();
    expect(await tunnel.whole()).toBe('all of it');
  });

  it('has no room for more than the slower side takes, and loses nothing of it', async () => {
    const { ask, grants } = await open();
    const size = 24 << 20;
    const { port, sockets } = await listen((socket) => {
      socket.pause();
      const chunk = Buffer.alloc(1 << 20, 'x');
      let sent = 0;
      const more = (): void => {
        while (sent < size) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
        socket.end();
      };
      more();
    });
    grants.grant('shop', own!, port);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    tunnel.socket.pause();
    // It stands still, with bytes that nobody has taken.
    let before = -1;
    await until(() => {
      const now = sockets[0]?.bytesWritten ?? 0;
      const isStill = now === before && now > 0;
      before = now;
      return isStill;
    }, Boolean);
    expect(sockets[0]!.bytesWritten).toBeLessThan(size);
    tunnel.socket.resume();
    expect((await tunnel.whole()).length).toBe(size);
  });

  it('gives a broken answer for a broken one, and breaks with the app what the app breaks off', async () => {
    const { ask, grants } = await open();
    const { port, sockets } = await listen((socket) => void socket.once('data', (data) => (String(data) === 'break' ? socket.resetAndDestroy() : undefined)));
    grants.grant('shop', own!, port);
    const broken = await ask({ appId: 'shop', host: own, port });
    broken.send('break');
    await expect(broken.whole()).rejects.toThrow('broke off');
    const leaving = await ask({ appId: 'shop', host: own, port });
    leaving.send('x');
    const target = await until(() => sockets[1], Boolean);
    const over = once(target!, 'close');
    leaving.socket.destroy();
    await expect(over).rejects.toThrow('ECONNRESET');
  });

  it.each([
    ['another port', (port: number) => ({ appId: 'shop', host: own, port: port === 65_535 ? 1 : port + 1 }), 'not_granted'],
    ['another host', (port: number) => ({ appId: 'shop', host: 'db.example', port }), 'not_granted'],
    ['the same address in other words', (port: number) => ({ appId: 'shop', host: `::ffff:${own}`, port }), 'not_granted'],
    ['what another app was granted', (port: number) => ({ appId: 'other', host: own, port }), 'unknown_pod'],
    ['no port', () => ({ appId: 'shop', host: own, port: 0 }), 'bad_request'],
    ['no host', (port: number) => ({ appId: 'shop', port }), 'bad_request'],
    ['nothing that can be read', () => 'CONNECT x:1 HTTP/1.1', 'bad_request'],
  ])('refuses %s', async (_title, toRequest, reason) => {
    const { ask, grants, logs } = await open();
    const { port, sockets } = await listen(echo);
    grants.grant('shop', own!, port);
    grants.grant('other', own!, port);
    const tunnel = await ask(toRequest(port));
    expect(tunnel.answer).toMatchObject({ reason });
    await tunnel.gone;
    expect(sockets).toEqual([]);
    expect(logs.at(-1)).toMatchObject({ reason, pod, message: 'an app is not connected' });
  });

  it.each<[string, Partial<Caller>]>([
    ['of a pod that nobody knows', { pod: 'pod-2' }], ['of another app', { app: 'other' }], ['of a controller that was overtaken before the pod was claimed', { epoch: 1 }],
  ])('refuses the identity %s', async (_title, caller) => {
    const { ask, identify, grants } = await open();
    const { port, sockets } = await listen(echo);
    grants.place(pod, 'shop', 2);
    for (const appId of ['shop', 'other']) grants.grant(appId, own!, port);
    for (const appId of ['shop', 'other']) expect((await ask({ appId, host: own, port }, { identity: await identify({ epoch: 2, ...caller }) })).answer).toMatchObject({ reason: 'unknown_pod' });
    expect(sockets).toEqual([]);
    // A newer one has a say in it.
    expect((await ask({ appId: 'shop', host: own, port }, { identity: await identify({ epoch: 3 }) })).answer).toEqual({});
  });

  it('goes by what the controller says of a pod, wherever that is seen to be, and never by where it is alone', async () => {
    const { ask, authority, identify, grants } = await open();
    const { port, sockets } = await listen(echo);
    grants.grant('shop', own!, port);
    const request = { appId: 'shop', host: own, port };
    const of = async (by: Authority, identity: string): Promise<TlsIdentity> => ({ ca: authority.cert, ...(await by.issue(identity, 1)) });
    for (const address of ['127.0.0.1', '127.0.0.3']) expect((await ask(request, { address })).answer).toEqual({});
    const before = await until(() => sockets.length, (count) => count === 2);
    for (const identity of [identities.agent, identities.egress, identities.controller, 'spiffe://fapi/app/shop', `${toCallerUri({ app: 'shop', pod, epoch: 1 })}/x`]) expect((await ask(request, { identity: await of(authority, identity) })).answer, identity).toMatchObject({ reason: 'unknown_pod' });
    // Of a stranger, and one that has run out: they are not heard.
    expect((await ask(request, { identity: await of(await createAuthority(new Date()), toCallerUri({ app: 'shop', pod, epoch: 1 })) })).answer).toBeUndefined();
    expect((await ask(request, { identity: await identify({}, -0.01) })).answer).toBeUndefined();
    expect(sockets.length).toBe(before);
  });

  it('waits a moment for a pod and a grant that are just being made known', async () => {
    const { ask, grants } = await open({ limits: { patienceMs: 10_000 } });
    const { port } = await listen(echo);
    grants.place(pod, undefined);
    const asking = ask({ appId: 'shop', host: own, port });
    grants.place(pod, 'shop');
    grants.grant('shop', own!, port);
    expect((await asking).answer).toEqual({});
  });

  it.each([
    ['the grant is taken back', (grants: House['grants'], port: number) => grants.revoke('shop', own!, port)],
    ['the pod is another one\'s', (grants: House['grants']) => grants.place(pod, 'other')],
    ['the pod is gone', (grants: House['grants']) => grants.place(pod, undefined)],
  ])('cuts what is open when %s, and nothing else', async (_title, change) => {
    const { ask, grants, gateway, identify } = await open();
    const { port, sockets } = await listen(echo);
    grants.grant('shop', own!, port);
    grants.place('pod-9', 'neighbour');
    grants.grant('neighbour', own!, port);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    const neighbour = await ask({ appId: 'neighbour', host: own, port }, { identity: await identify({ app: 'neighbour', pod: 'pod-9' }) });
    change(grants, port);
    await expect(tunnel.whole()).rejects.toThrow('broke off');
    await until(() => sockets.filter(({ destroyed }) => destroyed).length, (count) => count === 1);
    neighbour.send('still here');
    neighbour.end();
    expect(await neighbour.whole()).toBe('still here');
    await until(() => gateway.count(), (count) => count === 0);
  });

  describe('of names', () => {
    it('asks once, and connects to the very address that it has judged', async () => {
      const { port } = await listen(echo);
      const asked: string[] = [];
      // As a rebinding name server does: harmless at first, then the machine itself.
      const resolve: Resolve = async (host) => (asked.push(host) === 1 ? [own!] : ['127.0.0.1']);
      const { ask, grants } = await open({ resolve });
      grants.grant('shop', 'db.example', port);
      const tunnel = await ask({ appId: 'shop', host: 'db.example', port });
      expect([tunnel.answer, asked]).toEqual([{}, ['db.example']]);
      expect((await ask({ appId: 'shop', host: 'db.example', port })).answer).toEqual({ reason: 'never', text: '127.0.0.1 is the machine itself' });
    });

    it.each([
      [['169.254.169.254'], 'never', '169.254.169.254 is the machine\'s metadata'], [['::ffff:169.254.169.254'], 'never', 'inside of another'], [['fe80::1'], 'never', 'metadata'], [['10.244.0.9'], 'never', 'inside of the cluster'], [[podAddress], 'never', 'a pod of an app'],
      [[], 'failed', 'no address'],
    ])('follows none to %j', async (addresses, reason, text) => {
      const { ask, grants } = await open({ resolve: async () => addresses, cluster: ['10.244.0.0/16'] });
      grants.grant('shop', 'db.example', 443);
      const { answer } = await ask({ appId: 'shop', host: 'db.example', port: 443 });
      expect(answer).toMatchObject({ reason, text: expect.stringContaining(text) });
    });

    it('asks for one name once at a time, and anew once it was told', async () => {
      const asked: string[] = [];
      const told = Promise.withResolvers<readonly string[]>();
      const resolve = createResolve((host) => (asked.push(host), told.promise));
      const both = Promise.all([resolve('db.example'), resolve('db.example'), resolve('other.example')]);
      told.resolve(['10.0.0.1']);
      expect([await both, asked]).toEqual([[['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1']], ['db.example', 'other.example']]);
      await resolve('db.example');
      expect(asked.length).toBe(3);
    });

    it('passes an address over that nobody may reach, and one where nobody answers', async () => {
      const { port } = await listen(echo);
      const { ask, grants } = await open({ resolve: async () => ['169.254.169.254', '::1', own!] });
      grants.grant('shop', 'db.example', port);
      expect((await ask({ appId: 'shop', host: 'db.example', port })).answer).toEqual({});
    });

    it('says of one that is unknown what an app would have heard, and gives up one that is slow', async () => {
      const { ask, grants } = await open();
      grants.grant('shop', 'db.example', 443);
      expect((await ask({ appId: 'shop', host: 'db.example', port: 443 })).answer).toEqual({ reason: 'failed', text: 'Name or service not known' });
      const slow = await open({ resolve: () => new Promise<never>(() => undefined), limits: { connectMs: 100 } });
      slow.grants.grant('shop', 'db.example', 443);
      expect((await slow.ask({ appId: 'shop', host: 'db.example', port: 443 })).answer).toMatchObject({ reason: 'silent' });
    });
  });

  it('says why it could not connect', async () => {
    const { port, server } = await listen(echo);
    server.close();
    await once(server, 'close');
    const { ask, grants } = await open({ never: [`${own}:443`] });
    grants.grant('shop', own!, port);
    grants.grant('shop', own!, 443);
    expect((await ask({ appId: 'shop', host: own, port })).answer).toEqual({ reason: 'failed', text: 'Connection refused' });
    expect((await ask({ appId: 'shop', host: own, port: 443 })).answer).toEqual({ reason: 'never', text: `${own} is one of this system's own` });
  });

  it('has room for who says who it is, however many come from its address and say nothing', async () => {
    const place = await listen(echo);
    const { gateway, grants, ask } = await open({ limits: { connections: 8, strangers: 4 } });
    grants.grant('shop', own!, place.port);
    const silent = Array.from({ length: 7 }, () => connect({ host: '127.0.0.1', port: gateway.port }).on('error', () => undefined));
    closing.push(() => silent.forEach((socket) => socket.destroy()));
    await Promise.all(silent.slice(0, 3).map((socket) => once(socket, 'close')));
    // Those that have waited longest are gone.
    expect(silent.map(({ destroyed }) => destroyed)).toEqual([true, true, true, false, false, false, false]);
    const tunnels = [await ask({ appId: 'shop', host: own, port: place.port }), await ask({ appId: 'shop', host: own, port: place.port })];
    expect(tunnels.map(({ answer }) => answer)).toEqual([{}, {}]);
    tunnels[0]!.send('still here');
    tunnels[0]!.end();
    expect(await tunnels[0]!.whole()).toBe('still here');
  });

  it('has room for other pods behind one address, however many connections one has', async () => {
    const place = await listen(echo);
    const { grants, identify, ask } = await open({ limits: { connectionsOfPod: 2 } });
    grants.place('pod-9', 'neighbour');
    for (const appId of ['shop', 'neighbour']) grants.grant(appId, own!, place.port);
    const request = { appId: 'shop', host: own, port: place.port };
    const first = await ask(request);
    expect([first.answer, (await ask(request)).answer, (await ask(request)).answer]).toMatchObject([{}, {}, { reason: 'bad_request', text: expect.stringContaining('2 connections') }]);
    expect((await ask({ ...request, appId: 'neighbour' }, { identity: await identify({ app: 'neighbour', pod: 'pod-9' }) })).answer).toEqual({});
    first.socket.destroy();
    await until(async () => (await ask(request)).answer?.reason, (reason) => reason === undefined);
  });

  it('breaks a connection on which nothing moves, and sends away who says nothing', async () => {
    const { ask, grants, logs, gateway, identify } = await open({ limits: { idleMs: 100, requestMs: 100 } });
    const { port } = await listen(echo);
    grants.grant('shop', own!, port);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    await tunnel.gone;
    await until(() => logs.some(({ ending }) => ending === 'idle'), Boolean);
    // It announces a request, and never makes it.
    const silent = connectTls({ host: '127.0.0.1', port: gateway.port, ...(await identify()), checkServerIdentity: () => undefined });
    silent.on('error', () => undefined);
    await once(silent, 'close');
  });

  it('lets what is open end, and breaks it when that takes too long', async () => {
    const { ask, grants, gateway } = await open();
    const { port } = await listen(echo);
    grants.grant('shop', own!, port);
    const [ending, staying] = [await ask({ appId: 'shop', host: own, port }), await ask({ appId: 'shop', host: own, port })];
    const closed = gateway.close(300);
    ending.send('the last word');
    ending.end();
    expect(await ending.whole()).toBe('the last word');
    await closed;
    await expect(staying.whole()).rejects.toThrow('broke off');
  });

  it('shows a new certificate when it has one', async () => {
    const { ask, grants, gateway, authority } = await open();
    const { port } = await listen(echo);
    grants.grant('shop', own!, port);
    const next = { ca: authority.cert, ...(await authority.issue(identities.egress, 2)) };
    gateway.renew(next);
    const tunnel = await ask({ appId: 'shop', host: own, port });
    expect(tunnel.socket.getPeerX509Certificate()!.toString().trim()).toBe(next.cert.trim());
  });
});
