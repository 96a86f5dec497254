import { findPathClashes, findPathProblem } from '@fapi/sdk/contract';
import type { AppFile } from '@fapi/sdk/contract';
import type { FileChanges } from '@fapi/sdk/workspace';

/** What is done about names that the draft has already: `whole` puts what comes in the place of all that is there. */
export type Choice = 'replace' | 'both' | 'skip' | 'whole';

type Changes = Required<Pick<FileChanges, 'remove' | 'put'>>;

const isSame = (a: AppFile | undefined, b: AppFile): boolean => a?.content === b.content && a.encoding === b.encoding;

/** Paths of what comes that cannot stand beside what is there: it has that path with another text, or one that differs by case only, or is a folder there. */
export function clashesOf(present: readonly AppFile[], coming: readonly AppFile[]): string[] {
  const known = new Map(present.map((file) => [file.path, file]));
  const fresh = coming.filter((file) => !isSame(known.get(file.path), file));
  const paths = [...present, ...fresh].map(({ path }) => path);
  const clashing = new Set(findPathClashes(paths).map(({ index, other }) => (index < present.length ? other : paths[index]!)));
  return fresh.map(({ path }) => path).filter((path) => clashing.has(path));
}

/** What is changed to take in what comes; what could not be given a free name is `left`. */
export function planImport(present: readonly AppFile[], coming: readonly AppFile[], choice: Choice): { changes: Changes; left: string[] } {
  const put = coming.filter((file) => !present.some((one) => one.path === file.path && isSame(one, file)));
  if (choice === 'whole') {
    const come = new Set(coming.map(({ path }) => path));
    return { changes: { remove: present.map(({ path }) => path).filter((path) => !come.has(path)), put }, left: [] };
  }
  const changes: { remove: string[]; put: AppFile[] } = { remove: [], put: [] };
  const clashing = new Set(clashesOf(present, coming));
  const left: string[] = [];
  const taken = present.map(({ path }) => path);
  for (const file of put) {
    const twin = taken.find((path) => path.toLowerCase() === file.path.toLowerCase());
    if (!clashing.has(file.path)) changes.put.push(file);
    else if (choice === 'replace' && twin !== undefined) {
      if (twin !== file.path) changes.remove.push(twin);
      changes.put.push(file);
    } else if (choice !== 'skip') {
      const path = freePath(file.path, [...taken, ...changes.put.map((one) => one.path)]);
      if (path === undefined) left.push(file.path);
      else changes.put.push({ ...file, path });
    }
  }
  return { changes, left };
}

/** With a number before the ending; undefined where even that does not help. */
function freePath(path: string, taken: readonly string[]): string | undefined {
  const [, stem, ending] = /^(.*?)(\.[^./]*)?$/.exec(path)!;
  for (let number = 2; number < 100; number++) {
    const free = `${stem}-${number}${ending ?? ''}`;
    if (findPathProblem(free) === undefined && findPathClashes([...taken, free]).length === 0) return free;
  }
  return undefined;
}

const encoder = new TextEncoder();
/** Bytes of a file as they count against the limit. */
export const bytesOf = ({ content, encoding }: AppFile): number => (encoding === 'base64' ? (content.length * 3) / 4 - (/=*$/.exec(content)?.[0].length ?? 0) : encoder.encode(content).length);

/** How much the draft would hold. */
export function usedAfter(present: readonly AppFile[], { remove, put }: Changes): { files: number; bytes: number } {
  const after = new Map(present.filter(({ path }) => !remove.includes(path)).map((file) => [file.path, file]));
  for (const file of put) after.set(file.path, file);
  return { files: after.size, bytes: [...after.values()].reduce((sum, file) => sum + bytesOf(file), 0) };
}
