import type { Finding, Fix } from '@fapi/sdk/contract';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, Transaction } from '@codemirror/state';
import type { Annotation, ChangeSet, Extension, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { replacements } from '@fapi/sdk/workspace';
import { findingsShown, sortFindings } from '../findings.ts';
import type { Strings } from '../strings.ts';
import { handsHere, loadHands } from './hands-later.ts';
import { KeptStates } from './kept-states.ts';
import type { KeptState } from './kept-states.ts';
import { languageFor, languageOf } from './language.ts';
import type { FileEdit } from './language/types.ts';
import { LateSuggestion } from './late-suggestion.ts';
import { toDiagnostics } from './lint.ts';
import { toOffset, toPosition } from './positions.ts';
import { sight } from './sight.ts';
import { tabFocus } from './tab-focus.ts';

export interface CodeEditorOptions {
  /** Where the view goes. */
  parent: HTMLElement;
  root: ShadowRoot | Document;
  path: string;
  value: string;
  language: string;
  label: string;
  isReadOnly: boolean;
  /** Do long lines go on below? */
  isWrapping: boolean;
  /** What an editor of before has left. */
  kept: KeptStates | undefined;
  /** What else the editor of a file is made of. */
  extensionFor: (path: string) => Extension;
  /** CodeMirror's own words in the reader's language, as they are now; the same object while they are the same. */
  phrases: () => Readonly<Record<string, string>>;
  /** Told of what the user changed, never of what came from outside. */
  onInput: (path: string, value: string) => void;
  onCursor: (path: string, line: number, column: number) => void;
  /** Told which fix was chosen. */
  onFix: (fix: Fix) => void;
  /** The words of the reader's language as they are now. */
  strings: () => Strings;
  /** Told when Tab starts or stops moving focus. */
  onTabFocus: (isOn: boolean) => void;
}

/** A CodeMirror view with one state per file: undo, selection and scroll survive switching. */
export interface CodeEditor {
  open(path: string, value: string, language: string): void;
  /** Brings outside text in as the smallest changes and as one step of undo, so that cursor and history stay, and an input method goes on with what it composes. */
  setValue(value: string): void;
  /** Makes edits, each file's as one step of its undo, whether it is shown or not; the text that they end in is for whoever holds the files. */
  edit(edits: readonly FileEdit[]): void;
  /** Every state gets what `extensionFor` answers now. */
  refresh(extensionFor: (path: string) => Extension): void;
  /** Costs nothing where they are shown as they would be. */
  setFindings(findings: readonly Finding[]): void;
  setReadOnly(isReadOnly: boolean): void;
  setWrapping(isWrapping: boolean): void;
  setLabel(label: string): void;
  /** The reader's language may be another one, or its words have come. */
  setPhrases(): void;
  /** 1-based; column in code points. */
  reveal(line: number, column: number): void;
  /** Focuses and selects a span of UTF-16 offsets, e.g. where the textarea had it. */
  select(start: number, end: number): void;
  /** A file has another path: its state is kept under that. */
  rename(from: string, to: string): void;
  /** Forgets the state of a file that is gone. */
  forget(path: string): void;
  focus(): void;
  act<T>(work: (view: EditorView) => T): T;
  setRoot(root: ShadowRoot | Document): void;
  /** What it leaves, for an editor in its place. */
  destroy(): KeptStates;
}

/** Of all editors: a state goes on in another one, which puts its own into them. */
const [access, wrapping, naming, wording, more, hearing, handling, speech] = [new Compartment(), new Compartment(), new Compartment(), new Compartment(), new Compartment(), new Compartment(), new Compartment(), new Compartment()];

export function createCodeEditor(options: CodeEditorOptions): CodeEditor {
  const kept = options.kept ?? new KeptStates();
  let { path, isReadOnly, isWrapping, label, extensionFor } = options;
  /** Undefined while nothing is marked; what an editor of before has marked is there still. */
  let found: readonly unknown[] | undefined = options.kept && [];
  let phrases = options.phrases();
  let isOutside = false;
  let isDestroyed = false;
  /** As the view was seen last: out of the page it has forgotten it. */
  let scrolled: KeptState['scroll'];
  /** What was said last of the view's text: it comes back as the value, and a long text is not put together and compared for each key. */
  let said: { readonly doc: Text; readonly value: string } | undefined;
  /** What was typed into the view's text while there was no history yet. */
  let early: { readonly doc: Text; readonly changes: ChangeSet } | undefined;

  const accessOf = (): Extension => (isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : []);
  const wrappingOf = (): Extension => (isWrapping ? EditorView.lineWrapping : []);
  const namingOf = (): Extension => EditorView.contentAttributes.of({ 'aria-label': label });
  const wordingOf = (): Extension => EditorState.phrases.of(phrases);
  const handlingOf = (): Extension => handsHere()?.hands ?? [];
  const late = new LateSuggestion();
  const listen = EditorView.updateListener.of((update) => {
    late.see(update, isOutside);
    if (update.docChanged) scrolled = scrolled?.map(update.changes);
    // With what comes from outside it is no step of its own any more.
    if (update.docChanged && !handsHere()) early = isOutside ? undefined : { doc: early?.doc ?? update.startState.doc, changes: early?.changes.compose(update.changes) ?? update.changes };
    if (update.docChanged && !isOutside) {
      said = { doc: update.state.doc, value: update.state.doc.toString() };
      options.onInput(path, said.value);
    }
    if (update.selectionSet || update.docChanged) {
      const { line, column } = toPosition(update.state.doc, update.state.selection.main.head);
      options.onCursor(path, line, column);
    }
  });
  const hearingOf = (): Extension => [tabFocus(options.onTabFocus), listen, EditorView.domEventObservers({ scroll: (_, scroller) => { scrolled = scroller.scrollSnapshot(); } })];
  const makeState = (value: string, language: string, of = path): EditorState => EditorState.create({
    doc: value,
    extensions: [access.of(accessOf()), wrapping.of(wrappingOf()), naming.of(namingOf()), more.of(extensionFor(of)), wording.of(wordingOf()), hearing.of(hearingOf()), sight, handling.of(handlingOf()), speech.of(languageFor(language))],
  });
  /** A state of before, as all of this is now. */
  const adopt = ({ state }: KeptState): EditorState => state.update({
    effects: [access.reconfigure(accessOf()), wrapping.reconfigure(wrappingOf()), naming.reconfigure(namingOf()), wording.reconfigure(wordingOf()), more.reconfigure(extensionFor(path)), hearing.reconfigure(hearingOf()), handling.reconfigure(handlingOf())],
  }).state;

  // Not into the page before it is whole: else it is laid out empty first.
  const former = kept.take(path);
  const view = unselected(options.root, () => new EditorView({ root: options.root, state: former ? adopt(former) : makeState(options.value, options.language) }));
  options.parent.append(view.dom);

  function takeHands(): void {
    // What cannot be had now is asked for with the next file.
    if (!handsHere()) void loadHands().then(() => { if (!isDestroyed) useHands(); }, () => undefined);
  }
  function useHands(): void {
    // Suggestions for what was typed are worth more than its undo: they would go with it.
    const isSuggesting = handsHere()!.isSuggesting(view.state);
    view.dispatch({ effects: handling.reconfigure(handlingOf()) });
    const typed = early;
    early = undefined;
    if (!typed || view.composing || isSuggesting) return askLate();
    // It goes and comes again in one drawing, as the first step of the history that is there now.
    const { doc, changes } = typed;
    const without = view.state.update({ changes: changes.invert(doc), annotations: Transaction.addToHistory.of(false) });
    const again = without.state.update({ changes, selection: view.state.selection, annotations: ownStepOf() });
    isOutside = true;
    view.dispatch([without, again]);
    isOutside = false;
    askLate();
  }
  /** Keywords are no answer to what a value has. */
  function askLate(): void {
    const own = more.get(view.state);
    if (Array.isArray(own) && own.length > 0) late.ask(view);
  }
  function setValue(value: string): void {
    if (said?.doc === view.state.doc && said.value === value) return;
    // CodeMirror knows one end of a line.
    const changes = replacements(view.state.doc.toString(), value.replaceAll(/\r\n?/g, '\n'));
    if (changes.length === 0) return;
    isOutside = true;
    // What an input method composes joins the last step of history, which must be its own: else one step back would take both.
    view.dispatch({ changes, annotations: view.composing ? Transaction.addToHistory.of(false) : ownStepOf() });
    isOutside = false;
  }

  function editOne({ path: of, before, after, changes }: FileEdit): void {
    const former = kept.find(of)?.state ?? (of === path ? view.state : makeState(before, languageOf(of), of));
    const isAsSaid = former.doc.eq(former.toText(before));
    const change = isAsSaid ? changes : replacements(former.doc.toString(), after);
    const transaction = former.update({ changes: change, annotations: ownStepOf() });
    if (of !== path) return kept.keep(of, { state: transaction.state, scroll: kept.find(of)?.scroll });
    isOutside = true;
    view.dispatch(transaction);
    isOutside = false;
  }

  /** In which language the text that is shown is read: a new name may make it another one. */
  function speak(language: string): void {
    if (speech.get(view.state) !== languageFor(language)) view.dispatch({ effects: speech.reconfigure(languageFor(language)) });
  }

  /** Goes on with a state of before, as far as its text is still that one. */
  function goOn(from: KeptState | undefined, value: string, language: string): void {
    speak(language);
    scrolled = from?.scroll;
    if (scrolled) view.dispatch({ effects: scrolled });
    setValue(value);
  }

  if (former) goOn(former, options.value, options.language);
  takeHands();
  return {
    setValue,
    open(next, value, language) {
      if (next === path) {
        speak(language);
        return setValue(value);
      }
      kept.keep(path, { state: view.state, scroll: view.scrollSnapshot() });
      early = undefined;
      path = next;
      const kin = kept.take(next);
      view.setState(kin ? adopt(kin) : makeState(value, language));
      goOn(kin, value, language);
      takeHands();
    },
    edit(edits) {
      for (const one of edits) editOne(one);
    },
    refresh(next) {
      extensionFor = next;
      view.dispatch({ effects: more.reconfigure(extensionFor(path)) });
      askLate();
    },
    setFindings(findings) {
      // A language may come after what was found.
      const now = [findings, path, isReadOnly, options.strings()];
      if (found ? now.every((one, index) => one === found![index]) : findings.length === 0) return;
      found = now;
      const own = sortFindings(findings.filter((finding) => finding.file === path)).slice(0, findingsShown);
      view.dispatch(setDiagnostics(view.state, toDiagnostics(view.state.doc, own, { onFix: isReadOnly ? undefined : options.onFix, strings: options.strings() })));
    },
    setReadOnly(value) {
      if (value === isReadOnly) return;
      isReadOnly = value;
      view.dispatch({ effects: access.reconfigure(accessOf()) });
    },
    setWrapping(value) {
      if (value === isWrapping) return;
      isWrapping = value;
      view.dispatch({ effects: wrapping.reconfigure(wrappingOf()) });
    },
    setLabel(value) {
      if (value === label) return;
      label = value;
      view.dispatch({ effects: naming.reconfigure(namingOf()) });
    },
    setPhrases() {
      const now = options.phrases();
      if (now === phrases) return;
      phrases = now;
      view.dispatch({ effects: wording.reconfigure(wordingOf()) });
    },
    reveal(line, column) {
      const head = toOffset(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor: head }, effects: EditorView.scrollIntoView(head, { y: 'center' }) });
      view.focus();
    },
    select(start, end) {
      view.dispatch({ selection: { anchor: Math.min(start, view.state.doc.length), head: Math.min(end, view.state.doc.length) } });
      view.focus();
    },
    rename(from, to) {
      kept.rename(from, to);
      if (from !== path) return;
      path = to;
      view.dispatch({ effects: more.reconfigure(extensionFor(path)) });
    },
    forget(gone) { kept.forget(gone); },
    focus() { view.focus(); },
    act: (work) => work(view),
    setRoot(root) {
      view.setRoot(root);
      // In another place it stands at its beginning.
      if (scrolled) view.dispatch({ effects: scrolled });
    },
    destroy() {
      isDestroyed = true;
      kept.keep(path, { state: view.state, scroll: scrolled });
      view.destroy();
      return kept;
    },
  };
}

/** Before there is a history there are no steps of it. */
const ownStepOf = (): Annotation<unknown> | [] => handsHere()?.ownStep ?? [];

/** CodeMirror looks at once where the selection is, and Chromium lays the page out before it says that of a shadow tree: in what is not in the page yet it is not. */
function unselected<T>(root: ShadowRoot | Document, make: () => T): T {
  const own = root as { getSelection?: () => Selection | null } & EventTarget;
  own.getSelection = () => null;
  try {
    return make();
  } finally {
    delete own.getSelection;
  }
}
