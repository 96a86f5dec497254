import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';

export type Pane = 'files' | 'code' | 'side';

export interface PaneSwitchOptions {
  readonly pane: Pane;
  readonly hasSide: boolean;
  readonly strings: Strings;
  readonly onChoose: (pane: Pane) => void;
}

/** Where there is room for one pane at a time: which one. */
export function paneSwitch({ pane, hasSide, strings, onChoose }: PaneSwitchOptions): TemplateResult {
  const panes: readonly Pane[] = hasSide ? ['files', 'code', 'side'] : ['files', 'code'];
  return html`
    <nav class="switch" aria-label=${strings.editor}>${panes.map((one) => html`
      <button type="button" class="quiet" aria-current=${pane === one ? 'true' : nothing} @click=${() => onChoose(one)}>${{ files: strings.files, code: strings.code, side: strings.panel }[one]}</button>`)}
    </nav>`;
}
