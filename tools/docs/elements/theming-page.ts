import { tokenTable } from './elements-page.ts';

/** `docs/theming.md`: how a portal makes the elements look like its own. */
export function makeThemingPage(): string {
  return `# Theming

The elements take the portal's font and colour scheme, and keep everything else of it out: they live in shadow roots. Three doors lead in, from the widest to the narrowest.

## 1. Custom properties
Set them on any ancestor; they reach every element below, through any number of shadow roots.

\`\`\`css
:root {
  color-scheme: light dark;
  --fapi-accent: light-dark(#1d4ed8, #93b4ff);
  --fapi-accent-text: light-dark(#ffffff, #0b1220);
  --fapi-radius: 2px;
  --fapi-font: Inter, system-ui, sans-serif;
}
.dense { --fapi-density: compact; }
\`\`\`

\`--fapi-density\` is \`compact\` or \`comfortable\`. A browser without style queries of containers leaves rows as they are: there \`--fapi-row\` and \`--fapi-control\` do the same.

Text is as large as the page's \`rem\`, and from 16 px on lines, bars and icons grow with it, and panels stand below each other sooner; below 16 px only the letters become smaller. Widths that somebody has drawn stay.

A palette of your own needs six: \`--fapi-surface\`, \`--fapi-text\`, \`--fapi-text-secondary\`, \`--fapi-line\`, \`--fapi-accent\` and \`--fapi-accent-text\`. What you set is what is drawn: check its contrast (text 4.5:1, lines of controls and the focus ring 3:1); the defaults below hold at least that in both schemes. The accent is for acts and focus only; the five colours of status stand beside a shape and a word, never alone.

${tokenTable()}

The colours of the code editor are \`--fapi-code-*\` of [\`fapi-code\`](elements.md#fapi-code); heights are properties of the elements themselves.

## 2. Parts
What a property cannot say, \`::part()\` can: each element lists its parts in [the reference](elements.md). The names are stable; the tags and classes behind them are not.

\`\`\`css
fapi-builder::part(tab) { text-transform: uppercase; }
fapi-deploy-status::part(failure) { border-inline-start-width: 4px; }
\`\`\`

\`fapi-builder\` hands on the parts of its editor (its \`tabs\` and \`tab\` as \`editor-tabs\` and \`editor-tab\`); those of its panels are reached where an element of yours stands in the slot of that name.

## 3. Slots
\`toolbar-start\`, \`toolbar-end\` and one slot for each panel of [\`fapi-builder\`](elements.md#fapi-builder) take elements of your own.

## Light and dark
Every default is a \`light-dark()\` pair, and \`color-scheme\` of the page decides: the elements set none of their own. \`color-scheme: light dark\` on \`:root\` follows the reader's system, \`dark\` on any ancestor makes what is below it dark. A switch in the page is one line: \`document.documentElement.style.colorScheme = 'dark'\`.

## Forced colours, motion, direction
- In forced colours (Windows' contrast themes) the system's colours win, over your properties too; shapes, borders and focus stay.
- \`prefers-reduced-motion\` turns movement off.
- With \`dir="rtl"\` on any ancestor the elements mirror; code, paths and addresses stay left to right.
- Words, numbers and dates follow \`locale\` of [\`fapi-provider\`](elements.md#fapi-provider), else \`lang\` of the page: [your own words](../packages/components/README.md).

This page is made by \`npm run docs\`, its table from \`packages/components/src/styles/tokens.ts\`.
`;
}
