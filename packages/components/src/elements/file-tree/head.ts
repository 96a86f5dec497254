import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import { leaving } from '../../parts/leaving.ts';
import type { TreeRow } from './tree-rows.ts';

/** What the buttons above the tree ask for, of the row that is current where there is one. */
export type HeadAct = 'add' | 'folder' | 'rename' | 'remove' | 'files' | 'folder-of-disk' | 'zip' | 'export' | 'undo';

export interface HeadOptions {
  readonly current: TreeRow | undefined;
  readonly isReadOnly: boolean;
  readonly isMenuOpen: boolean;
  readonly canUndo: boolean;
  readonly strings: Strings;
  readonly onAct: (act: HeadAct) => void;
  readonly onMenu: (isOpen: boolean) => void;
  /** The menu has lost the focus, or its place. */
  readonly onLeave: () => void;
}

export function head(options: HeadOptions): TemplateResult {
  const { current, isReadOnly, isMenuOpen, strings, onAct, onMenu } = options;
  const isFolder = current?.kind === 'folder';
  const more = strings.moreForFiles;
  return html`
    <header>
      <h2>${strings.files}</h2>
      ${isReadOnly ? nothing : html`
        ${iconButton(strings.addFile, strings.addFile, icons.addFile, () => onAct('add'))}
        ${iconButton(isFolder ? strings.renameFolder : strings.renameFile, isFolder ? `${strings.renameFolder} (F2)` : strings.renameHint, icons.rename, () => onAct('rename'), !current)}
        ${iconButton(isFolder ? strings.removeFolder : strings.removeFile, isFolder ? `${strings.removeFolder} (Del)` : strings.removeHint, icons.remove, () => onAct('remove'), !current)}`}
      <button type="button" class="quiet icon-only" data-more tabindex="0" title=${more} aria-label=${more} aria-expanded=${isMenuOpen} @click=${() => onMenu(!isMenuOpen)}>${icons.more}</button>
    </header>
    ${isMenuOpen ? menu(options) : nothing}`;
}

const iconButton = (name: string, title: string, icon: TemplateResult, onClick: () => void, isOff = false): TemplateResult =>
  html`<button type="button" class="quiet icon-only" title=${title} aria-label=${name} ?disabled=${isOff} @click=${onClick}>${icon}</button>`;

/** Not a menu to assistive technology but a few more buttons, which Tab goes through like through the others. */
function menu({ isReadOnly, canUndo, strings, onAct, onMenu, onLeave }: HeadOptions): TemplateResult {
  const entries: readonly (readonly [HeadAct, string])[] = isReadOnly ? [['export', strings.exportZip]] : [
    ['folder', strings.addFolder], ['files', strings.pickFiles], ['folder-of-disk', strings.pickFolder], ['zip', strings.importZip], ['export', strings.exportZip], ...(canUndo ? [['undo', strings.undoFileAct] as const] : []),
  ];
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    onMenu(false);
  };
  return html`<div class="menu" popover="manual" tabindex="-1" role="group" aria-label=${strings.moreForFiles} @keydown=${onKey} @focusout=${leaving(onLeave)} @toggle=${({ newState }: ToggleEvent) => { if (newState === 'closed') onLeave(); }}>${entries.map(([act, word]) => html`<button type="button" class="quiet" data-act=${act} @click=${() => { onMenu(false); onAct(act); }}>${word}</button>`)}</div>`;
}
