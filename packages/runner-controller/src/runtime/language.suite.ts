import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { root } from '../../../../tools/parts/paths.ts';
import { type Editor, openEditor } from '../test-parts/editor.ts';
import { listLanguageServers } from '../test-parts/language-servers.ts';
import { until } from '../test-parts/until.ts';
import type { RuntimeUnderTest } from './runtime.suite.ts';
import { LanguageRefusedError, RuntimeUnavailableError, type LanguageLink, type Wanted } from './runtime.ts';

const never = new AbortController().signal;
const models = `from pydantic import BaseModel


class Item(BaseModel):
    """An item of the shop."""

    name: str
    price_cents: int = 0
`;
const main = `from fastapi import FastAPI
from models import Item

app = FastAPI()
item = Item(name="a")
item.
`;
const files = { 'main.py': main, 'models.py': models };
const patienceMs = 30_000;

/** What every adapter of the runtime promises to whoever edits. */
export function describeLanguage(parts: () => { house: RuntimeUnderTest; begin(): string; want(files: Record<string, string>): Wanted }): void {
  const open = async (): Promise<{ appId: string; link: LanguageLink; editor: Editor }> => {
    const { house, begin, want } = parts();
    const appId = begin();
    const link = await house.runtime.openLanguage(want(files), never);
    const editor = await openEditor(link);
    editor.open(main);
    return { appId, link, editor };
  };
  const assertClean = ({ heard }: Editor): void => {
    for (const text of heard) for (const place of [root, tmpdir(), '/site-packages/']) expect(text.replaceAll('/library/site-packages/', '').includes(place), text.slice(0, 500)).toBe(false);
  };

  it('completes a field of a model from another file, and shows what it is', async () => {
    const { link, editor } = await open();
    expect(await editor.complete(5, 5)).toEqual(expect.arrayContaining(['name', 'price_cents', 'model_dump']));
    expect(JSON.stringify(await editor.at('hover', 4, 9))).toContain('An item of the shop.');
    assertClean(editor);
    link.close();
    expect((await link.closed).code).toBeUndefined();
  });

  it("leads into FastAPI's source, and reads it", async () => {
    const { link, editor } = await open();
    const [place] = await editor.at<{ uri: string; range: { start: { line: number } } }[]>('definition', 3, 8);
    expect(place!.uri).toBe('file:///library/site-packages/fastapi/applications.py');
    const { text } = await editor.request<{ text: string }>('fapi/readFile', { uri: place!.uri });
    expect(text.split('\n')[place!.range.start.line]).toMatch(/^class FastAPI\(/);
    await expect(editor.request('fapi/readFile', { uri: 'file:///etc/passwd' })).rejects.toThrow('-32602');
    assertClean(editor);
    link.close();
  });

  it('hears of files that change elsewhere', async () => {
    const { link, editor } = await open();
    editor.notify('fapi/didChangeFiles', { put: [{ path: 'models.py', text: models.replace('price_cents', 'weight') }], delete: [] });
    const labels = await editor.complete(5, 5);
    expect(labels).toContain('weight');
    expect(labels).not.toContain('price_cents');
    link.close();
  });

  it('has a server again that was killed, with the text as it is in the editor', async () => {
    const { appId, link, editor } = await open();
    expect(await editor.complete(5, 5)).toContain('name');
    const agent = await parts().house.findAgent(appId);
    // Its own, and the one that may wait for the next editor already.
    const killed = await listLanguageServers(agent, 'ty');
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    editor.change(main.replace('item.\n', 'app.\n'));
    await until(() => editor.complete(5, 4).catch((error: Error) => [error.message]), (labels) => labels.includes('add_api_route'), patienceMs);
    expect((await listLanguageServers(agent, 'ty')).filter((pid) => killed.includes(pid))).toEqual([]);
    await until(() => listLanguageServers(agent, 'ty'), (both) => both.length === 2, patienceMs);
    link.close();
    await until(() => listLanguageServers(agent, 'ty'), (left) => left.length === 1, patienceMs);
  });

  it('says why a session is over, and that there can be no more of them', async () => {
    const { link, editor } = await open();
    editor.notify('textDocument/didChange', { textDocument: { uri: 'file:///app/main.py', version: 1 }, contentChanges: [] });
    expect(await link.closed).toMatchObject({ code: 'session_gap' });
    const { begin, want } = parts();
    begin();
    const wanted = want(files);
    const links: LanguageLink[] = [];
    for (let number = 0; number < 6; number++) links.push(await parts().house.runtime.openLanguage(wanted, never));
    await expect(parts().house.runtime.openLanguage(wanted, never)).rejects.toThrow(LanguageRefusedError);
    for (const one of links) one.close();
  });

  it('is over when the agent is gone', async () => {
    const { appId, link, editor } = await open();
    const asked = editor.complete(5, 5).catch((error: Error) => error.message);
    process.kill(await parts().house.findAgent(appId), 'SIGKILL');
    expect(await link.closed).toMatchObject({ code: 'runner_unavailable' });
    await asked;
    const again = await until(() => parts().house.runtime.openLanguage(parts().want(files), never).catch((error: unknown) => {
      if (error instanceof RuntimeUnavailableError) return undefined;
      throw error;
    }), Boolean, patienceMs);
    const second = await openEditor(again!);
    second.open(main);
    expect(await second.complete(5, 5)).toContain('name');
    again!.close();
  }, 60_000);
}
