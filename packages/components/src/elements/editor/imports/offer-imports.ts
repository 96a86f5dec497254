import type { AppFile } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { addEnglish } from '../../../catalogues.ts';
import type { FileEdit } from '../../../editor/language/types.ts';
import { formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import { importsEnglish } from '../../../strings/imports.ts';
import type { FileActs } from '../file-acts.ts';
import type { Move } from './modules.ts';
import { rewriteImports } from './rewrite-imports.ts';

addEnglish(importsEnglish);

export interface ImportsOptions {
  readonly acts: FileActs;
  readonly store: AppStore;
  /** Each file that was moved. */
  readonly moves: readonly Move[];
  /** What the language server makes of it, by the paths before it. */
  readonly edits: readonly FileEdit[];
  readonly strings: Strings;
  readonly locale: string;
}

/** Adds to what is said of a move that others import what was moved, and the act that gives them its new name. */
export function offerImports(options: ImportsOptions): void {
  const { acts, store, strings, locale } = options;
  const { files } = store.snapshot;
  const changed = changedBy(options, files);
  if (changed.length === 0 || !acts.said) return;
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  acts.say({
    words: [...acts.said.words, strings.importsStale(formatNumber(changed.length, locale), changed.length === 1)],
    lists: changed.map(({ path, content }) => ({ heading: path, rows: linesOf(texts.get(path)!, content) })),
    acts: [{ word: strings.updateImports, run: () => update(options) }, ...acts.said.acts],
    kind: 'done',
  });
}

/** As the files are now: somebody may have typed since it was offered. */
function update(options: ImportsOptions): void {
  const { acts, store, strings, locale } = options;
  const put = changedBy(options, store.snapshot.files);
  acts.change({ put }, [strings.importsUpdated(formatNumber(put.length, locale), put.length === 1)]);
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
