const filesOf = (rows: string, column: string): string => `${rows} cross join lateral jsonb_array_elements(${column}) with ordinality as f(file, place)`;
const sha256 = `encode(sha256(convert_to(f.file->>'content', 'UTF8')), 'hex')`;
const bytes = `octet_length(convert_to(f.file->>'content', 'UTF8'))`;
const manifestOf = (column: string): string => `(select coalesce(jsonb_agg(jsonb_build_object('path', f.file->>'path', 'sha256', ${sha256}, 'bytes', ${bytes}) order by f.place), '[]') from jsonb_array_elements(${column}) with ordinality as f(file, place))`;

/** A text is kept once, whatever names it: versions of drafts and revisions hold its digest. `app_contents` says which app has or had a text, and holds it as long as it does. */
export const contents = [
  `create table contents (sha256 text primary key, content text not null, bytes int not null, created_at timestamptz not null)`,
  `create table app_contents (app_id text not null references apps(id), sha256 text not null references contents(sha256), named_at timestamptz not null, primary key (app_id, sha256))`,
  `create index app_contents_by_content on app_contents (sha256)`,
  `create table draft_versions (
    app_id text not null references apps(id), version int not null, digest text not null, manifest jsonb not null, base_revision text, saved_at timestamptz not null, saved_by text not null, primary key (app_id, version))`,
  `insert into contents select ${sha256}, min(f.file->>'content'), min(${bytes}), now() from ${filesOf('(select draft_files as files from apps union all select files from revisions) as known', 'known.files')} group by 1`,
  `insert into app_contents select distinct known.id, ${sha256}, now() from ${filesOf('(select id, draft_files as files from apps union all select app_id, files from revisions) as known', 'known.files')}`,
  `insert into draft_versions select a.id, a.draft_version, a.draft_digest, ${manifestOf('a.draft_files')},
    (select d.revision from deployments d join revisions r on r.app_id = d.app_id and r.digest = d.revision where d.app_id = a.id order by d.generation desc limit 1), a.draft_saved_at, a.draft_saved_by from apps a`,
  `alter table revisions add column manifest jsonb`,
  `update revisions set manifest = ${manifestOf('files')}`,
  `alter table revisions alter column manifest set not null, drop column files`,
  // A time to look for texts that the app has, and nothing of it names any more.
  `alter table apps drop column draft_files, add column sweep_after timestamptz`,
  `create index apps_to_sweep on apps (sweep_after) where sweep_after is not null`,
];
