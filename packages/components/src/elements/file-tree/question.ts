import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';

/** What a path is asked for: a new file, a new folder with its first file, or another path for what is at `path`. */
export interface Asking {
  readonly what: 'add' | 'folder' | 'rename';
  /** What is in the field at first. */
  readonly path: string;
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
export const askRename = (path: string, isFolder: boolean): Asking => ({ what: 'rename', path, isFolder, selected: stemOf(path, isFolder) });

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
}

/** The field for a path; without a question, what was wrong with the last move. */
export function question({ asking, problem, strings, onSubmit, onCancel }: QuestionOptions): unknown {
  if (!asking) return problem === undefined ? nothing : html`<div class="ask">${problemOf(problem)}</div>`;
  const label = { add: strings.newPath, folder: strings.folderPath, rename: strings.renamePath(asking.path) }[asking.what];
  const submit = (event: Event): void => {
    event.preventDefault();
    onSubmit(String(new FormData(event.target as HTMLFormElement).get('path')).trim().normalize('NFC'));
  };
  const onKey = (event: KeyboardEvent): void => {
    const isAgain = event.key === 'F2' && asking.what === 'rename';
    if (event.key !== 'Escape' && !isAgain) return;
    event.preventDefault();
    if (isAgain) selectAsked(asking, event.target as HTMLInputElement);
    else onCancel();
  };
  return html`
    <form class="ask" @submit=${submit} @keydown=${onKey}>
      <input name="path" class="mono" aria-label=${label} aria-invalid=${problem ? 'true' : nothing} aria-describedby=${problem ? 'problem' : nothing} placeholder=${asking.what === 'add' ? 'routers/items.py' : nothing}
        autocomplete="off" autocapitalize="off" spellcheck="false" .value=${asking.path}>
      ${problemOf(problem)}
    </form>`;
}

const problemOf = (problem: string | undefined): TemplateResult => html`<p id="problem" class="problem" role="alert" ?hidden=${!problem}>${problem}</p>`;
