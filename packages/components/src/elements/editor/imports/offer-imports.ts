import type { AppFile } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { addEnglish } from '../../../catalogues.ts';
import type { FileEdit, FileMove } from '../../../editor/language/types.ts';
import { formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import { importsEnglish } from '../../../strings/imports.ts';
import type { TreeSaid } from '../../file-tree/said.ts';
import type { FileActs } from '../file-acts.ts';
import { rewriteImports } from './rewrite-imports.ts';

addEnglish(importsEnglish);

/** How long the language server is waited for before the imports are read without it. */
const serverMs = 2_000;

export interface OfferOptions {
  readonly acts: FileActs;
  /** What is said of the move: it is offered for as long as that is said. */
  readonly said: TreeSaid | undefined;
  /** Each file that was moved. */
  readonly moves: readonly FileMove[];
  /** What the language server makes of it, by the paths before it. */
  readonly edits: Promise<readonly FileEdit[]>;
  readonly store: () => AppStore | undefined;
  readonly words: () => { readonly strings: Strings; readonly locale: string };
}

interface ImportsOptions { readonly acts: FileActs; readonly store: AppStore; readonly moves: readonly FileMove[]; readonly edits: readonly FileEdit[]; readonly strings: Strings; readonly locale: string }

/** Adds to what is said of a move that others import what was moved, and the act that gives them its new name. */
export async function offerImports({ acts, said, moves, edits: asked, store: storeOf, words }: OfferOptions): Promise<void> {
  const edits = await Promise.race([asked, new Promise<readonly FileEdit[]>((resolve) => { setTimeout(() => resolve([]), serverMs); })]).catch(() => []);
  const store = storeOf();
  if (!store || !said || acts.notice.said !== said) return;
  const { strings, locale } = words();
  const options: ImportsOptions = { acts, store, moves, edits, strings, locale };
  const { files } = store.snapshot;
  const changed = changedBy(options, files);
  if (changed.length === 0) return;
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  acts.notice.say({
    words: [...said.words, strings.importsStale(formatNumber(changed.length, locale), changed.length === 1)],
    lists: changed.map(({ path, content }) => ({ heading: path, rows: linesOf(texts.get(path)!, content) })),
    acts: [{ word: strings.updateImports, run: () => update(options) }, ...said.acts],
    kind: 'done',
  });
}

/** As the files are now: somebody may have typed since it was offered. */
function update(options: ImportsOptions): void {
  const { acts, store, strings, locale } = options;
  const put = changedBy(options, store.snapshot.files);
  // Somebody has mended them by hand meanwhile.
  if (put.length === 0) return acts.notice.say(undefined);
  acts.change({ put }, strings.actImports, [strings.importsUpdated(formatNumber(put.length, locale), put.length === 1)]);
}

/** By the server where it has answered and the text is as it was, which knows the uses of a name as well; what is left then, by the imports as they are written. */
function changedBy({ moves, edits }: ImportsOptions, files: readonly AppFile[]): AppFile[] {
  const news = new Map(moves.map(({ from, to }) => [from, to]));
  const told = new Map(edits.map((edit) => [news.get(edit.path) ?? edit.path, edit]));
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const edited = files.map((file) => (told.get(file.path)?.before === file.content ? { ...file, content: told.get(file.path)!.after } : file));
  const rewritten = new Map(rewriteImports(edited, moves).map((file) => [file.path, file]));
  return edited.map((file) => rewritten.get(file.path) ?? file).filter(({ path, content }) => texts.get(path) !== content);
}

/** The lines that are others, as they become. */
function linesOf(before: string, after: string): string[] {
  const known = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !known.has(line)).map((line) => line.trim());
}
