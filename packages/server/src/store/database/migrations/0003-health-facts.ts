export const healthFacts = ['alter table apps add column is_crash_looping boolean not null default false, add column trouble jsonb'];
