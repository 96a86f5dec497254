import { HeadError } from './http-head.ts';

export interface HostName {
  /** As it was sent, for the app. */
  authority: string;
  /** Lower-case first DNS label when there is a suffix behind it: the app's host. Undefined on a bare host. */
  label: string | undefined;
  /** The label was sent with `--preview` behind it: the same app, on the host at which portals show it in a frame. */
  isPreview: boolean;
  /** What follows the label, lower case, without port and final dot. */
  suffix: string;
}

/** No app has two hyphens in its host. */
const previewEnding = '--preview';

/** Reads `name[:port]`, an IPv4 address or an IPv6 literal. Throws `HeadError` on anything else (user information included). */
export function readHostName(authority: string): HostName {
  const match = /^(\[[0-9a-fA-F:.]{2,45}\]|[0-9A-Za-z._~-]{1,253})(?::(\d{0,5}))?$/.exec(authority);
  if (!match) throw new HeadError('the Host is not a host name with an optional port');
  const name = match[1]!.toLowerCase().replace(/\.$/, '');
  const dot = name.indexOf('.');
  const isAddress = name.startsWith('[') || /^[\d.]+$/.test(name);
  if (isAddress || dot <= 0) return { authority, label: undefined, isPreview: false, suffix: name };
  const label = name.slice(0, dot);
  const isPreview = label.endsWith(previewEnding);
  return { authority, label: isPreview ? label.slice(0, -previewEnding.length) : label, isPreview, suffix: name.slice(dot + 1) };
}
