import type { PrincipalKind, Role, Scope, WorkspaceOidc } from '@fapi/sdk/contract';

/** Who sends a request and what they may do: in the workspace, or on the app that the request is about. */
export interface Principal {
  kind: PrincipalKind;
  /** Names whoever it is to people; not unique over kinds. */
  subject: string;
  workspaceId: string;
  /** Whose requests are counted together. */
  id: string;
  /** What is revoked when its streams are to end. */
  credential: string;
  /** The same for the page that it comes from; absent where that is none, or one of ours. */
  pageCredential?: string;
  /** Absent for the operator, and for users who have only what apps grant them. */
  role?: Role;
  /** Of a user: what the workspace said of the provider that has proven who it is. */
  oidc?: WorkspaceOidc;
  scopes: readonly Scope[];
  /** What its token was cut down to. */
  minted?: readonly Scope[];
  /** The only apps that it may see, by id or by labels; all of the workspace when both are absent. */
  apps?: readonly string[];
  labels?: readonly string[];
  /** Of those it sees only apps with a grant for its subject. */
  needsGrant: boolean;
  sessionId?: string;
  tokenHash?: string;
  expiresAt?: Date;
}

/** It sees some apps of its workspace, and not all of them. */
export const isLimited = ({ apps, labels, needsGrant }: { apps?: unknown; labels?: unknown; needsGrant: boolean }): boolean => apps !== undefined || labels !== undefined || needsGrant;
