import { html } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';

const isApple = /Mac|iP/.test(globalThis.navigator?.platform ?? '');
/** As the keyboard of this machine has it written on it. */
const keyWords = (key: string): string => (isApple ? `⌘${key}` : `Ctrl+${key}`);

export const keysOf = { save: keyWords('S'), deploy: keyWords('Enter'), file: keyWords('P'), find: keyWords('Shift+F'), replace: isApple ? '⌥⌘F' : 'Ctrl+H', palette: keyWords('Shift+P'), list: '?', format: isApple ? '⇧⌥F' : 'Shift+Alt+F', fixes: keyWords('.'), rename: 'F2', hover: `${keyWords('K')} ${keyWords('I')}`, definition: 'F12', references: 'Shift+F12' } as const;

/** In the words of the reader's keyboard. */
export const namedKeys = (keys: string, { keyControl, keyShift, keyDelete }: Strings): string => keys.replaceAll('Ctrl', keyControl).replaceAll('Shift', keyShift).replaceAll('Delete', keyDelete);

/** What keys do, in a dialog that `showModal()` opens. */
export function shortcutsDialog(strings: Strings): TemplateResult {
  const rows: readonly (readonly [string, string])[] = [
    [keysOf.save, strings.saveDraft], [keysOf.deploy, strings.deploy], [keysOf.file, strings.goToFile], [keysOf.find, strings.findInProject], [keysOf.replace, strings.replaceHere], [keysOf.palette, strings.palette], [keysOf.list, strings.shortcuts],
    [keysOf.format, strings.formatDocument], [keysOf.fixes, strings.suggestFixes], [keysOf.rename, strings.renameSymbol], [keysOf.hover, strings.showHover], [keysOf.definition, strings.goToDefinition], [keysOf.references, strings.findReferences],
    ['← →', strings.resizeKeys], ['Enter', strings.collapsePanel], ['F2', strings.renameFile], ['Delete', strings.removeFile], [keyWords('X'), strings.cutFile], [keyWords('V'), strings.pasteFile], [keyWords('Z'), strings.undoFileAct],
  ];
  const close = (event: Event): void => (event.currentTarget as HTMLElement).closest('dialog')!.close();
  return html`
    <dialog class="keys" part="dialog" aria-labelledby="keys-title" @click=${(event: MouseEvent) => { if (event.target === event.currentTarget) close(event); }}>
      <header><h2 id="keys-title">${strings.shortcuts}</h2><button type="button" class="quiet icon-only" aria-label=${strings.closeDialog} title=${strings.closeDialog} @click=${close}>${icons.close}</button></header>
      <dl>${rows.map(([keys, word]) => html`<div><dt>${word}</dt><dd><kbd>${namedKeys(keys, strings)}</kbd></dd></div>`)}</dl>
    </dialog>`;
}
