import type { FapiBuilder, FapiDeployStatus } from '../src/index.ts';
import { makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** Everything that is drawn, in the shadow of each element too. */
const drawn = (root: Element | ShadowRoot): Element[] => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? drawn(one.shadowRoot) : [])]);
/** What says that something cannot be had now. */
const said = (builder: Element): string[] => drawn(builder.shadowRoot!).filter((one) => one.matches('.bar, .language .word, .problems-head') && one.checkVisibility()).map((one) => one.textContent!.replaceAll(/\s+/g, ' ').trim());

describe('a server that is away', () => {
  const panels = ['deploy', 'preview', 'try', 'logs', 'metrics', 'history', 'settings'];
  const live = makeDeployment({ status: 'live' });

  it('is said once in fapi-builder, whatever panel is shown', async () => {
    const responder = makeResponder(undefined, { live, latest: live, health: 'running', freshness: 'up_to_date' });
    responder.language.refusal = { code: 1006, reason: '' };
    const builder = show<FapiBuilder>('fapi-builder', responder);
    const editor = await until(() => builder.editor);
    await until(() => contentOf(editor) && responder.openStreams > 0, 'the code');
    for (const panel of panels) {
      builder.show(panel);
      await until(() => find(builder, `#panel-${panel} > slot > *`)?.shadowRoot?.querySelector('[part~=root], [part~=header], section'), panel);
    }
    responder.setAway(true);
    await until(() => said(builder).some((word) => word.startsWith('Reconnecting.')), 'the bar');
    typeInto(editor, '# typed\n');
    for (const panel of panels) {
      builder.show(panel);
      await builder.updateComplete;
      expect([panel, ...said(builder)], [panel, 'Reconnecting. You can keep editing. Everything else shows the last known state; a live app goes on answering.', 'Problems']);
    }
  });

  it('is said by an element that stands alone', async () => {
    const responder = makeResponder(undefined, { live, latest: live });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => responder.openStreams > 0);
    responder.setAway(true);
    await until(() => find(status, '.bar')?.textContent?.startsWith('Reconnecting.'), 'the bar');
  });
});
