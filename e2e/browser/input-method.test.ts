import { createClient, type FapiClient } from '@fapi/sdk';
import type { CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** An input method at the demo's page, through the browser's own door for them. */
describe('text that an input method composes', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let keys: CDPSession;
  let appId: string;

  const compose = (text: string) => keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  const isComposing = (): Promise<boolean> => watched.page.locator('fapi-code').evaluate((code) => (code as HTMLElement & { act(work: (view: { composing: boolean }) => boolean): boolean }).act((view) => view.composing));

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    keys = await watched.context.newCDPSession(watched.page);
    appId = await builder.createApp('Hello', 'Input method');
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('stays in composition while the draft of somebody else is merged above it, and has both', async () => {
    await builder.typeAtEnd('# ');
    await compose('に');
    await compose('にほ');
    expect(await isComposing()).toBe(true);
    const draft = await client.drafts.read(appId);
    await client.drafts.save(appId, { version: draft.version, files: draft.files.map((file) => ({ ...file, content: `# from elsewhere\n${file.content}` })) });
    await seen(async () => (await builder.code()).startsWith('# from elsewhere\n'), 'what somebody else has saved');
    expect(await isComposing()).toBe(true);
    await compose('にほん');
    await keys.send('Input.insertText', { text: '日本' });
    await builder.press('Control+s');
    const saved = await seen(async () => {
      const content = (await client.drafts.read(appId)).files[0]!.content;
      return content.includes('日本') ? content : undefined;
    }, 'the saved text');
    expect(saved.startsWith('# from elsewhere\nfrom fastapi')).toBe(true);
    expect(saved.endsWith('\n# 日本')).toBe(true);
    expect(await builder.code()).toBe(saved);
  });

  it('is taken back in one step, without what somebody else has saved', async () => {
    await builder.press('Control+z');
    await seen(async () => !(await builder.code()).includes('日本'), 'without it');
    expect(await builder.code()).not.toContain('に');
    expect(await builder.code()).toContain('# from elsewhere\n');
  });

  it('broke no policy and logged no error but the refusal of the save', () => {
    expect(troubles(watched).filter((trouble) => !trouble.startsWith('409 '))).toEqual([]);
  });
});
