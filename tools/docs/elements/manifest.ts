import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as elements from '@fapi/components';
import { root } from '../../parts/paths.ts';
import { analyze, type Attribute, type Described, type ElementDeclaration, type Member, membersOf } from './analyzer.ts';

export type { ElementDeclaration } from './analyzer.ts';
interface Manifest { schemaVersion: string; readme: string; modules: { kind: 'javascript-module'; path: string; declarations: ElementDeclaration[]; exports: object[] }[] }

const folder = join(root, 'packages/components');
/** What Lit calls, and what is inherited: nothing a page would call. */
const lifecycle = /^(connectedCallback|disconnectedCallback|formResetCallback|formAssociatedCallback|formDisabledCallback|formStateRestoreCallback|scheduleUpdate|formAssociated|styles|properties)$/;

/**
 * The elements as their docstrings describe them, by tag: public attributes, properties, methods, events, slots, parts and custom properties.
 * What Lit itself knows of a property decides whether it is public and has an attribute.
 */
export function readElements(): ElementDeclaration[] {
  const files = globSync('src/elements/*/*.ts', { cwd: folder }).toSorted().map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })).filter(({ text }) => text.includes(' * @tag fapi-'));
  const details = membersOf(readFileSync(join(folder, 'src/events.ts'), 'utf8'), 'FapiEventDetails');
  return analyze(files).map((declaration) => publicPart(declaration, details)).toSorted((a, b) => (a.tagName < b.tagName ? -1 : 1));
}

/** `custom-elements.json` of the package. */
export function makeManifest(): string {
  const modules = readElements().map((declaration): Manifest['modules'][number] => {
    const path = `dist/define/${declaration.tagName.slice('fapi-'.length)}.js`;
    return { kind: 'javascript-module', path, declarations: [declaration], exports: [{ kind: 'custom-element-definition', name: declaration.tagName, declaration: { name: declaration.name, module: path } }] };
  });
  return `${JSON.stringify({ schemaVersion: '1.0.0', readme: 'README.md', modules } satisfies Manifest, null, 1)}\n`;
}

/** The properties of a Lit class: which have attributes, and which are its own business. */
function propertiesOf(name: string): ReadonlyMap<PropertyKey, { state?: boolean; attribute?: boolean | string }> {
  const element = (elements as unknown as Record<string, { finalize(): void; elementProperties: ReadonlyMap<PropertyKey, object> }>)[name];
  if (!element) throw new Error(`${name} is not exported by packages/components/src/index.ts`);
  element.finalize();
  return element.elementProperties;
}

function publicPart(declaration: ElementDeclaration, details: ReadonlyMap<string, string>): ElementDeclaration {
  const { kind, name, summary, tagName, slots, cssParts, cssProperties } = declaration;
  const properties = propertiesOf(name);
  const hidden = (field: string): boolean => properties.get(field)?.state === true || lifecycle.test(field);
  const members = (declaration.members ?? []).filter((member) => (member.privacy ?? 'public') === 'public' && !member.static && member.name !== undefined && !hidden(member.name));
  const attributes = (declaration.attributes ?? []).filter(({ fieldName }) => fieldName === undefined || !hidden(fieldName));
  const fields = members.map((member) => ({ ...member, ...(member.kind === 'field' && member.description === undefined ? described(attributes, member) : {}) }));
  const events = (declaration.events ?? []).map((event): Described => ({ ...event, type: { text: `CustomEvent<${(details.get(event.name) ?? event.type?.text.replace(/^CustomEvent<|>$/g, '') ?? 'unknown').replace(/\s+/g, ' ')}>` } }));
  return { kind, name, summary, tagName, customElement: true, ...sections({ attributes, members: fields, events, slots, cssParts, cssProperties }) };
}

/** A property that mirrors an attribute is described by it. */
function described(attributes: readonly Attribute[], member: Member): { description?: string } {
  const text = attributes.find(({ fieldName }) => fieldName === member.name)?.description;
  return text === undefined ? {} : { description: text };
}

/** Without what is empty. */
const sections = (all: Record<string, unknown[] | undefined>): Partial<ElementDeclaration> => Object.fromEntries(Object.entries(all).filter(([, list]) => list !== undefined && list.length > 0));
