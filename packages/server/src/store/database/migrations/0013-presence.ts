/** Which pages have which app open; what was not said again is deleted. */
export const presence = [
  `create table presence (
    app_id text not null references apps (id) on delete cascade,
    subject text not null,
    page text not null,
    path text,
    seen_at timestamptz not null,
    primary key (app_id, subject, page)
  )`,
  `create index presence_seen_at on presence (seen_at)`,
];
