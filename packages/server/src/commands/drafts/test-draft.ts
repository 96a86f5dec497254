import type { DraftPatch, TestRun } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';
import { openDraft } from './open-draft.ts';
import { findSuspension } from '../require-not-suspended.ts';

const graceMs = 20_000;

/** Runs the tests that the draft brings along, with the patch on top. They see the values for drafts, whoever asks. What is suspended runs nothing, and nothing goes on after `signal`. */
export async function testDraft(context: Context, actor: Actor, appId: string, { select = [], deadlineMs, ...input }: { draftVersion: number; patch?: DraftPatch | undefined; select?: string[] | undefined; deadlineMs: number }, signal: AbortSignal): Promise<TestRun> {
  const { app, revision, bundleSha256 } = await openDraft(context, actor, appId, input);
  const suspended = await findSuspension(context.db, app);
  if (suspended) throw suspended;
  const { run } = await askRunner(context, { schema: schemaVersion, kind: 'test', appId, envVersion: app.env_version, revision, bundleSha256, select, deadlineMs }, deadlineMs + graceMs, signal);
  return { draftVersion: input.draftVersion, digest: revision, ...run };
}
