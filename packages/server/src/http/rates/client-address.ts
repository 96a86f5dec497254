import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { createTrustedProxies } from '@fapi/runner-controller/proxies';

/** Finds whose requests are counted together: the address behind the proxies that are ours. What anybody else says in `X-Forwarded-For` is not believed. */
export function createAddressOf(proxies: readonly string[]): (request: IncomingMessage) => string {
  const ours = createTrustedProxies(proxies);
  return ({ socket, headers }) => {
    const address = ours.findVisitor(socket.remoteAddress ?? '', headers['x-forwarded-for']?.toString());
    return isIP(address) === 6 ? networkOf(address) : address;
  };
}

/** The first half: one customer of a provider has all of the second. */
function networkOf(address: string): string {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail)];
  const all = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
