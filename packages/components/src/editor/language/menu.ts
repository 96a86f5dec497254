import { StateEffect, StateField } from '@codemirror/state';
import { showTooltip } from '@codemirror/view';
import type { EditorView, Tooltip } from '@codemirror/view';
import { menuStep } from '../../parts/menu-step.ts';

export interface Choice { readonly word: string; readonly run: () => void }

const setMenu = StateEffect.define<Tooltip | null>();

/** What the cursor's menu offers; gone with the first change of the text or the cursor. */
export const menus = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMenu)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** Lets one of them be chosen at the cursor: arrows move, Enter chooses, Escape and leaving it close. */
export function choose(view: EditorView, label: string, choices: readonly Choice[]): void {
  const close = (): void => {
    if (view.state.field(menus, false)) view.dispatch({ effects: setMenu.of(null) });
  };
  const create = (): { dom: HTMLElement; mount: () => void } => {
    const dom = document.createElement('div');
    dom.className = 'cm-language-menu';
    dom.role = 'menu';
    dom.ariaLabel = label;
    const buttons = choices.map(({ word, run }) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: word, tabIndex: -1 });
      button.role = 'menuitem';
      button.addEventListener('click', () => {
        close();
        view.focus();
        run();
      });
      return button;
    });
    dom.append(...buttons);
    dom.addEventListener('keydown', (event) => {
      const next = menuStep(event.key, buttons, buttons.indexOf(event.target as HTMLButtonElement));
      if (next) next.focus();
      else if (event.key === 'Escape' || event.key === 'Tab') {
        close();
        view.focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    dom.addEventListener('focusout', (event) => { if (!dom.contains(event.relatedTarget as Node | null)) close(); });
    return { dom, mount: () => buttons[0]?.focus() };
  };
  view.dispatch({ effects: setMenu.of({ pos: view.state.selection.main.head, above: false, create }) });
}
