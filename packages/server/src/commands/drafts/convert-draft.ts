import type { AppFile, Conversion, ConversionPlan, DraftPatch, Issue } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { makeConverted } from '../../domain/code/converted.ts';
import { DomainError } from '../../domain/errors.ts';
import { checkFiles } from '../../domain/code/files.ts';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';
import { openDraft } from './open-draft.ts';
import { findSuspension } from '../require-not-suspended.ts';

const timeoutMs = 80_000;

/** The draft, with the patch on top, with its main.py in several files. It is imported with the values for drafts, whoever asks. What is suspended runs nothing, and nothing goes on after `signal`. Throws `conversion_refused` with every reason and its line. */
export async function convertDraft(context: Context, actor: Actor, appId: string, input: { draftVersion: number; patch?: DraftPatch | undefined }, signal: AbortSignal): Promise<Conversion> {
  const { app, files, revision, bundleSha256 } = await openDraft(context, actor, appId, input);
  const suspended = await findSuspension(context.db, app);
  if (suspended) throw suspended;
  const { plan } = await askRunner(context, { schema: schemaVersion, kind: 'convert', appId, envVersion: app.env_version, revision, bundleSha256 }, timeoutMs, signal);
  if ('refused' in plan) throw toRefusal(plan.refused);
  const converted = makeConverted(files, plan.files);
  checkWhole(files, converted);
  const { kept, routes, durationMs } = plan;
  return { draftVersion: input.draftVersion, digest: revision, files: converted, kept, routes, durationMs };
}

/** Whoever takes the proposal shall not be told only then that it breaks a rule of drafts. */
function checkWhole(files: readonly AppFile[], converted: readonly AppFile[]): void {
  const written = new Set(converted.map(({ path }) => path));
  checkFiles([...files.filter(({ path }) => !written.has(path)), ...converted]);
}

function toRefusal({ message, file, line, kept, findings }: Extract<ConversionPlan, { refused: unknown }>['refused']): DomainError {
  const issues: Issue[] = [
    ...(findings.length === 0 ? [{ path: `draft.${file}`, line, message }] : []),
    ...findings.map((finding) => ({ path: `draft.${finding.file}`, line: finding.start.line, message: finding.message })),
    ...kept.map(({ name, line: at, reason }) => ({ path: 'draft.main.py', line: at, message: `${name}: ${reason}` })),
  ];
  return new DomainError('conversion_refused', message, { issues: issues.slice(0, 100) });
}
