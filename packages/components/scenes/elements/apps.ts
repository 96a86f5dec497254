import type { App } from '@fapi/sdk/contract';
import type { FapiApps } from '../../src/index.ts';
import { makeApp, makeDeployment, makeResponder } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { at, deployments } from '../server/samples.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { hardNames, losing, refusing, silent } from '../states.ts';

const live = makeDeployment(deployments['live']);
const some = (): Responder => Object.assign(makeResponder(), {
  apps: [makeApp({ id: 'app_1', title: 'w'.repeat(60), live, latest: makeDeployment(deployments['failed']), health: 'running', rollout: 'failed', freshness: 'not_deployed' }), makeApp({ id: 'app_2', health: 'asleep', live, latest: live }), makeApp({ id: 'app_3', rollout: 'working', latest: makeDeployment() })],
  deleted: [makeApp({ id: 'app_4', restorableUntil: at })],
});
const given = { storageKey: '', starters: [{ title: 'Hello', summary: 'One file.', files: [] }], selected: 'app_2' };
const table = { ...given, view: 'table' };
const asked = (button: number, shows: string): Scene => ({
  server: some, given, shows,
  act: async ({ press, seen, element }: Shown) => {
    await press('[data-more]');
    await seen('.menu button');
    element.shadowRoot!.querySelectorAll<HTMLElement>('.menu button')[button]!.click();
  },
});
const many = (): Responder => Object.assign(makeResponder(), {
  apps: Array.from({ length: 10_000 }, (_, index): App => makeApp({ id: `app_${index}`, title: hardNames[index % hardNames.length]!, createdAt: new Date(Date.parse(at) - index).toISOString(), createdBy: hardNames[(index + 1) % hardNames.length]!, ...(index % 2 === 0 ? { live, latest: live, health: 'running' } : {}) })),
});

export const apps: Row = {
  states: {
    loading: { server: silent('/v1/apps'), given, shows: '.skeleton', says: 'Loading' },
    empty: { server: () => makeResponder(), given, shows: '.notice', says: 'New app' },
    // What is here stays, and what was asked for last did not work.
    partial: {
      server: some, given, shows: '.bar[part=error]', says: 'req-123',
      act: async ({ press, seen, server }: Shown) => {
        await seen('[data-app]');
        server.refuse('/v1/apps', 500, 'internal');
        await press('footer button');
      },
    },
    error: { server: refusing('/v1/events', 400, 'invalid_request'), given, shows: '.notice[part=error] .request', says: 'req-123' },
    offline: { ...losing(some, '[data-app]'), given },
    'signed-out': { server: refusing('/v1/apps', 401, 'unauthorized'), given, shows: '.notice[part=error]', says: 'Signed out' },
    'no-permission': { server: refusing('/v1/apps', 403, 'forbidden'), given, shows: '.notice[part=error]', says: 'Whoever runs the portal can change it' },
    'too-much': { server: many, given, shows: '.more-apps' },
  },
  more: {
    'where to begin': { server: () => makeResponder(), given: { ...given, starters: [{ title: 'Hello', summary: 'One file and one route: change it and deploy.', files: [] }, { title: 'Inventory', summary: 'Routers, models and a test, in several files.', files: [] }, { title: hardNames[0]!, files: [] }] }, shows: '.starts' },
    'not connected': { given, shows: '.notice', says: 'Not connected' },
    cards: { server: some, given, shows: '[data-app]' },
    table: { server: some, given: table, shows: '.heads' },
    'too much, as a table': { server: many, given: table, shows: '.more-apps' },
    'only to look at': { server: some, given: { ...given, readonly: true }, shows: '[data-app]' },
    'offered more': { server: some, given, shows: '.menu', act: ({ press }: Shown) => press('[data-more]') },
    narrow: { server: some, given: { ...given, style: 'width: 240px' }, shows: '[data-app]' },
    renamed: asked(0, 'form.rename'),
    cloned: asked(1, 'form.clone'),
    'nothing found': {
      server: some, given, shows: '.notice button',
      act: ({ fill }: Shown) => fill('.search', 'nowhere'),
    },
    'a new app': {
      server: some, given, shows: 'dialog[open]',
      act: async ({ element, seen }: Shown<FapiApps>) => {
        await seen('[data-app]');
        element.showCreate();
      },
    },
    'deleted apps': { server: some, given, shows: '.deleted', act: ({ press }: Shown) => press('footer button') },
    'no longer followed': {
      server: some, given, shows: '[data-retry]',
      act: async ({ seen, server }: Shown) => {
        await seen('[data-app]');
        server.refuse('/v1/events', 400, 'invalid_request');
        server.setAway(true);
        server.setAway(false);
      },
    },
    'just deleted': {
      server: some, given, shows: '[data-undo]',
      act: async ({ press, seen, element }: Shown) => {
        await press('[data-more]');
        await seen('.menu button');
        [...element.shadowRoot!.querySelectorAll<HTMLElement>('.menu button')].at(-1)!.click();
      },
    },
  },
};
