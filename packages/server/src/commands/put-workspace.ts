import type { Workspace } from '@fapi/sdk/contract';
import { findWorkspace, putWorkspace as writeWorkspace } from '../store/access.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';
import { requireIsolation } from './require-isolation.ts';

/** Creates a workspace or sets its title and page origins. A second one needs apps that are isolated from each other, as whoever runs them has found out. */
export async function putWorkspace(context: Context & { allowUnsafe: boolean }, actor: Actor, input: Workspace): Promise<Workspace> {
  const isSecond = input.id !== 'default' && !(await findWorkspace(context.db, input.id));
  if (isSecond && !context.allowUnsafe) await requireIsolation(context);
  return act(context, { ...actor, workspaceId: input.id }, { action: 'workspaces.put', input }, async (tx, at) => {
    const { id, title, origins } = await writeWorkspace(tx, { ...input, origins: input.origins.map((origin) => new URL(origin).origin) }, at);
    return { answer: { id, title, origins } };
  });
}
