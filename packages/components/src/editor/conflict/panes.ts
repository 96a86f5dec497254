import { history, historyKeymap, indentWithTab, standardKeymap } from '@codemirror/commands';
import { indentUnit, syntaxHighlighting } from '@codemirror/language';
import { presentableDiff } from '@codemirror/merge';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, drawSelection, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import type { Piece } from '@fapi/sdk/workspace';
import { codeHighlighting } from '../highlighting.ts';
import { languageFor } from '../language.ts';
import { tabFocus } from '../tab-focus.ts';
import { codeTheme } from '../theme.ts';
import { choose, placesField, placesHistory, type Choice, type Place } from './places.ts';
import { conflictTheme } from './theme.ts';

export const sides = ['base', 'theirs', 'mine'] as const;
export type Side = (typeof sides)[number];

/** A disputed file and how far it is decided. */
export interface PanesFile { readonly path: string; readonly pieces: readonly Piece[]; readonly text: string; readonly places: readonly Place[] }

/** In the reader's language: what each view is called, and CodeMirror's own. */
export interface PanesWords { readonly labels: Readonly<Record<Side | 'result', string>>; readonly phrases: Readonly<Record<string, string>> }

export interface PanesOptions {
  readonly root: ShadowRoot | Document;
  /** Where each view goes. */
  readonly parents: Readonly<Record<Side | 'result', HTMLElement>>;
  readonly words: PanesWords;
  readonly onChange: (path: string, text: string, places: readonly Place[]) => void;
  readonly onTabFocus: (isOn: boolean) => void;
}

/** The three ways of a file and what becomes of it: three texts to read, one to write. */
export interface Panes {
  open(file: PanesFile): void;
  /** Brings a place into sight in all four; moves no focus. */
  show(index: number): void;
  choose(index: number, choice: Choice): void;
  /** Puts the cursor to the place. */
  edit(index: number): void;
  /** Costs nothing where they are as they were. */
  setWords(words: PanesWords): void;
  setRoot(root: ShadowRoot | Document): void;
  destroy(): void;
}

const setNow = StateEffect.define<number>();
const nowField = StateField.define<number>({ create: () => 0, update: (now, { effects }) => effects.find((effect) => effect.is(setNow))?.value as number | undefined ?? now });

/** Longer than this is not compared word by word, nor longer on: it is marked as a whole. */
const compared = { scanLimit: 500, timeout: 50 } as const;

export function createPanes({ root, parents, words: firstWords, onChange, onTabFocus }: PanesOptions): Panes {
  const [language, wording] = [new Compartment(), new Compartment()];
  const kept = new Map<string, { state: EditorState; pieces: readonly Piece[] }>();
  let file: PanesFile | undefined;
  let words = firstWords;

  const wordingOf = (name: Side | 'result'): Extension => [EditorState.phrases.of(words.phrases), EditorView.contentAttributes.of({ 'aria-label': words.labels[name] })];
  const common = (name: Side | 'result'): Extension => [
    lineNumbers(), highlightSpecialChars(), drawSelection(), wording.of(wordingOf(name)), EditorState.tabSize.of(4), nowField, conflictTheme, codeTheme, syntaxHighlighting(codeHighlighting),
    EditorView.contentAttributes.of({ tabindex: '0', spellcheck: 'false', translate: 'no', dir: 'ltr' }),
  ];
  const readers = sides.map((side) => new EditorView({ root, parent: parents[side] }));
  const listen = EditorView.updateListener.of(({ state, startState }) => {
    if (file && (state.field(placesField) !== startState.field(placesField) || state.doc !== startState.doc)) onChange(file.path, state.doc.toString(), state.field(placesField));
  });
  const result = new EditorView({ root, parent: parents.result });

  const makeReader = (side: Side, { path, pieces }: PanesFile): EditorState => EditorState.create({
    doc: pieces.map((piece) => piece[side]).join(''),
    extensions: [common(side), languageOf(path), EditorState.readOnly.of(true), EditorView.editable.of(false), sideMarks(side, pieces)],
  });
  const makeResult = ({ path, text, places }: PanesFile): EditorState => EditorState.create({
    doc: text,
    extensions: [common('result'), language.of(languageOf(path)), history(), placesField.init(() => places), placesHistory, resultMarks, tabFocus(onTabFocus), indentUnit.of('    '), keymap.of([...standardKeymap, ...historyKeymap, indentWithTab]), listen],
  });

  return {
    open(next) {
      if (file) kept.set(file.path, { state: result.state, pieces: file.pieces });
      // With its steps of undo, unless theirs has become another one.
      const former = kept.get(next.path);
      file = undefined;
      sides.forEach((side, index) => readers[index]!.setState(makeReader(side, next)));
      result.setState(former?.pieces === next.pieces && former.state.doc.toString() === next.text ? former.state.update({ effects: wording.reconfigure(wordingOf('result')) }).state : makeResult(next));
      file = next;
    },
    show(index) {
      if (!file) return;
      sides.forEach((side, at) => {
        const { from } = spansOf(side, file!.pieces)[index] ?? { from: 0 };
        readers[at]!.dispatch({ effects: [setNow.of(index), EditorView.scrollIntoView(from, { y: 'center' })] });
      });
      const { from } = result.state.field(placesField)[index] ?? { from: 0 };
      result.dispatch({ effects: [setNow.of(index), EditorView.scrollIntoView(from, { y: 'center' })] });
    },
    choose(index, choice) {
      const piece = file?.pieces.filter(({ merged }) => merged === undefined)[index];
      if (piece) result.dispatch(choose(result.state, index, choice, textOf(piece, choice)));
    },
    edit(index) {
      const place = result.state.field(placesField)[index];
      if (!place) return;
      result.dispatch({ selection: { anchor: place.from }, effects: EditorView.scrollIntoView(place.from, { y: 'center' }) });
      result.focus();
    },
    setWords(next) {
      if (JSON.stringify(next) === JSON.stringify(words)) return;
      words = next;
      for (const [index, name] of ([...sides, 'result'] as const).entries()) (readers[index] ?? result).dispatch({ effects: wording.reconfigure(wordingOf(name)) });
    },
    setRoot(next) { for (const view of [...readers, result]) view.setRoot(next); },
    destroy() { for (const view of [...readers, result]) view.destroy(); },
  };
}

const languageOf = (path: string): Extension => languageFor(/\.pyi?$/.test(path) ? 'python' : 'text');
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
/** Where a hand begins with both sides, nothing has to be typed again. */
const textOf = ({ mine, theirs }: Piece, choice: Choice): string => ({ mine, theirs, both: ended(theirs) + mine, hand: ended(theirs) + mine })[choice];

/** Of the disputed pieces, in that side's text. */
function spansOf(side: Side, pieces: readonly Piece[]): { from: number; to: number; piece: Piece }[] {
  let at = 0;
  return pieces.flatMap((piece) => {
    const from = at;
    at += piece[side].length;
    return piece.merged === undefined ? [{ from, to: at, piece }] : [];
  });
}

/** A place where a side has nothing. */
class Gap extends WidgetType {
  override toDOM(): HTMLElement {
    const bar = document.createElement('div');
    bar.className = 'cm-gap';
    return bar;
  }
}
const gap = new Gap();

function lineMarks(state: EditorState, { from, to }: { from: number; to: number }, name: string): { from: number; decoration: Decoration }[] {
  if (from === to) return [{ from, decoration: Decoration.widget({ widget: gap, block: true, side: from === state.doc.length && from > 0 ? 1 : -1 }) }];
  const marks = [];
  for (let at = from; at < to; at = state.doc.lineAt(at).to + 1) marks.push({ from: state.doc.lineAt(at).from, decoration: Decoration.line({ class: name }) });
  return marks;
}

function sideMarks(side: Side, pieces: readonly Piece[]): Extension {
  const spans = spansOf(side, pieces);
  const words = side === 'base' ? [] : spans.flatMap(({ from, piece }) => presentableDiff(piece.base, piece[side], compared).filter(({ fromB, toB }) => toB > fromB).map(({ fromB, toB }) => ({ from: from + fromB, to: from + toB })));
  return EditorView.decorations.compute([nowField, 'doc'], (state) => Decoration.set([
    ...spans.flatMap((span, index) => lineMarks(state, span, `cm-place ${state.field(nowField) === index ? 'cm-place-now' : ''}`).map(({ from, decoration }) => decoration.range(from))),
    ...words.map(({ from, to }) => Decoration.mark({ class: 'cm-word' }).range(from, to)),
  ], true));
}

const resultMarks: Extension = EditorView.decorations.compute([placesField, nowField, 'doc'], (state): DecorationSet => Decoration.set(
  state.field(placesField).flatMap((place, index) => lineMarks(state, place, `cm-place ${place.choice ? 'cm-place-done' : ''} ${state.field(nowField) === index ? 'cm-place-now' : ''}`).map(({ from, decoration }) => decoration.range(from))), true));
