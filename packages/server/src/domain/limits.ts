import { Buffer } from 'node:buffer';
import { type AppFile, type DraftPatch, type Issue, limits } from '@fapi/sdk/contract';
import { DomainError } from './errors.ts';

export const depthLimit = 8;

/** Names the place of a file in the request; `undefined` path for the whole. */
export type PointerOf = (index: number) => string;

/** Everything that is wrong with the paths and sizes of a draft, at once. Rules of paths come first, then limits. */
export function checkFiles(files: readonly AppFile[], pointerOf: PointerOf, whole: string): { rules: Issue[]; limits: Issue[] } {
  const rules: Issue[] = [];
  const seen = createNameTable();
  for (const [index, { path, content }] of files.entries()) {
    const place = `${pointerOf(index)}/path`;
    const problem = pathProblem(path);
    if (problem) rules.push({ path: place, message: problem });
    else for (const message of seen.add(path)) rules.push({ path: place, message });
    if (!content.isWellFormed()) rules.push({ path: `${pointerOf(index)}/content`, message: `${shown(path)} contains half of a surrogate pair, which is no text that UTF-8 can hold` });
  }
  return { rules, limits: checkLimits(files, whole) };
}

function checkLimits(files: readonly AppFile[], whole: string): Issue[] {
  const found: Issue[] = [];
  if (files.length > limits.files) found.push({ path: whole, message: 'files in the draft', used: files.length, limit: limits.files });
  const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content, 'utf8'), 0);
  if (bytes > limits.draftBytes) found.push({ path: whole, message: 'bytes of UTF-8 in the draft', used: bytes, limit: limits.draftBytes });
  return found;
}

/** Why a path may not be used, as a sentence; undefined when it may. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'a path must not be empty';
  const bytes = Buffer.byteLength(path, 'utf8');
  if (bytes > limits.pathBytes) return `a path may have ${limits.pathBytes} bytes, and this one has ${bytes}`;
  if (path.startsWith('/')) return `"${shown(path)}" starts with "/": paths are relative`;
  const segments = path.split('/');
  if (segments.length > depthLimit) return `"${shown(path)}" is ${segments.length} levels deep, and ${depthLimit} are allowed`;
  for (const segment of segments) {
    if (segment === '') return `"${shown(path)}" has an empty segment`;
    if (segment.startsWith('.')) return `"${shown(segment)}" starts with a dot: hidden files and ".." are not allowed`;
    if (!/^[A-Za-z0-9_.-]+$/.test(segment)) return `"${shown(segment)}" may contain only A-Z, a-z, 0-9, "_", "." and "-"`;
  }
  return undefined;
}

/** Remembers names as a file system that ignores case would, and says what clashes. */
function createNameTable(): { add(path: string): string[] } {
  const names = new Map<string, { name: string; kind: 'file' | 'folder' }>();
  return {
    add(path) {
      const segments = path.split('/');
      const messages: string[] = [];
      for (let depth = 1; depth <= segments.length; depth++) {
        const name = segments.slice(0, depth).join('/');
        const kind = depth === segments.length ? 'file' : 'folder';
        const known = names.get(name.toLowerCase());
        if (!known) names.set(name.toLowerCase(), { name, kind });
        else if (known.kind !== kind) messages.push(`"${known.name}" is a ${known.kind} and "${name}" is a ${kind}`);
        else if (known.name !== name) messages.push(`"${name}" and "${known.name}" differ only in upper and lower case`);
        else if (kind === 'file') messages.push(`"${name}" is there twice`);
      }
      return messages.slice(0, 1);
    },
  };
}

/** Throws `draft_invalid` or `draft_too_large` with every issue; a broken rule names the code. */
export function assertFiles(files: readonly AppFile[], pointerOf: PointerOf, whole: string): void {
  const found = checkFiles(files, pointerOf, whole);
  const issues = [...found.rules, ...found.limits];
  if (issues.length > 0) throw new DomainError(found.rules.length > 0 ? 'draft_invalid' : 'draft_too_large', { issues });
}

/** The files after a patch, sorted by path. Throws as `assertFiles` does; a path that is put and removed is an issue, an unknown one to remove is not. */
export function applyPatch(files: readonly AppFile[], patch: DraftPatch | undefined): AppFile[] {
  if (!patch) return sortFiles(files);
  const removed = new Set(patch.remove);
  const put = new Set(patch.put.map(({ path }) => path));
  const kept = files.filter(({ path }) => !removed.has(path) && !put.has(path));
  const clashes = patch.remove.flatMap((path, index) => (put.has(path) ? [{ path: `/patch/remove/${index}`, message: `"${shown(path)}" is put and removed by the same patch` }] : []));
  // Kept files come first: what clashes is what the patch brings.
  const merged = [...kept, ...patch.put];
  const found = checkFiles(merged, (index) => (index < kept.length ? `/draft/${index}` : `/patch/put/${index - kept.length}`), '/patch');
  const rules = [...clashes, ...found.rules];
  if (rules.length + found.limits.length > 0) throw new DomainError(rules.length > 0 ? 'draft_invalid' : 'draft_too_large', { issues: [...rules, ...found.limits] });
  return sortFiles(merged);
}

/** By path, in code unit order, which for allowed paths is byte order. */
export function sortFiles(files: readonly AppFile[]): AppFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** A piece of untrusted text that is safe and short enough to repeat. */
function shown(text: string): string {
  const clean = text.toWellFormed().replace(/\p{C}/gu, '\u{FFFD}');
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}
