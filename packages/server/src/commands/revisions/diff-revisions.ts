import { setImmediate as breathe } from 'node:timers/promises';
import type { Diff, DiffSide, FileChange } from '@fapi/sdk/contract';
import { compareApis } from '../../domain/diff/api.ts';
import { compareDependencies, requirementFiles } from '../../domain/diff/dependencies.ts';
import { compareEnvironments } from '../../domain/diff/environment.ts';
import { compareFiles, compareText, makeBudget } from '../../domain/diff/files.ts';
import type { PlainVariable } from '../../domain/environments/environment.ts';
import { DomainError } from '../../domain/errors.ts';
import { curatedLock } from '../../domain/code/revision.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { findEnvironment } from '../../store/apps/environments.ts';
import { listTexts } from '../../store/code/revisions.ts';
import type { Actor, Context } from '../context.ts';
import { type OpenedSide, openSide } from './diff-side.ts';
import { openVariables } from '../environments/environment.ts';
import { getApp } from '../get-app.ts';
import { readDocument } from './read-document.ts';

/** What two APIs may cost everybody else: for so long nothing else is answered. */
const comparedMs = 1_000;

export type Reader = Actor & { mayEdit: boolean; mayReadEnvironment: boolean };

/** What differs between two states of an app. Who may edit has the code imported where its API is not known yet. */
export async function diffRevisions(context: Context, actor: Reader, appId: string, query: { from: DiffSide; to: DiffSide }): Promise<Diff> {
  const app = await getApp(context, actor, appId);
  const [from, to] = [await openSide(context, app, query.from), await openSide(context, app, query.to)];
  const { files, dependencies } = await diffContents(context, from, to);
  return { appId, from: from.told, to: to.told, files, environment: await diffEnvironments(context, actor, app, from, to), dependencies, api: await diffApis(context, actor, app, from, to) };
}

async function diffContents(context: Context, from: OpenedSide, to: OpenedSide): Promise<Pick<Diff, 'files' | 'dependencies'>> {
  const changes = compareFiles(from.manifest, to.manifest);
  const wanted = [from, to].flatMap(({ manifest }) => manifest.filter(({ path }) => (requirementFiles as readonly string[]).includes(path)));
  const texts = await listTexts(context.db, [...changes.flatMap(({ change, fromSha256, toSha256 }) => (change === 'moved' ? [] : [fromSha256, toSha256])).filter((sha256) => sha256 !== undefined), ...wanted.map(({ sha256 }) => sha256)]);
  const textOf = (sha256: string | undefined): string | undefined => (sha256 === undefined ? undefined : (texts.get(sha256)?.content ?? ''));
  const isBinary = ({ fromSha256, toSha256 }: Pick<FileChange, 'fromSha256' | 'toSha256'>): boolean => [fromSha256, toSha256].some((sha256) => sha256 !== undefined && texts.get(sha256)?.encoding !== undefined);
  const budget = makeBudget();
  const files: FileChange[] = [];
  for (const change of changes) {
    files.push({ ...change, ...(change.change === 'moved' || isBinary(change) ? { addedLines: 0, removedLines: 0 } : compareText(change.path, textOf(change.fromSha256), textOf(change.toSha256), budget)) });
    // Others wait for the same thread.
    await breathe();
  }
  const sideOf = ({ manifest }: OpenedSide) => ({ lock: curatedLock, files: manifest.flatMap(({ path, sha256 }) => (texts.has(sha256) ? [{ path, ...texts.get(sha256)! }] : [])) });
  return { files, dependencies: compareDependencies(sideOf(from), sideOf(to)) };
}

const unknownEnvironment = (reason: string): Diff['environment'] => ({ isKnown: false, reason, added: [], removed: [], changed: [] });

async function diffEnvironments(context: Context, actor: Reader, app: AppRow, from: OpenedSide, to: OpenedSide): Promise<Diff['environment']> {
  if (!actor.mayReadEnvironment) return unknownEnvironment('this needs environment:read');
  if (from.told.envVersion === to.told.envVersion) return compareEnvironments([], []);
  try {
    return compareEnvironments(await readVariables(context, app.id, from.told.envVersion), await readVariables(context, app.id, to.told.envVersion));
  } catch (error) {
    if (error instanceof DomainError) return unknownEnvironment(error.detail ?? error.code);
    throw error;
  }
}

async function readVariables({ db, keyRing }: Context, appId: string, version: number): Promise<PlainVariable[]> {
  if (version === 0) return [];
  const row = await findEnvironment(db, appId, version);
  if (!row) throw new DomainError('environment_unreadable', `version ${version} of the environment is not kept any more`);
  return openVariables(keyRing, row, () => true);
}

async function diffApis(context: Context, actor: Reader, app: AppRow, from: OpenedSide, to: OpenedSide): Promise<Diff['api']> {
  if (from.told.digest === to.told.digest) return { isKnown: true, routes: [], schemas: [] };
  // One after the other: a runner prepares one draft per core, and refuses more.
  const [before, after] = [await readDocument(context, actor, app, from), await readDocument(context, actor, app, to)];
  const reasons = [before, after].flatMap((found) => ('reason' in found ? [found.reason] : []));
  if ('reason' in before || 'reason' in after) return { isKnown: false, reason: [...new Set(reasons)].join('; '), routes: [], schemas: [] };
  const endsAt = performance.now() + comparedMs;
  return compareApis(before.document, after.document, () => performance.now() > endsAt);
}
