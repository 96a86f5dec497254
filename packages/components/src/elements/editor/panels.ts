import type { ReactiveController } from 'lit';
import { emit } from '../../events.ts';
import type { FapiEditor } from './editor.ts';
import { arrangementOf, firstLayout } from './layout.ts';
import type { Layout } from './layout.ts';

/** Which panels of an editor are open, and how wide; tells the page when a person has arranged them anew. */
export class Panels implements ReactiveController {
  readonly #editor: FapiEditor;
  layout = firstLayout;

  constructor(editor: FapiEditor) {
    this.#editor = editor;
    editor.addController(this);
  }

  arrange(change: Partial<Layout>): void {
    const before = JSON.stringify(arrangementOf(this.layout));
    this.layout = { ...this.layout, ...change };
    this.#editor.requestUpdate();
    const arrangement = arrangementOf(this.layout);
    if (JSON.stringify(arrangement) !== before) emit(this.#editor, 'fapi-layout-change', arrangement);
  }

  /** Takes widths that no separator has set. */
  resize({ filesWidth, sideWidth }: Partial<Layout>): void {
    if (filesWidth !== undefined) this.#editor.style.setProperty('--_files', `${filesWidth}px`);
    if (sideWidth !== undefined) this.#editor.style.setProperty('--_side', `${sideWidth}px`);
  }

  hostUpdated(): void {
    // A slot that was just taken out says last that nothing is in it, after the new one has said what is.
    const slot = this.#editor.renderRoot.querySelector<HTMLSlotElement>('slot[name=side]');
    const hasSide = slot ? slot.assignedElements().length > 0 : this.layout.hasSide;
    if (hasSide !== this.layout.hasSide) this.arrange({ hasSide });
  }
}
