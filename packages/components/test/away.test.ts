import type { FapiBuilder, FapiDeployStatus } from '../src/index.ts';
import { makeApp, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, show, showApps, typeInto } from './show.ts';

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
      expect([panel, ...said(builder)], [panel, 'Reconnecting. You can keep editing. Everything else shows the last known state; a live app keeps answering.', 'Problems']);
    }
  });

  it('is said once of a builder and the list of apps beside it, and by the list where no builder can be seen', async () => {
    const live = makeDeployment({ status: 'live' });
    const responder = makeResponder(undefined, { live, latest: live });
    responder.apps = [makeApp({ live, latest: live })];
    const builder = show<FapiBuilder>('fapi-builder', responder);
    const apps = showApps(responder);
    const editor = await until(() => builder.editor);
    await until(() => contentOf(editor) && find(apps, '[data-app]') && responder.openStreams > 0, 'both');
    responder.setAway(true);
    await until(() => find(editor, '.bar'), 'the bar of the builder');
    await until(() => !find(apps, '.bar'), 'no other');
    builder.hidden = true;
    builder.style.display = 'none';
    // Nobody tells that it is hidden: it is seen with the next that the list draws.
    const search = find<HTMLInputElement>(apps, '.search')!;
    search.value = 'Hello';
    search.dispatchEvent(new Event('input'));
    await until(() => find(apps, '.bar')?.textContent?.startsWith('Reconnecting.'), 'the bar of the list');
  });

  it('leaves room for each part of a builder that is low and narrow', async () => {
    const responder = makeResponder(undefined, { live, latest: live });
    const builder = show<FapiBuilder>('fapi-builder', responder);
    builder.style.cssText = 'width: 384px; --fapi-builder-height: 320px';
    const editor = await until(() => builder.editor);
    await until(() => contentOf(editor) && responder.openStreams > 0, 'the code');
    editor.arrange({ pane: 'files' });
    responder.setAway(true);
    const bar = await until(() => find(editor, '.bar'), 'the bar');
    const [toolbar, body, line] = ['.toolbar', '.body', '.switch'].map((part) => find(editor, part)!);
    const edges = [toolbar!, bar, body!, line!].flatMap((part) => [part.getBoundingClientRect().top, part.getBoundingClientRect().bottom]).map(Math.round);
    expect(edges, edges.toSorted((a, b) => a - b));
    const routes = find(editor, '.routes')!;
    expect([bar.scrollHeight <= bar.clientHeight, getComputedStyle(routes).overflowY, body!.offsetHeight >= 148], [true, 'hidden', true]);
    await hasNoViolations(builder);
  });

  it('is said by an element that stands alone', async () => {
    const responder = makeResponder(undefined, { live, latest: live });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => responder.openStreams > 0);
    responder.setAway(true);
    await until(() => find(status, '.bar')?.textContent?.startsWith('Reconnecting.'), 'the bar');
  });
});
