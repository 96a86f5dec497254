/** How much of the machine one app may have; null for what every app has. */
export const appLimits = [`alter table apps add column limits jsonb not null default '{"memoryMiB": null, "folderMiB": null}'`];
