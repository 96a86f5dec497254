import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';
import type { TreeRow } from './tree-rows.ts';

export { moveProblem, pathProblem } from './path-problem.ts';

/** What a path is asked for, above the tree: a new file, or a new folder with its first file; or in the row of a file or folder its new name. */
export interface Asking {
  readonly what: 'add' | 'folder' | 'rename';
  /** What is in the field at first. */
  readonly path: string;
  /** What is to have another name. */
  readonly of?: string;
  readonly isFolder?: boolean;
  /** Which part of it is selected: typing replaces that. */
  readonly selected: readonly [start: number, end: number];
}

export function askAdd(folder: string): Asking {
  const path = folder === '' ? '' : `${folder}/`;
  return { what: 'add', path, selected: [path.length, path.length] };
}

/** A folder is there by what is in it: a first file that makes it a package. */
export function askFolder(folder: string): Asking {
  const before = folder === '' ? '' : `${folder}/`;
  return { what: 'folder', path: `${before}folder/__init__.py`, selected: [before.length, before.length + 'folder'.length] };
}

/** Selected is the name without its ending. */
export function askRename({ path, name, kind }: TreeRow): Asking {
  const isFolder = kind === 'folder';
  return { what: 'rename', path: name, of: path, isFolder, selected: stemOf(name, isFolder) };
}

function stemOf(path: string, isFolder: boolean): readonly [number, number] {
  return [path.lastIndexOf('/') + 1, isFolder ? path.length : /\.[^./]*$/.exec(path)?.index ?? path.length];
}

/** What to select in the field, of what is typed there by now: of a name its stem; where that is selected, all of the name, and then its stem again. */
export function selectAsked({ what, path, isFolder = false, selected }: Asking, field: HTMLInputElement): void {
  const { value, selectionStart, selectionEnd } = field;
  const [start, end] = what === 'rename' ? stemOf(value, isFolder) : value === path ? selected : [value.length, value.length];
  const isSelected = selectionStart === start && selectionEnd === end;
  field.setSelectionRange(start, isSelected ? value.length : end);
}

export interface QuestionOptions {
  readonly asking: Asking | undefined;
  readonly problem: string | undefined;
  readonly strings: Strings;
  readonly onSubmit: (path: string) => void;
  readonly onCancel: () => void;
  /** The focus has gone from the field of a name. */
  readonly onLeave: (path: string) => void;
}

/** The field for a path; without a question, what was wrong with the last move. A name is asked for in its row. */
export function question(options: QuestionOptions): unknown {
  const { asking, problem } = options;
  if (asking) return asking.what === 'rename' ? nothing : askForm({ ...options, asking });
  return problem === undefined ? nothing : html`<div class="ask">${problemOf(problem)}</div>`;
}

/** Enter keeps what was typed, Escape gives it up. */
export function askForm({ asking, problem, strings, onSubmit, onCancel, onLeave }: QuestionOptions & { asking: Asking }): TemplateResult {
  const { what, path, of = '' } = asking;
  const isRename = what === 'rename';
  const label = { add: strings.newPath, folder: strings.folderPath, rename: strings.renamePath(of) }[what];
  const typed = (event: Event): string => (event.currentTarget as HTMLElement).querySelector('input')!.value.trim().normalize('NFC');
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit(typed(event));
  };
  const onKey = (event: KeyboardEvent): void => {
    const isAgain = event.key === 'F2' && isRename;
    if (event.isComposing || (event.key !== 'Escape' && !isAgain)) return;
    event.preventDefault();
    if (isAgain) selectAsked(asking, event.target as HTMLInputElement);
    else onCancel();
  };
  return html`
    <form class="ask" @submit=${submit} @keydown=${onKey} @focusout=${(event: Event) => { if (isRename) onLeave(typed(event)); }}>
      <input name="path" class=${isRename ? 'truncate' : 'mono'} aria-label=${label} aria-invalid=${problem ? 'true' : nothing} aria-describedby=${problem ? 'problem' : nothing} placeholder=${what === 'add' ? 'routers/items.py' : nothing}
        autocomplete="off" autocapitalize="off" spellcheck="false" .value=${path}>
      ${problemOf(problem)}
    </form>`;
}

const problemOf = (problem: string | undefined): TemplateResult => html`<p id="problem" class="problem" role="alert" ?hidden=${!problem}>${problem}</p>`;
