/** Workspaces, apps with their drafts, revisions, deployments, the outbox and what was done. */
export const init = [
  `create table workspaces (id text primary key, title text not null, origins jsonb not null, created_at timestamptz not null)`,
  `create table apps (
    id text primary key, workspace_id text not null references workspaces(id), title text not null, host text not null unique, created_at timestamptz not null, created_by text not null,
    deleted_at timestamptz, generation int not null default 0, draft_version int not null, draft_files jsonb not null, draft_digest text not null, draft_saved_at timestamptz not null,
    draft_saved_by text not null, live_deployment_id text, health text not null default 'unknown', crash jsonb, last_log_seq bigint not null default 0, event_floor bigint not null default 0)`,
  `create index apps_by_workspace on apps (workspace_id, created_at desc, id desc) where deleted_at is null`,
  `create table specs (app_id text primary key, generation int not null, spec jsonb not null, is_published boolean not null, changed_at timestamptz not null)`,
  `create index specs_unpublished on specs (changed_at) where not is_published`,
  `create table bundles (sha256 text primary key, bytes bytea not null, created_at timestamptz not null)`,
  `create table revisions (app_id text not null references apps(id), digest text not null, files jsonb not null, bundle_sha256 text not null references bundles(sha256), created_at timestamptz not null, primary key (app_id, digest))`,
  `create table deployments (
    id text primary key, app_id text not null references apps(id), generation int not null, revision text not null, draft_version int not null, status text not null, stages jsonb not null,
    reason text, message text, failure jsonb, findings jsonb, created_at timestamptz not null, created_by text not null, live_at timestamptz, ended_at timestamptz, progressed_at timestamptz not null,
    unique (app_id, generation))`,
  `create table events (id bigserial primary key, workspace_id text not null, app_id text not null, type text not null, payload jsonb not null, at timestamptz not null)`,
  `create index events_by_app on events (app_id, type, id)`,
  `create table embed_tokens (hash text primary key, session_id text not null, workspace_id text not null references workspaces(id), subject text not null, scopes jsonb not null, apps jsonb, origins jsonb, expires_at timestamptz not null)`,
  `create table idempotency (principal text not null, key text not null, fingerprint text not null, answer jsonb not null, created_at timestamptz not null, primary key (principal, key))`,
  `create table metrics (app_id text not null references apps(id), epoch text not null, totals jsonb not null, at timestamptz not null, primary key (app_id, epoch))`,
  `create table audit (id bigserial primary key, at timestamptz not null, workspace_id text not null, subject text not null, action text not null, app_id text)`,
  `insert into workspaces values ('default', 'Default', '[]', now())`,
];
