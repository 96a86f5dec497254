import { isAbsent } from '../scenes/scene.ts';
import type { Row, Tag } from '../scenes/scene.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { table, tags } from '../scenes/table.ts';
import { expect, hear, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** What asks a server by itself: the other elements are parts of these, or hold them. */
const asking = tags.filter((tag) => {
  const { error }: Row['states'] = (table[tag] satisfies Row).states;
  return tag !== 'fapi-convert' && !isAbsent(error) && error.server !== undefined;
});

describe('an element without a provider', () => {
  it('is each that asks a server', () => expect(asking.length, 10));

  for (const tag of asking) {
    it(`works with an app and a client alone: ${tag}`, async () => {
      const responder = makeResponder();
      const ready = hear<{ source: Tag }>(document, 'fapi-ready');
      const element = Object.assign(document.createElement(tag), { client: responder.client, ...(tag === 'fapi-apps' ? {} : { appId }) });
      document.body.append(element);
      await until(() => ready.some(({ source }) => source === tag), 'that it is ready');
      expect([text(element).includes('Not connected'), element.shadowRoot!.querySelector('.skeleton, [part=error]'), responder.seen.length > 0], [false, null, true]);
    });
  }
});
