/** Revisions have a number, their sizes, words of people, a pin, and their OpenAPI document once somebody has asked for it. */
export const revisions = [
  `alter table apps add column revision_count int not null default 0`,
  // A document is text: user code makes it, and jsonb cannot hold all that it may name.
  `alter table revisions add column number int, add column file_count int, add column bytes int, add column created_by text, add column comment text, add column pinned boolean not null default false, add column openapi text`,
  `update revisions r set number = known.number, file_count = jsonb_array_length(r.manifest), bytes = (select coalesce(sum((m->>'bytes')::int), 0) from jsonb_array_elements(r.manifest) m),
    created_by = coalesce((select d.created_by from deployments d where d.app_id = r.app_id and d.revision = r.digest order by d.generation limit 1), 'system')
    from (select app_id, digest, row_number() over (partition by app_id order by created_at, digest) as number from revisions) known where known.app_id = r.app_id and known.digest = r.digest`,
  `update apps a set revision_count = (select count(*) from revisions r where r.app_id = a.id)`,
  `alter table revisions alter column number set not null, alter column file_count set not null, alter column bytes set not null, alter column created_by set not null`,
  `create unique index revisions_by_number on revisions (app_id, number)`,
  `create index revisions_by_bundle on revisions (bundle_sha256)`,
  `create index deployments_by_revision on deployments (app_id, revision, generation)`,
  `create index deployments_by_time on deployments (created_at)`,
];
