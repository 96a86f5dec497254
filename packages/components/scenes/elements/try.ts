import type { TryAnswer } from '@fapi/sdk/contract';
import { makeApi } from '../server/api.ts';
import { makeResponder } from '../server/responder.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { appPath, hard, losing, ofApp, ofAppBesides, refusing, silent } from '../states.ts';

const path = `${appPath}/try`;
const api = (): ReturnType<typeof makeApi> => makeApi();
const answered = (answer: Partial<TryAnswer>): Scene => ({
  server: () => makeApi(() => answer), shows: '.answer',
  act: async ({ press, seen, element }: Shown) => {
    await press('.operation');
    await press('button.primary');
    await seen('.entry');
    for (const details of element.shadowRoot!.querySelectorAll('details')) details.open = true;
  },
});
/** Which of the operations of the document is chosen, by its place. */
const form = (at: number): Scene => ({
  server: api, shows: '.operation[aria-current]',
  act: async ({ seen, element }: Shown) => {
    await seen('.operation');
    element.shadowRoot!.querySelectorAll<HTMLElement>('.operation')[at]!.click();
  },
});
const hardNames = [hard.hebrew, hard.emoji, hard.unbroken.repeat(3)];
const manyPaths = { openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`/${hard.unbroken}/${index}`, { get: { summary: hardNames[index % 3] } }])) };

export const tryIt: Row = {
  states: {
    loading: { server: silent(path, api), shows: '.skeleton', says: 'Loading' },
    empty: { server: () => makeResponder(), shows: '.notice', says: 'Nothing is live' },
    partial: { server: () => makeApi(() => ({}), null), shows: '.hint', says: 'no OpenAPI' },
    error: { server: refusing(path, 503, 'gateway_unavailable', api), shows: '.notice[part=error] .request', says: 'req-123' },
    offline: losing(api, '.operation'),
    'signed-out': { server: refusing(path, 401, 'unauthorized', api), shows: '.notice[part=error]', says: 'Signed out' },
    'no-permission': { server: refusing(path, 403, 'forbidden', api), shows: '.notice', says: 'Whoever runs the portal can grant it' },
    'too-much': { server: () => makeApi(() => ({}), manyPaths), shows: 'li.hint' },
  },
  more: {
    ...ofAppBesides,
    'a form with every kind of parameter': form(0), 'a form with a body': form(1), 'a form with a path': form(2), 'a form with a file': form(3), 'a form with fields': form(4), 'a free request': form(5),
    'an answer': answered({ body: '{"a":1}' }),
    'an error of the app': { ...answered({ status: 500, headers: [], body: 'Internal Server Error' }), shows: '[data-errors]' },
    'an answer that was cut off': answered({ status: 500, headers: [], body: 'x'.repeat(2_000), isTruncated: true, truncatedBy: 'time' }),
    'an answer that leads elsewhere': answered({ status: 302, headers: [['location', 'https://example.com/'.repeat(20)]], body: '', bodyBytes: 0 }),
    'an answer that is no text': answered({ headers: [], body: '/wA=', bodyEncoding: 'base64', bodyBytes: 2 }),
    'while it waits': {
      server: () => makeApi(() => new Promise(() => undefined)), shows: '[data-cancel]',
      act: async ({ press }: Shown) => {
        await press('.operation');
        await press('button.primary');
      },
    },
    'app refused': ofApp['no-permission'],
  },
};
