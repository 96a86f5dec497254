/** Why the operator did something; and an audit log that is kept for a while and not for ever. */
export const retention = [
  `alter table audit add column reason text`,
  `create index audit_by_time on audit (at)`,
];
