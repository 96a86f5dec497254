import type { FapiHistory, FapiTry } from '../src/index.ts';
import { makeApi } from '../scenes/server/api.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, show } from './show.ts';

/** What the browser lets the page do. */
function permit(clipboard: Pick<Clipboard, 'writeText'> | undefined, command: boolean): void {
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  Object.defineProperty(document, 'execCommand', { value: () => command, configurable: true });
}
const refusing = { writeText: () => Promise.reject(new DOMException('not allowed', 'NotAllowedError')) };
const unseen: unknown[] = [];
const onUnseen = (event: PromiseRejectionEvent): void => void unseen.push(event.reason);

beforeEach(() => window.addEventListener('unhandledrejection', onUnseen));
afterEach(() => {
  for (const [of, name] of [[navigator, 'clipboard'], [document, 'execCommand']] as const) Reflect.deleteProperty(of, name);
  document.body.replaceChildren();
  window.removeEventListener('unhandledrejection', onUnseen);
  expect(unseen.splice(0).map(String), []);
});

/** Of an error, which has an id to be passed on. */
async function open(): Promise<{ history: FapiHistory; button: HTMLButtonElement; said: () => string; icons: () => boolean[] }> {
  const responder = makeResponder();
  responder.refuse(`/v1/apps/${appId}/revisions`, 500, 'internal');
  const history = show<FapiHistory>('fapi-history', responder);
  const button = await until(() => find<HTMLButtonElement>(history, '.request button'), 'the button');
  return { history, button, said: () => find(history, '.request [role=status]')!.textContent!, icons: () => [...button.querySelectorAll('.icon')].map((icon) => icon.checkVisibility()) };
}
const field = (history: Element): HTMLTextAreaElement | null => find<HTMLTextAreaElement>(history, '.by-hand textarea');

describe('a button that copies', () => {
  it('says so, to those who see it and to those who do not, and is what it was after a while', async () => {
    const copied: string[] = [];
    permit({ writeText: async (text) => void copied.push(text) }, false);
    const { history, button, said, icons } = await open();
    expect([icons(), said()], [[true, false], '']);
    button.click();
    await until(() => said() === 'Copied', 'the word');
    expect([copied, icons(), button.ariaLabel], [['req-123'], [false, true], 'Copy']);
    await hasNoViolations(history);
    await until(() => said() === '' && icons()[0], 'as it was');
  });

  it('copies in the older way where the page has no clipboard, as one without TLS has none', async () => {
    permit(undefined, true);
    const { history, button, said } = await open();
    button.click();
    await until(() => said() === 'Copied', 'the word');
    expect(field(history), null);
  });

  for (const [words, clipboard] of [['has no clipboard', undefined], ['may not use it', refusing]] as const) {
    it(`shows the text, selected, where the page ${words}, until somebody has copied it`, async () => {
      permit(clipboard, false);
      const { history, button, said, icons } = await open();
      button.focus();
      button.click();
      const shown = await until(() => field(history), 'the text');
      expect([shown.value, shown.value.slice(shown.selectionStart, shown.selectionEnd), history.shadowRoot!.activeElement === shown, shown.checkVisibility(), icons()], ['req-123', 'req-123', true, true, [true, false]]);
      expect(find(history, '.by-hand')!.textContent, 'The browser does not let this page copy. Copy it from here:');
      await hasNoViolations(history);
      shown.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, composed: true, cancelable: true }));
      await until(() => said() === 'Copied' && !field(history), 'the word');
      expect(history.shadowRoot!.activeElement === button, true);
    });
  }

  it('takes the text away by Escape, and when somebody goes on', async () => {
    permit(refusing, false);
    const { history, button, said, icons } = await open();
    button.click();
    (await until(() => field(history), 'the text')).dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
    await until(() => !field(history), 'no text');
    expect([history.shadowRoot!.activeElement === button, said(), icons()], [true, '', [true, false]]);
    button.click();
    await until(() => field(history), 'the text');
    find(history, '.actions button')!.focus();
    // A browser that is not in front tells nobody where the focus is.
    field(history)?.dispatchEvent(new FocusEvent('blur'));
    await until(() => !field(history), 'no text');
    expect(history.shadowRoot!.activeElement === find(history, '.actions button'), true);
  });

  it('is the one of a request as curl too, which is not copied while it cannot be sent', async () => {
    const copied: string[] = [];
    permit({ writeText: async (text) => void copied.push(text) }, false);
    const element = show<FapiTry>('fapi-try', makeApi());
    await until(() => find(element, 'form'), 'the form');
    const button = [...element.shadowRoot!.querySelectorAll<HTMLElement>('.actions button')].find(({ textContent }) => textContent!.trim() === 'Copy as curl')!;
    button.click();
    await until(() => copied.length === 1 && button.dataset['copied'] !== undefined, 'the command');
    expect(copied[0]!.startsWith('curl -i'), true);
  });
});
