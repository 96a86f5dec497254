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
  { name: 'server/gateway', files: /^packages\/server\/src\/gateway\//, rooms: ['server/domain', 'sdk/contract'], packages: [node] },
  { name: 'server/commands', files: /^packages\/server\/src\/commands\//, rooms: ['server/domain', 'server/store', 'server/gateway', 'sdk/contract', 'work'], packages: [node] },
  { name: 'server/backup', files: /^packages\/server\/src\/backup\//, rooms: ['server/store', 'work'], packages: [node, zod, /^kysely/] },
  { name: 'server/http', files: /^packages\/server\/src\/(http|routes)\//, rooms: ['server/domain', 'server/store', 'server/commands', 'server/identity', 'server/backup', 'sdk/contract', 'work', 'proxies'], packages: [node, zod, /^jsonc-parser$/, /^koa/, /^@koa\//, /^zod-openapi/, /^helmet$/, /^ws$/] },
  { name: 'server', files: /^packages\/server\/src\//, rooms: ['server/domain', 'server/store', 'server/commands', 'server/http', 'server/identity', 'server/backup', 'work', 'proxies', 'sdk/contract'], packages: [node, zod, /^pino$/, /^koa$/] },
  { name: 'examples', files: /^examples\//, rooms: ['sdk', 'sdk/contract', 'components', 'components/scenes', 'server', 'runner-controller', 'work'], packages: [node, /^koa$/, /^pino$/, /^vue$/, /^svelte$/] },
];
/** The file behind each public door. */
const doors: Record<string, string> = {
  '@fapi/sdk': 'packages/sdk/src/index.ts',
  '@fapi/sdk/contract': 'packages/sdk/src/contract/index.ts',
  '@fapi/sdk/portal': 'packages/sdk/src/portal/index.ts',
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

describe('the rooms of DESIGN section 2', () => {
  it('holds every import to the table', () => {
    expect(sources.filter((file) => !isTest(file)).flatMap((file) => importsOf(file).map((specifier) => breach(file, specifier)).filter((text) => text !== undefined))).toEqual([]);
  });

  it('sees the imports that it is meant to refuse', () => {
    expect(breach('packages/sdk/src/client.ts', 'node:fs')).toContain('imports node:fs');
    expect(breach('packages/sdk/src/client.ts', './cli/cli.ts')).toContain('(sdk/cli)');
    expect(breach('packages/server/src/domain/deployment.ts', 'koa')).toContain('imports koa');
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
});
