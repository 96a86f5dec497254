import { DomainError } from '../../domain/errors.ts';
import { countApps, lockWorkspace } from '../../store/access/workspaces.ts';
import type { Tx } from '../../store/schema.ts';

/** Throws `quota_exceeded` when the workspace may not have one more app. Of two at once the second waits for the first one's commit. Must come before anything else that locks the workspace, such as `requireNotSuspended`: two that both shared its lock would wait for each other. */
export async function requireAppQuota(tx: Tx, workspaceId: string): Promise<void> {
  const limit = (await lockWorkspace(tx, workspaceId))?.limits.apps;
  if (limit === undefined) return;
  const used = (await countApps(tx, [workspaceId])).get(workspaceId) ?? 0;
  if (used >= limit) throw new DomainError('quota_exceeded', `the workspace has ${used} apps of ${limit}`, { issues: [{ path: '/', message: 'apps of the workspace', used, limit }] });
}
