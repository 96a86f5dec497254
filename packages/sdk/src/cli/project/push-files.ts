import type { App } from '../../contract/apps.ts';
import type { AppFile, Draft, DraftPatch, KnownFile } from '../../contract/files.ts';
import { isApiError } from '../../errors.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { listNames } from '../terminal/words.ts';
import { finishApplying, writePulled } from './apply-files.ts';
import { compare, type Delta, type Hashes, pathsOf } from './compare.ts';
import { bytesOf, hashOf } from './hash.ts';
import { refuseMergeMarks } from './merge-marks.ts';
import { type Pulled, readPulled } from './pulled.ts';
import { type LocalFile, readFiles, type Scan } from './read-files.ts';

export interface Pushed {
  /** Version of the draft that is as the folder now. */
  readonly version: number;
  readonly put: readonly string[];
  readonly removed: readonly string[];
  /** How many texts went over the line; the others were there already. */
  readonly sent: number;
  readonly files: number;
  /** Left out: links, and folders that are projects of their own. */
  readonly links: readonly string[];
  readonly nested: readonly string[];
  /** Somebody has saved since, and nothing was changed here: what a pull would bring. */
  readonly newer?: Newer;
}

export interface Newer { readonly version: number; readonly savedAt: string; readonly savedBy: string; readonly theirs: readonly string[] }

export interface PushOptions {
  /** Replaces what is there, whoever saved it. */
  readonly isForced: boolean;
  /** Sends files that hold marks of a merge. */
  readonly allowsMarks: boolean;
}

/** What folder and server have in common, and what is in the folder now. */
export async function readFolder(folder: string, appId: string): Promise<{ pulled: Pulled | undefined; scan: Scan }> {
  await finishApplying(folder);
  const pulled = await readPulled(folder, appId);
  return { pulled, scan: await readFiles(folder, Object.keys(pulled?.files ?? {})) };
}

/** Makes the app from what is in the folder. */
export async function createFromFolder(client: FapiClient, folder: string, { title, allowsMarks, signal }: { title: string; allowsMarks: boolean; signal: AbortSignal }): Promise<{ app: App; pushed: Pushed }> {
  const { files, links, nested } = await readFiles(folder);
  if (!allowsMarks) refuseMergeMarks(files, [...files.keys()]);
  const app = await client.apps.create({ title, files: [...files.values()].map(toAppFile) }, { signal });
  await writePulled(folder, { app: app.id, version: app.draftVersion, files: hashesOf(files) });
  return { app, pushed: { version: app.draftVersion, put: [...files.keys()], removed: [], sent: files.size, files: files.size, links, nested } };
}

/**
 * Makes the draft like the folder, sending only texts that the app has never had. Rejects with `draft_conflict` when somebody else has saved since the last pull or push;
 * with `isForced` it replaces what is there, whoever saved it.
 */
export async function pushFolder(client: FapiClient, folder: string, appId: string, { isForced, allowsMarks, signal }: PushOptions & { signal: AbortSignal }): Promise<Pushed> {
  const { pulled, scan } = await readFolder(folder, appId);
  const local = hashesOf(scan.files);
  const done = (version: number, delta: Delta, sent: number): Pushed => ({ version, put: delta.put, removed: delta.remove, sent, files: scan.files.size, links: scan.links, nested: scan.nested });
  if (!pulled || isForced) {
    const there = await client.drafts.read(appId, { signal });
    const remote = hashesOfDraft(there);
    const delta = compare(remote, local);
    if (pathsOf(delta).length > 0 && !isForced) throw neverPulled(there, delta);
    return finish(there.version, delta);
  }
  const delta = compare(pulled.files, local);
  return pathsOf(delta).length > 0 ? finish(pulled.version, delta) : look(pulled);

  /** Nothing was changed here; that is not to say that this is what is there. */
  async function look({ version }: Pulled): Promise<Pushed> {
    const there = await client.drafts.read(appId, { signal });
    const theirs = pathsOf(compare(local, hashesOfDraft(there)));
    if (there.version !== version && theirs.length === 0) await writePulled(folder, { app: appId, version: there.version, files: local });
    const same = done(theirs.length === 0 ? there.version : version, { put: [], remove: [] }, 0);
    return theirs.length === 0 ? same : { ...same, newer: { version: there.version, savedAt: there.savedAt, savedBy: there.savedBy, theirs } };
  }

  async function finish(version: number, delta: Delta): Promise<Pushed> {
    if (!allowsMarks) refuseMergeMarks(scan.files, delta.put);
    const sent = pathsOf(delta).length === 0 ? { version, texts: 0 } : await send(version, delta);
    await writePulled(folder, { app: appId, version: sent.version, files: local });
    return done(sent.version, delta, sent.texts);
  }

  async function send(version: number, delta: Delta): Promise<{ version: number; texts: number }> {
    const { patch, texts } = await makePatch(client, appId, scan.files, delta, signal);
    try {
      return { version: (await client.drafts.patch(appId, { version, ...patch }, { signal })).version, texts };
    } catch (error) {
      if (!isApiError(error, 'draft_conflict')) throw error;
      const there = error.conflict?.current;
      // Somebody saved just the same.
      if (there && pathsOf(compare(hashesOfDraft(there), local)).length === 0) return { version: there.version, texts: 0 };
      if (!isForced) throw toConflict(error.currentVersion, there, pulled, delta);
      const newest = there ?? (await client.drafts.read(appId, { signal }));
      return send(newest.version, compare(hashesOfDraft(newest), local));
    }
  }
}

/** The folder's difference as the API takes it: a text that the app has or had goes by its hash. */
export async function makePatch(client: FapiClient, appId: string, files: Scan['files'], { put, remove }: Delta, signal: AbortSignal): Promise<{ patch: Partial<DraftPatch>; texts: number }> {
  const wanted = put.map((path) => files.get(path)!);
  const needs = wanted.length === 0 ? new Set<string>() : new Set((await client.drafts.need(appId, [...new Set(wanted.map(({ sha256 }) => sha256))], { signal })).needs);
  const puts = wanted.map((file): AppFile | KnownFile => (needs.has(file.sha256) ? toAppFile(file) : { path: file.path, sha256: file.sha256 }));
  return { patch: { put: puts, remove: [...remove] }, texts: puts.filter((file) => 'content' in file).length };
}

export const hashesOf = (files: Scan['files']): Hashes & Record<string, string> => Object.fromEntries([...files].map(([path, { sha256 }]) => [path, sha256]));
/** fapi.json is of the folder, also when a draft has one. */
export const hashesOfDraft = ({ files }: Pick<Draft, 'files'>): Record<string, string> => Object.fromEntries(files.filter(({ path }) => path !== 'fapi.json').map((file) => [file.path, hashOf(bytesOf(file))]));

const toAppFile = ({ sha256: _sha256, ...file }: LocalFile): AppFile => file;

const waysOn = ['fapi pull --merge takes both together', 'fapi push --force replaces what is there by what is here'];

function toConflict(currentVersion: number | undefined, there: Draft | undefined, pulled: Pulled | undefined, delta: Delta): CliError {
  const yours = pathsOf(delta);
  const theirs = there && pulled ? pathsOf(compare(pulled.files, hashesOfDraft(there))) : [];
  const who = there ? `${there.savedBy} saved version ${there.version}` : `somebody saved version ${currentVersion ?? 'unknown'}`;
  return new CliError('draft_conflict', exitCodes.conflict, `${who}, and the changes here are to version ${pulled?.version ?? 'unknown'}\n  changed there: ${listNames(theirs) || 'nothing'}\n  changed here:  ${listNames(yours)}`, {
    hints: waysOn, ...(there ? { conflict: { version: there.version, savedAt: there.savedAt, savedBy: there.savedBy, theirs, yours } } : {}),
  });
}

function neverPulled(there: Draft, delta: Delta): CliError {
  const yours = pathsOf(delta);
  return new CliError('draft_conflict', exitCodes.conflict, `this folder was never pulled from the app, and differs from version ${there.version}, which ${there.savedBy} saved\n  different: ${listNames(yours)}`, {
    hints: waysOn, conflict: { version: there.version, savedAt: there.savedAt, savedBy: there.savedBy, theirs: yours, yours },
  });
}

