import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../../../tools/browser/launch.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const node = (args: readonly string[], cwd: string): Promise<{ stdout: string }> => run(process.execPath, args, { cwd, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 120_000 });

const typed = `
import '@fapi/components/define/editor';

const editor = document.createElement('fapi-editor');
editor.appId = 'app_1';
editor.addEventListener('fapi-save', (event) => console.log(event.detail.draftVersion.toFixed()));
export const opened: Promise<boolean> = editor.open('main.py', 3);
// @ts-expect-error -- an id is a string
editor.appId = 1;
// @ts-expect-error -- an event of ours has its own detail
document.addEventListener('fapi-save', (event) => event.detail.path);
`;
const typedDoor = `
import { appWords, english, FapiFileTree, registerStrings, type Strings } from '@fapi/components';

registerStrings('de', { deploy: 'Bereitstellen' } satisfies Partial<Strings>);
export const word: string | undefined = appWords({ app: undefined, strings: english, locale: 'en' }).health?.word;
export const tag: typeof FapiFileTree = FapiFileTree;
// @ts-expect-error -- there is no such word
registerStrings('de', { nonsense: '' });
`;
const typedJsx = `
import '@fapi/components/define/builder';
import type {} from '@fapi/components/jsx';

export const page = <fapi-builder appId="app_1" readonly onfapi-save={(event) => console.log(event.detail.draftVersion.toFixed())} />;
export const apps = <fapi-apps starters={[{ title: 'Hello', summary: '', files: [] }]} onfapi-app-select={({ detail }) => console.log(detail.app.title)} />;
// @ts-expect-error -- an id is a string
export const wrong = <fapi-builder appId={1} />;
// @ts-expect-error -- an event of ours has its own detail
export const deaf = <fapi-builder onfapi-save={(event) => event.detail.path} />;
`;
const typedVue = `
import type { GlobalComponents } from 'vue';
import type {} from '@fapi/components/vue';

type Builder = InstanceType<GlobalComponents['fapi-builder']>['$props'];
export const props: Builder = { appId: 'app_1', onFapiSave: (event) => console.log(event.detail.draftVersion.toFixed()) };
// @ts-expect-error -- an id is a string
export const wrong: Builder = { appId: 1 };
`;
/** Pages of a portal: what each script registers. */
const pages: Record<string, { script: string; registers: readonly string[] }> = {
  editor: { script: "import '@fapi/components/define/editor';", registers: ['fapi-code', 'fapi-editor', 'fapi-file-tree'] },
  all: { script: "import '@fapi/components/define/all';", registers: ['fapi-apps', 'fapi-builder', 'fapi-code', 'fapi-conflict', 'fapi-convert', 'fapi-deploy-status', 'fapi-editor', 'fapi-file-tree', 'fapi-find', 'fapi-history', 'fapi-logs', 'fapi-metrics', 'fapi-palette', 'fapi-preview', 'fapi-provider', 'fapi-settings', 'fapi-try'] },
  classes: { script: "import * as elements from '@fapi/components'; document.body.dataset.classes = Object.keys(elements).filter((name) => name.startsWith('Fapi')).join();", registers: [] },
};
const tags = pages['all']!.registers;

/** A folder of packages in which `names` stand for ours. */
async function linkPackages(folder: string, ours: Record<string, string>): Promise<void> {
  await mkdir(join(folder, '@fapi'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) if (name !== '@fapi' && !name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(folder, name));
  for (const [name, path] of Object.entries(ours)) await symlink(path, join(folder, '@fapi', name));
}

describe('a portal with a bundler that has installed the elements', { timeout: 120_000 }, () => {
  let folder: string;
  let portal: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-components-install-'));
    const made = join(folder, 'build');
    const packages = { sdk: join(made, 'packages/sdk'), components: join(made, 'packages/components') };
    await linkPackages(join(made, 'node_modules'), packages);
    await cp(join(root, 'tsconfig.base.json'), join(made, 'tsconfig.base.json'));
    for (const [name, path] of Object.entries(packages)) {
      for (const part of ['src', 'package.json', 'tsconfig.build.json', 'tsup.config.ts', ...(name === 'sdk' ? ['tsup.cli.config.ts', 'bin'] : ['custom-elements.json', 'jsx.d.ts', 'vue.d.ts', 'tools'])]) await cp(join(root, 'packages', name, part), join(path, part), { recursive: true });
      await node([join(root, 'node_modules/tsup/dist/cli-default.js')], path);
    }
    portal = join(folder, 'portal');
    const installed = join(portal, 'node_modules');
    await linkPackages(installed, {});
    for (const [name, path] of Object.entries(packages)) for (const part of (JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as { files: string[] }).files.concat('package.json')) await cp(join(path, part), join(installed, '@fapi', name, part), { recursive: true });
    await writeFile(join(portal, 'package.json'), '{"type":"module"}');
    await writeFile(join(portal, 'typed.ts'), typed);
    await writeFile(join(portal, 'typed-door.ts'), typedDoor);
    await writeFile(join(portal, 'typed-jsx.tsx'), typedJsx);
    await writeFile(join(portal, 'typed-vue.ts'), typedVue);
    for (const [name, { script }] of Object.entries(pages)) {
      await writeFile(join(portal, `${name}.js`), script);
      await build({ entryPoints: [join(portal, `${name}.js`)], outdir: join(portal, 'public', name), bundle: true, splitting: true, minify: true, format: 'esm', logLevel: 'silent' });
      await writeFile(join(portal, 'public', name, 'index.html'), `<!doctype html><html lang="en"><title>Portal</title><body><fapi-editor></fapi-editor><script type="module" src="${name}.js"></script>`);
    }
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([['typed', 'nodenext', 'nodenext'], ['typed', 'esnext', 'bundler'], ['typed-door', 'esnext', 'bundler'], ['typed-jsx', 'esnext', 'bundler'], ['typed-vue', 'esnext', 'bundler']])('has types for %s, checked to the last of them, with module %s and moduleResolution %s', async (name, module, moduleResolution) => {
    const config = join(portal, `tsconfig.${name}.${module}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions: { module, moduleResolution, target: 'es2022', lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'], strict: true, noEmit: true, jsx: 'react-jsx', skipLibCheck: false, types: [] }, include: [`${name}.*`] }));
    const said = await node([join(root, 'node_modules/typescript/bin/tsc'), '-p', config], portal).then(({ stdout }) => stdout, (error: { stdout: string }) => error.stdout || String(error));
    expect(said).toBe('');
  });

  it('can be imported in Node, every entry of it', async () => {
    const entries = ['@fapi/components', ...(await readdir(join(portal, 'node_modules/@fapi/components/dist/define'))).filter((file) => file.endsWith('.js')).map((file) => `@fapi/components/define/${file.slice(0, -'.js'.length)}`)];
    await writeFile(join(portal, 'import.js'), `${entries.map((entry) => `await import('${entry}');`).join('\n')}\nconst { default: manifest } = await import('@fapi/components/custom-elements.json', { with: { type: 'json' } });\nconsole.log(manifest.modules.length);`);
    expect((await node(['import.js'], portal)).stdout.trim()).toBe(String(tags.length));
  });

  it('names files that are there', async () => {
    const { exports } = JSON.parse(await readFile(join(portal, 'node_modules/@fapi/components/package.json'), 'utf8')) as { exports: Record<string, Record<string, string>> };
    const files = new Set(await readdir(join(portal, 'node_modules/@fapi/components'), { recursive: true }));
    const named = ['types', 'default'].flatMap((condition) => [exports['.']![condition]!, ...tags.map((tag) => exports['./define/*']![condition]!.replace('*', tag.slice('fapi-'.length)))]);
    expect(named.filter((file) => !files.has(file.slice(2)))).toEqual([]);
  });

  it.each(Object.keys(pages))('registers in Chromium what the page "%s" has imported, and nothing else', async (name) => {
    const server = createServer(async (request, response) => {
      const path = join(portal, 'public', request.url!.endsWith('/') ? `${request.url}index.html` : request.url!);
      const body = await readFile(path).catch(() => undefined);
      response.writeHead(body ? 200 : 404, { 'content-type': extname(path) === '.html' ? 'text/html' : 'text/javascript' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/`, { waitUntil: 'load' });
    await expect.poll(() => page.evaluate((all) => all.filter((tag) => customElements.get(tag)), [...tags]), { timeout: 20_000 }).toEqual(pages[name]!.registers);
    if (pages[name]!.registers.length > 0) await page.getByText('Not connected').waitFor();
    else expect(await page.evaluate(() => document.body.dataset['classes'])).toBe('FapiApps,FapiBuilder,FapiCode,FapiConflict,FapiConvert,FapiDeployStatus,FapiEditor,FapiFileTree,FapiFind,FapiHistory,FapiLogs,FapiMetrics,FapiPalette,FapiPreview,FapiProvider,FapiSettings,FapiTry');
    expect(problems).toEqual([]);
  });
});
