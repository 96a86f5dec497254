import { findPathProblem, limits } from '@fapi/sdk/contract';
import type { AppFile } from '@fapi/sdk/contract';

/** Why something is not taken. `hidden`: a name with a dot in front, which no draft can have. */
export type LeftOutReason = 'hidden' | 'cache' | 'unfit' | 'unread';
export interface LeftOut { readonly path: string; readonly reason: LeftOutReason }

/** A file of the disk and where it stood, below what was dropped or picked. */
export interface DiskFile { readonly path: string; readonly file: File }

/** More are not looked at: a draft has room for far less. */
const lookedAtMax = 5_000;

/** All files, those in folders too. What is hidden, and what Python keeps for itself, is left out with all that is in it. */
export async function listFiles(dropped: readonly (FileSystemEntry | File)[]): Promise<{ files: DiskFile[]; leftOut: LeftOut[] }> {
  const [files, leftOut]: [DiskFile[], LeftOut[]] = [[], []];
  const take = (path: string): boolean => {
    const reason = reasonOf(path);
    if (reason) leftOut.push({ path, reason });
    return reason === undefined;
  };
  const walk = async (one: FileSystemEntry | File, before: string): Promise<void> => {
    if (files.length >= lookedAtMax) return;
    const path = one instanceof File ? one.webkitRelativePath || one.name : before + one.name;
    if (one instanceof File) {
      if (take(path)) files.push({ path, file: one });
    } else if (!take(path)) return;
    else if (one.isDirectory) for (const inside of await readFolder(one as FileSystemDirectoryEntry)) await walk(inside, `${path}/`);
    else {
      try {
        files.push({ path, file: await new Promise<File>((resolve, reject) => (one as FileSystemFileEntry).file(resolve, reject)) });
      } catch {
        leftOut.push({ path, reason: 'unread' });
      }
    }
  };
  for (const one of dropped) await walk(one, '');
  return { files, leftOut };
}

/** Some browsers hand out a hundred at a time. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (some.length === 0 || all.length > lookedAtMax) return all;
    all.push(...some);
  }
}

function reasonOf(path: string): LeftOutReason | undefined {
  const names = path.split('/');
  if (names.some((name) => name.startsWith('.'))) return 'hidden';
  return names.some((name) => name === '__pycache__') || /\.py[co]$/.test(path) ? 'cache' : undefined;
}

/** A path as a draft can have it: letters lose their marks, and what else cannot be in a name becomes a hyphen. Undefined when nothing is left of a name. */
export function fitPath(path: string): string | undefined {
  const names = path.split('/').map((name) => name.replaceAll('ß', 'ss').normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replaceAll(/-+(?=\.|$)/g, '').replace(/^[.-]+/, ''));
  const fit = names.join('/');
  return findPathProblem(fit) === undefined ? fit : undefined;
}

/** The bytes that they are together, or how many: which of them no draft can hold. */
export const sizeOf = (files: readonly DiskFile[]): number => files.reduce((sum, { file }) => sum + file.size, 0);
export const isTooMuch = (files: readonly DiskFile[]): boolean => files.length > limits.files || sizeOf(files) > limits.draftBytes;

/** Reads them, below `folder` and under paths that a draft can have. */
export async function readFiles(files: readonly DiskFile[], folder: string): Promise<{ files: AppFile[]; renamed: string[]; leftOut: LeftOut[] }> {
  const [read, renamed, leftOut]: [AppFile[], string[], LeftOut[]] = [[], [], []];
  for (const { path, file } of files) {
    const fit = fitPath(path);
    const whole = fit === undefined || folder === '' ? fit : `${folder}/${fit}`;
    if (fit === undefined || whole === undefined || findPathProblem(whole) !== undefined) {
      leftOut.push({ path, reason: 'unfit' });
      continue;
    }
    try {
      read.push({ path: whole, ...contentOf(new Uint8Array(await file.arrayBuffer())) });
      if (fit !== path) renamed.push(whole);
    } catch {
      leftOut.push({ path, reason: 'unread' });
    }
  }
  return { files: read, renamed, leftOut };
}

/** Text where it is one; all else in base64. */
function contentOf(bytes: Uint8Array): Pick<AppFile, 'content' | 'encoding'> {
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!content.includes('\0')) return { content };
  } catch {
    // No text.
  }
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { content: btoa(binary), encoding: 'base64' };
}
