import type { RunnerSpec, WorkBus } from '@fapi/runner-controller/work';
import type { PrincipalKind } from '@fapi/sdk/contract';
import type { KeyRing } from '../domain/environments/key-ring.ts';
import type { Database } from '../store/schema.ts';

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every command works with; made once by the composition root. */
export interface Context {
  readonly db: Database;
  readonly bus: WorkBus;
  readonly logger: Logger;
  /** Seals what is in environments. */
  readonly keyRing: KeyRing;
  /** Of each app so many of the newest revisions are kept. */
  readonly revisionsKept: number;
  /** So long a deleted app can be restored. */
  readonly restoreDays: number;
  now(): Date;
  /** Public address of an app by its host label. */
  appUrl(host: string): string;
  /** Where we reach the gateway when that is not the public address of apps. */
  readonly gatewayUrl?: string | undefined;
  /** New events can be read: streams look now instead of at their next poll. */
  wakeStreams(): void;
  /** The same for news that nobody waits for, a moment later and together with what comes meanwhile. */
  wakeStreamsSoon(): void;
  /** A spec was written: the relay sends the given one, or looks for what there is. */
  wakeRelay(spec?: RunnerSpec): void;
  /** These credentials were revoked: what came in with them has to go, now. */
  endSessions(credentials: readonly string[]): void;
}

/** Who acts, for `createdBy`, the audit rows and the answers that are given again. */
export interface Actor {
  readonly workspaceId: string;
  readonly subject: string;
  readonly kind: PrincipalKind | 'system';
  /** Of the call: sent again with the same key, it is answered as it was the first time. */
  readonly idempotencyKey?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Ourselves: what follows from a runner's word or from the clock. */
export const systemActor = (workspaceId: string): Actor => ({ workspaceId, subject: 'system', kind: 'system' });
