import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './parts/paths.ts';

/** A room: which files it holds, which rooms and packages they may import. The first room that matches a file wins. */
interface Room { name: string; files: RegExp; rooms: readonly string[]; packages: readonly RegExp[] }

const node = /^node:/;
const zod = /^zod\/mini$/;

/** DESIGN section 2 as data. */
const rooms: readonly Room[] = [
  { name: 'sdk/contract', files: /^packages\/sdk\/src\/contract\//, rooms: [], packages: [zod] },
  { name: 'sdk/cli', files: /^packages\/sdk\/src\/cli\//, rooms: ['sdk', 'sdk/contract'], packages: [node, /^(ignore|node-diff3)$/] },
  { name: 'sdk/portal', files: /^packages\/sdk\/src\/portal\//, rooms: ['sdk', 'sdk/contract'], packages: [/^node:(http|stream)$/] },
  { name: 'sdk', files: /^packages\/sdk\/src\//, rooms: ['sdk/contract'], packages: [/^ky$/, zod] },
  { name: 'components/editor', files: /^packages\/components\/src\/editor\//, rooms: ['components', 'sdk', 'sdk/contract'], packages: [/^@codemirror\//, /^@lezer\//, /^marked$/] },
  { name: 'components', files: /^packages\/components\/src\//, rooms: ['sdk', 'sdk/contract', 'components/editor'], packages: [/^lit(\/|$)/, /^@lit\//] },
  { name: 'components/scenes', files: /^packages\/components\/scenes\//, rooms: ['components', 'sdk', 'sdk/contract'], packages: [] },
  { name: 'agent', files: /^packages\/runner-controller\/src\/agent\//, rooms: ['sdk/contract'], packages: [node, zod] },
  { name: 'work/nats', files: /^packages\/runner-controller\/src\/work\/nats(\.ts|\/)/, rooms: ['work', 'sdk/contract'], packages: [node, zod, /^nats$/] },
  { name: 'work', files: /^packages\/runner-controller\/src\/work\//, rooms: ['sdk/contract', 'work/nats'], packages: [node, zod] },
  { name: 'proxies', files: /^packages\/runner-controller\/src\/proxies\//, rooms: [], packages: [/^node:net$/] },
  { name: 'program', files: /^packages\/runner-controller\/src\/program\//, rooms: [], packages: [node] },
  { name: 'egress/main', files: /^packages\/runner-controller\/src\/egress\/main\.ts$/, rooms: ['egress', 'program', 'runtime/kubernetes', 'runtime/kubernetes/egress'], packages: [node, /^pino$/] },
  { name: 'egress', files: /^packages\/runner-controller\/src\/egress\//, rooms: ['agent', 'program', 'runner-controller'], packages: [node, zod] },
  { name: 'gateway/main', files: /^packages\/runner-controller\/src\/gateway\/main\.ts$/, rooms: ['gateway', 'program', 'runtime/kubernetes/routes'], packages: [node, /^pino$/] },
  { name: 'gateway', files: /^packages\/runner-controller\/src\/gateway\//, rooms: ['agent', 'program', 'proxies'], packages: [node, zod] },
  { name: 'runtime/kubernetes/routes', files: /^packages\/runner-controller\/src\/runtime\/kubernetes\/routes\//, rooms: ['runtime/kubernetes', 'gateway', 'program'], packages: [/^pino$/, /^@kubernetes\/client-node$/] },
  { name: 'runtime/kubernetes/egress', files: /^packages\/runner-controller\/src\/runtime\/kubernetes\/egress\//, rooms: ['runtime/kubernetes', 'egress', 'program'], packages: [node, /^pino$/, /^@kubernetes\/client-node$/] },
  { name: 'runtime/kubernetes', files: /^packages\/runner-controller\/src\/runtime\/kubernetes\//, rooms: ['runner-controller', 'agent', 'program', 'sdk/contract'], packages: [node, zod, /^pino$/, /^@kubernetes\/client-node$/, /^@peculiar\/x509$/, /^reflect-metadata$/] },
  { name: 'runner-controller', files: /^packages\/runner-controller\/src\//, rooms: ['work', 'agent', 'program', 'runtime/kubernetes', 'sdk/contract'], packages: [node, zod, /^pino$/] },
  { name: 'server/domain', files: /^packages\/server\/src\/domain\//, rooms: ['sdk/contract', 'work'], packages: [/^node:(crypto|buffer|net|util|zlib)$/, zod, /^(tar-stream|diff|smol-toml)$/] },
  { name: 'server/store', files: /^packages\/server\/src\/store\//, rooms: ['server/domain', 'sdk/contract', 'work'], packages: [node, zod, /^kysely/, /^@electric-sql\/pglite/, /^pg$/] },
  { name: 'server/identity', files: /^packages\/server\/src\/identity\//, rooms: ['server/domain', 'sdk/contract'], packages: [/^jose$/] },
  { name: 'server/try', files: /^packages\/server\/src\/try\//, rooms: ['server/domain', 'sdk/contract'], packages: [node] },
  { name: 'server/commands', files: /^packages\/server\/src\/commands\//, rooms: ['server/domain', 'server/store', 'server/try', 'sdk/contract', 'work'], packages: [node] },
  { name: 'server/config', files: /^packages\/server\/src\/config\.ts$/, rooms: ['proxies'], packages: [node] },
  { name: 'server/keys', files: /^packages\/server\/src\/keys\//, rooms: ['server/config', 'server/domain', 'server/store', 'server/commands'], packages: [node] },
  { name: 'server/backup', files: /^packages\/server\/src\/backup\//, rooms: ['server/config', 'server/domain', 'server/store', 'work'], packages: [node, zod, /^kysely/] },
  { name: 'server/http', files: /^packages\/server\/src\/(http|routes)\//, rooms: ['server/domain', 'server/store', 'server/commands', 'server/identity', 'server/backup', 'sdk/contract', 'work', 'proxies'], packages: [node, zod, /^jsonc-parser$/, /^koa/, /^@koa\//, /^zod-openapi/, /^helmet$/, /^ws$/] },
  { name: 'server', files: /^packages\/server\/src\//, rooms: ['server/config', 'server/domain', 'server/store', 'server/commands', 'server/http', 'server/identity', 'server/backup', 'server/keys', 'work', 'sdk/contract'], packages: [node, zod, /^pino$/, /^koa$/] },
  { name: 'examples', files: /^examples\//, rooms: ['sdk', 'sdk/contract', 'sdk/portal', 'components', 'components/scenes', 'server', 'runner-controller', 'work'], packages: [node, /^koa$/, /^pino$/, /^vue$/, /^svelte$/] },
];
/** The file behind each public door. */
const doors: Record<string, string> = {
  '@fapi/sdk': 'packages/sdk/src/index.ts',
  '@fapi/sdk/contract': 'packages/sdk/src/contract/index.ts',
  '@fapi/sdk/portal': 'packages/sdk/src/portal/index.ts',
  '@fapi/sdk/dotenv': 'packages/sdk/src/dotenv/index.ts',
  '@fapi/sdk/workspace': 'packages/sdk/src/workspace/index.ts',
  '@fapi/components': 'packages/components/src/index.ts',
  '@fapi/server': 'packages/server/src/index.ts',
  '@fapi/runner-controller': 'packages/runner-controller/src/index.ts',
  '@fapi/runner-controller/proxies': 'packages/runner-controller/src/proxies/index.ts',
  '@fapi/runner-controller/work': 'packages/runner-controller/src/work/index.ts',
};
/** Tests may use any public door and real parts; a build's configuration is no part of the product. */
const isTest = (file: string): boolean => /\.(test|suite|config)\.ts$|\/test(ing|-parts)?\//.test(file);
const sources = globSync(['packages/*/src/**/*.ts', 'packages/components/scenes/**/*.ts', 'examples/**/*.ts'], { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }).toSorted();
const everySource = globSync(['packages/**/*.{ts,py,css}', 'examples/**/*.{ts,py,css}', 'tools/**/*.{ts,mjs}', 'e2e/**/*.ts', 'bench/**/*.ts'], { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' });
const specifiers = /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** STYLE: beyond 12 files a folder wants a second room. Those that had more when this was written, with how many: a number may only shrink, and its row goes with it. */
const folderLimit = 12;
const fullFolders: Record<string, number> = {
  'packages/components/scenes/elements': 18,
  'packages/components/src': 28,
  'packages/components/src/controllers': 21,
  'packages/components/src/define': 19,
  'packages/components/src/editor': 17,
  'packages/components/src/editor/language': 25,
  'packages/components/src/elements/editor': 33,
  'packages/components/src/elements/logs': 17,
  'packages/components/src/elements/try': 15,
  'packages/components/src/german': 33,
  'packages/components/src/parts': 18,
  'packages/components/src/strings': 29,
  'packages/runner-controller/runner/fapi_runner/agent': 24,
  'packages/runner-controller/runner/fapi_runner/agent/children': 19,
  'packages/runner-controller/runner/fapi_runner/agent/disk': 13,
  'packages/runner-controller/runner/fapi_runner/agent/language': 18,
  'packages/runner-controller/runner/fapi_runner/agent/serving': 22,
  'packages/runner-controller/runner/fapi_runner/child': 35,
  'packages/runner-controller/runner/fapi_runner/child/isolation': 20,
  'packages/runner-controller/runner/fapi_runner/convert': 22,
  'packages/runner-controller/runner/fapi_runner/validate': 16,
  'packages/runner-controller/src': 19,
  'packages/runner-controller/src/gateway/relay': 13,
  'packages/runner-controller/src/work': 13,
  'packages/sdk/src': 24,
  'packages/sdk/src/cli/commands': 16,
  'packages/sdk/src/cli/project': 15,
  'packages/sdk/src/contract': 32,
  'packages/server/src/store/database/migrations': 14,
  'tools/commands': 13,
};
const isTestOfAnyKind = (file: string): boolean => isTest(file) || /\.(slow|look|node)\.ts$|\/tests?\/|\/test-kubernetes\//.test(file);

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(specifiers)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}
const roomOf = (file: string): Room | undefined => rooms.find((room) => room.files.test(file));

/** Why a file may not import what it imports; undefined when it may. */
function breach(file: string, specifier: string): string | undefined {
  const room = roomOf(file);
  if (!room) return `${file} stands in no room`;
  const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : (doors[specifier] ?? (specifier.startsWith('@fapi/components/define/') ? doors['@fapi/components'] : undefined));
  if (target === undefined) return room.packages.some((allowed) => allowed.test(specifier)) ? undefined : `${file} (${room.name}) imports ${specifier}`;
  if (target.endsWith('/main.ts')) return `${file} imports the composition root ${target}`;
  const other = roomOf(target);
  if (other === room || (other && room.rooms.includes(other.name))) return undefined;
  return `${file} (${room.name}) imports ${target} (${other?.name ?? 'no room'})`;
}

/** Folders that import each other all around, as a way back to the first; undefined when there are none. */
function findCircle(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (folder: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return undefined;
    for (const next of arrows.get(folder) ?? []) {
      const circle = visit(next, [...way, folder]);
      if (circle) return circle;
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of arrows.keys()) {
    const circle = visit(folder, []);
    if (circle) return circle;
  }
  return undefined;
}

describe('the rooms of DESIGN section 2', () => {
  it('holds every import to the table', () => {
    expect(sources.filter((file) => !isTest(file)).flatMap((file) => importsOf(file).map((specifier) => breach(file, specifier)).filter((text) => text !== undefined))).toEqual([]);
  });

  it('sees the imports that it is meant to refuse', () => {
    expect(breach('packages/sdk/src/client.ts', 'node:fs')).toContain('imports node:fs');
    expect(breach('packages/sdk/src/client.ts', './cli/cli.ts')).toContain('(sdk/cli)');
    expect(breach('packages/server/src/domain/deployments/deployment.ts', 'koa')).toContain('imports koa');
    expect(breach('packages/runner-controller/src/plan.ts', '../../server/src/index.ts')).toContain('(server)');
    expect(breach('packages/components/src/elements/code/code.ts', '@codemirror/state')).toContain('@codemirror/state');
    expect(importsOf('packages/sdk/src/contract/routes.ts')).toContain('./apps.ts');
  });

  it('imports elements, zod and CodeMirror by the names that stay small', () => {
    const banned = sources.flatMap((file) => importsOf(file).filter((name) => name === 'zod' || name === 'codemirror').map((name) => `${file}: ${name}`));
    expect(banned).toEqual([]);
  });

  it('keeps every source file at 400 lines or fewer', () => {
    expect(everySource.map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 })).filter(({ lines }) => lines > 400)).toEqual([]);
  });

  it('keeps every folder at 12 source files or fewer, and lets those that hold more only shrink', () => {
    const counts = new Map<string, number>();
    for (const file of everySource.filter((name) => !isTestOfAnyKind(name))) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([folder, count]) => count > (fullFolders[folder] ?? folderLimit)).map(([folder, count]) => `${folder} holds ${count}`)).toEqual([]);
    expect(Object.keys(fullFolders).filter((folder) => (counts.get(folder) ?? 0) <= folderLimit), 'need no exception any more').toEqual([]);
  });

  it('has no circle of folders in the server below its wiring', () => {
    const arrows = new Map<string, Set<string>>();
    for (const file of sources.filter((name) => /^packages\/server\/src\/(commands|domain|store)\//.test(name) && !isTest(name))) {
      const targets = importsOf(file).filter((name) => name.startsWith('.')).map((name) => dirname(normalize(join(dirname(file), name)))).filter((folder) => folder !== dirname(file));
      arrows.set(dirname(file), new Set([...(arrows.get(dirname(file)) ?? []), ...targets]));
    }
    expect(findCircle(arrows)).toBeUndefined();
    expect(findCircle(new Map([['a', new Set(['b'])], ['b', new Set(['c'])], ['c', new Set(['a'])]]))).toEqual(['a', 'b', 'c', 'a']);
  });
});
