import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icons } from '../../icons.ts';
import type { Strings } from '../../strings.ts';

export interface TabsOptions {
  readonly open: readonly string[];
  readonly active: string | undefined;
  readonly dirty: ReadonlySet<string>;
  readonly strings: Strings;
  readonly onOpen: (path: string) => void;
  readonly onClose: (path: string) => void;
}

/** The open files. A list of buttons, because a tab with a close button inside is not a tab to assistive technology. */
export function tabs({ open, active, dirty, strings, onOpen, onClose }: TabsOptions): TemplateResult {
  return html`
    <nav class="tabs" part="tabs" aria-label=${strings.openFiles}><ul>${open.map((path) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isTwice = open.some((other) => other !== path && other.endsWith(`/${name}`)) || open.some((other) => other !== path && other === name);
      return html`
        <li class="tab" part="tab" data-active=${path === active} @auxclick=${(event: MouseEvent) => { if (event.button === 1) onClose(path); }}>
          <button type="button" class="quiet name" aria-current=${path === active ? 'true' : nothing} title=${path} @click=${() => onOpen(path)}>
            <span class="truncate">${name}</span>${isTwice && path.includes('/') ? html`<span class="secondary folder">${path.slice(0, path.lastIndexOf('/'))}</span>` : nothing}
            ${dirty.has(path) ? html`<span class="dot"><span class="visually-hidden">${strings.unsaved}</span></span>` : nothing}
          </button>
          <button type="button" class="quiet icon-only close" aria-label=${strings.closeTab(path)} title=${strings.closeTab(path)} @click=${() => onClose(path)}>${icons.close}</button>
        </li>`;
    })}</ul></nav>`;
}
