import type { AppFile, FilesValidation } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { checkFiles } from '../../domain/code/files.ts';
import { digestOf, makeBundle } from '../../domain/code/revision.ts';
import { putBundle } from '../../store/code/bundles.ts';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';

const timeoutMs = 30_000;

/** Every finding of files that are no app yet. Saves nothing but the bundle, which is collected an hour later because no revision refers to it. Nothing is imported: there is no app whose environment, limits and grants that would have. */
export async function validateFiles(context: Context, actor: Actor, files: readonly AppFile[]): Promise<FilesValidation> {
  checkFiles(files);
  const [revision, bundle] = [digestOf(files), await makeBundle(files)];
  await putBundle(context.db, bundle, context.now());
  // Where an app has a place of its own, as on Kubernetes, a workspace has one for all that it checks like this. No app's id has a colon.
  const { findings, durationMs } = await askRunner(context, { schema: schemaVersion, kind: 'validate', appId: `workspace:${actor.workspaceId}`, host: '', revision, bundleSha256: bundle.sha256, envVersion: 0 }, timeoutMs);
  return { digest: revision, findings, durationMs };
}
