import type { App } from '@fapi/sdk/contract';
import type { Scene, Shown } from './scene.ts';
import { appId, makeResponder, until } from './server/responder.ts';
import type { Responder } from './server/responder.ts';

export const appPath = `/v1/apps/${appId}`;

/** A server that refuses one path. */
export const refusing = (path: string, status: number, code: string, server: () => Responder = makeResponder) => (): Responder => {
  const responder = server();
  responder.refuse(path, status, code);
  return responder;
};
/** A server that does not answer at one path. */
export const silent = (path: string, server: () => Responder = makeResponder) => (): Responder => {
  const responder = server();
  responder.hold(path);
  return responder;
};
export const serverOf = (app: Partial<App>, change: Partial<Responder> = {}) => (): Responder => Object.assign(makeResponder(undefined, app), change);

/** Nobody answers any more, after what is drawn was read. */
export const losing = (server: Scene['server'], drawn: string, shows = '.bar[data-status=idle]'): Scene => ({
  ...(server ? { server } : {}), shows,
  act: async ({ seen, server: lost }: Shown) => {
    await seen(drawn);
    lost.setAway(true);
  },
});

/** What an element that shows an app says before there is one to show. */
export const ofApp = {
  loading: { server: silent(appPath), shows: '.skeleton', says: 'Loading' },
  error: { server: refusing(appPath, 500, 'internal'), shows: '.notice[part=error] .request', says: 'req-123' },
  'signed-out': { server: refusing(appPath, 401, 'unauthorized'), shows: '.notice[part=error]', says: 'Reload the page to sign in again' },
  'no-permission': { server: refusing(appPath, 403, 'forbidden'), shows: '.notice[part=error]', says: 'Whoever runs the portal can change it' },
} satisfies Record<string, Scene>;

/** What every element that shows an app says beyond that. */
export const ofAppBesides = {
  'not-connected': { shows: '.notice', says: 'Not connected' },
  'no-app': { server: () => makeResponder(), given: { appId: undefined }, shows: '.notice', says: 'No app chosen' },
  deleted: {
    server: () => makeResponder(), shows: '.notice', says: 'This app was deleted',
    act: async ({ element, server }: Shown) => {
      await until(() => server.openStreams > 0 && !element.shadowRoot!.querySelector('.skeleton'));
      // It is asked for once more, for it may have been restored.
      server.refuse(appPath, 404, 'app_not_found');
      server.send({ type: 'app_deleted', id: '', appId });
      await until(() => element.shadowRoot!.textContent!.includes('deleted'));
    },
  },
} satisfies Record<string, Scene>;

/** Texts that are hard to draw, at most 60 letters each: no place to break, right to left, emoji. */
export const hard = {
  unbroken: 'w'.repeat(60), hebrew: 'שירות ההזמנות של המחסן הגדול', emoji: '📦 Orders 🚢🚢 👩🏽‍🚀', long: 'The service that keeps the orders of all the warehouses here',
} as const;
export const hardNames = Object.values(hard);
