import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { listUris } from '../agent/address.ts';
import { type Caller, readCaller } from '../agent/caller.ts';
import { toReason } from '../program/to-reason.ts';
import { type Carrying, carry } from './carry.ts';
import { dial, type DialOptions, RefusedError } from './dial.ts';
import type { GrantSource, TlsIdentity } from './grant-source.ts';
import type { Log } from '../program/log.ts';
import { createPorch, type Origin } from './porch.ts';
import { answer, type EgressRequest, readRequest } from './request.ts';

export interface Limits {
  /** Of all agents together, those among them that have not said yet what they want. */
  connections: number;
  /** Of one pod: its agent opens 256 at most, and whoever broke out of an app must not have everybody's. */
  connectionsOfPod: number;
  /** From one address, of which it is not known yet whose they are: past them the one that has waited longest goes, for who means well is through in a moment. A whole node may have one address. */
  strangers: number;
  /** How long an agent has to show who it is and say what it wants. */
  requestMs: number;
  /** A pod and its grants may be known to the controller a moment before they are known here. */
  patienceMs: number;
  attemptMs: number;
  connectMs: number;
  idleMs: number;
}
export const defaultLimits: Limits = { connections: 8_192, connectionsOfPod: 512, strangers: 512, requestMs: 5_000, patienceMs: 2_000, attemptMs: 4_000, connectMs: 6_000, idleMs: 3_600_000 };

export interface EgressOptions extends Pick<DialOptions, 'findObjection' | 'resolve'> {
  host: string;
  /** 0 for any that is free. */
  port: number;
  identity: TlsIdentity;
  source: GrantSource;
  limits: Limits;
  /** Milliseconds; only differences count. */
  clock: () => number;
  log: Log;
}

/** The one way out of runner pods: connects an app where it was granted to be connected, and nowhere else. */
export interface EgressGateway {
  readonly port: number;
  /** How many are connected. */
  count(): number;
  /** Shows this certificate from now on. */
  renew(identity: TlsIdentity): void;
  /** Accepts nobody any more; connections have so long to end, then they are broken. */
  close(drainMs: number): Promise<void>;
}

interface Open extends EgressRequest { caller: Caller; carrying: Carrying }

/** Many changes come together. */
const gatherMs = 50;

export async function openEgressGateway(options: EgressOptions): Promise<EgressGateway> {
  const { source, limits, log, clock } = options;
  const open = new Set<Open>();
  const sockets = new Set<Socket>();
  let over = Promise.withResolvers<void>();

  const server = createServer(toSecure(options.identity), (tunnel) => void converse(tunnel));
  server.maxConnections = limits.connections;
  const porch = createPorch(limits.strangers, (address) => log.debug({ from: address, connections: limits.strangers }, 'too many wait who have not said who they are'));
  const byPod = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    porch.enter(toOrigin(socket), socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 15_000);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) over.resolve();
    });
  });
  /** Counts it as one of its pod's until it is over. */
  const count = (tunnel: TLSSocket, { pod }: Caller): void => {
    const now = (byPod.get(pod) ?? 0) + 1;
    if (now > limits.connectionsOfPod) throw new RefusedError('bad_request', `the pod has ${limits.connectionsOfPod} connections, the most it may have`);
    byPod.set(pod, now);
    tunnel.once('close', () => {
      const left = byPod.get(pod)! - 1;
      if (left === 0) byPod.delete(pod);
      else byPod.set(pod, left);
    });
  };
  server.on('tlsClientError', (error, socket) => log.debug({ from: toOrigin(socket).address, reason: error.message }, 'a stranger was turned away'));

  async function converse(tunnel: TLSSocket): Promise<void> {
    // Whatever breaks is seen where it matters; nobody else has to.
    tunnel.on('error', () => undefined);
    const from = toOrigin(tunnel);
    let about: Record<string, unknown> = { from: from.address };
    try {
      const caller = readCaller(listUris(tunnel.getPeerCertificate()));
      if (!caller) throw new RefusedError('unknown_pod', 'its certificate is of no pod of an app');
      porch.leave(from);
      about = { ...about, ...caller };
      count(tunnel, caller);
      const { request, rest } = await readRequest(tunnel, AbortSignal.timeout(limits.requestMs));
      about = { ...about, ...request };
      await admit(request, caller);
      const begunAt = clock();
      const target = await dial(request.host, request.port, { ...options, attemptMs: limits.attemptMs, totalMs: limits.connectMs });
      // Both may have changed their minds meanwhile.
      const objection = object(request, caller);
      if (objection || tunnel.destroyed) {
        target.resetAndDestroy();
        throw objection ?? new Error('the agent left');
      }
      answer(tunnel);
      const one: Open = { ...request, caller, carrying: carry(tunnel, target, rest, limits.idleMs) };
      open.add(one);
      log.info({ ...about, to: target.remoteAddress }, 'an app is connected');
      const { ending, ...bytes } = await one.carrying.over;
      open.delete(one);
      log.info({ ...about, ...bytes, ending, ms: Math.round(clock() - begunAt) }, 'a connection of an app is over');
    } catch (error) {
      const refusal = error instanceof RefusedError ? error : undefined;
      log.warn({ ...about, reason: refusal?.reason ?? 'left', text: toReason(error) }, 'an app is not connected');
      if (!refusal || tunnel.destroyed) return void tunnel.destroy();
      answer(tunnel, refusal);
      tunnel.end();
      tunnel.setTimeout(limits.requestMs, () => tunnel.destroy());
    }
  }

  /** By what its controller says of the pod, not by what that says of itself. Where it comes from is no proof: a cluster may hide that, and give an address to the next pod. */
  function object({ appId, host, port }: EgressRequest, caller: Caller): RefusedError | undefined {
    const known = source.findApp(caller);
    if ('objection' in known) return new RefusedError('unknown_pod', known.objection);
    if (known.appId !== appId) return new RefusedError('unknown_pod', `pod ${known.pod} is not known as one of ${appId}`);
    return source.isGranted(appId, host, port) ? undefined : new RefusedError('not_granted', `${host}:${port} is not granted to ${appId}`);
  }

  async function admit(request: EgressRequest, caller: Caller): Promise<void> {
    if (!object(request, caller)) return;
    const known = Promise.withResolvers<void>();
    const timer = setTimeout(known.resolve, limits.patienceMs);
    const unwatch = source.watch(() => {
      if (!object(request, caller)) known.resolve();
    });
    await known.promise;
    clearTimeout(timer);
    unwatch();
    const objection = object(request, caller);
    if (objection) throw objection;
  }

  let gathering: NodeJS.Timeout | undefined;
  const unwatch = source.watch(() => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const one of open) if (object(one, one.caller)) one.carrying.cut();
    }, gatherMs);
  });

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, options.host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    count: () => open.size,
    renew: (identity) => server.setSecureContext(toSecure(identity)),
    async close(drainMs) {
      server.close();
      const timer = setTimeout(() => {
        for (const { carrying } of open) carrying.cut();
        for (const socket of sockets) socket.destroy();
      }, drainMs);
      if (sockets.size > 0) {
        over = Promise.withResolvers<void>();
        await over.promise;
      }
      clearTimeout(timer);
      clearTimeout(gathering);
      unwatch();
    },
  };
}

const toSecure = ({ ca, cert, key }: TlsIdentity) => ({ ca, cert, key, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' as const, handshakeTimeout: 5_000 });
/** IPv4 in IPv6 clothes is IPv4. */
const toOrigin = ({ remoteAddress = '', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>): Origin => ({ address: remoteAddress.replace(/^::ffff:(?=\d+\.)/i, ''), port: remotePort });
