import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../tools/parts/installed.ts';
import { pythonPath, root } from '../tools/parts/paths.ts';
import { startEmbedded } from './shapes/embedded.ts';
import type { System } from './system.ts';
import { visit } from './visit.ts';

/** What README and docs/apps.md print, in the order in which they print it. Only the ports of the demo are others here, and the name of the app that they made up. */
describe.skipIf(!isInstalled())('what a newcomer types', () => {
  let system: System;
  let client: FapiClient;
  let clone: string;
  let url: string;
  let readme: string;
  let apps: string;
  const blocks = (page: string, language: string): string[] => [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text!.replaceAll('8787', new URL(system.baseUrl).port).replaceAll('8788', String(system.gatewayPort)));
  const run = (program: string, args: string[], cwd = clone): Promise<{ stdout: string; stderr: string }> => promisify(execFile)(program, args, { cwd, env: { HOME: clone, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }, timeout: 80_000 });
  const shell = (text: string, cwd?: string): Promise<{ stdout: string; stderr: string }> => run('/bin/sh', ['-ec', text], cwd);

  beforeAll(async () => {
    system = await startEmbedded();
    client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
    // Its own data folder and files, the programs of this one.
    clone = await mkdtemp(join(tmpdir(), 'fapi-clone-'));
    for (const name of ['bin', 'node_modules', 'package.json']) await symlink(join(root, name), join(clone, name));
    await mkdir(join(clone, '.fapi'));
    await writeFile(join(clone, '.fapi/operator-key'), `${system.operatorKey}\n`);
    await writeFile(join(clone, '.fapi/address'), `${system.baseUrl}\n`);
    [readme, apps] = await Promise.all(['README.md', 'docs/apps.md'].map((page) => readFile(join(root, page), 'utf8'))) as [string, string];
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
    await rm(clone, { recursive: true, force: true });
  });

  it('makes an app from a terminal, and asks it at the address that was printed', async () => {
    const [terminal, ask] = blocks(readme, 'sh').filter((text) => text.includes('fapi deploy') || text.includes('curl')) as [string, string];
    expect(terminal).toContain('fapi logs -f');
    const { stdout } = await shell(`${terminal.replace('logs -f', 'logs')}\n${ask}`);
    url = /^http:\S+$/m.exec(stdout)![0];
    expect(stdout).toContain('{"message":"Hello"}');
  });

  it('runs the script of the README', async () => {
    const [script] = blocks(readme, 'ts');
    const [command] = blocks(readme, 'sh').filter((text) => text.includes('hello.ts'));
    await writeFile(join(clone, 'hello.ts'), script!);
    const { stdout } = await shell(command!);
    const [, status, address] = /^(\S+) (\S+)$/m.exec(stdout)!;
    expect([status, (await visit(system.gatewayPort, address!)).status]).toEqual(['live', 200]);
  });

  it('asks an app from Python and from Node, which cannot find its name', async () => {
    const [python] = blocks(apps, 'python').filter((text) => text.includes('httpx'));
    const [node] = blocks(apps, 'js');
    const [ask] = blocks(apps, 'sh');
    const named = (text: string): string => text.replaceAll(/hello-abc123\.localhost:\d+/g, new URL(url).host);
    await writeFile(join(clone, 'ask.mjs'), named(node!));
    const answers = [await run(pythonPath(), ['-c', `${named(python!)}\nprint(answer.text)`]), await run(process.execPath, ['ask.mjs']), await shell(`PATH=${clone}/bin:$PATH\n${ask}`, join(clone, 'hello'))];
    expect(answers.map(({ stdout }) => stdout.trim())).toEqual(['{"message":"Hello"}', '{"message":"Hello"}', '{"message":"Hello"}']);
  });

  it('serves /docs without a way to the internet', async () => {
    const [main] = blocks(apps, 'python').filter((text) => text.includes('docs_url=None'));
    const app = await client.apps.create({ title: 'Docs', files: [{ path: 'main.py', content: main! }, { path: 'static/swagger-ui-bundle.js', content: 'bundle' }, { path: 'static/swagger-ui.css', content: 'css' }] });
    expect(await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: app.draftVersion }))).toMatchObject({ status: 'live' });
    const { body } = await visit(system.gatewayPort, app.url, '/docs');
    const loaded = [...body.matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded.toSorted()).toEqual(['/static/swagger-ui-bundle.js', '/static/swagger-ui.css']);
    expect(await Promise.all(loaded.map(async (path) => (await visit(system.gatewayPort, app.url, path)).body))).toEqual(expect.arrayContaining(['bundle', 'css']));
  });

  it('finds the packages that every app has as the runner installs them', async () => {
    const wanted = (await readFile(join(root, 'packages/runner-controller/runner/requirements.in'), 'utf8')).split('\n').flatMap((line) => /^[a-z][\w-]*/.exec(line)?.[0] ?? []);
    const [, listed] = /Every app has these[^:]*: (.*)\.\n/.exec(apps)!;
    expect([...listed!.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(wanted);
  });
});
