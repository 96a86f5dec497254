import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Upgrade { socket: Socket; head: Buffer }

const upgrades = new WeakMap<IncomingMessage, { response: ServerResponse; upgrade: Upgrade }>();

/** What asks for another protocol than this one is answered as if it had not. */
export const isWebSocket = ({ method, headers }: IncomingMessage): boolean => method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Sends requests that ask for a WebSocket through the same onion as all others: host, origin, limits, sight and the words of a refusal are one code. */
export function answerUpgrades(http: Server, answer: (request: IncomingMessage, response: ServerResponse) => void): void {
  http.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    upgrades.set(request, { response, upgrade: { socket, head } });
    answer(request, response);
  });
}

/** The bare connection of a request that asks for a WebSocket, once; undefined for any other. Whoever takes it answers it. */
export function takeUpgrade(request: IncomingMessage): Upgrade | undefined {
  const found = upgrades.get(request);
  if (!found || !upgrades.delete(request)) return undefined;
  found.response.detachSocket(found.upgrade.socket);
  return found.upgrade;
}
