/** What the text of a Python file says of its routes. A prefix that is no plain string is undefined. */
export interface PythonModule {
  readonly owners: ReadonlyMap<string, { isApp: boolean; prefix: string | undefined }>;
  readonly includes: readonly { owner: string; router: string; prefix: string | undefined }[];
  /** Local name to where it comes from. */
  readonly imports: ReadonlyMap<string, { module: string; name: string }>;
  readonly handlers: readonly { owner: string; methods: readonly string[]; path: string; line: number }[];
}

const owner = /^[ \t]*(\w+)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*=[ \t]*(?:\w+\.)?(FastAPI|APIRouter)\(/gm;
const include = /^[ \t]*(\w+)\.include_router\(/gm;
const handler = /^[ \t]*@(\w+)\.(get|post|put|patch|delete|head|options|trace|api_route)\(/gm;
const imported = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#]*))/gm;
const definition = /^[ \t]*(?:async[ \t]+)?def[ \t]/gm;
const plainString = /^(['"])((?:(?!\1)[^\\\n])*)\1/;

export function readModule(text: string): PythonModule {
  const owners = new Map<string, { isApp: boolean; prefix: string | undefined }>();
  for (const match of text.matchAll(owner)) {
    const isApp = match[2] === 'FastAPI';
    owners.set(match[1]!, { isApp, prefix: isApp ? '' : prefixOf(argumentsAt(text, match)) });
  }
  const includes = [...text.matchAll(include)].map((match) => {
    const given = argumentsAt(text, match);
    return { owner: match[1]!, router: /^\s*(?:router\s*=\s*)?([\w.]+)/.exec(given)?.[1] ?? '', prefix: prefixOf(given) };
  });
  const imports = new Map<string, { module: string; name: string }>();
  for (const [, module, inBrackets, onLine] of text.matchAll(imported)) {
    for (const part of (inBrackets ?? onLine ?? '').split(',')) {
      const [name, local = name] = part.replace(/#.*/g, '').trim().split(/\s+as\s+/);
      if (name) imports.set(local!, { module: module!, name });
    }
  }
  const lineOf = countLines(text);
  const handlers = [...text.matchAll(handler)].flatMap((match) => {
    const given = argumentsAt(text, match);
    const path = plainString.exec(given.replace(/^\s*(?:path\s*=\s*)?/, ''))?.[2];
    definition.lastIndex = match.index + match[0].length;
    const at = definition.exec(text)?.index;
    if (path === undefined || at === undefined) return [];
    const methods = match[2] === 'api_route' ? [...(/\bmethods\s*=\s*[[({]([^\])}]*)/.exec(given)?.[1] ?? '"GET"').matchAll(/\w+/g)].map(([method]) => method.toUpperCase()) : [match[2]!.toUpperCase()];
    return [{ owner: match[1]!, methods, path, line: lineOf(at) }];
  });
  return { owners, includes, imports, handlers };
}

/** 1-based line of an offset; asked for in ascending order, it reads the text once. */
function countLines(text: string): (offset: number) => number {
  let [line, from] = [1, 0];
  return (offset) => {
    for (let at = text.indexOf('\n', from); at !== -1 && at < offset; at = text.indexOf('\n', from)) {
      line += 1;
      from = at + 1;
    }
    return line;
  };
}

/** What stands between the brackets that `match` has opened. */
function argumentsAt(text: string, match: RegExpExecArray): string {
  const start = match.index + match[0].length;
  let depth = 1;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]!;
    if (quote) {
      if (char === '\\') at += 1;
      else if (char === quote || char === '\n') quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char) && (depth -= 1) === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

function prefixOf(given: string): string | undefined {
  const value = /\bprefix\s*=\s*/.exec(given);
  return value ? plainString.exec(given.slice(value.index + value[0].length))?.[2] : '';
}
