import { createClient, type FapiClient } from '@fapi/sdk';
import type { WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf } from '../processes/descendants.ts';
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

  it('say what a name is that the cursor is on, and what its call takes', async () => {
    const before = await shown();
    await goBehind('harbour = Hav');
    await watched.page.keyboard.press('Control+k');
    await watched.page.keyboard.press('Control+i');
    const box = watched.page.locator('fapi-editor fapi-code [role=dialog]', { hasText: 'Haven' });
    await box.waitFor({ timeout: 30_000 });
    await watched.page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await goBehind('x = [1, 2]\n');
    await watched.page.keyboard.type('Haven(');
    const call = watched.page.locator('fapi-editor .cm-lsp-signature-tooltip');
    await call.waitFor({ timeout: 30_000 });
    // Made by pydantic out of the fields of another file.
    expect(await call.innerText()).toMatch(/berths: \w+ = 3/);
    await seen(async () => {
      await watched.page.keyboard.press('Escape');
      return (await call.count()) === 0;
    }, 'no parameters');
    await seen(async () => {
      await watched.page.keyboard.press('Control+z');
      return (await shown()) === before;
    }, 'the text as it was');
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

  describe('behind a proxy that loses and swaps frames', () => {
    /** What the proxy does with the next change of a text. */
    let next: 'pass' | 'drop' | 'swap' = 'pass';
    let server: WebSocketRoute | undefined;
    let sockets = 0;
    let changes = 0;
    const closes: string[] = [];
    const answers = new Map<string, (text: string) => void>();

    /** The text as the servers have it. */
    const told = (path: string): Promise<string> => new Promise((resolve) => {
      const id = `probe-${path}-${Math.random()}`;
      answers.set(id, resolve);
      server!.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'fapi/readFile', params: { uri: `file:///app/${path}` } }));
    });
    const isSame = () => seen(async () => (await told('main.py')) === (await shown()), 'the servers have the text of the editor');

    beforeAll(async () => {
      await watched.page.routeWebSocket(/\/language$/, (page) => {
        const own = page.connectToServer();
        let held: string | undefined;
        [server, sockets] = [own, sockets + 1];
        own.onMessage((message) => {
          const { id, result } = JSON.parse(String(message)) as { id?: string; result?: { text: string } };
          const answer = typeof id === 'string' ? answers.get(id) : undefined;
          if (answer && result) answer(result.text);
          else page.send(message);
        });
        own.onClose((code, reason) => {
          closes.push(`${code} ${reason}`);
          void page.close({ code: code!, reason: reason! });
        });
        page.onMessage((message) => {
          const text = String(message);
          if (!text.includes('"textDocument/didChange"')) return own.send(text);
          changes += 1;
          if (next === 'pass') return own.send(text);
          if (next === 'drop') next = 'pass';
          else if (held === undefined) held = text;
          else {
            own.send(text);
            own.send(held);
            next = 'pass';
          }
        });
      });
      await watched.page.reload();
      await mark('on');
      await goBehind('app = FastAPI()\n');
      await isSame();
    });

    it.each(['drop', 'swap'] as const)('have the text of the editor again after a %s', async (act) => {
      const before = sockets;
      const gaps = closes.length;
      next = act;
      for (const word of ['one', 'two']) {
        const known = changes;
        await watched.page.keyboard.type(`# 🚢 ${act} ${word}\n`);
        await seen(async () => changes > known, 'a change on its way');
      }
      await seen(async () => sockets > before, 'another session');
      expect(closes.slice(gaps)).toEqual(['4409 session_gap']);
      await mark('on');
      await isSame();
      await watched.page.keyboard.type('# after\n');
      await isSame();
    });

    it('go on when a server is killed', async () => {
      const agents = (await portal.system.processes()).filter(({ command }) => command.includes('fapi_runner agent')).map(({ pid }) => pid);
      const servers = async () => (await descendantsOf(agents)).filter(({ command }) => /(^|\/)ty server/.test(command)).map(({ pid }) => pid);
      const killed = await servers();
      expect(killed.length).toBeGreaterThan(0);
      for (const pid of killed) process.kill(pid, 'SIGKILL');
      const before = sockets;
      await goBehind('return {"berths": harbour.berths');
      await seen(async () => {
        await watched.page.keyboard.press('Escape');
        await watched.page.keyboard.press('Control+Space');
        await watched.page.locator('fapi-editor .cm-tooltip-autocomplete li', { hasText: 'berthsint' }).first().waitFor({ timeout: 2_000 });
        return true;
      }, 'suggestions of the server that was started again', 60_000);
      await watched.page.keyboard.press('Escape');
      expect(sockets).toBe(before);
      await isSame();
      expect((await servers()).some((pid) => killed.includes(pid))).toBe(false);
    });
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
