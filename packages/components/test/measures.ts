import { allUnder } from '../scenes/play.ts';
import { expect } from './show.ts';

const smallest = 24;
const targets = 'button, a[href], input:not([type=hidden]), select, textarea, summary, [role=option], [role=treeitem]';
const nameOf = (element: Element): string => `${element.localName}.${element.className} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30)}"`;

/** What can be pressed and is too small to be hit; a link in a sentence is as high as its line. */
export function smallTargets(root: Element): string[] {
  return [...allUnder(root), ...allUnder(root.shadowRoot!)].filter((element) => element.matches(targets) && element.checkVisibility({ visibilityProperty: true })).flatMap((element) => {
    if (element.matches('p a, p button.link') || element.closest('.visually-hidden, .cm-editor')) return [];
    // A box to tick is hit by its label.
    const box = (element.closest('label') ?? element).getBoundingClientRect();
    return Math.round(box.width) < smallest || Math.round(box.height) < smallest ? [`${nameOf(element)} is ${box.width} by ${box.height}`] : [];
  });
}

const longest = (durations: string): number => Math.max(...durations.split(',').map((one) => parseFloat(one)));

/** Whoever asks for less motion sees none. */
export function isStill(root: Element): void {
  const moving = [root as HTMLElement, ...allUnder(root.shadowRoot!)].flatMap((element) => [undefined, '::before', '::after'].flatMap((part) => {
    const style = getComputedStyle(element, part);
    const moves = (style.animationName !== 'none' && longest(style.animationDuration) > 0) || longest(style.transitionDuration) > 0;
    return moves ? [`${nameOf(element)}${part ?? ''}: ${style.animationName} ${style.animationDuration} ${style.transitionDuration}`] : [];
  }));
  expect(moving, []);
}

/** As narrow as a phone. */
const phonePx = 344;

/** On a phone: words that end outside of the element, where nobody scrolls to. */
export async function cutWords(element: HTMLElement): Promise<string[]> {
  element.style.width = `${phonePx}px`;
  await new Promise(requestAnimationFrame);
  const { left, right } = element.getBoundingClientRect();
  const range = document.createRange();
  return [...allUnder(element.shadowRoot!)].filter((under) => under.checkVisibility({ visibilityProperty: true }) && !under.closest('dialog, .visually-hidden, .cm-editor, style')).flatMap((under) => [...under.childNodes].flatMap((node) => {
    if (!(node instanceof Text) || node.data.trim() === '' || isBounded(under, element)) return [];
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    return box.width > 0 && (box.right > right + 1 || box.left < left - 1) ? [`${nameOf(under)} ends at ${Math.round(box.right - left)} of ${phonePx}`] : [];
  }));
}

/** Something around it scrolls, or says by dots that there is more. */
function isBounded(under: Element, root: Element): boolean {
  for (let at: Element | null = under; at && at !== root; at = at.parentElement ?? (at.getRootNode() as ShadowRoot).host ?? null) if (getComputedStyle(at).overflowX !== 'visible') return true;
  return false;
}

/** Where text is half as large again: lines that touch, and words that what they stand in is too low for. */
export async function cramped(element: HTMLElement): Promise<string[]> {
  const page = document.documentElement;
  page.style.fontSize = '24px';
  element.style.width = '';
  await new Promise(requestAnimationFrame);
  const range = document.createRange();
  const found = [...allUnder(element.shadowRoot!)].filter((under) => under.checkVisibility({ visibilityProperty: true }) && !under.closest('dialog, option, .visually-hidden, style')).flatMap((under) => {
    const text = [...under.childNodes].find((node) => node instanceof Text && node.data.trim() !== '');
    if (!text) return [];
    const { fontSize, lineHeight } = getComputedStyle(under);
    const touches = parseFloat(lineHeight) < parseFloat(fontSize) * 1.15 ? [`${nameOf(under)}: lines of ${lineHeight} for letters of ${fontSize}`] : [];
    range.selectNodeContents(text);
    const { top, bottom } = range.getBoundingClientRect();
    const frame = frameOf(under, element)?.getBoundingClientRect();
    // A word that one does not see has no height.
    return bottom > top && frame && (top < frame.top - 1 || bottom > frame.bottom + 1) ? [...touches, `${nameOf(under)} is ${Math.round(bottom - top)} high in ${Math.round(frame.height)}`] : touches;
  });
  page.style.fontSize = '';
  return found;
}

/** What a word has to fit in: the button, row or bar that it stands in, or what cuts off. Undefined where one scrolls to it. */
function frameOf(under: Element, root: Element): Element | undefined {
  for (let at: Element | null = under; at && at !== root; at = at.parentElement ?? (at.getRootNode() as ShadowRoot).host ?? null) {
    const { overflowY } = getComputedStyle(at);
    if (overflowY === 'auto' || overflowY === 'scroll') return undefined;
    if (at.matches('button, summary, header, .bar, .toolbar, .line, .row, li') || ((overflowY === 'hidden' || overflowY === 'clip') && at !== under)) return at;
  }
  return undefined;
}
