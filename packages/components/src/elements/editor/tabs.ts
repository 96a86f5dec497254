import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons.ts';
import { fileMark } from '../../parts/file-mark.ts';
import { isLibraryPath, libraryName } from '../../library-path.ts';
import type { Strings } from '../../strings.ts';

export interface TabsOptions {
  readonly open: readonly string[];
  readonly active: string | undefined;
  readonly dirty: ReadonlySet<string>;
  /** Who else looks at each file, in words. */
  readonly people: ReadonlyMap<string, string>;
  readonly strings: Strings;
  readonly onOpen: (path: string) => void;
  readonly onClose: (path: string) => void;
}

/** The open files. A list of buttons, because a tab with a close button inside is not a tab to assistive technology. */
export function tabs({ open, active, dirty, people, strings, onOpen, onClose }: TabsOptions): TemplateResult {
  return html`
    <nav class="tabs" part="tabs" aria-label=${strings.openFiles}><ul>${open.map((path) => {
      const isLibrary = isLibraryPath(path);
      const shown = isLibrary ? libraryName(path) : path;
      const name = shown.slice(shown.lastIndexOf('/') + 1);
      const isTwice = open.some((other) => other !== path && other.endsWith(`/${name}`)) || open.some((other) => other !== path && other === name);
      return html`
        <li class="tab" part="tab" data-active=${path === active} ?data-library=${isLibrary} @auxclick=${(event: MouseEvent) => { if (event.button === 1) onClose(path); }}>
          <button type="button" class="quiet name" aria-current=${path === active ? 'true' : nothing} title=${isLibrary ? `${shown}: ${strings.libraryTab}` : shown} @click=${() => onOpen(path)}>
            ${isLibrary ? html`${icons.library}<span class="visually-hidden">${strings.libraryTab}: </span>` : nothing}<span class="truncate">${name}</span>${isTwice && shown.includes('/') ? html`<span class="secondary folder">${shown.slice(0, shown.lastIndexOf('/'))}</span>` : nothing}
            ${fileMark(people.get(path))}${dirty.has(path) ? html`<span class="dot"><span class="visually-hidden">${strings.unsaved}</span></span>` : nothing}
          </button>
          <button type="button" class="quiet icon-only close" aria-label=${strings.closeTab(shown)} title=${strings.closeTab(shown)} @click=${() => onClose(path)}>${icons.close}</button>
        </li>`;
    })}</ul></nav>`;
}
