import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tags } from '../../packages/components/scenes/table.ts';
import { type Portal, startPortal, troubles, type Watched } from './portal.ts';

describe('the page of all states', () => {
  let portal: Portal;
  let watched: Watched;

  beforeAll(async () => {
    portal = await startPortal();
    watched = await portal.open();
  });
  afterAll(() => portal?.stop());

  // What each state is made of is held by the looks; here it is the page, the policy of the site and the frame of an app.
  it.each([...tags.filter((tag) => tag === 'fapi-metrics' || tag === 'fapi-provider'), 'fapi-preview/partial', 'fapi-preview/a page with an error', 'fapi-apps/too-much', 'fapi-builder/offline'])('shows %s by a strict policy, asking no server', async (chosen) => {
    const page = await watched.context.newPage();
    const asked: string[] = [];
    const refused: string[] = [];
    page.on('request', (request) => { if (new URL(request.url()).pathname.startsWith('/v1/')) asked.push(request.url()); });
    page.on('console', (message) => { if (message.type() === 'error') refused.push(message.text()); });
    const [tag, state] = chosen.split('/') as [string, string?];
    await page.goto(`${portal.system.baseUrl}/states#${tag}${state === undefined ? '' : `/${encodeURIComponent(state)}`}`);
    await page.locator('html[data-shown]').waitFor({ state: 'attached' });
    expect(await page.locator('html').getAttribute('data-shown')).toBe('yes');
    expect(await page.locator('main section').count()).toBeGreaterThan(state === undefined ? 7 : 0);
    expect(asked).toEqual([]);
    expect(refused.filter((text) => !/no such thing/.test(text))).toEqual([]);
    await page.close();
  });

  it('shows the first element to who comes without a choice', async () => {
    const page = await watched.context.newPage();
    await page.goto(`${portal.system.baseUrl}/states`);
    await page.locator('html[data-shown=yes]').waitFor({ state: 'attached' });
    expect(await page.locator('#element').inputValue()).toBe(tags[0]);
    expect(await page.locator('main section').count()).toBeGreaterThan(7);
    await page.close();
  });

  it('tells the time where its reader is', async () => {
    const { page, context } = await portal.open('/states#fapi-logs/partial', { timezoneId: 'Asia/Tokyo' });
    const time = page.locator('fapi-logs time').first();
    const at = new Date((await time.getAttribute('datetime'))!);
    expect(await time.innerText()).toBe(at.toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo' }));
    await context.close();
  });

  it('is no weight of the portal', async () => {
    expect(watched.page.url()).not.toContain('/states');
    expect(await watched.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('states')))).toEqual([]);
    expect(troubles(watched)).toEqual([]);
  });
});
