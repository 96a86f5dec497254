import { type AppFile, type DraftPatch, type Issue, limits } from '@fapi/sdk/contract';
import { DomainError } from './errors.ts';

const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const depthLimit = 8;
export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Applies a patch as one: removals first, so that a rename is a removal and a put. */
export function applyPatch(files: readonly AppFile[], patch: DraftPatch | undefined): AppFile[] {
  if (!patch) return sortFiles(files);
  const gone = new Set([...patch.remove, ...patch.put.map((file) => file.path)]);
  return sortFiles([...files.filter((file) => !gone.has(file.path)), ...patch.put]);
}

export const sortFiles = (files: readonly AppFile[]): AppFile[] => files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

/** Throws `draft_invalid` or `draft_too_large` with every issue at once; sizes are UTF-8 bytes. */
export function checkFiles(files: readonly AppFile[]): void {
  const issues: Issue[] = [];
  const byPath = new Map<string, number>();
  const folders = new Map<string, string>();
  const spellings = new Map<string, string>();
  files.forEach((file, index) => {
    const at = `/files/${index}/path`;
    const problem = pathProblem(file.path);
    if (problem) issues.push({ path: at, message: `${file.path}: ${problem}` });
    const twin = byPath.get(file.path.toLowerCase());
    if (twin !== undefined) issues.push({ path: at, message: `${file.path}: there is ${files[twin]!.path} already, and the names differ by case at most` });
    byPath.set(file.path.toLowerCase(), index);
    for (let end = file.path.indexOf('/'); end !== -1; end = file.path.indexOf('/', end + 1)) {
      const folder = file.path.slice(0, end);
      const spelling = spellings.get(folder.toLowerCase());
      if (spelling !== undefined && spelling !== folder) issues.push({ path: at, message: `${file.path}: there is a folder ${spelling} already, and the names differ by case at most` });
      spellings.set(folder.toLowerCase(), folder);
      folders.set(folder.toLowerCase(), file.path);
    }
    if (!file.content.isWellFormed()) issues.push({ path: `/files/${index}/content`, message: `${file.path}: the text holds half of a character (a lone surrogate)` });
    if (file.content.includes('\0')) issues.push({ path: `/files/${index}/content`, message: `${file.path}: the text holds a NUL character` });
  });
  files.forEach((file, index) => {
    if (folders.has(file.path.toLowerCase())) issues.push({ path: `/files/${index}/path`, message: `${file.path}: is a folder of ${folders.get(file.path.toLowerCase())} as well` });
  });
  if (issues.length > 0) throw new DomainError('draft_invalid', issues[0]!.message, { issues: issues.slice(0, 100) });
  const bytes = files.reduce((sum, file) => sum + byteLength(file.content), 0);
  if (files.length > limits.files) issues.push({ path: '/files', message: 'too many files', used: files.length, limit: limits.files });
  if (bytes > limits.draftBytes) issues.push({ path: '/files', message: 'too many bytes of UTF-8', used: bytes, limit: limits.draftBytes });
  if (issues.length > 0) throw new DomainError('draft_too_large', `${issues[0]!.used} of at most ${issues[0]!.limit}`, { issues });
}

function pathProblem(path: string): string | undefined {
  const segments = path.split('/');
  if (path.startsWith('/')) return 'a path must be relative';
  if (byteLength(path) > limits.pathBytes) return `a path has at most ${limits.pathBytes} bytes`;
  if (segments.length > depthLimit) return `a path has at most ${depthLimit} segments`;
  if (segments.includes('..') || segments.includes('.')) return 'a path must not have . or .. segments';
  if (segments.some((name) => name === '')) return 'a path must not have empty segments';
  if (segments.some((name) => name.startsWith('.'))) return 'a name must not start with a dot';
  if (!segments.every((name) => segment.test(name))) return 'names are made of A-Z a-z 0-9 _ . -';
  return undefined;
}
