import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problems } from '@fapi/sdk/contract';
import { describe, expect, it } from 'vitest';
import { root } from '../parts/paths.ts';
import { findingGuide } from './finding-guide.ts';

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

describe('docs/errors.md', () => {
  it('has a row for each code that can be sent', () => {
    expect([...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code)).toEqual(Object.keys(problems));
  });
});

describe('docs/words.md', () => {
  it('has each code of a finding that the runner gives, and no other', () => {
    const sources = globSync('packages/runner-controller/runner/fapi_runner/**/*.py', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    const given = new Set([...sources.matchAll(/"((?:PY|SRC|LIM|IMP|ENT|CAP|RES|TST)\d{3}|RUF-000)"/g)].map(([, code]) => code!));
    const told = Object.values(findingGuide).flatMap((rows) => Object.keys(rows)).filter((code) => code !== 'RUF-<rule>');
    expect(told.toSorted()).toEqual([...given].toSorted());
  });
});

describe('the pages', () => {
  const pages = globSync('{*.md,docs/*.md,deploy/*.md,examples/*/README.md,packages/*/README.md}', { cwd: root });
  const read = (page: string): string => readFileSync(join(root, page), 'utf8');

  it('lead to files and headings that are there', () => {
    const lost = pages.flatMap((page) => [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].filter(([, path, heading]) => {
      const target = path === '' ? page : join(dirname(page), path!);
      return !existsSync(join(root, target)) || (heading !== undefined && ![...read(target).matchAll(/^#+ (.+)$/gm)].some(([, title]) => title!.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-') === heading));
    }).map(([link]) => `${page}: ${link}`));
    expect(lost).toEqual([]);
  });

  it('are each reached from the README', () => {
    const seen = new Set<string>(['README.md']);
    for (const page of seen) for (const [, path] of read(page).matchAll(/\]\((?!https?:)([^)#]+\.md)(?:#[^)]+)?\)/g)) seen.add(join(dirname(page), path!));
    expect(globSync('docs/*.md', { cwd: root }).filter((page) => !seen.has(page))).toEqual([]);
  });

  it('name files of the clone by paths that are there', () => {
    const lost = pages.filter((page) => page !== 'CHANGELOG.md').flatMap((page) => [...read(page).matchAll(/`((?:packages|tools|docs|examples|e2e|bench|bin|deploy|sdk|server|components|runner-controller|runner)\/[\w./-]+)`/g)].map(([, path]) => path!)
      // What the build makes is not in a fresh clone.
      .filter((path) => !path.includes('/dist/') && !existsSync(join(root, path)) && !existsSync(join(root, dirname(page), path))).map((path) => `${page}: ${path}`));
    expect(lost).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['README.md', ['*/', 'packages/*/', 'examples/*/']], ['packages/server/README.md', ['packages/server/src/*/']], ['packages/runner-controller/README.md', ['packages/runner-controller/*/', 'packages/runner-controller/src/*/']],
  ])('name every folder in the table of parts: %s', (page, patterns) => {
    const named = [...read(page).matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) => cell!.split(/`[ ,]*/));
    const folders = globSync(patterns, { cwd: root }).map((path) => path.replace(/\/$/, '')).filter((path) => statSync(join(root, path)).isDirectory() && !/(^|\/)(node_modules|dist|coverage|screenshots|hello|test|test-parts|src|packages|examples)$/.test(path));
    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((path) => !named.some((name) => [name, join(dirname(page), name), join(dirname(page), 'src', name)].includes(path)))).toEqual([]);
  });

  it('send nobody to a package of that name that is not ours', () => {
    for (const page of pages) expect(read(page), page).not.toMatch(/npx fapi|npm i(nstall)? (-g )?@fapi|pip install fapi/);
  });

  it('give a client FAPI_API_KEY; FAPI_OPERATOR_KEY is what a server is told', () => {
    for (const page of pages) expect(read(page), page).not.toMatch(/apiKey: process\.env\.FAPI_OPERATOR_KEY|export FAPI_OPERATOR_KEY/);
  });

  it('name two versions of Node: the one that starts a clone, and the one that runs the SDK', () => {
    const engines = (file: string): string => (JSON.parse(read(file)) as { engines: { node: string } }).engines.node;
    expect([engines('package.json'), engines('packages/sdk/package.json')]).toEqual(['>=20', '>=22.18']);
    const named = new Set(pages.flatMap((page) => [...read(page).matchAll(/Node (\d+(?:\.\d+)*)(?! 24)/g)].map(([, version]) => version!)));
    expect([...named].toSorted()).toEqual(['20', '22.18', '24']);
  });

  it.each(['server', 'runner-controller'])('name each variable that the program of packages/%s reads', (name) => {
    const variables = [...read(`packages/${name}/src/config.ts`).matchAll(/'(FAPI_[A-Z0-9_]+)'/g)].map(([, variable]) => variable!);
    const page = read(`packages/${name}/README.md`);
    expect(variables.filter((variable) => !page.includes(`\`${variable}\``))).toEqual([]);
  });
});
