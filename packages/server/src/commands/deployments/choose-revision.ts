import type { DeploymentTrigger } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { findLastGood } from '../../domain/deployments/last-good.ts';
import { partsOf } from '../../domain/code/revision.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { type DeploymentRow, findDeployment, findLatestOf } from '../../store/wishes/deployments.ts';
import { findEnvironment } from '../../store/apps/environments.ts';
import { findRevision, findRevisionManifest, listDeploymentFacts } from '../../store/code/revisions.ts';
import type { Tx } from '../../store/schema.ts';
import type { Frozen } from './request-revision.ts';

export interface AskedRevision { revision: string; environment: 'newest' | 'as_deployed' }

/** Which revision is meant, as it is now, and what asking for it is called. The app must be locked. Throws `revision_not_found`, `not_live`, `no_last_good` or `environment_not_kept`. */
export async function chooseRevision(tx: Tx, app: AppRow, { revision: asked, environment }: AskedRevision, at: Date): Promise<{ frozen: Frozen; trigger: DeploymentTrigger }> {
  const live = app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id);
  if (asked === 'live' && !live) throw new DomainError('not_live', 'there is nothing that could be asked for again');
  const digest = asked === 'live' ? live!.revision : asked === 'last_good' ? await findGood(tx, app.id, live?.revision, at) : asked;
  const former = digest === live?.revision ? live : await findServed(tx, app.id, digest);
  const frozen = await findFrozen(tx, app, digest);
  const envVersion = environment === 'newest' ? undefined : await keptEnvironment(tx, app, former?.env_version ?? app.env_version);
  return { frozen: { ...frozen, draftVersion: former?.draft_version ?? app.draft_version, envVersion }, trigger: asked === 'last_good' ? 'revert' : await nameTrigger(tx, app.id, digest, live) };
}

async function findGood(tx: Tx, appId: string, live: string | undefined, at: Date): Promise<string> {
  const good = findLastGood(await listDeploymentFacts(tx, appId), at, live);
  if (!good) throw new DomainError('no_last_good', live === undefined ? 'no revision was live for long enough' : 'no other revision was live for long enough before this one');
  return good.revision;
}

/** A revision of this app as it can be asked for. */
export async function findFrozen(tx: Tx, app: Pick<AppRow, 'id' | 'draft_version'>, digest: string): Promise<Frozen> {
  const row = await findRevision(tx, app.id, digest);
  const manifest = row && (await findRevisionManifest(tx, app.id, digest));
  if (!row || !manifest) throw new DomainError('revision_not_found', 'this app has no such revision, or has it no more');
  return { revision: digest, bundleSha256: row.bundle_sha256, parts: partsOf(manifest), draftVersion: app.draft_version };
}

/** The environment of a former deployment, while it is kept. */
export async function keptEnvironment(tx: Tx, app: Pick<AppRow, 'id'>, version: number): Promise<number> {
  if (version > 0 && !(await findEnvironment(tx, app.id, version))) throw new DomainError('environment_not_kept', `version ${version} of the environment is gone: ask with the newest one`);
  return version;
}

/** Its newest deployment that was live, or else its newest one. */
const findServed = async (tx: Tx, appId: string, digest: string): Promise<DeploymentRow | undefined> => (await findLatestOf(tx, appId, digest, 'live')) ?? (await findLatestOf(tx, appId, digest));

/** To go back is to ask for what is older than what is live; to ask for what is live is to bring it its environment. */
async function nameTrigger(tx: Tx, appId: string, digest: string, live: DeploymentRow | undefined): Promise<DeploymentTrigger> {
  if (!live) return 'deploy';
  if (live.revision === digest) return 'environment';
  const [asked, present] = [await findRevision(tx, appId, digest), await findRevision(tx, appId, live.revision)];
  return asked && present && asked.number < present.number ? 'revert' : 'deploy';
}
