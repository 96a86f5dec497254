import { createHash } from 'node:crypto';

/** What an app's id may be to stand in a name as it is: no double dash, which marks the others. */
const plain = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Pods are named after their ReplicaSet, with a dash and five characters more; a label has room for 63. */
const plainLimit = 40;
const hintLimit = 12;

/** The id of an app as a DNS label, at most 42 characters: total, and two ids never share one (beyond what SHA-256 says). */
export function toLabel(appId: string): string {
  if (appId.length <= plainLimit && plain.test(appId)) return appId;
  const hint = appId.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, hintLimit).replace(/-+$/, '');
  const digest = BigInt(`0x${createHash('sha256').update(appId).digest('hex')}`).toString(36).padStart(50, '0').slice(-26);
  return `${hint === '' ? 'x' : hint}--${digest}`;
}

/** The name of everything that is an app's: its ReplicaSet, Service, NetworkPolicy and PodDisruptionBudget. */
export const toAppName = (appId: string): string => `app-${toLabel(appId)}`;
