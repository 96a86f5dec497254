import type { AppFile, Deployment, Health, Scope } from '@fapi/sdk/contract';

/** An app as it is remembered; its three facts are computed. */
export interface AppRecord {
  readonly id: string;
  readonly workspaceId: string;
  readonly title: string;
  readonly host: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Of the newest wish; only grows. */
  readonly generation: number;
  /** What the runner last said it serves. */
  readonly servingGeneration: number | undefined;
  readonly wasLive: boolean;
  readonly health: Health;
  readonly draftVersion: number;
  readonly draftSavedAt: string;
  readonly draftSavedBy: string;
  readonly draftDigest: string;
  readonly isDeleted: boolean;
}

export interface DeploymentRecord extends Omit<Deployment, 'url'> {
  readonly bundleSha256: string;
  readonly cancelRequestedAt?: string | undefined;
  /** When something was last heard of it. */
  readonly progressAt: string;
}

export interface DraftRecord {
  readonly appId: string;
  readonly version: number;
  readonly files: readonly AppFile[];
  readonly digest: string;
  readonly savedAt: string;
  readonly savedBy: string;
}

/** Who acts: an operator's key or a page's token. */
export interface Principal {
  readonly kind: 'operator' | 'embed';
  readonly subject: string;
  readonly workspaceId: string;
  readonly scopes: readonly Scope[];
  /** The only apps it may see; all of the workspace when undefined. */
  readonly apps: readonly string[] | undefined;
  /** Page origins that may use it; undefined for keys, which pages must not hold. */
  readonly origins: readonly string[] | undefined;
  readonly tokenHash?: string;
  readonly sessionId?: string;
  readonly expiresAt?: number;
}
