import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../parts/paths.ts';
import type { Described, ElementDeclaration, Member } from './analyzer.ts';
import { readElements } from './manifest.ts';

const inside: readonly string[] = ['fapi-file-tree', 'fapi-palette'];
const first: readonly string[] = ['fapi-provider', 'fapi-builder', 'fapi-apps', 'fapi-editor'];

/** `docs/elements.md`: every element, from `custom-elements.json`. */
export function makeElementsPage(): string {
  const elements = readElements();
  const rank = ({ tagName }: ElementDeclaration): number => (inside.includes(tagName) ? 99 : (first.indexOf(tagName) + 50) % 50);
  const sorted = elements.toSorted((a, b) => rank(a) - rank(b));
  return `# The elements

Every element with what a page may rely on. [How to embed them](embedding.md) and [how to make them look like your portal](theming.md) are pages of their own.

${sorted.map(({ tagName, summary }) => `- [\`${tagName}\`](#${tagName}): ${summary}`).join('\n')}

Attributes and properties of one name say the same; objects and functions are properties only. Events of ours are \`CustomEvent\`s that bubble and cross shadow roots: listen on the element, or once on the page. Whose name ends in \`-request\` can be cancelled with \`preventDefault()\`. Parts are for \`::part()\`; every icon has the part \`icon\`.

${sorted.map(section).join('\n\n')}

## Types

\`document.querySelector('fapi-editor')\` and \`addEventListener('fapi-save', …)\` are typed as soon as a \`define\` entry is imported. For JSX of React 19 and for templates of Vue 3 add \`@fapi/components/jsx\` or \`@fapi/components/vue\` to \`types\` in tsconfig.json. For editors and other tools: \`@fapi/components/custom-elements.json\`.

This page, \`custom-elements.json\` and both files of types are made by \`npm run docs\` from the docstrings of the elements; tests hold them to the sources.
`;
}

function section(element: ElementDeclaration): string {
  const { tagName, summary, attributes = [], members = [], events = [], slots = [], cssParts = [], cssProperties = [] } = element;
  const mirrored = new Set(attributes.map(({ fieldName }) => fieldName));
  const fields = members.filter(({ kind, name }) => kind === 'field' && !mirrored.has(name));
  const methods = members.filter(({ kind }) => kind === 'method');
  return [
    `## ${tagName}\n${summary}${inside.includes(tagName) ? ' Part of another element; no page needs it by itself.' : ` \`import '@fapi/components/define/${tagName.slice('fapi-'.length)}'\``}`,
    table(['attribute', 'property', 'type', 'default', ''], attributes.map(({ name, fieldName, type, default: value, description }) => [code(name), fieldName === undefined ? '' : code(fieldName), code(type?.text), value === undefined ? '' : code(value), description])),
    table(['property', 'type', ''], fields.map(({ name, type, readonly, description }) => [code(name), code(type?.text), `${readonly === true ? 'Read only. ' : ''}${description ?? ''}`])),
    table(['method', ''], methods.map((method) => [code(signature(method)), method.description])),
    table(['event', '`detail`', ''], events.map(({ name, type, description }) => [code(name), code(type?.text.replace(/^CustomEvent<|>$/g, '')), description])),
    table(['slot', ''], slots.map((slot) => [slot.name === '' ? '(default)' : code(slot.name), slot.description])),
    table(['part', ''], cssParts.map(row)),
    table(['custom property', 'default', ''], cssProperties.map(({ name, default: value, description }) => [code(name), code(value), description])),
  ].filter((text) => text !== '').join('\n\n');
}

/** The custom properties that all elements share, with their defaults, for the theming guide. */
export function tokenTable(): string {
  const source = readFileSync(join(root, 'packages/components/src/styles/tokens.ts'), 'utf8');
  // The comfortable size of a row stands before the compact one.
  const defaults = new Map([...source.matchAll(/^ {4}--_[\w-]+: var\((--fapi-[\w-]+), (.*)\);$/gm)].map(([, name, value]) => [name!, value!] as const).toReversed());
  return table(['custom property', 'default, in light', 'in dark'], [...defaults].toReversed().map(([name, value]) => [code(name), ...schemes(value)]));
}

/** \`light-dark(a, b)\` as its two halves; anything else holds in both. A \`--_x\` of ours is what \`--fapi-x\` says. */
function schemes(value: string): [string, string] {
  const text = value.replaceAll(/var\(--_([\w-]+)\)/g, '--fapi-$1');
  const [, light, dark] = /^light-dark\(((?:[^(),]|\([^)]*\))+), (.+)\)$/.exec(text) ?? [];
  return light === undefined ? [code(text), ''] : [code(light), code(dark)];
}

const row = ({ name, description }: Described): (string | undefined)[] => [code(name), description];
const code = (text: string | undefined): string => (text === undefined || text === '' ? '' : `\`${text.replace(/^'([^']*)'$/, '$1').replaceAll('|', '\\|')}\``);
const signature = ({ name, parameters = [], return: result }: Member): string => `${name}(${parameters.map((parameter) => `${parameter.name}${parameter.optional === true || parameter.default !== undefined ? '?' : ''}`).join(', ')})${result?.type === undefined || result.type.text === 'void' ? '' : `: ${result.type.text}`}`;
function table(heads: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  return rows.length === 0 ? '' : `| ${heads.join(' | ')} |\n|${'---|'.repeat(heads.length)}\n${rows.map((cells) => `| ${cells.map((cell) => cell ?? '').join(' | ')} |`).join('\n')}`;
}
