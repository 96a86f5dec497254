/** Writes src/icons.ts and src/icons-later.ts from lucide-static: only the icons in use, as svg templates. Run it after changing a list. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const icons = {
  addFile: 'file-plus', rename: 'pencil', remove: 'trash-2', close: 'x', external: 'external-link', copy: 'copy', chevron: 'chevron-right',
  error: 'circle-alert', warning: 'triangle-alert', info: 'info', hint: 'lightbulb', stop: 'circle-stop', reload: 'refresh-cw', person: 'user', ready: 'check', waiting: 'circle-dashed', run: 'play',
  more: 'ellipsis', filesPanel: 'panel-left', sidePanel: 'panel-right', commands: 'command', library: 'book-lock', unplugged: 'unplug', convert: 'split',
} as const;
/** Of elements that come when they are shown. */
const laterIcons = {
  add: 'plus', back: 'undo-2', pin: 'pin', cards: 'layout-grid', table: 'rows-3', clone: 'copy-plus', compare: 'git-compare', previous: 'arrow-left', next: 'arrow-right',
  replace: 'replace', matchCase: 'case-sensitive', wholeWord: 'whole-word', regExp: 'regex',
} as const;

const folder = join(dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons');
const linesOf = (list: Readonly<Record<string, string>>): string => Object.entries(list).map(([name, file]) => {
  const source = readFileSync(join(folder, `${file}.svg`), 'utf8');
  const shapes = source.slice(source.indexOf('>', source.indexOf('<svg')) + 1, source.indexOf('</svg>')).replaceAll(/\s*\n\s*/g, '').replaceAll(' />', '/>');
  return `export const ${name} = /* @__PURE__ */ drawn(() => svg\`${shapes}\`);`;
}).join('\n');
const byHand = '// Written by tools/make-icons.ts from lucide-static (ISC). Do not edit by hand.';

writeFileSync(new URL('../src/icons.ts', import.meta.url), `${byHand}
import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';

export function drawn(shapes: () => TemplateResult<2>): TemplateResult {
  return html\`<svg class="icon" part="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">\${shapes()}</svg>\`;
}

// The icons in use: 16 px, \`currentColor\`, hidden from assistive technology (name the button instead). Marked as pure, so that a page has those that its elements draw.
${linesOf(icons)}
`);

writeFileSync(new URL('../src/icons-later.ts', import.meta.url), `${byHand}
import { svg } from 'lit';
import { drawn } from './icons.ts';

export * from './icons.ts';
// What only elements that come later draw, which a page need not have before.
${linesOf(laterIcons)}
`);
