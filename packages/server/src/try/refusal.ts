import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';

/** What the gateway says when it has no answer of the app, in our codes. All else that it says is about the request, and an answer like any other. */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  app_not_found: ['app_unavailable', 'the gateway does not know it yet'],
  app_not_running: ['app_unavailable', 'it is not running'],
  app_busy: ['app_unavailable', 'too many requests wait for it'],
  not_ready: ['app_unavailable', 'the gateway is starting'],
  gate_failed: ['app_unavailable', 'it could not be found out who may use it'],
  app_broke_off: ['app_answer_invalid', 'it broke off before it answered'],
  app_answer_invalid: ['app_answer_invalid', 'it gave an answer that is not HTTP'],
};

/** The gateway's own word about an app that did not answer. Every answer of an app names its revision; the gateway's own do not. */
export function findRefusal({ headers }: IncomingMessage, bytes: Buffer): DomainError | undefined {
  if (headers['x-fapi-revision'] !== undefined || headers['content-type'] !== 'application/problem+json') return undefined;
  try {
    const { code } = JSON.parse(bytes.toString()) as { code?: unknown };
    const [ours, detail] = (typeof code === 'string' && Object.hasOwn(refusals, code) && refusals[code]) || [];
    return ours && new DomainError(ours, detail);
  } catch {
    return undefined;
  }
}
