import { createClient, type FapiClient } from '@fapi/sdk';
import { limits } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const main = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read() -> dict[str, int]:\n    return {"tide": 3}\n';
const line = 'TIDE = {"high": 4.1, "low": 0.7, "where": "Harbour"}  # a line like many\n';
const fill = (bytes: number): string => line.repeat(Math.floor(bytes / line.length));
const large = 'tables/large.py';
const [largeBytes, spareBytes] = [1_000_000, 20_000];
/** As many files as a draft may have, and as much in them, but for what is typed; one holds a fifth of it. */
const files = [
  { path: 'main.py', content: main },
  { path: large, content: fill(largeBytes) },
  ...Array.from({ length: limits.files - 2 }, (_, at) => ({ path: `tables/year_${at % 20}/day_${at}.py`, content: fill((limits.draftBytes - largeBytes - spareBytes) / (limits.files - 2)) })),
];

/** A person at the demo's page, with the largest draft there can be. */
describe('a draft of 200 files and 5 MB', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const code = () => watched.page.locator('fapi-editor fapi-code');
  const shown = (): Promise<string> => code().evaluate((element) => (element as HTMLElement & { value: string }).value);
  const saved = async (path: string): Promise<string | undefined> => (await client.drafts.read(appId)).files.find((file) => file.path === path)?.content;
  const isSaved = () => seen(async () => !(await watched.page.locator('fapi-editor .toolbar .chip').allInnerTexts()).includes('Unsaved changes') && (await watched.page.locator('fapi-editor .tab .dot').count()) === 0, 'everything saved');
  const goToEnd = async (): Promise<void> => {
    await code().evaluate((element) => (element as HTMLElement).focus());
    await builder.press('Control+End');
  };
  /** Types words one after the other and saves in between: what is typed while a save is on its way is not the save's to lose. */
  const typeWithSaves = async (words: readonly string[]): Promise<void> => {
    for (const word of words) {
      await builder.press('Control+s');
      await watched.page.keyboard.type(word);
    }
    await builder.press('Control+s');
    await isSaved();
  };

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Tide tables', files }));
    watched = await portal.open(`/#${appId}`);
    builder = makeBuilder(watched.page);
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('is as large as a draft may be', () => {
    const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    expect(files).toHaveLength(limits.files);
    expect(bytes).toBeGreaterThan(limits.draftBytes - 2 * spareBytes);
    expect(bytes).toBeLessThanOrEqual(limits.draftBytes);
  });

  it('opens with all its files', async () => {
    await seen(async () => (await builder.code()).includes('return {"tide": 3}'), 'the code of main.py');
    expect(await watched.page.locator('fapi-file-tree li.file').count()).toBe(limits.files);
  });

  it('keeps every character that is typed into it, whatever is saved meanwhile', async () => {
    const words = Array.from({ length: 12 }, (_, at) => `# word ${at} of twelve, typed fast\n`);
    await goToEnd();
    await typeWithSaves(words);
    expect(await shown()).toBe(main + words.join(''));
    expect(await saved('main.py')).toBe(main + words.join(''));
  });

  it('keeps every character that is typed into its largest file', async () => {
    await watched.page.locator('fapi-file-tree').getByText('large.py', { exact: true }).click();
    await watched.page.locator('fapi-editor .tab[data-active=true]', { hasText: 'large.py' }).waitFor();
    await seen(async () => (await shown()).length === fill(largeBytes).length, 'the large file');
    const words = ['FIRST = 1\n', 'SECOND = 2\n', 'THIRD = 3\n'];
    await goToEnd();
    await typeWithSaves(words);
    expect((await shown()).slice(fill(largeBytes).length)).toBe(words.join(''));
    expect(await saved(large)).toBe(fill(largeBytes) + words.join(''));
  });

  it('is all there after a reload', async () => {
    await watched.page.reload();
    await seen(async () => (await shown()).endsWith('THIRD = 3\n'), 'the file that was shown');
    await watched.page.locator('fapi-file-tree').getByText('main.py', { exact: true }).click();
    await seen(async () => (await builder.code()).includes('# word 11 of twelve'), 'the code of main.py');
    const now = await client.drafts.read(appId);
    expect(now.files).toHaveLength(limits.files);
    expect(now.files.filter(({ path, content }) => path !== 'main.py' && path !== large && content !== files.find((file) => file.path === path)?.content)).toEqual([]);
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
