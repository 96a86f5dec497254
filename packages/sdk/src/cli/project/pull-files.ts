import type { AppFile, Draft } from '../../contract/files.ts';
import { isApiError } from '../../errors.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { listNames } from '../terminal/words.ts';
import { applyFiles } from './apply-files.ts';
import { judge } from './compare.ts';
import { mergeTexts } from './merge.ts';
import type { Pulled } from './pulled.ts';
import { hashesOf, hashesOfDraft, readFolder } from './push-files.ts';
import type { Scan } from './read-files.ts';

export interface PulledFiles {
  readonly version: number;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Changed here only: what the next push sends. */
  readonly kept: readonly string[];
  /** Both changes are in them. */
  readonly merged: readonly string[];
  /** Both changes are in them, between marks that a person must look at. */
  readonly marked: readonly string[];
}

/** What to do when both sides changed a file: nothing at all, take theirs, or put both together. */
export type OnClash = 'refuse' | 'theirs' | 'merge';

/** Brings the draft into the folder. What was changed here only stays, unless `theirs` is asked for; a file that the server never had is never touched. */
export async function pullFiles(client: FapiClient, folder: string, appId: string, { onClash, signal }: { onClash: OnClash; signal: AbortSignal }): Promise<PulledFiles> {
  const { pulled, scan } = await readFolder(folder, appId);
  const draft = await client.drafts.read(appId, { signal });
  const plan = await makePlan({ client, appId, pulled, scan, draft, onClash, signal });
  signal.throwIfAborted();
  refuseNested(scan.nested, [...plan.written, ...plan.texts.map(({ path }) => path)]);
  const files = new Map(draft.files.map((file) => [file.path, file]));
  const write = [...plan.written.map((path) => files.get(path)!), ...plan.texts];
  await applyFiles(folder, { write, remove: plan.removed, pulled: { app: appId, version: draft.version, files: hashesOfDraft(draft) } });
  const { written, removed, kept, merged, marked } = plan;
  return { version: draft.version, written, removed, kept, merged, marked };
}

interface Question { client: FapiClient; appId: string; pulled: Pulled | undefined; scan: Scan; draft: Draft; onClash: OnClash; signal: AbortSignal }
interface Plan { written: string[]; removed: string[]; kept: string[]; merged: string[]; marked: string[]; texts: { path: string; content: string }[] }

async function makePlan({ client, appId, pulled, scan, draft, onClash, signal }: Question): Promise<Plan> {
  const plan: Plan = { written: [], removed: [], kept: [], merged: [], marked: [], texts: [] };
  const [base, local, remote] = [pulled?.files ?? {}, hashesOf(scan.files), hashesOfDraft(draft)];
  const clashes: string[] = [];
  const take = (path: string): unknown => (remote[path] === undefined ? plan.removed.push(path) : plan.written.push(path));
  for (const path of [...new Set([...Object.keys(base), ...Object.keys(local), ...Object.keys(remote)])].toSorted()) {
    const verdict = judge(base[path], local[path], remote[path]);
    if (verdict === 'take') take(path);
    else if (verdict === 'keep' && onClash === 'theirs' && base[path] !== undefined) take(path);
    else if (verdict === 'keep') plan.kept.push(path);
    else if (verdict === 'clash' && onClash === 'theirs') take(path);
    else if (verdict === 'clash') clashes.push(path);
  }
  if (clashes.length === 0) return plan;
  if (onClash === 'refuse') throw refusal(clashes, draft, pulled);
  const before = await readBase(client, appId, pulled, signal);
  for (const path of clashes) mergeOne(plan, path, before.get(path), scan.files.get(path), draft);
  return plan;
}

/** A file that one side changed and the other removed stays: to take it away is a decision of its own. */
function mergeOne(plan: Plan, path: string, base: string | undefined, ours: AppFile | undefined, draft: Draft): void {
  const theirs = draft.files.find((file) => file.path === path);
  if (ours === undefined) plan.written.push(path);
  else if (theirs === undefined) plan.kept.push(path);
  // Lines of what is no text mean nothing: what is here stays.
  else if (ours.encoding ?? theirs.encoding) plan.kept.push(path);
  else {
    const { text, hasMarks } = mergeTexts({ ours: ours.content, base: base ?? '', theirs: theirs.content, theirName: `version ${draft.version} by ${draft.savedBy}` });
    (hasMarks ? plan.marked : plan.merged).push(path);
    if (text !== ours.content) plan.texts.push({ path, content: text });
  }
}

/** The texts that both sides began with. Of a version that is not kept any more there are none: then all that differs is marked. */
async function readBase(client: FapiClient, appId: string, pulled: Pulled | undefined, signal: AbortSignal): Promise<Map<string, string>> {
  if (!pulled) return new Map();
  try {
    const { files } = await client.drafts.readVersion(appId, pulled.version, { signal });
    return new Map(files.map(({ path, content }) => [path, content]));
  } catch (error) {
    if (isApiError(error, 'draft_version_not_found')) return new Map();
    throw error;
  }
}

/** What is in a project inside of this one is that project's: its files were not looked at, and must not be lost. */
function refuseNested(nested: readonly string[], paths: readonly string[]): void {
  for (const folder of nested) {
    const path = paths.find((name) => name.startsWith(`${folder}/`));
    if (path !== undefined) throw new CliError('outside_folder', exitCodes.failed, `${folder} is a project of its own here, and ${path} of the draft would be written into it; nothing was`, { hints: [`move ${folder} away`] });
  }
}

function refusal(clashes: readonly string[], draft: Draft, pulled: Pulled | undefined): CliError {
  const since = pulled ? `since version ${pulled.version}` : 'and this folder was never pulled from the app';
  return new CliError('pull_conflict', exitCodes.conflict, `changed here and in version ${draft.version}, which ${draft.savedBy} saved, ${since}: ${listNames(clashes)}; nothing was written`, {
    hints: ['fapi pull --merge takes both together', 'fapi pull --force throws away what is here'],
    conflict: { version: draft.version, savedAt: draft.savedAt, savedBy: draft.savedBy, theirs: clashes, yours: clashes },
  });
}
