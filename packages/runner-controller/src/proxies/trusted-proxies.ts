import { BlockList, isIP } from 'node:net';

/** Proxies whose word about a request's way is believed, and nobody else's. */
export interface TrustedProxies {
  has(address: string): boolean;
  /** The address behind the proxies that are ours: of a connection from `remoteAddress` whose request has this `X-Forwarded-For`. */
  findVisitor(remoteAddress: string, forwardedFor: string | undefined): string;
}

/** Of addresses and networks (10.0.0.0/8), each as `isProxy` has it. */
export function createTrustedProxies(proxies: readonly string[]): TrustedProxies {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  const has = (address: string): boolean => isIP(plain(address)) !== 0 && trusted.check(plain(address), familyOf(plain(address)));
  return {
    has,
    findVisitor(remoteAddress, forwardedFor) {
      let address = plain(remoteAddress);
      // From the nearest to the farthest: each was written by the one after it.
      for (const next of forwardedFor?.split(',').toReversed() ?? []) {
        if (!has(address)) break;
        const behind = plain(next.trim());
        if (isIP(behind) === 0) break;
        address = behind;
      }
      return address;
    },
  };
}

/** An address, or a network such as 10.0.0.0/8? */
export function isProxy(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  return isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32)));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
/** IPv4 in IPv6 clothes is IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
