import { BlockList, isIP } from 'node:net';
import type { EgressGrant, Issue } from '@fapi/sdk/contract';
import { DomainError } from './errors.ts';

/** Private addresses are not here: an operator may name one. */
const refused: readonly { reason: string; ranges: readonly [string, number][]; names?: RegExp }[] = [
  { reason: 'is the machine itself', ranges: [['127.0.0.0', 8], ['::1', 128]], names: /^(?:.*\.)?localhost$/ },
  { reason: 'is where machines read their own credentials', ranges: [['169.254.0.0', 16], ['fe80::', 10], ['fd00:ec2::254', 128], ['fd20:ce::254', 128], ['100.100.100.200', 32], ['168.63.129.16', 32], ['192.0.0.192', 32]], names: /^metadata(?:\.google\.internal)?$/ },
  { reason: 'names no machine', ranges: [['0.0.0.0', 8], ['::', 128], ['240.0.0.0', 4]] },
  { reason: 'names many machines', ranges: [['224.0.0.0', 4], ['ff00::', 8]] },
  { reason: 'hides an IPv4 address: name that one', ranges: [['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['2002::', 16], ['2001::', 32]] },
];
const rules = refused.map(({ ranges, ...rule }) => {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return { ...rule, list };
});

/** The grants in their one spelling, each once; throws `egress_not_allowed` with every reason at once. What a name resolves to is judged when it is connected to. */
export function normaliseGrants(grants: readonly EgressGrant[]): EgressGrant[] {
  const issues: Issue[] = [];
  const made = new Map<string, EgressGrant>();
  grants.forEach(({ host: given, port }, index) => {
    const host = normaliseHost(given);
    const reason = host === undefined ? 'is neither a host name nor an address' : findReason(host);
    if (reason !== undefined) issues.push({ path: `/grants/${index}/host`, message: `${given} ${reason}` });
    else made.set(`${host} ${port}`, { host: host!, port });
  });
  if (issues.length > 0) throw new DomainError('egress_not_allowed', issues[0]!.message, { issues });
  return [...made.values()].toSorted((a, b) => (a.host === b.host ? a.port - b.port : a.host < b.host ? -1 : 1));
}

/** As an URL spells it: `127.1`, `0x7f000001` and `2130706433` are addresses to a resolver, and must be to us. */
function normaliseHost(given: string): string | undefined {
  const url = URL.parse(`http://${given.includes(':') ? `[${given}]` : given}/`);
  const host = url?.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return host && (isIP(host) !== 0 || host.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) ? host : undefined;
}

function findReason(host: string): string | undefined {
  const family = isIP(host);
  return rules.find(({ list, names }) => (family === 0 ? names?.test(host) : list.check(host, family === 6 ? 'ipv6' : 'ipv4')))?.reason;
}
