import type { ElementDeclaration } from './analyzer.ts';
import { readElements } from './manifest.ts';

/** `jsx.d.ts` of the package: the elements in JSX of React 19, which sets properties and listens to events of any name. */
export function makeJsxTypes(): string {
  return `// Made by "npm run docs" from the docstrings of the elements.
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { ${imports()} } from '@fapi/components';

type Listeners<Names extends keyof FapiEventDetails> = { [Name in Names as \`on\${Name}\`]?: ((event: FapiEvent<Name>) => void) | undefined };
type Of<Element extends HTMLElement, Properties extends keyof Element, Names extends keyof FapiEventDetails> =
  DetailedHTMLProps<HTMLAttributes<Element>, Element> & { [Name in Properties]?: Element[Name] | undefined } & Listeners<Names>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
${readElements().map((element) => `      '${element.tagName}': Of<${element.name}, ${properties(element)}, ${events(element)}>;`).join('\n')}
    }
  }
}
`;
}

/** `vue.d.ts` of the package: the elements in templates of Vue 3. */
export function makeVueTypes(): string {
  return `// Made by "npm run docs" from the docstrings of the elements.
import type { HTMLAttributes, PublicProps } from 'vue';
import type { ${imports()} } from '@fapi/components';

type Listeners<Names extends keyof FapiEventDetails> = { [Name in Names as \`on\${Capitalize<Camel<Name>>}\`]?: ((event: FapiEvent<Name>) => void) | undefined };
type Camel<Name extends string> = Name extends \`\${infer Head}-\${infer Tail}\` ? \`\${Head}\${Capitalize<Camel<Tail>>}\` : Name;
type Of<Element extends HTMLElement, Properties extends keyof Element, Names extends keyof FapiEventDetails> =
  new () => { $props: HTMLAttributes & PublicProps & { [Name in Properties]?: Element[Name] | undefined } & Listeners<Names> };

declare module 'vue' {
  interface GlobalComponents {
${readElements().map((element) => `    '${element.tagName}': Of<${element.name}, ${properties(element)}, ${events(element)}>;`).join('\n')}
  }
}
`;
}

const imports = (): string => [...readElements().map(({ name }) => name), 'FapiEvent', 'FapiEventDetails'].toSorted().join(', ');
const union = (names: readonly string[]): string => (names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | '));
const properties = ({ members = [] }: ElementDeclaration): string => union(members.filter(({ kind, readonly }) => kind === 'field' && readonly !== true).map(({ name }) => name));
/** Events bubble: what holds other elements hears theirs as well. */
const events = ({ tagName, events: own = [] }: ElementDeclaration): string =>
  ['fapi-provider', 'fapi-builder'].includes(tagName) ? 'keyof FapiEventDetails' : union(own.map(({ name }) => name).filter((name) => name.startsWith('fapi-')));
