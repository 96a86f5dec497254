import type { AppFile, DraftPatch, Issue } from '@fapi/sdk/contract';
import { DomainError } from '../errors.ts';
import { checkFiles, type DraftFile, hashFile, sortFiles } from './files.ts';

type Move = DraftPatch['move'][number];
/** A file, and where the patch names it and its text; no place for what the draft had already. */
type Placed = DraftFile & { place?: { path: string; content: string } };

const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
const isAt = (path: string, name: string): boolean => path === name || isBelow(path, name);

/** The digests that a patch names and the draft has not: their texts are to be found elsewhere. */
export function listHashes(files: readonly DraftFile[], patch: DraftPatch | undefined): string[] {
  const known = new Set(files.map(({ sha256 }) => sha256));
  return (patch?.put ?? []).flatMap((file) => ('content' in file || known.has(file.sha256) ? [] : [file.sha256]));
}

/**
 * The files with the patch made, sorted and checked. Moves one after the other, then removals, then files to write; all of it or nothing.
 * Throws with every issue at once, each at its place in the patch, which stands `at` in the body: `content_needed` for digests that are neither in the draft nor among `texts`, `draft_invalid`, `draft_too_large`.
 */
export function applyPatch(files: readonly DraftFile[], patch: DraftPatch | undefined, { at = '', texts = new Map() }: { at?: string; texts?: ReadonlyMap<string, Pick<AppFile, 'content' | 'encoding'>> } = {}): DraftFile[] {
  const issues: Issue[] = [];
  let placed: Placed[] = [...files];
  (patch?.move ?? []).forEach((move, index) => {
    const place = `${at}/move/${index}`;
    const issue = findMoveIssue(placed, move, place);
    if (issue) issues.push(issue);
    else placed = placed.map((file) => (isAt(file.path, move.from) ? { ...file, path: move.to + file.path.slice(move.from.length), place: { path: `${place}/to`, content: `${place}/from` } } : file));
  });
  const removed = patch?.remove ?? [];
  if (removed.length > 0) placed = placed.filter(({ path }) => !removed.some((name) => isAt(path, name)));
  const put = patch?.put ?? [];
  const written = new Set(put.map(({ path }) => path));
  const kept = placed.filter(({ path }) => !written.has(path));
  // What the draft had stands first: of two that clash, the later one is told.
  placed = [...kept.filter(({ place }) => !place), ...kept.filter(({ place }) => place), ...readPut(files, put, texts, at)];
  checkFiles(placed, { known: issues, whole: at || '/put', placeOf: (index, part) => (placed[index]!.place ?? findOther(placed, index)?.place)?.[part] ?? at });
  return sortFiles(placed).map(({ place: _place, ...file }) => file);
}

/** A file that was there before cannot be a folder as well: the patch's file in that folder is told. */
const findOther = (placed: readonly Placed[], index: number): Placed | undefined => {
  const path = placed[index]!.path.toLowerCase();
  return placed.find((file) => file.place !== undefined && isBelow(file.path.toLowerCase(), path));
};

function findMoveIssue(files: readonly Placed[], { from, to }: Move, place: string): Issue | undefined {
  if (!files.some(({ path }) => isAt(path, from))) return { path: `${place}/from`, message: `${from}: there is no such file or folder` };
  if (from !== to && isBelow(to, from)) return { path: `${place}/to`, message: `${to}: a folder cannot be moved into itself` };
  const inTheWay = files.find(({ path }) => isAt(path, to) && !isAt(path, from));
  return inTheWay && { path: `${place}/to`, message: `${to}: there is ${inTheWay.path} already` };
}

function readPut(files: readonly DraftFile[], put: DraftPatch['put'], texts: ReadonlyMap<string, Pick<AppFile, 'content' | 'encoding'>>, at: string): Placed[] {
  const known = new Map(files.map((file) => [file.sha256, file]));
  const issues: Issue[] = [];
  const made = put.map((file, index): Placed => {
    const entry = `${at}/put/${index}`;
    const place = { path: `${entry}/path`, content: `${entry}/content` };
    if ('content' in file) return { ...hashFile(file as AppFile), place };
    const own = known.get(file.sha256);
    if (own) return { ...own, path: file.path, place };
    const content = texts.get(file.sha256);
    if (content === undefined) issues.push({ path: `${entry}/sha256`, message: `${file.path}: the app has never had this text` });
    return { ...hashFile({ path: file.path, ...(content ?? { content: '' }) }), place };
  });
  if (issues.length > 0) throw new DomainError('content_needed', issues[0]!.message, { issues: issues.slice(0, 100) });
  return made;
}
