/** Roles, keys, grants, labels, identity providers, and a log of writes that can be read. */
export const access = [
  `alter table workspaces add column oidc jsonb, add column limits jsonb not null default '{}'`,
  `create index workspaces_by_origin on workspaces using gin (origins jsonb_path_ops)`,
  `create index workspaces_by_issuer on workspaces ((oidc->>'issuer')) where oidc is not null`,
  `alter table apps add column labels jsonb not null default '[]'`,
  `create index apps_by_label on apps using gin (labels jsonb_path_ops)`,
  `create table app_grants (app_id text not null references apps(id) on delete cascade, subject text not null, role text not null, granted_at timestamptz not null, granted_by text not null, primary key (app_id, subject))`,
  `create index app_grants_by_subject on app_grants (subject)`,
  `create table api_keys (id text primary key, hash text not null unique, workspace_id text not null references workspaces(id), title text not null, role text not null, created_at timestamptz not null, created_by text not null, expires_at timestamptz)`,
  `create index api_keys_by_workspace on api_keys (workspace_id, created_at desc, id desc)`,
  `alter table embed_tokens add column role text not null default 'admin', add column labels jsonb, add column minted_by text, add column revoked_at timestamptz`,
  `create index embed_tokens_by_session on embed_tokens (session_id)`,
  `create index embed_tokens_by_minter on embed_tokens (minted_by) where minted_by is not null`,
  `create index embed_tokens_by_expiry on embed_tokens (expires_at)`,
  // By the database's own clock: every server asks it for what was revoked a moment ago.
  `create table revocations (id bigserial primary key, credential text not null, at timestamptz not null default now())`,
  `create index revocations_by_time on revocations (at)`,
  `alter table audit add column kind text not null default 'system', add column request_id text`,
  `update audit set kind = case subject when 'operator' then 'operator' when 'system' then 'system' else 'embed' end`,
  `create index audit_by_workspace on audit (workspace_id, id desc)`,
  `create index audit_by_app on audit (app_id, id desc) where app_id is not null`,
];
