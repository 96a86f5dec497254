import type { FapiSettings } from '../../src/index.ts';
import { makeDeployment, makeResponder } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { appId } from '../server/responder.ts';
import { at, deployments } from '../server/samples.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { appPath, hard, hardNames, losing, ofApp, ofAppBesides, refusing, serverOf, silent } from '../states.ts';

const path = `${appPath}/environment`;
const withVariables = (): Responder => Object.assign(
  makeResponder(undefined, { live: makeDeployment(deployments['live']), health: 'running', freshness: 'not_deployed', changes: { code: false, environment: true, dependencies: false, settings: false } }),
  { environment: { appId, version: 1, variables: [{ name: 'A_NAME_THAT_IS_VERY_LONG_AND_HAS_NO_PLACE_TO_BREAK_AT_ALL_OR_HAS_IT', value: 'v'.repeat(300), secret: false, scope: 'both' }, { name: 'TOKEN', secret: true, scope: 'live' }] } },
);
const pressed = (button: string, shows: string): Scene => ({ server: withVariables, shows, act: ({ press }: Shown) => press(button) });
const rule = { percent: 50, minRequests: 20, windowS: 300 };
const suspended = serverOf({ suspended: { at, reason: 'r'.repeat(200) } });

export const settings: Row = {
  states: {
    loading: { server: silent(path), shows: '.skeleton', says: 'Loading' },
    empty: { server: () => makeResponder(), shows: '.notice', says: 'No variables yet' },
    partial: { server: refusing(`${appPath}/limits`, 500, 'internal', withVariables), shows: 'p.limits', says: 'cannot be read' },
    error: { server: refusing(path, 500, 'environment_unreadable'), shows: '.notice[part=error] .request', says: 'req-123' },
    offline: losing(withVariables, '.variables', '.bar[data-status=idle]'),
    'signed-out': { server: refusing(path, 401, 'unauthorized'), shows: '.notice[part=error]', says: 'Signed out' },
    'no-permission': { server: refusing(path, 403, 'forbidden'), shows: '.notice[part=error]', says: 'Whoever runs the portal can change it' },
    'too-much': {
      server: () => Object.assign(makeResponder(), {
        environment: { appId, version: 1, variables: Array.from({ length: 200 }, (_, index) => ({ name: `${'W'.repeat(57)}_${index}`, value: hardNames[index % hardNames.length]!.repeat(4), secret: index % 7 === 0, scope: 'both' })) },
        packages: { python: '3.13.1', packages: Array.from({ length: 400 }, (_, index) => ({ name: `${hard.unbroken}-${index}`, version: '0.165.0' })) },
      }),
      shows: '.packages', act: ({ press }: Shown) => press('[part=packages] summary'),
    },
  },
  more: {
    ...ofAppBesides,
    variables: { server: withVariables, shows: '.bar[data-status=working]' },
    'before one is deleted': pressed('.acts button:last-child', '.asks'),
    'one is added': pressed('header button:last-child', 'form'),
    'one that was missing was added': {
      server: withVariables, shows: '.bar [data-deploy]',
      act: async ({ element, seen, fill, press }: Shown<FapiSettings>) => {
        await seen('.variables');
        element.addVariable('STRIPE_KEY');
        await fill('[name=value]', 'sk_1');
        await press('form button');
      },
    },
    'before what is typed is lost': {
      server: withVariables, shows: '.unsaved',
      act: async ({ press, fill }: Shown) => {
        await press('header button:last-child');
        await fill('[name=value]', 'sk_1');
        await press('.acts button');
      },
    },
    'one is replaced': pressed('.acts button', 'form'),
    'a file is pasted': pressed('header button', 'form textarea'),
    'a file was read': {
      server: withVariables, shows: '.pasted',
      act: async ({ press, fill }: Shown) => {
        await press('header button');
        await fill('textarea', 'PORT=1\nAPI_KEY=x\nbroken\n');
        await press('form button');
      },
    },
    'as it runs': {
      server: serverOf({ live: makeDeployment(deployments['live']), health: 'running', settings: { exclusive: true, idleFreezeS: 300, idleStopS: 5_400, rollbackOn5xx: rule } }),
      given: { section: 'running' }, shows: '.rule',
    },
    'a rule that cannot be': {
      server: serverOf({ settings: { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: rule } }),
      given: { section: 'running' }, shows: '.rule .problem', says: 'from 1 to 100',
      act: async ({ seen }: Shown) => {
        const field = await seen<HTMLInputElement>('[name=percent]');
        field.value = '500';
        field.dispatchEvent(new Event('change', { bubbles: true }));
      },
    },
    packages: { server: withVariables, shows: '.packages', act: ({ press }: Shown) => press('[part=packages] summary') },
    'before the app is deleted': pressed('[data-act=delete]', '.danger .asks'),
    'suspended, for the operator': { server: suspended, given: { operator: true }, shows: '[data-act=resume]' },
    suspended: { server: suspended, shows: '.danger' },
    'only to look at': { server: withVariables, given: { readonly: true }, shows: '.variables' },
    'app refused': ofApp['no-permission'],
  },
};
