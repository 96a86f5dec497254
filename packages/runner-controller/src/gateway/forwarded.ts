import { BlockList, isIP } from 'node:net';

/** What a request says of its way here; worth nothing unless the proxy that sent it is ours. */
export interface Claims { readonly forwardedFor: string | undefined; readonly forwardedProto: string | undefined }
/** The lines that tell an app who asks it, and by which scheme: of a connection from `remoteAddress` that claims this. */
export type TellForwarded = (remoteAddress: string, claims: Claims) => string;

/**
 * Believes what `proxies` (addresses and networks) say in `X-Forwarded-For` and `X-Forwarded-Proto`, and nobody else.
 *
 * An app is told one address, the visitor's: of a list it would take the first, which is whatever the visitor wrote there.
 */
export function createForwarded(proxies: readonly string[]): TellForwarded {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (remoteAddress, { forwardedFor, forwardedProto }) => {
    let address = plain(remoteAddress);
    const isOurs = isIP(address) !== 0 && trusted.check(address, familyOf(address));
    // From the nearest to the farthest: each was written by the one after it.
    for (const next of isOurs && forwardedFor !== undefined ? forwardedFor.split(',').toReversed() : []) {
      const behind = plain(next.trim());
      if (isIP(behind) === 0) break;
      address = behind;
      if (!trusted.check(address, familyOf(address))) break;
    }
    const scheme = isOurs && forwardedProto?.toLowerCase() === 'https' ? 'https' : 'http';
    return `x-forwarded-for: ${address}\r\nx-forwarded-proto: ${scheme}\r\n`;
  };
}

/** An address, or a network such as 10.0.0.0/8? */
export function isProxy(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  return isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32)));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
/** IPv4 in IPv6 clothes is IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '') || 'unknown';
