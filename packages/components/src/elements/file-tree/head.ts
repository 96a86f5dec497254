import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { MenuController } from '../../controllers/menu.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import type { TreeRow } from './tree-rows.ts';

/** What the buttons above the tree ask for, of the row that is current where there is one. */
export type HeadAct = 'add' | 'folder' | 'rename' | 'remove' | 'files' | 'folder-of-disk' | 'zip' | 'export' | 'undo';

export interface HeadOptions {
  readonly current: TreeRow | undefined;
  readonly isReadOnly: boolean;
  readonly menu: MenuController;
  readonly canUndo: boolean;
  readonly strings: Strings;
  readonly onAct: (act: HeadAct) => void;
}

export function head(options: HeadOptions): TemplateResult {
  const { current, isReadOnly, menu, strings, onAct } = options;
  const isFolder = current?.kind === 'folder';
  return html`
    <header>
      <h2>${strings.files}</h2>
      ${isReadOnly ? nothing : html`
        ${iconButton(strings.addFile, strings.addFile, icons.addFile, () => onAct('add'))}
        ${iconButton(isFolder ? strings.renameFolder : strings.renameFile, isFolder ? `${strings.renameFolder} (F2)` : strings.renameHint, icons.rename, () => onAct('rename'), !current)}
        ${iconButton(isFolder ? strings.removeFolder : strings.removeFile, isFolder ? strings.removeFolderHint : strings.removeHint, icons.remove, () => onAct('remove'), !current)}`}
      ${menu.opener('files', strings.moreForFiles)}
    </header>
    ${menu.menu('files', strings.moreForFiles, () => entriesOf(options).map(([act, word]) => ({ act, word, run: () => onAct(act) })))}`;
}

const iconButton = (name: string, title: string, icon: TemplateResult, onClick: () => void, isOff = false): TemplateResult =>
  html`<button type="button" class="quiet icon-only" title=${title} aria-label=${name} ?disabled=${isOff} @click=${onClick}>${icon}</button>`;

function entriesOf({ isReadOnly, canUndo, strings }: HeadOptions): readonly (readonly [HeadAct, string])[] {
  return isReadOnly ? [['export', strings.exportZip]] : [
    ['folder', strings.addFolder], ['files', strings.pickFiles], ['folder-of-disk', strings.pickFolder], ['zip', strings.importZip], ['export', strings.exportZip], ...(canUndo ? [['undo', strings.undoFileAct] as const] : []),
  ];
}
