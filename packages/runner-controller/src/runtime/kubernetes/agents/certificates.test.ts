import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { openSocket } from '../../../agent/address.ts';
import { identities } from '../objects/identities.ts';
import { type Authority, type Certificate, countLeft, createAuthority, loadAuthority } from './certificates.ts';

const now = new Date();

describe('the authority of a namespace', () => {
  it('is the same one after it was written down and read again', async () => {
    const made = await createAuthority(now);
    const leaf = new X509Certificate((await (await loadAuthority(made, now)).issue(identities.agent, 30)).cert);
    expect(leaf.verify(new X509Certificate(made.cert).publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe('URI:spiffe://fapi/agent');
    expect(leaf.ca).toBe(false);
  });

  it('says how much of a term is left', async () => {
    const { cert } = await (await createAuthority(now)).issue(identities.agent, 10);
    expect(countLeft(cert, now)).toBeCloseTo(1, 1);
    expect(countLeft(cert, new Date(now.getTime() + 5 * 24 * 3_600_000))).toBeCloseTo(0.5, 1);
    expect(countLeft(cert, new Date(now.getTime() + 11 * 24 * 3_600_000))).toBe(0);
  });
});

describe('the way to an agent in a pod', () => {
  let server: Server | undefined;
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
    server?.close();
  });
  const listen = async (authority: Authority, own: Certificate): Promise<{ port: number; met: TLSSocket[] }> => {
    const met: TLSSocket[] = [];
    server = createServer({ ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true }, (socket) => {
      met.push(socket);
      open.push(socket);
      socket.on('error', () => undefined);
      socket.write('hello');
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, met };
  };
  const call = async (port: number, authority: Authority, own: Certificate): Promise<Socket> => {
    const socket = await openSocket({ host: '127.0.0.1', port, credentials: { ca: authority.cert, ...own, peer: identities.agent } });
    open.push(socket);
    return socket;
  };

  it('leads to an agent, which sees a controller', async () => {
    const authority = await createAuthority(now);
    const { port, met } = await listen(authority, await authority.issue(identities.agent, 1));
    const socket = await call(port, authority, await authority.issue(identities.controller, 1));
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    expect([met[0]!.getPeerCertificate().subjectaltname, met[0]!.getProtocol()]).toEqual(['URI:spiffe://fapi/controller', 'TLSv1.3']);
  });

  it.each(['spiffe://fapi/controller', 'spiffe://fapi/agent2', 'spiffe://fapi/x,URI:spiffe://fapi/agent', 'spiffe://fapi/x, URI:spiffe://fapi/agent'])('does not lead to %s', async (identity) => {
    const authority = await createAuthority(now);
    const { port } = await listen(authority, await authority.issue(identity, 1));
    await expect(call(port, authority, await authority.issue(identities.controller, 1))).rejects.toThrow('is not spiffe://fapi/agent');
  });

  it('does not lead to who was named an agent by somebody else', async () => {
    const [authority, other] = [await createAuthority(now), await createAuthority(now)];
    const { port } = await listen(other, await other.issue(identities.agent, 1));
    await expect(call(port, authority, await authority.issue(identities.controller, 1))).rejects.toThrow(/certificate/);
  });

  it('does not lead to one whose certificate has run out', async () => {
    const authority = await createAuthority(now);
    const old = await loadAuthority(authority, new Date(now.getTime() - 20 * 24 * 3_600_000));
    const { port } = await listen(authority, await old.issue(identities.agent, 10));
    await expect(call(port, authority, await authority.issue(identities.controller, 1))).rejects.toThrow(/expired/);
  });
});
