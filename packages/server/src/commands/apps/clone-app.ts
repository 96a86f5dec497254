import type { App } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { makeHost } from '../../domain/host.ts';
import { makeAppId, randomLetters } from '../../domain/identifiers.ts';
import { chooseLabels } from '../../domain/access/labels.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { partsOf } from '../../domain/code/revision.ts';
import { addAppToToken } from '../../store/access/embed-tokens.ts';
import { type AppRow, insertApp } from '../../store/apps/apps.ts';
import { findDeployment } from '../../store/wishes/deployments.ts';
import { copyRevision, copyTexts, findManifest, insertDraft } from '../../store/code/drafts.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { findRevision, findRevisionManifest } from '../../store/code/revisions.ts';
import type { Tx } from '../../store/schema.ts';
import type { ManifestEntry } from '../../domain/code/files.ts';
import { act } from '../act.ts';
import { findFrozen } from '../deployments/choose-revision.ts';
import type { Actor, Context } from '../context.ts';
import { freezeDraft } from '../deployments/deploy-app.ts';
import { copyEnvironment } from '../environments/environment.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentApp } from '../present-app.ts';
import { requestRevision } from '../deployments/request-revision.ts';
import { requireNotSuspended } from '../require-not-suspended.ts';
import { requireAppQuota } from './require-quota.ts';

const titleLength = 80;

export interface CloneRequest { title?: string | undefined; from: string; environment: 'none' | 'keys' | 'values'; deploy: boolean; labels?: string[] | undefined }
type Cloner = Actor & Pick<Principal, 'apps' | 'labels' | 'needsGrant' | 'tokenHash' | 'scopes'>;

/** Creates an app from another one, all or nothing. What the operator granted to the other one alone, such as where it may connect to, does not come along. */
export function cloneApp(context: Context, actor: Cloner, appId: string, input: CloneRequest): Promise<App> {
  checkRights(actor, input);
  return act(context, actor, { action: 'apps.clone', input: { appId, ...input } }, async (tx, at) => {
    const source = await lockLivingApp(tx, actor, appId);
    await requireAppQuota(tx, actor.workspaceId);
    await requireNotSuspended(tx, source);
    const { manifest, digest, base } = await findFiles(tx, source, input.from);
    const title = input.title ?? `Copy of ${source.title}`.slice(0, titleLength).trim();
    const id = makeAppId();
    const hasEnvironment = input.environment !== 'none' && source.env_version > 0;
    const { code, dependencies } = partsOf(manifest);
    const row = await insertApp(tx, {
      id, workspace_id: actor.workspaceId, title, host: makeHost(title, randomLetters(6)), created_at: at, created_by: actor.subject, draft_digest: digest, draft_code: code, draft_dependencies: dependencies,
      labels: chooseLabels(actor, input.labels ?? (actor.apps === undefined && actor.labels === undefined ? source.labels : undefined)), settings: source.settings,
      ...(hasEnvironment ? { env_version: 1 } : {}),
    });
    await copyTexts(tx, source.id, id, manifest, at);
    await insertDraft(tx, { app_id: id, version: row.draft_version, digest, manifest, base_revision: base ?? null, saved_at: at, saved_by: actor.subject }, []);
    // So that what the draft came from can be looked at, compared and gone back to.
    if (base !== undefined) await copyRevision(tx, source.id, id, base, { at, by: actor.subject, comment: `cloned from ${source.title}` });
    if (hasEnvironment) await copyEnvironment(tx, context, actor, source, id, input.environment === 'values', at);
    if (actor.apps !== undefined && actor.tokenHash !== undefined) await addAppToToken(tx, actor.tokenHash, id);
    const events: NewEvent[] = [{ workspaceId: actor.workspaceId, appId: id, type: 'app', payload: await presentApp(tx, row, context.appUrl) }];
    if (!input.deploy) return { answer: await presentApp(tx, row, context.appUrl), appId: id, events };
    const frozen = base === digest ? await findFrozen(tx, row, digest) : (await freezeDraft(tx, actor, row, undefined, at)).frozen;
    const { app, spec } = await requestRevision(tx, context, actor, row, frozen, { trigger: 'deploy' }, at, events);
    return { answer: await presentApp(tx, app, context.appUrl), appId: id, events, spec };
  });
}

function checkRights({ scopes, needsGrant }: Cloner, { environment, deploy }: CloneRequest): void {
  if (needsGrant) throw new DomainError('forbidden', 'whoever has a role on some apps only makes no new ones');
  const needed = [...(environment === 'keys' ? (['environment:read'] as const) : []), ...(environment === 'values' ? (['environment:write'] as const) : []), ...(deploy ? (['deployments:write'] as const) : [])];
  const missing = needed.find((scope) => !scopes.includes(scope));
  if (missing) throw new DomainError('forbidden', `this needs ${missing}`);
}

/** What the new draft holds, and the revision of the other app that it comes from. */
async function findFiles(tx: Tx, source: AppRow, from: string): Promise<{ manifest: ManifestEntry[]; digest: string; base: string | undefined }> {
  if (from === 'draft') {
    const draft = await findManifest(tx, source.id, source.draft_version);
    if (!draft) throw new Error(`app ${source.id} has no draft ${source.draft_version}`);
    const base = draft.base_revision === null ? undefined : await findRevision(tx, source.id, draft.base_revision);
    return { manifest: draft.manifest, digest: draft.digest, base: base?.digest };
  }
  const live = from === 'live' && source.live_deployment_id !== null ? await findDeployment(tx, source.id, source.live_deployment_id) : undefined;
  if (from === 'live' && !live) throw new DomainError('not_live');
  const digest = live?.revision ?? from;
  const manifest = await findRevisionManifest(tx, source.id, digest);
  if (!manifest) throw new DomainError('revision_not_found', 'this app has no such revision, or has it no more');
  return { manifest, digest, base: digest };
}
