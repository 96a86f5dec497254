import { connect, type Socket } from 'node:net';
import { type PeerCertificate, connect as connectTls } from 'node:tls';

/** Who we are to an agent in a pod, and whom we take for one. */
export interface AgentCredentials {
  /** PEM: the one authority that both sides believe. */
  ca: string;
  cert: string;
  key: string;
  /** The URI in the certificate of an agent, such as `spiffe://fapi/agent`. */
  peer: string;
}

/** Where an agent listens: the path of a unix socket, or a pod's address where both sides show certificates. */
export type AgentAddress = string | { host: string; port: number; credentials: AgentCredentials };

/** A node that is gone answers nothing at all, not even "no". */
const connectMs = 5_000;

export const toText = (address: AgentAddress): string => (typeof address === 'string' ? address : `${address.host}:${address.port}`);

/** Resolves once bytes may be sent: over TLS that is after the agent has shown that it is one. */
export function openSocket(address: AgentAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const isPath = typeof address === 'string';
    const socket = isPath ? connect(address) : openTls(address);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${connectMs} ms`)), connectMs);
    socket.once(isPath ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function openTls({ host, port, credentials: { ca, cert, key, peer } }: Exclude<AgentAddress, string>): Socket {
  const socket = connectTls({
    host, port, ca, cert, key, minVersion: 'TLSv1.3',
    // Pods have addresses, not names: what counts is the identity in the certificate.
    checkServerIdentity: (_host, certificate: PeerCertificate) => (listUris(certificate).includes(peer) ? undefined : new Error(`who answers at ${host}:${port} is not ${peer}`)),
  });
  socket.setNoDelay(true);
  return socket;
}

/** The URIs that a certificate names. Only whole entries count: a name could hold a comma and look like several. */
export const listUris = ({ subjectaltname = '' }: PeerCertificate): string[] => (subjectaltname.includes('"') ? [] : subjectaltname.split(', ').filter((name) => name.startsWith('URI:')).map((name) => name.slice('URI:'.length)));
