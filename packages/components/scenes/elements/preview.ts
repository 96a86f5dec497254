import type { App } from '@fapi/sdk/contract';
import { makeDeployment, makeResponder } from '../server/responder.ts';
import { deployments } from '../server/samples.ts';
import type { Row, Scene, Shown, Where } from '../scene.ts';
import { hard, ofApp, ofAppBesides, serverOf } from '../states.ts';

const live = makeDeployment(deployments['live']);
const failed = makeDeployment({ ...deployments['failed'], id: 'dep_2', generation: 2 });
const serving = (change: Partial<App> = {}) => ({ appOrigin }: Where) => makeResponder(undefined, { live, latest: live, health: 'running', previewUrl: appOrigin, ...change });
const atPath = (query = '') => ({ appPath }: Where): object => ({ path: `${appPath}${query}` });
const leadElsewhere = async ({ seen, fill, find }: Shown): Promise<void> => {
  await seen('.error');
  await fill('input', 'https://elsewhere.example/');
  find<HTMLFormElement>('form')!.requestSubmit();
};
/** With an error of the page, and a path that leads elsewhere. */
const broken = (app: Partial<App> = {}): Scene => ({ server: serving(app), given: atPath('?broken'), shows: '.problem', act: leadElsewhere });
const nothing = (app: Partial<App>): Scene => ({ server: serverOf(app), shows: '.notice' });

export const preview: Row = {
  states: {
    ...ofApp,
    empty: { ...nothing({}), says: 'Never deployed' },
    partial: { server: serving({ health: 'asleep' }), given: atPath(), shows: '.facts span' },
    offline: {
      server: serving(), given: atPath(), shows: '.bar[data-status=idle]',
      act: async ({ seen, server }: Shown) => {
        await seen('iframe');
        server.setAway(true);
      },
    },
    'too-much': { server: serving({ title: hard.emoji, rollout: 'failed', latest: failed }), given: ({ appPath }: Where) => ({ path: `${appPath}?${hard.unbroken.repeat(9)}` }), shows: 'iframe' },
  },
  more: {
    ...ofAppBesides,
    'soon live': nothing({ rollout: 'working', latest: makeDeployment() }),
    'never live, and failed': nothing({ rollout: 'failed', latest: failed }),
    stopped: { server: serving({ health: 'stopped' }), shows: '.notice' },
    'of our own origin': { server: () => makeResponder(undefined, { live, latest: live, health: 'running', previewUrl: location.origin }), shows: '.notice' },
    'a page with an error': broken(),
    'asleep, with an error': broken({ health: 'asleep' }),
    'crashed, with an error': broken({ health: 'crashed' }),
    'beside a failed deploy, with an error': broken({ rollout: 'failed', latest: failed }),
  },
};
