import type { FapiSettings } from '../src/index.ts';
import { appId, makeApp, makeDeployment, makeResponder, type Responder, until } from './responder.ts';
import { expect, find, hear, show, text } from './show.ts';

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

  it('shows what the app uses of its limits, and that it is unknown where nobody has said it', async () => {
    const { settings, responder } = await open(two);
    const limits = (): string | undefined => find(settings, '[part=limits]')?.innerText.replace(/\s+/g, ' ').trim();
    await until(() => limits());
    expect(limits(), 'Memory 40.2 of 1,536 MiB used Folder Use unknown, at most 64 MiB');
    responder.limits = { memoryMiB: { ...responder.limits.memoryMiB, used: 0 }, folderMiB: { ...responder.limits.folderMiB, used: 12 } };
    responder.send({ type: 'app', id: '', appId, app: makeApp({ health: 'crashed' }) });
    await until(() => limits() === 'Memory 0 of 1,536 MiB used Folder 12 of 64 MiB used');
  });

  it('says that there is none, and why they cannot be read', async () => {
    const { settings } = await open();
    expect(text(settings).includes('No variable yet'), true);
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
    expect([...settings.shadowRoot!.querySelectorAll<HTMLElement>('.pasted > li')].map((row) => row.innerText.replace(/\s+/g, ' ').trim()), ['REGION replaces the present value Secret', 'API_KEY Secret', 'PORT Secret']);
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

  it('only shows when it is read-only, and forgets a form when it leaves', async () => {
    const { settings } = await open(two);
    named(settings, 'Add variable').click();
    await until(() => find(settings, 'form'));
    type(settings, 'value', secretValue);
    const place = settings.parentElement!;
    settings.remove();
    place.append(settings);
    await until(() => list(settings).length === 2);
    expect([find(settings, 'form'), held(settings).includes(secretValue)], [null, false]);
    settings.readonly = true;
    await settings.updateComplete;
    expect(settings.shadowRoot!.querySelectorAll('button').length, 0);
  });
});
