import type { Diff, DiffSide } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import type { ManifestEntry } from '../../domain/code/files.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { findDeployment, findLatestOf } from '../../store/wishes/deployments.ts';
import { findManifest } from '../../store/code/drafts.ts';
import { findRevision, findRevisionManifest } from '../../store/code/revisions.ts';
import type { Context } from '../context.ts';
import { getRevision } from './read-revisions.ts';

/** One side of a diff, without any text. */
export interface OpenedSide {
  told: Diff['from'];
  manifest: ManifestEntry[];
  /** How it is called in sentences. */
  title: string;
  /** What a runner fetches; a draft has none until it is asked for. */
  bundleSha256: string | undefined;
}

/** Throws `revision_not_found` where there is none. */
export async function openSide(context: Context, app: AppRow, side: DiffSide): Promise<OpenedSide> {
  const live = app.live_deployment_id === null ? undefined : await findDeployment(context.db, app.id, app.live_deployment_id);
  if (side === 'draft') {
    const [draft, revision] = [await findManifest(context.db, app.id, app.draft_version), await findRevision(context.db, app.id, app.draft_digest)];
    if (!draft) throw new Error(`app ${app.id} has no draft ${app.draft_version}`);
    return {
      told: { kind: 'draft', digest: draft.digest, draftVersion: draft.version, envVersion: app.env_version, isLive: live?.revision === draft.digest, ...(revision ? { number: revision.number } : {}) },
      manifest: draft.manifest, title: 'the draft', bundleSha256: revision?.bundle_sha256,
    };
  }
  if (side === 'live' && !live) throw new DomainError('revision_not_found', 'nothing of this app is live');
  const digest = side === 'live' ? live!.revision : side;
  const row = await getRevision(context.db, app.id, digest);
  const deployment = side === 'live' ? live : await findLatestOf(context.db, app.id, digest);
  const manifest = await findRevisionManifest(context.db, app.id, digest);
  if (!manifest) throw new DomainError('revision_not_found', 'it was collected just now');
  return {
    told: { kind: 'revision', digest, number: row.number, envVersion: deployment?.env_version ?? app.env_version, isLive: live?.revision === digest },
    manifest, title: `revision ${row.number}`, bundleSha256: row.bundle_sha256,
  };
}
