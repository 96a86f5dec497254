import './show.ts';
import { expect } from './show.ts';

afterEach(() => document.body.replaceChildren());

const surfaces = ['surface', 'surface-sunken', 'surface-raised'];
const soft = ['hover', 'accent-soft', 'failed-soft', 'working-soft'];
const status = ['live', 'working', 'failed', 'asleep', 'idle'];
interface Pair { readonly on: readonly string[]; readonly of: readonly string[]; readonly least: number }
/** What stands on what, and how much of it must be seen: text 7 to 1, all other words 4.5, a shape alone 3. */
const pairs: readonly Pair[] = [
  { of: ['text'], on: [...surfaces, ...soft, 'pressed'], least: 7 },
  { of: ['text-secondary', 'accent', 'accent-hover'], on: [...surfaces, ...soft], least: 4.5 },
  { of: status, on: surfaces, least: 4.5 },
  { of: ['accent-text'], on: ['accent', 'accent-hover'], least: 4.5 },
  { of: ['failed'], on: ['failed-soft'], least: 4.5 },
  { of: ['working'], on: ['working-soft'], least: 4.5 },
  // The only edge that a field has (WCAG 1.4.11), and the ring around what has the focus.
  { of: ['line-control', 'accent'], on: surfaces, least: 3 },
];
const tokensOfCode = ['text', 'keyword', 'string', 'number', 'comment', 'function', 'type', 'decorator', 'punctuation'].map((name) => `code-${name}`);
const pairsOfCode: readonly Pair[] = [
  { of: tokensOfCode, on: ['surface', 'line', 'selection', 'match'].map((name) => `code-${name}`), least: 4.5 },
  { of: ['code-gutter'], on: ['code-surface', 'code-line', 'code-match'], least: 4.5 },
];

/** What the browser draws of a token, as the luminance of WCAG. */
function luminance(host: HTMLElement, token: string): number {
  const probe = document.createElement('span');
  host.shadowRoot!.append(probe);
  probe.style.color = `var(--_${token})`;
  const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => { const share = part / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (one: number, other: number): number => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

/** Pairs that are too faint, as `front on back`. */
const findFaint = (host: HTMLElement, among: readonly Pair[]): string[] => among.flatMap(({ of, on, least }) => of.flatMap((front) => on.map((back) => ({ front, back, least, is: contrast(luminance(host, front), luminance(host, back)) })))).filter(({ is, least }) => is < least).map(({ front, back, least, is }) => `${front} on ${back}: ${is.toFixed(2)}, not ${least}`);

async function showIn<T extends 'fapi-metrics' | 'fapi-code'>(scheme: string, tag: T): Promise<HTMLElementTagNameMap[T]> {
  const element = document.createElement(tag);
  element.style.colorScheme = scheme;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

describe('the tokens', () => {
  for (const scheme of ['light', 'dark']) {
    it(`can be read on each other: ${scheme}`, async () => {
      const host = await showIn(scheme, 'fapi-metrics');
      expect(luminance(host, 'surface') > 0.5, scheme === 'light');
      expect(findFaint(host, pairs), []);
      expect(findFaint(await showIn(scheme, 'fapi-code'), pairsOfCode), []);
    });
  }
});

describe('--fapi-density', () => {
  const rowOf = (host: HTMLElement): string => {
    const inner = host.shadowRoot!.appendChild(document.createElement('div'));
    inner.style.height = 'var(--_row)';
    const { height } = getComputedStyle(inner);
    inner.remove();
    return height;
  };

  it('compact, on the element or on what is around it, makes rows smaller; comfortable and nothing leave them', async () => {
    const host = await showIn('light', 'fapi-metrics');
    const rows = [rowOf(host)];
    for (const target of [host, document.body]) {
      for (const density of ['compact', 'comfortable']) {
        target.style.setProperty('--fapi-density', density);
        rows.push(rowOf(host));
      }
      target.style.removeProperty('--fapi-density');
    }
    expect(rows, ['28px', '24px', '28px', '24px', '28px']);
  });
});
