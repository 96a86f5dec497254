import { BlockList, isIP } from 'node:net';

/** Says of an address why no app is connected to it, undefined when one may be. */
export type FindObjection = (address: string, port: number, isNamed: boolean) => string | undefined;

export interface BoundaryOptions {
  /** Programs of ours: `ADDRESS`, `ADDRESS/BITS`, either with `:PORT`, in brackets for IPv6. Read anew at each question, for names lead elsewhere after a while. */
  never: () => Iterable<string>;
  /** The networks of the cluster's pods and Services: only who was granted the very address reaches one. */
  cluster: Iterable<string>;
  /** Has a pod of some app this address? */
  isPod(address: string): boolean;
}

/** The runner has the same list (agent/egress/boundary.py): what differs is what a cluster adds. */
const always: readonly (readonly [string, readonly [string, number][]])[] = [
  ['the machine itself', [['127.0.0.0', 8], ['0.0.0.0', 8], ['::1', 128], ['::', 128]]],
  ['the machine\'s metadata and its link', [['169.254.0.0', 16], ['fe80::', 10], ['fd00:ec2::254', 128], ['fd20:ce::254', 128], ['100.100.100.200', 32], ['168.63.129.16', 32], ['192.0.0.192', 32]]],
  ['no single host', [['224.0.0.0', 4], ['240.0.0.0', 4], ['ff00::', 8]]],
  // What a translator on the way makes of it is not to be seen from here.
  ['an address inside of another one', [['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['2002::', 16], ['2001::', 32]]],
];
const lists = always.map(([reason, ranges]) => {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, familyOf(net));
  return [reason, list] as const;
});

export function createBoundary({ never, cluster, isPod }: BoundaryOptions): FindObjection {
  const inside = new BlockList();
  for (const network of cluster) addNetwork(inside, network);
  return (given, port, isNamed) => {
    const address = canonical(given);
    const family = familyOf(address);
    // BlockList takes an IPv4 address in IPv6 clothes for the former; nobody has to come in them.
    const held = address.startsWith('::ffff:') ? 'an address inside of another one' : lists.find(([, list]) => list.check(address, family))?.[0];
    if (held !== undefined) return held;
    if ([...never()].some((text) => isHeld(text, address, port))) return 'one of this system\'s own';
    if (isPod(address)) return 'a pod of an app';
    return isNamed && inside.check(address, family) ? 'inside of the cluster, where a grant must name the address' : undefined;
  };
}

/** Is this address in one of these networks? */
export function isWithin(networks: Iterable<string>, address: string): boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list.check(address, familyOf(address));
}

/** In the one spelling of an URL. */
const canonical = (address: string): string => (isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address);

/** Throws a sentence for what is no place of `never`, or no network where `hasPort` is false. */
export function assertPlace(text: string, hasPort: boolean): void {
  const { network, port } = splitPlace(text);
  const [address = '', bits, ...rest] = network.split('/');
  const isRight = isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32)));
  if (!isRight || (port !== undefined && !(hasPort && port >= 1 && port <= 65_535))) throw new Error(`"${text}" is no address and no network such as 10.0.0.0/8`);
}

function isHeld(text: string, address: string, port: number): boolean {
  const place = splitPlace(text);
  if (place.port !== undefined && place.port !== port) return false;
  const list = new BlockList();
  addNetwork(list, place.network);
  return list.check(address, familyOf(address));
}

function splitPlace(text: string): { network: string; port: number | undefined } {
  const [, inBrackets, bracketPort] = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? [];
  if (inBrackets !== undefined) return { network: inBrackets, port: bracketPort === undefined ? undefined : Number(bracketPort) };
  const [network = '', port, ...rest] = text.split(':');
  return rest.length > 0 || port === undefined ? { network: text, port: undefined } : { network, port: Number(port) };
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  if (bits === undefined) list.addAddress(address, familyOf(address));
  else list.addSubnet(address, Number(bits), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
