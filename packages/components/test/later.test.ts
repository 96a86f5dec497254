import '../src/define/all.ts';
import { type FapiProvider, german, registerStrings } from '../src/index.ts';
import './clean-browser.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';

afterEach(() => document.body.replaceChildren());

/** Puts a builder with a client on the page. */
function showBuilder(locale: string): HTMLElement {
  const provider = document.createElement('fapi-provider') as FapiProvider;
  Object.assign(provider, { client: makeResponder().client, locale });
  const builder = Object.assign(document.createElement('fapi-builder'), { appId, storageKey: '' });
  provider.append(builder);
  document.body.append(provider);
  return builder;
}
const tab = (builder: HTMLElement, name: string): HTMLElement | null => builder.shadowRoot!.querySelector(`#tab-${name}`);

describe('what comes when it is needed', () => {
  it('is registered without being asked for, so that it works wherever a page puts it', async () => {
    const inside = document.createElement('div').attachShadow({ mode: 'open' });
    inside.append(document.createElement('fapi-history'));
    document.body.append(inside.host);
    await until(() => ['fapi-history', 'fapi-logs', 'fapi-metrics', 'fapi-settings', 'fapi-try'].every((name) => customElements.get(name)), 'all elements');
    await until(() => inside.querySelector('fapi-history')!.shadowRoot?.textContent?.includes('Not connected'), 'what it says');
  });

  it('has a tab for every panel, whose element is drawn when it is shown', async () => {
    const builder = showBuilder('en');
    await until(() => tab(builder, 'settings'));
    tab(builder, 'settings')!.click();
    await until(() => builder.shadowRoot!.querySelector('#panel-settings fapi-settings')?.shadowRoot?.querySelector('h2'), 'the panel');
  });

  it('says everything in German once an element is German, and in the words of the page where it has some', async () => {
    registerStrings('de', { history: 'Frühere Fassungen' });
    const builder = showBuilder('de-CH');
    await until(() => tab(builder, 'settings')?.textContent === german.settings, 'German');
    if (tab(builder, 'history')!.textContent !== 'Frühere Fassungen') throw new Error('the word of the page was lost');
  });
});
