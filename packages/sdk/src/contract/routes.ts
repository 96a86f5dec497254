import { accessRoutes, apiKeyRoutes, auditRoutes } from './access.ts';
import { appRoutes } from './apps.ts';
import { backupRoutes } from './backup.ts';
import { deploymentRoutes } from './deployments.ts';
import { draftRoutes } from './drafts.ts';
import { egressRoutes } from './egress.ts';
import { environmentRoutes } from './environment.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { languageRoutes } from './language.ts';
import { limitRoutes } from './limits.ts';
import { logRoutes } from './logs.ts';
import { presenceRoutes } from './presence.ts';
import { revisionRoutes } from './revisions.ts';
import { runtimeRoutes } from './runtime.ts';
import { embedTokenRoutes, sessionRoutes, workspaceRoutes } from './session.ts';

/** THE table. A client takes its types, and the table itself with the first answer that it has to read. */
export const routes = {
  apps: appRoutes,
  drafts: draftRoutes,
  environment: environmentRoutes,
  egress: egressRoutes,
  limits: limitRoutes,
  language: languageRoutes,
  deployments: deploymentRoutes,
  revisions: revisionRoutes,
  events: eventRoutes,
  logs: logRoutes,
  presence: presenceRoutes,
  access: accessRoutes,
  apiKeys: apiKeyRoutes,
  audit: auditRoutes,
  embedTokens: embedTokenRoutes,
  session: sessionRoutes,
  workspaces: workspaceRoutes,
  runtime: runtimeRoutes,
  backup: backupRoutes,
  health: healthRoutes,
} as const;

type Table = typeof routes;
type Row = { [R in keyof Table]: Table[R][keyof Table[R]] }[keyof Table];
/** Each row under its address, such as `GET /v1/apps/:appId`. */
export type RowsByAddress = { [R in Row as `${R['method']} ${R['path']}`]: R };
export type Address = keyof RowsByAddress;
