import type { Session } from '@fapi/sdk/contract';
import type { Principal } from '../domain/access/principal.ts';
import { countApps, findWorkspace } from '../store/access/workspaces.ts';
import type { HttpContext } from './route.ts';

/** What the caller is, where it has asked, and how much room is left. */
export async function readSession({ db, now }: HttpContext, { kind, subject, workspaceId, role, scopes, apps, labels, sessionId, expiresAt }: Principal): Promise<Session> {
  const limit = (await findWorkspace(db, workspaceId))?.limits.apps;
  const used = (await countApps(db, [workspaceId])).get(workspaceId) ?? 0;
  return {
    kind, subject, workspaceId, scopes: [...scopes], limits: { apps: { used, ...(limit === undefined ? {} : { limit }) } },
    ...(role ? { role } : {}), ...(apps ? { apps: [...apps] } : {}), ...(labels ? { labels: [...labels] } : {}), ...(sessionId ? { sessionId } : {}),
    ...(expiresAt ? { expiresInSeconds: Math.max(0, Math.round((expiresAt.getTime() - now().getTime()) / 1_000)) } : {}),
  };
}
