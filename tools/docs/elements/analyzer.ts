// @ts-expect-error -- no types for this entry; its own are of another version of TypeScript
import { create as createManifest, ts as itsTypescript } from '@custom-elements-manifest/analyzer/index.js';
// @ts-expect-error -- no types
import { litPlugin as makeLitPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js';

export interface Described { name: string; description?: string; type?: { text: string }; default?: string }
export interface Attribute extends Described { fieldName?: string }
export interface Member extends Described { kind: 'field' | 'method'; privacy?: string; static?: boolean; readonly?: boolean; attribute?: string; reflects?: boolean; parameters?: (Described & { optional?: boolean })[]; return?: { type?: { text: string } } }
/** A class declaration of the Custom Elements Manifest, schema 1.0.0. */
export interface ElementDeclaration {
  kind: 'class'; name: string; summary: string; tagName: string; customElement: true;
  attributes?: Attribute[]; members?: Member[]; events?: Described[]; slots?: Described[]; cssParts?: Described[]; cssProperties?: Described[];
}

/** What the docstrings of a source say, as the analyzer of the Custom Elements Manifest reads them. */
export function analyze(files: readonly { path: string; text: string }[]): ElementDeclaration[] {
  const modules = files.map(({ path, text }) => itsTypescript.createSourceFile(path, text, itsTypescript.ScriptTarget.ES2015, true));
  const { modules: read } = createManifest({ modules, plugins: makeLitPlugin(), context: { dev: false } }) as { modules: { declarations: Partial<ElementDeclaration>[] }[] };
  return read.flatMap(({ declarations }) => declarations).filter((declaration): declaration is ElementDeclaration => declaration.customElement === true && declaration.tagName !== undefined);
}

/** The members of an interface as `name: type` texts. */
export function membersOf(text: string, name: string): Map<string, string> {
  const source = itsTypescript.createSourceFile('source.ts', text, itsTypescript.ScriptTarget.ES2015, true);
  const found = new Map<string, string>();
  source.forEachChild((node: { kind: number; name?: { text: string }; members?: { name: { text: string }; type: { getText(): string } }[] }) => {
    if (node.kind === itsTypescript.SyntaxKind.InterfaceDeclaration && node.name?.text === name) for (const member of node.members!) found.set(member.name.text, member.type.getText());
  });
  return found;
}
