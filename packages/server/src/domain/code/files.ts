import { createHash } from 'node:crypto';
import { type AppFile, findPathClashes, findPathProblem, type Issue, limits, type PathClash, type PathProblem } from '@fapi/sdk/contract';
import { DomainError } from '../errors.ts';

const problemWords: Record<PathProblem, string> = {
  empty: 'a file needs a path',
  absolute: 'a path must be relative',
  too_long: `a path has at most ${limits.pathBytes} bytes`,
  too_deep: `a path has at most ${limits.pathSegments} segments`,
  dots: 'a path must not have . or .. segments',
  empty_segment: 'a path must not have empty segments',
  bad_start: 'a name must start with a letter, a digit or _',
  bad_character: 'names are made of A-Z a-z 0-9 _ . -',
  reserved: 'a name must not be one that Windows keeps for itself, such as aux or con',
};
const clashWords: Record<PathClash['code'], (other: string) => string> = {
  file_twin: (other) => `there is ${other} already, and the names differ by case at most`,
  folder_twin: (other) => `there is a folder ${other} already, and the names differ by case at most`,
  folder_of_file: (other) => `is a folder of ${other} as well`,
};

export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

type Content = Pick<AppFile, 'content' | 'encoding'>;

export const bytesOf = ({ content, encoding }: Content): Buffer => Buffer.from(content, encoding ?? 'utf8');
const sizeOf = ({ content, encoding }: Content): number => Buffer.byteLength(content, encoding ?? 'utf8');

/** Bytes as a draft has them: as text where they are one, so that the same bytes are always said in the same way. */
export function toContent(bytes: Buffer): Content {
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!content.includes('\0')) return { content };
  } catch {
    // No text.
  }
  return { content: bytes.toString('base64'), encoding: 'base64' };
}

/** How what is stored says its bytes: base64 is always longer than what it says, and text never is. */
export const toStored = (content: string, bytes: number): Content => (byteLength(content) === bytes ? { content } : { content, encoding: 'base64' });

/** One file of a draft or a revision: its text is stored once by the digest of its UTF-8 bytes. */
export interface ManifestEntry { path: string; sha256: string; bytes: number }
export interface DraftFile extends AppFile, ManifestEntry {}

export function hashFile({ path, content, encoding }: AppFile): DraftFile {
  const bytes = bytesOf({ content, encoding });
  // What is no base64 stays as it came: it is refused when files are checked.
  const said = encoding === undefined || bytes.toString('base64') !== content ? { content, ...(encoding === undefined ? {} : { encoding }) } : toContent(bytes);
  return { path, ...said, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}
export const manifestOf = (files: readonly ManifestEntry[]): ManifestEntry[] => files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes }));
export const toAppFiles = (files: readonly AppFile[]): AppFile[] => files.map(({ path, content, encoding }) => ({ path, content, ...(encoding === undefined ? {} : { encoding }) }));

export const sortFiles = <F extends { path: string }>(files: readonly F[]): F[] => files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

/** Where a file, its path or its text, stands in what the caller has sent. */
export type PlaceOf = (index: number, part: 'path' | 'content') => string;

/** Throws `draft_invalid` or `draft_too_large` with every issue at once; sizes are UTF-8 bytes. `known` are issues that were found before; `whole` is the place of the files as a whole. */
export function checkFiles(files: readonly AppFile[], { placeOf = (index, part) => `/files/${index}/${part}`, whole = '/files', known = [] }: { placeOf?: PlaceOf; whole?: string; known?: readonly Issue[] } = {}): void {
  const issues: Issue[] = [...known];
  const clashes = Map.groupBy(findPathClashes(files.map(({ path }) => path)), ({ index }) => index);
  files.forEach((file, index) => {
    const problem = findPathProblem(file.path);
    const words = [...(problem ? [problemWords[problem]] : []), ...(clashes.get(index) ?? []).map(({ code, other }) => clashWords[code](other))];
    issues.push(...words.map((word) => ({ path: placeOf(index, 'path'), message: `${file.path.toWellFormed()}: ${word}` })));
    if (file.encoding === 'base64') {
      if (bytesOf(file).toString('base64') !== file.content) issues.push({ path: placeOf(index, 'content'), message: `${file.path}: is no base64` });
      return;
    }
    if (!file.content.isWellFormed()) issues.push({ path: placeOf(index, 'content'), message: `${file.path}: the text holds half of a character (a lone surrogate)` });
    if (file.content.includes('\0')) issues.push({ path: placeOf(index, 'content'), message: `${file.path}: the text holds a NUL character` });
  });
  if (issues.length > 0) throw new DomainError('draft_invalid', issues[0]!.message, { issues: issues.slice(0, 100) });
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  if (files.length > limits.files) issues.push({ path: whole, message: 'too many files', used: files.length, limit: limits.files });
  if (bytes > limits.draftBytes) issues.push({ path: whole, message: 'too many bytes', used: bytes, limit: limits.draftBytes });
  if (issues.length > 0) throw new DomainError('draft_too_large', `${issues[0]!.used} of at most ${issues[0]!.limit}`, { issues });
}
