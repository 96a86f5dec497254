/** `partsOf` of `domain/code/revision.ts` as it was at this step, in SQL: frozen with it. Whatever becomes of that one, this step goes on to fill what it filled. */
const digestOf = (rows: string, which: string): string => `coalesce((select encode(sha256(convert_to(string_agg((m->>'path') || ' ' || (m->>'sha256'), E'\\n' order by m->>'path' collate "C"), 'UTF8')), 'hex') from jsonb_array_elements(${rows}) m where ${which}), '')`;
const isRequirement = `m->>'path' in ('requirements.txt', 'pyproject.toml', 'uv.lock')`;

/** Why a deployment was asked for and what it stands for; what stops an app, and what is brought back afterwards. */
export const lifecycle = [
  `alter table deployments add column trigger text not null default 'deploy', add column comment text, add column keeps_environment boolean not null default false,
    add column code text not null default '', add column dependencies text not null default '', add column exclusive boolean not null default false`,
  `update deployments set trigger = 'rollback' where created_by = 'system'`,
  `update deployments d set code = ${digestOf('r.manifest', `not (${isRequirement})`)}, dependencies = ${digestOf('r.manifest', isRequirement)} from revisions r where r.app_id = d.app_id and r.digest = d.revision`,
  `update deployments d set exclusive = (a.settings->>'exclusive')::boolean from apps a where a.id = d.app_id`,
  `alter table apps add column suspended jsonb, add column held_deployment_id text, add column env_live_version int not null default 0, add column draft_code text not null default '', add column draft_dependencies text not null default ''`,
  `update apps a set env_live_version = env_version, settings = settings || '{"rollbackOn5xx": null}'`,
  // Their environments went with them.
  `update apps set env_version = 0, env_live_version = 0 where deleted_at is not null`,
  `update apps a set draft_code = ${digestOf('v.manifest', `not (${isRequirement})`)}, draft_dependencies = ${digestOf('v.manifest', isRequirement)} from draft_versions v where v.app_id = a.id and v.version = a.draft_version`,
  // What was told of apps and deployments lacks what is told of them from now on: pages read again.
  `with gone as (delete from events where type in ('app', 'deployment') returning id, app_id)
    update apps set event_floor = greatest(apps.event_floor, told.id) from (select app_id, max(id) as id from gone group by app_id) told where apps.id = told.app_id`,
  `create index apps_deleted on apps (workspace_id, deleted_at desc, id desc) where deleted_at is not null`,
  `create index apps_held on apps (workspace_id) where held_deployment_id is not null`,
  `alter table workspaces add column suspended jsonb`,
];
