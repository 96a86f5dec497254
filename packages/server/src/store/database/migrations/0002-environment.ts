export const environment = [
  `create table environments (app_id text not null references apps(id), version int not null, variables jsonb not null, key_id text not null, saved_at timestamptz not null, saved_by text not null, primary key (app_id, version))`,
  `alter table apps add column env_version int not null default 0, add column settings jsonb not null default '{"exclusive": false, "idleFreezeS": null, "idleStopS": null}', add column egress jsonb not null default '[]'`,
  `alter table deployments add column env_version int not null default 0`,
];
