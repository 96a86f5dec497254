import { createTrustedProxies } from '../proxies/index.ts';

/** What a request says of its way here; worth nothing unless the proxy that sent it is ours. */
export interface Claims { readonly forwardedFor: string | undefined; readonly forwardedProto: string | undefined }
/** The lines that tell an app who asks it, and by which scheme: of a connection from `remoteAddress` that claims this. They are the only ones of this kind that an app gets. */
export type TellForwarded = (remoteAddress: string, claims: Claims) => string;

/**
 * Believes what `proxies` (addresses and networks) say in `X-Forwarded-For` and `X-Forwarded-Proto`, and nobody else.
 *
 * An app is told one address, the visitor's: of a list it would take the first, which is whatever the visitor wrote there.
 */
export function createForwarded(proxies: readonly string[]): TellForwarded {
  const ours = createTrustedProxies(proxies);
  return (remoteAddress, { forwardedFor, forwardedProto }) => {
    const scheme = ours.has(remoteAddress) && forwardedProto?.toLowerCase() === 'https' ? 'https' : 'http';
    const visitor = ours.findVisitor(remoteAddress, forwardedFor) || 'unknown';
    return `x-forwarded-for: ${visitor}\r\nx-real-ip: ${visitor}\r\nx-forwarded-proto: ${scheme}\r\n`;
  };
}
