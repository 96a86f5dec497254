import { createClient } from '@fapi/sdk';
import type { FapiApps } from '../src/index.ts';
import { makeApp, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, showApps, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

interface Lost { apps: FapiApps; responder: Responder; loseToken: () => Promise<void>; findToken: () => void; mint: () => Promise<unknown> }
const titles = (apps: Element): number => apps.shadowRoot!.querySelectorAll('[data-app]').length;
const streams = ({ seen }: Responder): number => seen.filter(({ path }) => path === '/v1/events').length;

/** A list that was read, with tokens of a portal. */
async function open(): Promise<Lost> {
  const responder = makeResponder();
  responder.apps = [makeApp({ id: 'app_a', title: 'Hello' })];
  let isOut = false;
  const client = createClient({
    baseUrl: location.origin, fetch: responder.fetch,
    fetchToken: async () => {
      if (isOut) throw new Error('the session of the portal has ended');
      return { token: 'a-token', expiresInSeconds: 600 };
    },
  });
  const apps = showApps(responder, { client });
  await until(() => titles(apps) === 1 && responder.openStreams === 1, 'the list');
  const cut = (): void => {
    responder.setAway(true);
    responder.setAway(false);
  };
  const mint = async (): Promise<unknown> => {
    client.auth.reject((await client.auth.authorization())!);
    return client.auth.authorization().catch(() => undefined);
  };
  return {
    apps, responder, mint,
    findToken: () => { isOut = false; },
    loseToken: async () => {
      isOut = true;
      await mint();
      cut();
    },
  };
}

describe('fapi-apps that has lost its stream', () => {
  it('keeps the list without a token, offers another try, and takes it', async () => {
    const { apps, responder, loseToken, findToken } = await open();
    await loseToken();
    const again = await until(() => find(apps, '.bar [data-retry]'), 'the button');
    expect([titles(apps), responder.openStreams, text(apps).includes('The portal did not give access')], [1, 0, true]);
    await hasNoViolations(apps);
    findToken();
    again.focus();
    again.click();
    await until(() => responder.openStreams === 1 && !find(apps, '.bar'), 'the list followed again');
    expect(apps.shadowRoot!.activeElement?.className, 'search');
  });

  it('goes on by itself, and tells its page once', async () => {
    const { apps, responder } = await open();
    const told = hear(apps, 'fapi-error');
    responder.refuse('/v1/events', 400, 'invalid_request');
    const before = streams(responder);
    responder.setAway(true);
    responder.setAway(false);
    await until(() => streams(responder) >= before + 2 && find(apps, '.bar [data-retry]'), 'a second try');
    expect(told.length, 1);
    responder.accept('/v1/events');
    responder.apps = [makeApp({ id: 'app_a', title: 'Hello' }), makeApp({ id: 'app_b', title: 'New meanwhile' })];
    await until(() => titles(apps) === 2 && !find(apps, '.bar'), 'the list as it is now');
  });

  it('goes on at once when there is a token again, however long it would have waited', async () => {
    const { apps, responder, mint } = await open();
    // Which is asked about once a minute.
    responder.refuse('/v1/events', 403, 'origin_not_allowed');
    responder.setAway(true);
    responder.setAway(false);
    await until(() => find(apps, '.bar [data-retry]'), 'the bar');
    responder.accept('/v1/events');
    await mint();
    await until(() => responder.openStreams === 1 && !find(apps, '.bar'), 'the list followed again');
  });
});
