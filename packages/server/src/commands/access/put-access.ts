import type { AppAccess, Issue } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { listGrants, replaceGrants } from '../../store/access/grants.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';

/** Says who has which role on an app; who is not named has none of it from now on. */
export function putAccess(context: Context, actor: Actor, appId: string, input: AppAccess): Promise<AppAccess> {
  const subjects = input.grants.map(({ subject }) => subject);
  const issues: Issue[] = subjects.flatMap((subject, index) => (subjects.indexOf(subject) === index ? [] : [{ path: `/grants/${index}/subject`, message: `${subject} is there twice` }]));
  if (issues[0]) throw new DomainError('invalid_request', `${issues[0].path}: ${issues[0].message}`, { issues: issues.slice(0, 20) });
  return act(context, actor, { action: 'access.put', appId, input }, async (tx, at) => {
    await lockLivingApp(tx, actor, appId);
    await replaceGrants(tx, appId, input.grants, actor.subject, at);
    return { answer: { grants: await listGrants(tx, appId) } };
  });
}
