import type { Strings } from '../strings.ts';
import { floatBeside } from './floating.ts';

const looks = `
  .by-hand { position: fixed; inset: auto; width: 320px; max-width: calc(100vw - 8px); margin: 0; padding: 8px; overflow: auto; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface-raised); color: var(--_text); box-shadow: var(--_shadow); font-size: var(--_size-12); }
  .by-hand > label { display: grid; gap: 4px; }
  .by-hand textarea { width: 100%; min-height: var(--_row); margin: 0; padding: 4px 8px; border: 1px solid var(--_line-control); border-radius: var(--_radius); background: var(--_surface); color: var(--_text); font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); resize: none; }
`;

let styleSheet: CSSStyleSheet | undefined;

/** Not Lit's: with nothing of it in here, pages that copy need no file more. */
function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** The older way, which needs no leave of the page; where that is closed too the text stands beside the button, selected, until somebody has copied it or goes on. Answers whether it is copied. */
export function copyByHand(button: HTMLElement, text: string, strings: Strings): Promise<boolean> {
  const root = button.getRootNode() as ShadowRoot;
  styleSheet ??= sheetOf(looks);
  if (!root.adoptedStyleSheets.includes(styleSheet)) root.adoptedStyleSheets.push(styleSheet);
  const [box, label, field] = [document.createElement('div'), document.createElement('label'), document.createElement('textarea')];
  Object.assign(box, { className: 'by-hand', popover: 'manual' });
  Object.assign(field, { readOnly: true, spellcheck: false, rows: Math.min(6, text.split('\n').length), value: text, dir: 'auto' });
  label.append(strings.copyByHand, field);
  box.append(label);
  button.after(box);
  floatBeside(box, button);
  field.focus({ preventScroll: true });
  field.select();
  return new Promise((resolve) => {
    let isOver = false;
    const end = (isCopied: boolean): void => {
      if (isOver) return;
      isOver = true;
      const isHere = root.activeElement === field;
      box.remove();
      if (isHere) button.focus({ preventScroll: true });
      resolve(isCopied);
    };
    // The elements around have keys of their own, and a copy of their own.
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape') end(false);
    });
    field.addEventListener('copy', (event) => {
      event.stopPropagation();
      // The browser reads what is marked after this.
      setTimeout(() => end(true));
    });
    // Who looks at another window comes back to it.
    field.addEventListener('blur', () => { if (root.activeElement !== field) end(false); });
    box.addEventListener('toggle', (event) => { if (event.newState === 'closed') end(false); });
    if (document.execCommand('copy')) end(true);
  });
}
