import type { FapiSettings } from '../src/index.ts';
import { appId, makeApp, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, show } from './show.ts';

afterEach(() => document.body.replaceChildren());

const path = `/v1/apps/${appId}`;
const rule = { percent: 50, minRequests: 20, windowS: 300 };
const asNew = { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: null };
const field = (settings: Element, name: string): HTMLInputElement & HTMLSelectElement => find<HTMLInputElement & HTMLSelectElement>(settings, `[part=running] [name=${name}]`)!;
const shown = (settings: Element): unknown[] => [field(settings, 'idleFreezeS').value, field(settings, 'idleStopS').value, field(settings, 'exclusive').checked, field(settings, 'rollbackOn5xx').checked, ['percent', 'minRequests', 'windowS'].map((name) => find<HTMLInputElement>(settings, `[name=${name}]`)?.value).join()];
const saved = (responder: Responder): unknown[] => responder.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => (body as { settings: unknown }).settings);
function choose(settings: Element, name: string, value: string | boolean): void {
  const one = field(settings, name);
  if (typeof value === 'boolean') one.checked = value;
  else one.value = value;
  one.dispatchEvent(new Event('change', { bubbles: true }));
}
async function open(settings: object = asNew, given: Partial<FapiSettings> = {}): Promise<{ element: FapiSettings; responder: Responder }> {
  const responder = makeResponder(undefined, { settings: { ...asNew, ...settings } });
  const element = Object.assign(show<FapiSettings>('fapi-settings', responder), { section: 'running', ...given });
  await until(() => find(element, '[part=running]'), 'how it runs');
  return { element, responder };
}

describe('how an app runs, in fapi-settings', () => {
  it('is chosen field by field, and each choice is kept at once', async () => {
    const { element, responder } = await open();
    expect(shown(element), ['', '', false, false, ',,']);
    choose(element, 'idleFreezeS', '300');
    choose(element, 'idleStopS', '3600');
    choose(element, 'exclusive', true);
    choose(element, 'rollbackOn5xx', true);
    await until(() => find(element, '[name=percent]'), 'the rule');
    choose(element, 'minRequests', '40');
    await until(() => Object.keys(Object.assign({}, ...saved(responder))).length === 4 && JSON.stringify(saved(responder)).includes('"minRequests":40'), 'everything kept');
    expect(shown(element), ['300', '3600', true, true, '50,40,300']);
    // What is told of the app is what holds.
    responder.send({ type: 'app', id: '', appId, app: makeApp({ settings: { ...asNew, idleFreezeS: 60, idleStopS: 5_400 } }) });
    await until(() => field(element, 'idleFreezeS').value === '60', 'the choice of somebody else');
    expect([field(element, 'idleStopS').selectedOptions[0]!.textContent, shown(element).slice(2)], ['90 minutes', [false, false, ',,']]);
    choose(element, 'idleStopS', '');
    await until(() => JSON.stringify(saved(responder).at(-1)) === '{"idleStopS":null}', 'never');
  });

  it('keeps what is chosen while another choice is on its way, and shows it all the while', async () => {
    const { element, responder } = await open();
    const go = responder.hold(`PATCH ${path}`);
    choose(element, 'idleFreezeS', '300');
    choose(element, 'exclusive', true);
    choose(element, 'idleFreezeS', '900');
    await element.updateComplete;
    expect(shown(element).slice(0, 3), ['900', '', true]);
    go();
    await until(() => saved(responder).length === 2, 'both');
    expect(saved(responder), [{ idleFreezeS: 300 }, { idleFreezeS: 900, exclusive: true }]);
    await until(() => shown(element)[0] === '900' && shown(element)[2] === true, 'both, as they are kept');
  });

  it('is what it was where it is refused, and says why', async () => {
    const { element, responder } = await open({ rollbackOn5xx: rule });
    responder.refuse(`PATCH ${path}`, 403, 'forbidden');
    choose(element, 'exclusive', true);
    await until(() => find(element, '.bar[part=error]'), 'why not');
    expect(shown(element), ['', '', false, true, '50,20,300']);
    responder.accept(`PATCH ${path}`);
    choose(element, 'rollbackOn5xx', false);
    await until(() => !find(element, '.bar[part=error]') && saved(responder).length === 2, 'the next one');
    expect(saved(responder).at(-1), { rollbackOn5xx: null });
  });

  it('takes no number that cannot be, and says which can', async () => {
    const { element, responder } = await open({ rollbackOn5xx: rule });
    for (const value of ['500', '0', '1.5', '']) {
      choose(element, 'percent', value);
      const problem = await until(() => find(element, '.problem'), value);
      expect([problem.textContent, field(element, 'percent').getAttribute('aria-invalid'), saved(responder)], ['Enter a whole number from 1 to 100.', 'true', []]);
    }
    choose(element, 'percent', '5');
    await until(() => !find(element, '.problem') && saved(responder).length === 1, 'one that can be');
    expect(saved(responder), [{ rollbackOn5xx: { ...rule, percent: 5 } }]);
  });

  it('is only looked at where nothing may be changed, and is another app\'s when that is shown', async () => {
    const { element, responder } = await open({ rollbackOn5xx: rule }, { readonly: true });
    expect(['idleFreezeS', 'idleStopS', 'exclusive', 'rollbackOn5xx', 'percent'].map((name) => field(element, name).disabled), [true, true, true, true, true]);
    element.readonly = false;
    await element.updateComplete;
    responder.refuse(`PATCH ${path}`, 403, 'forbidden');
    choose(element, 'exclusive', true);
    await until(() => find(element, '.bar[part=error]'), 'why not');
    element.appId = 'app_other';
    await until(() => !find(element, '.bar[part=error] p')?.textContent?.includes('change'), 'nothing of the one before');
  });
});
