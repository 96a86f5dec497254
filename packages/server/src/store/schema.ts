import type { AppSettings, Deployment, EgressGrant, Finding, FailureReport, DeploymentStage, Health, LimitValues, PrincipalKind, Role, Scope, Suspension, VariableScope, WorkspaceLimits, WorkspaceOidc } from '@fapi/sdk/contract';
import type { RunnerSpec } from '@fapi/runner-controller/work';
import type { ManifestEntry } from '../domain/code/files.ts';
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';

/** jsonb: parsed when read; written as text, because a driver would turn an array into a Postgres array. */
type Json<T> = ColumnType<T, string, string>;

export interface Tables {
  workspaces: { id: string; title: string; origins: Json<string[]>; created_at: Date; oidc: Json<WorkspaceOidc> | null; limits: Json<WorkspaceLimits>; suspended: Json<Suspension> | null };
  apps: {
    id: string; workspace_id: string; title: string; host: string; created_at: Date; created_by: string; deleted_at: Date | null; generation: number;
    draft_version: number; draft_digest: string; draft_saved_at: Date; draft_saved_by: string; draft_code: string; draft_dependencies: string;
    live_deployment_id: string | null; health: Health; crash: Json<FailureReport> | null; is_crash_looping: boolean; trouble: Json<FailureReport> | null; last_crash: Json<LastCrash> | null; last_log_seq: number; event_floor: number;
    env_version: number; settings: Json<AppSettings>; egress: Json<EgressGrant[]>; limits: Json<LimitValues>; labels: Json<string[]>; sweep_after: Date | null; revision_count: Generated<number>;
    env_live_version: number; suspended: Json<Suspension> | null; held_deployment_id: string | null;
  };
  contents: { sha256: string; content: string; bytes: number; created_at: Date };
  app_contents: { app_id: string; sha256: string; named_at: Date };
  draft_versions: { app_id: string; version: number; digest: string; manifest: Json<ManifestEntry[]>; base_revision: string | null; saved_at: Date; saved_by: string };
  environments: { app_id: string; version: number; variables: Json<SealedVariable[]>; key_id: string; saved_at: Date; saved_by: string };
  specs: { app_id: string; generation: number; sequence: number; spec: Json<RunnerSpec>; is_published: boolean; changed_at: Date };
  relay_lease: { id: number; holder: string; until: Date; session_pid: number; session_start: Date | null };
  server_keys: { name: 'environment' | 'operator' | 'controller'; key_id: string };
  bundles: { sha256: string; bytes: Uint8Array; created_at: Date };
  revisions: {
    app_id: string; digest: string; manifest: Json<ManifestEntry[]>; bundle_sha256: string; created_at: Date; created_by: string;
    number: number; file_count: number; bytes: number; comment: string | null; pinned: boolean; openapi: string | null;
  };
  deployments: {
    id: string; app_id: string; generation: number; revision: string; draft_version: number; env_version: number; status: Deployment['status']; stages: Json<DeploymentStage[]>;
    reason: NonNullable<Deployment['reason']> | null; message: string | null; failure: Json<FailureReport> | null; findings: Json<Finding[]> | null;
    created_at: Date; created_by: string; live_at: Date | null; ended_at: Date | null; progressed_at: Date;
    trigger: Deployment['trigger']; comment: string | null; keeps_environment: boolean; code: string; dependencies: string; exclusive: boolean;
  };
  events: { id: Generated<number>; workspace_id: string; app_id: string; type: string; payload: Json<unknown>; at: Date };
  app_grants: { app_id: string; subject: string; role: Role; granted_at: Date; granted_by: string };
  api_keys: { id: string; hash: string; workspace_id: string; title: string; role: Role; created_at: Date; created_by: string; expires_at: Date | null };
  embed_tokens: {
    hash: string; session_id: string; workspace_id: string; subject: string; role: Role; scopes: Json<Scope[]>; apps: Json<string[]> | null; labels: Json<string[]> | null; origins: Json<string[]> | null;
    expires_at: Date; minted_by: string | null; revoked_at: Date | null;
  };
  revocations: { id: Generated<number>; credential: string; at: Generated<Date> };
  idempotency: { principal: string; key: string; fingerprint: string; answer: Json<unknown>; created_at: Date };
  presence: { app_id: string; subject: string; page: string; path: string | null; seen_at: Date };
  metrics: { app_id: string; epoch: string; totals: Json<MetricsTotals>; at: Date };
  audit: { id: Generated<number>; at: Date; workspace_id: string; subject: string; kind: PrincipalKind | 'system'; action: string; app_id: string | null; reason: string | null; request_id: string | null };
}

/** Of the deployment with this generation. */
export interface LastCrash { generation: number; at: string; report: FailureReport }

/** A variable at rest: its value is sealed for this name in this version of this app, and opens nowhere else. */
export interface SealedVariable { name: string; secret: boolean; scope: VariableScope; sealed: string }

export interface MetricsTotals { requests: number; status2xx: number; status3xx: number; status4xx: number; status5xx: number; inFlight: number; bytesOut: number; lastRequestAt?: string | undefined }

export type Database = Kysely<Tables>;
/** Inside a transaction only this may be awaited: on PGlite the outer database waits for the transaction, for ever. */
export type Tx = Transaction<Tables>;
