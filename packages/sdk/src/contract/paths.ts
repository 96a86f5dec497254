/** Limits of a draft, in UTF-8 bytes where a size is meant. A path has at most `pathSegments` names, that of the file included. */
export const limits = { files: 200, draftBytes: 5_000_000, pathBytes: 200, pathSegments: 8 } as const;

/** Which rule of paths is broken; the words are those of whoever tells it. */
export type PathProblem = 'empty' | 'absolute' | 'too_long' | 'too_deep' | 'dots' | 'empty_segment' | 'bad_start' | 'bad_character' | 'reserved';

/** Whatever follows the first dot, no file on Windows can have such a name: the project could not be pulled or unpacked there. */
const reserved = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;

/** The rule for the path of one file. */
export function findPathProblem(path: string): PathProblem | undefined {
  const segments = path.split('/');
  if (path === '') return 'empty';
  if (path.startsWith('/')) return 'absolute';
  if (new TextEncoder().encode(path).length > limits.pathBytes) return 'too_long';
  if (segments.length > limits.pathSegments) return 'too_deep';
  if (segments.includes('..') || segments.includes('.')) return 'dots';
  if (segments.includes('')) return 'empty_segment';
  if (segments.some((name) => name.startsWith('.') || name.startsWith('-'))) return 'bad_start';
  if (!segments.every((name) => /^[A-Za-z0-9_.-]+$/.test(name))) return 'bad_character';
  return segments.some((name) => reserved.test(name)) ? 'reserved' : undefined;
}

/** Two paths that cannot stand in one folder on every machine: `other` is the file or folder that is there already. */
export interface PathClash { readonly index: number; readonly code: 'file_twin' | 'folder_twin' | 'folder_of_file'; readonly other: string }

/** The rule for all paths of a draft together: names that differ by case at most are one name, and a name is a file or a folder. */
export function findPathClashes(paths: readonly string[]): PathClash[] {
  const clashes: PathClash[] = [];
  const files = new Map<string, string>();
  const folders = new Map<string, { spelling: string; file: string }>();
  paths.forEach((path, index) => {
    const twin = files.get(path.toLowerCase());
    if (twin !== undefined) clashes.push({ index, code: 'file_twin', other: twin });
    files.set(path.toLowerCase(), path);
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const spelling = path.slice(0, end);
      const known = folders.get(spelling.toLowerCase());
      if (known !== undefined && known.spelling !== spelling) clashes.push({ index, code: 'folder_twin', other: known.spelling });
      folders.set(spelling.toLowerCase(), { spelling, file: path });
    }
  });
  paths.forEach((path, index) => {
    const folder = folders.get(path.toLowerCase());
    if (folder) clashes.push({ index, code: 'folder_of_file', other: folder.file });
  });
  return clashes;
}
