import type { AppFile } from '@fapi/sdk/contract';
import { readModule, type PythonModule } from './python-module.ts';

export interface HandlerPlace { readonly file: string; readonly line: number }

const deepest = 6;

/**
 * Finds which line handles a route, by the text of the draft's decorators, routers and their prefixes.
 * What stands there twice, or has a prefix that only running it would tell, is not found: no place is better than a wrong one.
 */
export class Handlers {
  readonly #modules = new Map<string, { content: string; module: PythonModule }>();
  #files: readonly AppFile[] | undefined;
  #places = new Map<string, HandlerPlace | undefined>();

  find(files: readonly AppFile[], method: string, path: string): HandlerPlace | undefined {
    if (files !== this.#files) {
      this.#files = files;
      this.#places = this.#read(files);
    }
    return this.#places.get(`${method} ${path}`);
  }

  /** How many routes are handled in this file. */
  count(files: readonly AppFile[], file: string): number {
    this.find(files, '', '');
    return [...this.#places.values()].filter((place) => place?.file === file).length;
  }

  #read(files: readonly AppFile[]): Map<string, HandlerPlace | undefined> {
    const modules = new Map<string, PythonModule>();
    for (const { path, content } of files) {
      if (!path.endsWith('.py')) continue;
      const known = this.#modules.get(path);
      const module = known?.content === content ? known.module : readModule(content);
      this.#modules.set(path, { content, module });
      modules.set(path, module);
    }
    for (const path of this.#modules.keys()) if (!modules.has(path)) this.#modules.delete(path);
    const places = new Map<string, HandlerPlace | undefined>();
    for (const [file, { handlers }] of modules) {
      for (const { owner, methods, path, line } of handlers) {
        for (const prefix of prefixesOf(modules, file, owner)) {
          for (const method of methods) {
            const route = `${method} ${prefix}${path}`;
            places.set(route, places.has(route) ? undefined : { file, line });
          }
        }
      }
    }
    return places;
  }
}

/** Under which prefixes an app or a router answers; none when that cannot be told. */
function prefixesOf(modules: ReadonlyMap<string, PythonModule>, file: string, name: string, depth = 0): string[] {
  const own = modules.get(file)?.owners.get(name);
  if (!own || own.prefix === undefined || depth > deepest) return [];
  if (own.isApp) return [own.prefix];
  const found: string[] = [];
  for (const [includer, { includes }] of modules) {
    for (const include of includes) {
      const target = resolve(modules, includer, include.router);
      if (target?.file !== file || target.name !== name) continue;
      if (include.prefix === undefined) return [];
      for (const outer of prefixesOf(modules, includer, include.owner, depth + 1)) found.push(`${outer}${include.prefix}${own.prefix}`);
    }
  }
  return found;
}

/** What a dotted name in a file stands for: an app or a router of that file or of one that it imports. */
function resolve(modules: ReadonlyMap<string, PythonModule>, file: string, dotted: string): { file: string; name: string } | undefined {
  const names = dotted.split('.');
  const name = names.pop()!;
  const own = modules.get(file);
  if (names.length === 0) {
    if (own?.owners.has(name)) return { file, name };
    const from = own?.imports.get(name);
    const target = from && fileOf(modules, from.module);
    return target === undefined ? undefined : { file: target, name: from!.name };
  }
  const from = own?.imports.get(names[0]!);
  const module = from ? [from.module, from.name, ...names.slice(1)].filter(Boolean).join('.') : names.join('.');
  const target = fileOf(modules, module);
  return target === undefined ? undefined : { file: target, name };
}

/** The one file that a module name can mean. */
function fileOf(modules: ReadonlyMap<string, PythonModule>, module: string): string | undefined {
  const path = module.replace(/^\.+/, '').replaceAll('.', '/');
  const found = [...modules.keys()].filter((file) => [`${path}.py`, `${path}/__init__.py`].some((end) => file === end || file.endsWith(`/${end}`)));
  return found.length === 1 ? found[0] : undefined;
}
