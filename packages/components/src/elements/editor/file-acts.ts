import type { AppFile } from '@fapi/sdk/contract';
import type { AppStore, FileChanges } from '@fapi/sdk/workspace';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';
import type { FileEdit, FileMove } from '../../editor/language/types.ts';
import type { FapiCode } from '../code/code.ts';
import type { FileAct } from '../file-tree/file-tree.ts';
import { FileNotice } from './file-notice.ts';
import { stepOf, undoOf } from './file-steps.ts';
import type { FileStep } from './file-steps.ts';
import type { OpenFiles } from './open-files.ts';

/** The editor that the acts are of. */
export interface FileActsOptions {
  readonly open: OpenFiles;
  readonly store: () => AppStore | undefined;
  readonly code: () => FapiCode | null;
  readonly words: () => { readonly strings: Strings; readonly locale: string };
  /** What the language server makes of the imports of what is about to be moved. */
  readonly editsOfMove: (move: FileMove) => Promise<readonly FileEdit[]>;
  /** Something that is drawn is another. */
  readonly onChange: () => void;
}

interface Done { readonly step: FileStep; readonly name: string; readonly open: readonly string[]; readonly active: string | undefined }

/** More are never taken back one by one. */
const stepsMax = 100;

/** What is done to files as a whole: to the draft, the tabs and the texts; each act in one change, and taken back in one. */
export class FileActs {
  readonly #editor: FileActsOptions;
  #done: Done[] = [];
  readonly notice: FileNotice;

  constructor(editor: FileActsOptions) {
    this.#editor = editor;
    this.notice = new FileNotice({ store: editor.store, isUndoable: (files) => this.#isUndoable(files), onChange: editor.onChange });
  }

  get canUndo(): boolean { return this.#done.length > 0; }

  act(asked: FileAct): void {
    const { strings } = this.#editor.words();
    switch (asked.act) {
      case 'add': this.change({ put: [{ path: asked.path, content: '' }] }, strings.actAdd(asked.path), [strings.fileAdded(asked.path)]); return this.#editor.open.open(asked.path);
      case 'rename': return this.#move({ from: asked.path, to: asked.to });
      case 'remove': return this.#remove(asked.path);
      case 'undo': return this.undo();
      case 'hide': return this.notice.say(undefined);
    }
  }

  /** Makes changes as one act of that name, and says so. */
  change(changes: FileChanges, name: string, words: readonly string[]): void {
    const { store, open, words: said } = this.#editor;
    const { strings } = said();
    const files = store()?.snapshot.files ?? [];
    const step = stepOf(files, changes);
    this.#done = [...this.#done.slice(1 - stepsMax), { step, name, open: open.paths, active: open.active }];
    // What had that name before is another file.
    for (const { path } of step.after) if (!files.some((file) => file.path === path)) this.#editor.code()?.forget(path);
    this.#make(changes, step.moves);
    this.notice.say({ words, acts: [{ word: strings.undo, run: () => this.undo() }], kind: 'done' });
  }

  /** Takes the last act back; what was changed since is left, and told. */
  undo(): void {
    const last = this.#done.at(-1);
    const { store, open, words } = this.#editor;
    if (!last) return;
    const { strings } = words();
    this.#done = this.#done.slice(0, -1);
    const back = undoOf(last.step, store()?.snapshot.files ?? []);
    if ('disturbed' in back) return this.notice.say({ words: [strings.notUndone(this.listed(back.disturbed))], acts: [], kind: 'problem' });
    this.#make(back, back.move);
    for (const { path } of back.put) if (last.open.includes(path)) open.open(path);
    if (last.active !== undefined && store()?.snapshot.files.some(({ path }) => path === last.active)) open.open(last.active);
    // The act before it may have been of the same click.
    const before = this.#done.at(-1);
    this.notice.say({ words: [strings.fileActUndone(last.name)], acts: before ? [{ word: strings.undoAlso(before.name), run: () => this.undo() }] : [], kind: 'done' }, 'soon');
  }

  /** A file as it was when it was deleted or written over here last. */
  formerOf(path: string): AppFile | undefined { return this.#done.flatMap(({ step }) => step.before).findLast((file) => file.path === path); }

  /** Another app: nothing of this one can be taken back there. */
  clear(): void {
    this.#done = [];
    this.notice.clear();
  }

  /** Some names, and how many more there are. */
  listed(names: readonly string[]): string {
    const { strings, locale } = this.#editor.words();
    const shown = names.slice(0, 3).join(', ');
    return names.length > 3 ? strings.moreNames(shown, formatNumber(names.length - 3, locale)) : shown;
  }

  /** At once; and where other files import it by the path that it had, that is said, with what to do about it. */
  #move(move: FileMove): void {
    const { store, words, editsOfMove } = this.#editor;
    // Before it is made: the server answers of what is there.
    const edits = editsOfMove(move);
    const { moves } = stepOf(store()?.snapshot.files ?? [], { move: [move] });
    this.change({ move: [move] }, words().strings.actMove(move.from, move.to), [words().strings.fileMoved(move.from, move.to)]);
    const { said } = this.notice;
    // Where it cannot be loaded, what was said of the move stays.
    void this.notice.awaitOffer(import('./imports/offer-imports.ts').then(({ offerImports }) => offerImports({ acts: this, said, moves, edits, store, words }), () => undefined));
  }

  #isUndoable(files: readonly AppFile[]): boolean {
    const last = this.#done.at(-1);
    return last !== undefined && !('disturbed' in undoOf(last.step, files));
  }

  #remove(path: string): void {
    const { store, words } = this.#editor;
    const { strings, locale } = words();
    const inside = store()?.snapshot.files.filter((file: AppFile) => file.path.startsWith(`${path}/`)).length ?? 0;
    this.change({ remove: [path] }, strings.actRemove(path), [inside === 0 ? strings.fileRemoved(path) : strings.folderRemoved(path, formatNumber(inside, locale), inside === 1)]);
  }

  /** The texts move along with their undo, cursor and place before the files do: drawn under a new path they would begin anew. */
  #make(changes: FileChanges, moves: FileStep['moves']): void {
    const { open, code, store } = this.#editor;
    for (const { from, to } of moves) {
      open.rename(from, to);
      code()?.rename(from, to);
    }
    store()?.changeFiles(changes);
  }
}
