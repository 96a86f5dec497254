import { gateFailed, type OwnAnswer } from './answers/own-answer.ts';
import type { RequestHead } from './http/request-head.ts';
import type { Log } from '../program/log.ts';
import type { RouteEntry } from './routes/route-source.ts';

/** `fields` are added to what the app is sent. Their names begin with `x-fapi-`, because those alone cannot come from outside. */
export type Verdict = { isAdmitted: true; fields?: Readonly<Record<string, string>> } | { isAdmitted: false; answer: OwnAnswer };

/**
 * Decides who may reach an app: asked for each message, upgrades included, before anything of it reaches the app or wakes it.
 * Pure and quick: the same request may be asked about again while it waits. A gate that throws has refused.
 */
export type Gate = (head: RequestHead, route: Pick<RouteEntry, 'appId' | 'host'>) => Verdict;

const admitted: Verdict = { isAdmitted: true };
export const admitEverybody: Gate = () => admitted;

const identityPath = '/.fapi/identity';
const openLines = { isAdmitted: true, lines: '' } as const;

/** The verdict, with the lines to add. Our own reserved path is never gated: it is answered before any user code. */
export function askGate(gate: Gate, head: RequestHead, route: Pick<RouteEntry, 'appId' | 'host'>, log: Log): { isAdmitted: true; lines: string } | { isAdmitted: false; answer: OwnAnswer } {
  if (gate === admitEverybody || isIdentity(head)) return openLines;
  try {
    const verdict = gate(head, route);
    return verdict.isAdmitted ? { isAdmitted: true, lines: writeFields(verdict.fields ?? {}) } : verdict;
  } catch (error) {
    // Not the error itself: it may quote what the client sent to prove who it is.
    log.warn({ appId: route.appId, reason: error instanceof Error ? error.name : 'unknown' }, 'the gate of an app failed');
    return { isAdmitted: false, answer: gateFailed };
  }
}

/** A WebSocket to that path would reach the app. */
function isIdentity({ target, isUpgrade }: RequestHead): boolean {
  return !isUpgrade && target.startsWith(identityPath) && (target.length === identityPath.length || target[identityPath.length] === '?');
}

function writeFields(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).map(([name, value]) => {
    if (!/^x-fapi-[a-z\d-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(value)) throw new TypeError('a gate adds fields x-fapi-*, in ASCII');
    return `${name}: ${value}\r\n`;
  }).join('');
}
