import type { Workspace } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { audit, findWorkspace, putWorkspace as writeWorkspace } from '../store/access.ts';
import type { Actor, Context } from './context.ts';

/** Creates a workspace or sets its title and page origins. A second one needs apps that are isolated from each other. */
export async function putWorkspace(context: Context & { allowUnsafe: boolean }, actor: Actor, input: Workspace): Promise<Workspace> {
  const at = context.now();
  return context.db.transaction().execute(async (tx) => {
    const isSecond = input.id !== 'default' && !(await findWorkspace(tx, input.id));
    if (isSecond && !context.allowUnsafe) throw new DomainError('isolation_too_low', 'FAPI_ALLOW_UNSAFE=1 allows it all the same');
    const { id, title, origins } = await writeWorkspace(tx, { ...input, origins: input.origins.map((origin) => new URL(origin).origin) }, at);
    await audit(tx, { workspaceId: id, subject: actor.subject, action: 'workspace.put' }, at);
    return { id, title, origins };
  });
}
