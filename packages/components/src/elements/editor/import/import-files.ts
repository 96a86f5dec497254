import { isApiError } from '@fapi/sdk';
import type { FapiClient } from '@fapi/sdk';
import { limits } from '@fapi/sdk/contract';
import type { AppFile, Issue } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { addEnglish } from '../../../catalogues.ts';
import { describeError } from '../../../error-messages.ts';
import { formatMegabytes, formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import { importEnglish } from '../../../strings/import.ts';
import type { TreeSaid } from '../../file-tree/said.ts';
import type { FileActs } from '../file-acts.ts';
import { isTooMuch, listFiles, readFiles, sizeOf } from './from-disk.ts';
import { clashesOf, planImport, usedAfter } from './plan-import.ts';
import type { Choice } from './plan-import.ts';

addEnglish(importEnglish);

export interface ImportOptions {
  readonly client: FapiClient;
  readonly store: AppStore;
  readonly acts: FileActs;
  readonly strings: Strings;
  readonly locale: string;
}

interface Coming { readonly files: readonly AppFile[]; readonly notes: readonly string[]; readonly archive: string | undefined }
interface Left { readonly path: string; readonly reason: string }

const isArchive = (dropped: readonly (FileSystemEntry | File)[]): boolean => dropped.length === 1 && /\.zip$/i.test(dropped[0]!.name) && !('isDirectory' in dropped[0]! && dropped[0].isDirectory);

/** Takes files, folders or one archive into the draft, below `folder`; asks once where names are taken, and says what became of it. */
export async function importDropped(dropped: readonly (FileSystemEntry | File)[], folder: string, options: ImportOptions): Promise<void> {
  const { acts, strings } = options;
  const { files, leftOut } = await listFiles(dropped);
  if (isArchive(dropped) && files[0]) return importArchive(files[0].file, options);
  if (isTooMuch(files)) return refuse(options, { files: files.length, bytes: sizeOf(files) });
  const read = await readFiles(files, folder);
  const notes = [...(read.renamed.length > 0 ? [strings.filesRenamed(acts.listed(read.renamed))] : []), ...leftWords([...leftOut, ...read.leftOut], acts, strings)];
  if (read.files.length === 0) return acts.notice.say({ words: [strings.nothingAdded, ...notes], acts: [], kind: 'problem' });
  offer({ files: read.files, notes, archive: undefined }, options);
}

/** The server reads it: by the same rules as it would save it. */
async function importArchive(file: File, options: ImportOptions): Promise<void> {
  const { client, store, acts, strings, locale } = options;
  try {
    const { files, leftOut } = await client.drafts.unpack(store.snapshot.appId, new Uint8Array(await file.arrayBuffer()));
    offer({ files, notes: leftWords(leftOut, acts, strings), archive: file.name }, options);
  } catch (error) {
    const issues = isApiError(error) ? (error as { issues?: readonly Issue[] }).issues ?? [] : [];
    const [tooMuch] = issues.filter(({ used, limit }) => used !== undefined && limit !== undefined);
    const word = isApiError(error, 'zip_invalid') ? strings.archiveUnreadable
      : tooMuch ? (tooMuch.limit === limits.draftBytes ? tooManyBytes(tooMuch.used!, options) : strings.tooManyFiles(formatNumber(tooMuch.used!, locale), formatNumber(tooMuch.limit!, locale)))
        : isApiError(error, 'draft_invalid') && issues.length > 0 ? strings.archiveRefused(strings.namesUnfit(acts.listed(issues.map(({ path }) => path.replace(/^zip\./, '')))))
          : describeError(error, strings, locale).text;
    acts.notice.say({ words: [strings.nothingAdded, word], acts: [], kind: 'problem' });
  }
}

/** Adds what comes, after a question where there is one. */
function offer(coming: Coming, options: ImportOptions): void {
  const { store, acts, strings, locale } = options;
  const present = store.snapshot.files;
  const clashes = clashesOf(present, coming.files);
  const isOne = clashes.length === 1;
  // Of an archive those of the same path are in its list, one by one.
  const unlisted = coming.archive === undefined ? clashes : clashes.filter((path) => !present.some((file) => file.path === path));
  const choose = (word: string, choice: Choice): { word: string; run: () => void } => ({ word, run: () => take(coming, choice, options) });
  // What is in an archive nobody has seen yet.
  if (clashes.length === 0 && coming.archive === undefined) return take(coming, 'both', options);
  acts.notice.say({
    words: [...(coming.archive === undefined ? [] : [strings.archiveHolds(coming.archive, formatNumber(coming.files.length, locale), coming.files.length === 1)]), ...(unlisted.length > 0 ? [strings.filesThere(acts.listed(unlisted), unlisted.length === 1)] : []), ...coming.notes],
    lists: coming.archive === undefined ? [] : listsOf(present, coming.files, options),
    acts: [
      // What takes least away first.
      ...(clashes.length > 0 ? [choose(strings.keepBoth, 'both'), choose(strings.skipThere(isOne), 'skip'), choose(strings.replaceThere(isOne), 'replace')] : [choose(strings.addToDraft, 'both')]),
      ...(coming.archive === undefined || present.length === 0 ? [] : [choose(strings.replaceDraft, 'whole')]),
    ],
    kind: 'question',
  });
}

/** Path by path what an archive adds, what it would replace, and what of the draft is not in it. */
function listsOf(present: readonly AppFile[], coming: readonly AppFile[], { strings, locale }: ImportOptions): NonNullable<TreeSaid['lists']> {
  const { put, remove } = planImport(present, coming, 'whole').changes;
  const known = new Set(present.map(({ path }) => path));
  const paths = put.map(({ path }) => path).toSorted();
  // What may be lost first.
  const lists = [[strings.archiveLacks, remove.toSorted()], [strings.archiveReplaces, paths.filter((path) => known.has(path))], [strings.archiveAdds, paths.filter((path) => !known.has(path))]] as const;
  return lists.filter(([, rows]) => rows.length > 0).map(([heading, rows]) => ({ heading: heading(formatNumber(rows.length, locale)), rows }));
}

function take({ files, notes }: Coming, choice: Choice, options: ImportOptions): void {
  const { store, acts, strings, locale } = options;
  // As it is now: somebody may have typed while it was asked.
  const present = store.snapshot.files;
  const { changes, left } = planImport(present, files, choice);
  const used = usedAfter(present, changes);
  if (used.files > limits.files || used.bytes > limits.draftBytes) return refuse(options, used);
  const words = [...notes, ...leftWords(left.map((path) => ({ path, reason: 'unfit' })), acts, strings)];
  if (changes.put.length + changes.remove.length === 0) return acts.notice.say({ words: [strings.nothingAdded, ...words], acts: [], kind: 'done' });
  const count = choice === 'whole' ? files.length : changes.put.length;
  acts.change(changes, choice === 'whole' ? strings.actReplaceFiles : strings.actAddFiles(formatNumber(count, locale), count === 1), [(choice === 'whole' ? strings.filesReplaced : strings.filesAdded)(formatNumber(count, locale), count === 1), ...words]);
}

function refuse({ acts, strings, locale }: ImportOptions, { files, bytes }: { files: number; bytes: number }): void {
  acts.notice.say({
    words: [strings.nothingAdded, ...(files > limits.files ? [strings.tooManyFiles(formatNumber(files, locale), formatNumber(limits.files, locale))] : []), ...(bytes > limits.draftBytes ? [tooManyBytes(bytes, { strings, locale })] : [])],
    acts: [], kind: 'problem',
  });
}

/** To the byte where rounding would have both the same. */
function tooManyBytes(bytes: number, { strings, locale }: Pick<ImportOptions, 'strings' | 'locale'>): string {
  const [used, limit] = [bytes, limits.draftBytes].map((size) => formatMegabytes(size, locale)) as [string, string];
  return used === limit ? strings.tooManyBytes(new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(bytes), formatNumber(limits.draftBytes, locale)) : strings.tooManyBytes(used, limit);
}

function leftWords(leftOut: readonly Left[], acts: FileActs, strings: Strings): string[] {
  const words = { hidden: strings.namesHidden, cache: strings.namesCache, unfit: strings.namesUnfit, unread: strings.namesUnread };
  const known = Object.entries(words).map(([reason, say]) => [leftOut.filter((one) => one.reason === reason).map(({ path }) => path), say] as const).filter(([paths]) => paths.length > 0);
  return known.map(([paths, say]) => strings.filesLeftOut(say(acts.listed(paths))));
}
