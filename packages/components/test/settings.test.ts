import type { FapiSettings } from '../src/index.ts';
import { appId, makeApp, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const secretValue = 'hunter2-and-more';
const named = (settings: Element, name: string): HTMLElement => {
  const found = [...settings.shadowRoot!.querySelectorAll<HTMLElement>('button')].find((one) => (one.getAttribute('aria-label') ?? one.innerText.trim()) === name);
  if (!found) throw new Error(`there is no button "${name}"`);
  return found;
};
const list = (settings: Element): string[] => [...settings.shadowRoot!.querySelectorAll<HTMLElement>('.variables > li')].map((row) => row.innerText.replace(/\s+/g, ' ').trim());
const field = <T extends HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(settings: Element, name: string): T => settings.shadowRoot!.querySelector<T>(`form [name="${name}"]`)!;
function type(settings: Element, name: string, value: string): void {
  const input = field(settings, name);
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
const saved = (responder: Responder) => responder.seen.filter(({ method, path }) => method === 'PUT' && path.endsWith('/environment')).map(({ body }) => (body as { variables: unknown }).variables);
/** Everything that the element holds in the page: text, attributes, and what stands in its fields. */
const held = (settings: Element): string => settings.shadowRoot!.innerHTML + [...settings.shadowRoot!.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value).join();

async function open(variables: Responder['environment']['variables'] = [], app: Parameters<typeof makeResponder>[1] = {}): Promise<{ settings: FapiSettings; responder: Responder }> {
  const responder = makeResponder(undefined, app);
  responder.environment = { appId, version: 1, variables };
  const settings = show<FapiSettings>('fapi-settings', responder);
  await until(() => find(settings, variables.length > 0 ? '.variables' : '.notice'));
  return { settings, responder };
}
const two: Responder['environment']['variables'] = [{ name: 'REGION', value: 'eu', secret: false, scope: 'both' }, { name: 'TOKEN', secret: true, scope: 'live' }];

describe('fapi-settings', () => {
  it('lists variables with their scope, and secrets without a value', async () => {
    const { settings } = await open(two);
    expect(list(settings), ['REGION eu · Live app and drafts', 'TOKEN •••••• Secret · Live app only']);
  });

  it('shows one section alone where the page asks for one, and all of them for a word that is none', async () => {
    const { settings, responder } = await open(two);
    const heads = (): string[] => [...settings.shadowRoot!.querySelectorAll('section, details')].map((one) => one.getAttribute('aria-label') ?? one.querySelector('summary, h2')!.textContent!.trim());
    const all = heads();
    const alone: string[] = [];
    for (const section of ['variables', 'running', 'limits', 'packages', 'danger'] as const) {
      settings.section = section;
      await settings.updateComplete;
      expect(heads().length, 1);
      alone.push(...heads());
    }
    expect(alone, all);
    // What goes wrong there is said there.
    responder.refuse(`/v1/apps/${appId}`, 403, 'forbidden');
    find(settings, '[data-act=delete]')!.click();
    (await until(() => find(settings, '[data-yes]'))).click();
    await until(() => find(settings, '.bar[role=alert], [part=error]'));
    settings.setAttribute('section', 'everything');
    await until(() => heads().length === all.length);
  });

  it('shows what the app uses of its limits, and that it is unknown where nobody has said it', async () => {
    const { settings, responder } = await open(two);
    const limits = (): string | undefined => find(settings, '[part=limits]')?.innerText.replace(/\s+/g, ' ').trim();
    await until(() => limits());
    expect(limits(), 'Memory 40.2 of 1,536 MiB used Folder of the app Usage unknown, at most 64 MiB');
    responder.limits = { memoryMiB: { ...responder.limits.memoryMiB, used: 0 }, folderMiB: { ...responder.limits.folderMiB, used: 12 } };
    responder.send({ type: 'app', id: '', appId, app: makeApp({ health: 'crashed' }) });
    await until(() => limits() === 'Memory 0 of 1,536 MiB used Folder of the app 12 of 64 MiB used');
  });

  it('says that there is none, and why they cannot be read', async () => {
    const { settings } = await open();
    expect(text(settings).includes('No variables yet'), true);
    const responder = makeResponder();
    responder.refuse(`/v1/apps/${appId}/environment`, 403, 'forbidden');
    const refused = show('fapi-settings', responder);
    await until(() => text(refused).includes('No permission'));
  });

  it('adds a secret by its guess, keeps the others as they are, and holds nothing of it afterwards', async () => {
    const { settings, responder } = await open(two);
    const heard = hear(document.body, 'fapi-environment-save');
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'name', 'DB_PASSWORD');
    type(settings, 'value', secretValue);
    expect(field<HTMLInputElement>(settings, 'secret').checked, true);
    field<HTMLSelectElement>(settings, 'scope').value = 'draft';
    named(settings, 'Save').click();
    await until(() => list(settings).length === 3 && !find(settings, 'form'));
    expect(list(settings)[0], 'DB_PASSWORD •••••• Secret · Drafts only');
    expect(saved(responder), [[{ name: 'DB_PASSWORD', value: secretValue, secret: true, scope: 'draft' }, { name: 'REGION', value: 'eu', secret: false, scope: 'both' }, { name: 'TOKEN', secret: true, scope: 'live' }]]);
    expect(heard, [{ appId, version: 2 }]);
    expect(held(settings).includes(secretValue), false);
    // Nor in a form that is opened again.
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    expect(field<HTMLTextAreaElement>(settings, 'value').value, '');
  });

  it('replaces a value in place, and keeps what is given when it is refused', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Replace TOKEN').click();
    await until(() => find(settings, 'form'));
    expect([field<HTMLInputElement>(settings, 'secret').checked, field<HTMLTextAreaElement>(settings, 'value').value], [true, '']);
    type(settings, 'value', secretValue);
    responder.refuse(`/v1/apps/${appId}/environment`, 422, 'environment_invalid');
    named(settings, 'Save').click();
    await until(() => text(settings).includes('A variable breaks a rule'));
    expect(field<HTMLTextAreaElement>(settings, 'value').value, secretValue);
    responder.accept(`/v1/apps/${appId}/environment`);
    named(settings, 'Save').click();
    await until(() => saved(responder).length === 1 && !find(settings, 'form') || saved(responder).length > 1 && !find(settings, 'form'));
    expect(saved(responder).at(-1), [{ name: 'REGION', value: 'eu', secret: false, scope: 'both' }, { name: 'TOKEN', value: secretValue, secret: true, scope: 'live' }]);
    expect(held(settings).includes(secretValue), false);
  });

  it('says which names there cannot be, and sends nothing', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'name', '1-wrong');
    named(settings, 'Save').click();
    await until(() => text(settings).includes('begin with a letter'));
    expect(saved(responder), []);
  });

  it('deletes after a question', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Delete TOKEN').click();
    await until(() => find(settings, '.asks'));
    expect(saved(responder), []);
    named(settings, 'Delete').click();
    await until(() => list(settings).length === 1);
    expect(saved(responder), [[{ name: 'REGION', value: 'eu', secret: false, scope: 'both' }]]);
  });

  it('takes a pasted .env after a preview without values, with what is wrong in it at its line', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Paste .env').click();
    await until(() => find(settings, 'form'));
    type(settings, 'pasted', `REGION=us\nAPI_KEY="${secretValue}"\nno equals\nPORT=80\n`);
    named(settings, 'Preview').click();
    await until(() => find(settings, '.pasted'));
    expect([...settings.shadowRoot!.querySelectorAll<HTMLElement>('.pasted > li')].map((row) => row.innerText.replace(/\s+/g, ' ').trim()), ['REGION replaces the current value Secret', 'API_KEY Secret', 'PORT Secret']);
    expect([...settings.shadowRoot!.querySelectorAll<HTMLInputElement>('.pasted input')].map(({ checked }) => checked), [false, true, false]);
    expect(text(settings).includes('Line 3: there is no = in this line'), true);
    expect(held(settings).includes(secretValue), false);
    field<HTMLSelectElement>(settings, 'scope').value = 'live';
    named(settings, 'Save 3 variables').click();
    await until(() => list(settings).length === 4);
    expect(saved(responder), [[{ name: 'API_KEY', value: secretValue, secret: true, scope: 'live' }, { name: 'PORT', value: '80', secret: false, scope: 'live' }, { name: 'REGION', value: 'us', secret: false, scope: 'live' }, { name: 'TOKEN', secret: true, scope: 'live' }]]);
  });

  it('keeps what somebody else has changed meanwhile', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'name', 'PORT');
    responder.environment = { appId, version: 2, variables: [...two, { name: 'THEIRS', value: '1', secret: false, scope: 'both' }] };
    named(settings, 'Save').click();
    await until(() => list(settings).length === 4);
    expect(responder.environment.variables.map(({ name }) => name), ['PORT', 'REGION', 'THEIRS', 'TOKEN']);
  });

  it('offers to deploy nothing but the variables while the live app has not got them', async () => {
    const live = makeDeployment({ status: 'live' });
    const { settings, responder } = await open(two, { live, latest: live, health: 'running', freshness: 'not_deployed', changes: { code: false, environment: true, dependencies: false, settings: false } });
    const started = hear(document.body, 'fapi-deploy-start');
    named(settings, 'Deploy variables only').click();
    await until(() => started.length > 0);
    expect(responder.seen.filter(({ path }) => path.endsWith('/deployments')).map(({ body }) => body), [{ revision: 'live' }]);
  });

  it('deploys and deletes nothing by what is off', async () => {
    const live = makeDeployment({ status: 'live' });
    const { settings, responder } = await open(two, { live, latest: live, health: 'running', freshness: 'not_deployed', rollout: 'working', changes: { code: false, environment: true, dependencies: false, settings: false } });
    const deploy = named(settings, 'Deploy variables only');
    expect(deploy.ariaDisabled, 'true');
    deploy.click();
    const letGo = responder.hold(`DELETE /v1/apps/${appId}`);
    const asked = hear(settings, 'fapi-app-delete-request');
    find(settings, '[data-act=delete]')!.click();
    const yes = await until(() => find(settings, '[data-yes]'));
    yes.click();
    await until(() => yes.ariaDisabled === 'true');
    yes.click();
    letGo();
    await until(() => find(settings, '[data-undo]'));
    expect([asked.length, responder.seen.filter(({ path }) => path.endsWith('/deployments')).length], [1, 0]);
  });

  it('leads on from what was missing as long as the next deploy would have it, and with one act: what the live app is without waits for it', async () => {
    const live = makeDeployment({ status: 'live' });
    const { settings, responder } = await open(two, { live, latest: live, health: 'running', freshness: 'not_deployed', changes: { code: false, environment: true, dependencies: false, settings: false } });
    const add = async (scope: string): Promise<void> => {
      document.dispatchEvent(new CustomEvent('fapi-open-variable', { detail: { appId, name: 'STRIPE_KEY' } }));
      await until(() => find(settings, 'form'));
      type(settings, 'value', secretValue);
      field<HTMLSelectElement>(settings, 'scope').value = scope;
      named(settings, 'Save').click();
      await until(() => !find(settings, 'form') && list(settings).some((row) => row.startsWith('STRIPE_KEY')));
    };
    const bars = (): string[] => [...settings.shadowRoot!.querySelectorAll('.bar p')].map(({ textContent }) => textContent);
    const behind = 'The live app does not have these variables yet.';
    await add('draft');
    expect(bars(), [behind]);
    named(settings, 'Delete STRIPE_KEY').click();
    (await until(() => find(settings, '.asks button'))).click();
    await until(() => list(settings).length === 2);
    await add('both');
    expect(bars(), ['STRIPE_KEY was added. Deploy to use it.']);
    await hasNoViolations(settings);
    settings.readonly = true;
    await settings.updateComplete;
    expect(bars(), [behind]);
    settings.readonly = false;
    await until(() => find(settings, '[data-deploy]'));
    named(settings, 'Delete STRIPE_KEY').click();
    (await until(() => find(settings, '.asks button'))).click();
    await until(() => list(settings).length === 2);
    expect(bars(), [behind]);
    expect(responder.environment.variables.length, 2);
  });

  it('keeps the focus where somebody is at it by keys: with the neighbour of a variable that is gone, after the last one on what adds one', async () => {
    const { settings } = await open([...two, { name: 'ZONE', value: 'a', secret: false, scope: 'both' }]);
    const focused = (): string | null => settings.shadowRoot!.activeElement && ((settings.shadowRoot!.activeElement as HTMLElement).ariaLabel ?? settings.shadowRoot!.activeElement.textContent.trim());
    const press = async (name: string): Promise<void> => {
      const button = await until(() => named(settings, name));
      button.focus();
      button.click();
    };
    const answer = async (answered: 'Delete' | 'Keep'): Promise<void> => {
      await until(() => focused() === 'Delete', 'the question');
      await press(answered);
      await until(() => !find(settings, '.asks'), 'the answer');
    };
    await press('Delete REGION');
    await answer('Keep');
    expect(focused(), 'Delete REGION');
    for (const [gone, heir] of [['REGION', 'Delete TOKEN'], ['ZONE', 'Delete TOKEN'], ['TOKEN', 'Add variable']] as const) {
      await press(`Delete ${gone}`);
      await answer('Delete');
      expect(focused(), heir);
    }
  });

  it('gives the focus back to what has opened a form, when that is closed or saved', async () => {
    const { settings } = await open(two);
    const focused = (): string | null => settings.shadowRoot!.activeElement && ((settings.shadowRoot!.activeElement as HTMLElement).ariaLabel ?? settings.shadowRoot!.activeElement.textContent.trim());
    for (const opener of ['Add variable', 'Replace TOKEN', 'Paste .env']) {
      named(settings, opener).click();
      await until(() => find(settings, 'form')?.contains(settings.shadowRoot!.activeElement), 'the focus in it');
      named(settings, 'Cancel').focus();
      named(settings, 'Cancel').click();
      await until(() => !find(settings, 'form'), 'no form');
      expect(focused(), opener);
    }
    named(settings, 'Replace REGION').click();
    await until(() => find(settings, 'form')?.contains(settings.shadowRoot!.activeElement), 'the focus in it');
    type(settings, 'value', 'us');
    named(settings, 'Save').focus();
    named(settings, 'Save').click();
    await until(() => !find(settings, 'form'), 'no form');
    expect(focused(), 'Replace REGION');
  });

  it('says of no other app what was refused of this one', async () => {
    const { settings, responder } = await open(two);
    responder.refuse(`PUT /v1/apps/${appId}/environment`, 503, 'runner_unavailable');
    named(settings, 'Delete TOKEN').click();
    (await until(() => find(settings, '.asks button'))).click();
    await until(() => find(settings, '.bar'));
    settings.appId = 'app_other';
    await settings.updateComplete;
    settings.appId = appId;
    await until(() => find(settings, '.variables'));
    expect(find(settings, '.bar'), null);
  });

  it('only shows when it is read-only, and forgets a form when it leaves', async () => {
    const { settings } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'value', secretValue);
    const place = settings.parentElement!;
    settings.remove();
    await until(() => !find(settings, 'form'), 'no form');
    place.append(settings);
    await until(() => list(settings).length === 2);
    expect([find(settings, 'form'), held(settings).includes(secretValue)], [null, false]);
    settings.readonly = true;
    await settings.updateComplete;
    expect(settings.shadowRoot!.querySelectorAll('button').length, 0);
  });

  it('refuses a name that the runner sets before anybody is asked, and says what saving would replace', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'name', 'PYTHONPATH');
    named(settings, 'Save').click();
    await until(() => find(settings, '#problem'));
    expect([find(settings, '#problem')!.textContent, saved(responder).length], ['PYTHONPATH is set by the runner. Choose another name.', 0]);
    type(settings, 'name', 'TOKEN');
    await until(() => find(settings, '.hints')?.textContent!.includes('Saving replaces TOKEN (Live app only).'));
    field<HTMLSelectElement>(settings, 'scope').value = 'draft';
    field(settings, 'scope').dispatchEvent(new Event('input', { bubbles: true }));
    await until(() => find(settings, '.hints')!.textContent!.trim() === '');
  });

  it('draws what the server finds at its variable, with what is used and allowed, and shows near the limit how much is used', async () => {
    const { settings, responder } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'name', 'A_LONG_ONE');
    type(settings, 'value', 'x'.repeat(30_000));
    await until(() => find(settings, '.hints')?.innerText.trim() === '30,000 of 32,768 bytes');
    responder.refuse(`PUT /v1/apps/${appId}/environment`, 422, 'environment_invalid', [{ path: '/variables/0/value', message: 'too many bytes of UTF-8', used: 40_000, limit: 32_768 }, { path: '/variables/2/value', message: 'is a secret that this scope has not had' }, { path: '/variables', message: 'too many bytes', used: 140_000, limit: 131_072 }]);
    named(settings, 'Save').click();
    await until(() => find(settings, '#problem'));
    expect(find(settings, '#problem')!.textContent, 'The value has 40,000 bytes; the limit is 32,768. Names and values together would have 140,000 bytes; the limit is 131,072.');
    expect(find(settings, '[data-key="TOKEN live"] .problem')!.textContent, 'Enter its value again: it has not had one in this scope.');
    await hasNoViolations(settings);
  });

  it('counts the variables near their limit', async () => {
    const { settings } = await open(Array.from({ length: 170 }, (_, index) => ({ name: `V_${index}`, value: '', secret: false, scope: 'both' })));
    await until(() => find(settings, '.count')?.textContent === '170 of 200 variables');
  });

  it('lists the packages that every app has when they are asked for, searched by name, and says when they cannot be read', async () => {
    const { settings, responder } = await open(two);
    const asked = (): number => responder.seen.filter(({ path }) => path === '/v1/runtime/packages').length;
    expect(asked(), 0);
    responder.refuse('/v1/runtime/packages', 503, 'runner_unavailable');
    find(settings, '[part=packages] summary')!.click();
    await until(() => text(settings).includes('The packages cannot be read right now.'));
    responder.accept('/v1/runtime/packages');
    named(settings, 'Try again').click();
    const shown = (): string[] => [...settings.shadowRoot!.querySelectorAll<HTMLElement>('.packages > li')].map((row) => row.innerText.trim().replace(/\s+/g, ' '));
    await until(() => shown().length === 2);
    expect([shown(), text(settings).includes('on Python 3.13.1')], [['fastapi 0.165.0', 'httpx 0.28.1'], true]);
    await hasNoViolations(settings);
    const search = find<HTMLInputElement>(settings, '.find input')!;
    search.value = 'HTTP';
    search.dispatchEvent(new Event('input'));
    await until(() => shown().length === 1 && text(settings).includes('1 package'));
  });

  it('deletes the app after a question, and brings it back with one click', async () => {
    const { settings, responder } = await open(two);
    const heard = hear(document.body, 'fapi-app-delete');
    find(settings, '[data-act=delete]')!.click();
    await until(() => find(settings, '.danger .asks'));
    expect(find(settings, '.danger h2')!.textContent, 'Delete the app');
    expect([settings.shadowRoot!.activeElement!.textContent, find(settings, '.danger .asks p')!.textContent, find(settings, '[data-act=suspend]')], ['Keep', 'Delete Hello? It can be restored for a few days.', null]);
    await hasNoViolations(settings);
    find(settings, '[data-yes]')!.click();
    await until(() => find(settings, '[data-undo]'));
    expect([heard, text(settings).includes('It can be restored until')], [[{ appId }], true]);
    await hasNoViolations(settings);
    find(settings, '[data-undo]')!.click();
    await until(() => find(settings, '.variables'));
    expect(responder.seen.filter(({ path }) => path.endsWith('/restore')).length, 1);
  });

  it('suspends and resumes for an operator, and tells everybody else who can', async () => {
    const { settings, responder } = await open(two);
    settings.operator = true;
    (await until(() => find(settings, '[data-act=suspend]'))).click();
    (await until(() => find(settings, '[data-yes]'))).click();
    await until(() => find(settings, '[data-act=resume]'));
    expect(text(settings).includes('Reason: sends spam'), true);
    await hasNoViolations(settings);
    settings.operator = false;
    await until(() => text(settings).includes('Whoever runs the server has suspended it and can resume it.') && !find(settings, '[data-act=resume]'));
    settings.operator = true;
    (await until(() => find(settings, '[data-act=resume]'))).click();
    await until(() => find(settings, '[data-act=suspend]'));
    settings.readonly = true;
    await until(() => !find(settings, '.danger'));
    expect(responder.seen.filter(({ path }) => /suspend|resume/.test(path)).length, 2);
  });
});
