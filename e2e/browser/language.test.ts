import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const models = 'from pydantic import BaseModel\n\n\nclass Harbour(BaseModel):\n    name: str\n    berths: int = 3\n';
const main = 'from fastapi import FastAPI\nfrom models import Harbour\n\napp = FastAPI()\n\n\n@app.get("/")\nasync def read() -> dict[str, int]:\n    harbour = Harbour(name="🚢 Alma")\n    return {"berths": harbour}\n';

/** A person at the demo's page, with the real servers behind it: `ty` and `ruff`, run by the agent. */
describe('the language servers at the page', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const code = () => watched.page.locator('fapi-editor fapi-code');
  const mark = (status: string) => watched.page.locator(`fapi-editor .language[data-status=${status}]`).waitFor({ timeout: 60_000 });
  const openFile = async (path: string): Promise<void> => {
    await watched.page.locator('fapi-editor fapi-file-tree').getByText(path, { exact: true }).click();
    await watched.page.locator('fapi-editor .tab[data-active=true]', { hasText: path }).waitFor();
  };
  /** Puts the cursor behind the first `words` of the file that is shown. */
  const goBehind = (words: string) => code().evaluate((element, wanted) => {
    (element as HTMLElement & { act(work: (view: { state: { doc: { toString(): string } }; dispatch(change: object): void; focus(): void }) => void): void }).act((view) => {
      const at = view.state.doc.toString().indexOf(wanted);
      if (at === -1) throw new Error(`"${wanted}" is not in the code`);
      view.dispatch({ selection: { anchor: at + wanted.length }, scrollIntoView: true });
      view.focus();
    });
  }, words);
  const shown = (): Promise<string> => code().evaluate((element) => (element as HTMLElement & { value: string }).value);
  const saved = async (path: string): Promise<string | undefined> => (await client.drafts.read(appId)).files.find((file) => file.path === path)?.content;

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    appId = await builder.createApp('Hello', 'Harbour words');
    const draft = await client.drafts.read(appId);
    await client.drafts.patch(appId, { version: draft.version, move: [], remove: [], put: [{ path: 'main.py', content: main }, { path: 'models.py', content: models }] });
    await seen(async () => (await shown()) === main, 'the draft that was saved elsewhere');
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('complete a field of a model from another file', async () => {
    await mark('on');
    await goBehind('"berths": harbour');
    await watched.page.keyboard.type('.b');
    const list = watched.page.locator('fapi-editor .cm-tooltip-autocomplete li');
    await list.filter({ hasText: 'berths' }).first().waitFor({ timeout: 60_000 });
    // Keywords and names of this file know no type.
    expect(await list.first().locator('.cm-completionDetail').innerText()).toBe('int');
    await list.first().click();
    await seen(async () => (await shown()).includes('{"berths": harbour.berths}'), 'the field in the text');
  });

  it('open the source of FastAPI, read only and no part of the draft', async () => {
    await goBehind('app = Fast');
    await watched.page.keyboard.press('F12');
    await watched.page.locator('fapi-editor .tab[data-library][data-active=true]', { hasText: 'applications.py' }).waitFor({ timeout: 30_000 });
    await seen(async () => (await builder.cursorLine()).startsWith('class FastAPI('), 'the class');
    await watched.page.keyboard.type('nothing');
    expect(await shown()).not.toContain('nothing');
    expect((await client.drafts.read(appId)).files.map(({ path }) => path).filter((path) => path.includes('applications'))).toEqual([]);
    await watched.page.locator('fapi-editor .tab[data-library] .close').click();
  });

  it('rename across two files, each with its own undo, and the draft is saved', async () => {
    await openFile('main.py');
    await goBehind('harbour = Har');
    await watched.page.keyboard.press('F2');
    const input = watched.page.locator('fapi-editor .cm-language-rename input');
    await input.fill('Haven');
    await input.press('Enter');
    await seen(async () => (await shown()).includes('from models import Haven') && (await shown()).includes('harbour = Haven(name="🚢 Alma")'), 'the new name in this file');
    await builder.press('Control+s');
    await seen(async () => (await saved('models.py'))?.includes('class Haven(BaseModel):'), 'the new name in the other file');
    expect(await saved('main.py')).toContain('import Haven');
    await openFile('models.py');
    await seen(async () => (await shown()).includes('class Haven('), 'the new name');
    await code().evaluate((element) => (element as HTMLElement).focus());
    await watched.page.keyboard.press('Control+z');
    await seen(async () => (await shown()).includes('class Harbour('), 'the old name');
    await watched.page.keyboard.press('Control+Shift+z');
    await seen(async () => (await shown()).includes('class Haven('), 'the new name again');
  });

  it('list the references of a name', async () => {
    await goBehind('class Hav');
    await watched.page.keyboard.press('Shift+F12');
    const list = watched.page.locator('fapi-editor .references');
    await list.waitFor({ timeout: 30_000 });
    expect(await list.locator('h3').allInnerTexts()).toEqual(['main.py', 'models.py']);
    expect(await list.locator('mark').allInnerTexts()).toEqual(['Haven', 'Haven', 'Haven']);
    await watched.page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
  });

  it('format the file as ruff has it', async () => {
    await openFile('main.py');
    await goBehind('app = FastAPI()');
    await watched.page.keyboard.type(';x=[1,2]');
    await watched.page.keyboard.press('Shift+Alt+F');
    await seen(async () => (await shown()).includes('app = FastAPI()\nx = [1, 2]\n'), 'the formatted text');
  });

  it('know what a file is that was added a moment ago', async () => {
    await builder.press('Control+s');
    await seen(async () => (await saved('main.py')) === (await shown()), 'everything saved');
    const { version } = await client.drafts.read(appId);
    await client.drafts.patch(appId, { version, move: [], remove: [], put: [{ path: 'piers.py', content: 'class Pier:\n    length_m = 120\n' }] });
    await watched.page.locator('fapi-editor fapi-file-tree').getByText('piers.py', { exact: true }).waitFor();
    await goBehind('x = [1, 2]\n');
    await watched.page.keyboard.type('import piers\n\npiers.Pier.len');
    await watched.page.locator('fapi-editor .cm-tooltip-autocomplete li', { hasText: 'length_m' }).first().waitFor({ timeout: 30_000 });
    await watched.page.keyboard.press('Escape');
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
