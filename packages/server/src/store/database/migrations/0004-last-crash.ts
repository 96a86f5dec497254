export const lastCrash = ['alter table apps add column last_crash jsonb'];
