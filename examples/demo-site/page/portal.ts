import { appWords, english, type FapiDeployStatus, type FapiEditor, type FapiHistory, type FapiLogs, type FapiMetrics, type FapiProvider, type FapiSettings } from '@fapi/components';
import { createClient, isApiError, type App } from '@fapi/sdk';
import { starters } from './starters.ts';
import { makeTabs } from './tabs.ts';

/** An imaginary portal around the elements: a list of apps, a way to start one, the theme. */
const client = createClient({ baseUrl: location.origin, tokenUrl: new URL('/portal/embed-token', location.href) });
const part = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const showing: readonly (FapiEditor | FapiDeployStatus | FapiMetrics | FapiLogs | FapiHistory | FapiSettings)[] =
  [part<FapiEditor>('editor'), part<FapiDeployStatus>('status'), part<FapiMetrics>('metrics'), part<FapiLogs>('logs'), part<FapiHistory>('history'), part<FapiSettings>('settings')];
const apps = new Map<string, App>();
const retryMs = 2_000;
let isRead = false;

await customElements.whenDefined('fapi-provider');
part<FapiProvider>('provider').client = client;

function say(words: string): void {
  part('trouble').textContent = words;
  part('trouble').hidden = words === '';
}

function draw(): void {
  const chosen = location.hash.slice(1);
  const rows = [...apps.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).map((app) => {
    const link = document.createElement('a');
    link.href = `#${app.id}`;
    if (app.id === chosen) link.setAttribute('aria-current', 'page');
    const [name, facts] = [document.createElement('span'), document.createElement('span')];
    const { health, rollout } = appWords({ app, strings: english, locale: 'en' });
    [name.className, name.textContent, name.title, facts.className] = ['name', app.title, app.title, 'facts'];
    for (const { shape, word } of [health, rollout].filter((one) => one !== undefined)) {
      const fact = document.createElement('span');
      [fact.className, fact.textContent, fact.dataset['shape']] = ['fact', word, shape];
      facts.append(fact);
    }
    link.append(name, facts);
    const row = document.createElement('li');
    row.append(link);
    return row;
  });
  part('list').replaceChildren(...rows);
  part('none').hidden = !isRead || rows.length > 0;
}

function choose(): void {
  const appId = location.hash.slice(1) || undefined;
  for (const element of showing) element.appId = appId;
  draw();
  document.querySelector('.apps [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

async function readAll(): Promise<void> {
  const all: App[] = [];
  for await (const app of client.apps.list()) all.push(app);
  apps.clear();
  for (const app of all) apps.set(app.id, app);
  isRead = true;
}

/** The stream says ready once: a read that fails after it is tried again until it works, and the list stays as it was. */
async function readPatiently(): Promise<void> {
  for (;;) {
    try {
      await readAll();
      return say('');
    } catch (error) {
      if (isApiError(error) && error.status < 500 && error.code !== 'rate_limited') throw error;
      say('The list of apps cannot be read now. Trying again.');
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

async function follow(): Promise<void> {
  for await (const event of client.events.stream({ topics: ['apps'] })) {
    if (event.type === 'ready' || event.type === 'reset') await readPatiently();
    else if (event.type === 'app') apps.set(event.appId, event.app);
    else if (event.type === 'app_deleted') apps.delete(event.appId);
    if (location.hash === '' && apps.size > 0) location.replace(`#${[...apps.keys()][0]}`);
    draw();
  }
}

function offerStarters(): void {
  part('choices').replaceChildren(...starters.map(({ title, summary }, index) => {
    const label = document.createElement('label');
    const input = document.createElement('input');
    [input.type, input.name, input.value, input.defaultChecked] = ['radio', 'starter', String(index), index === 0];
    const text = document.createElement('small');
    text.textContent = summary;
    label.append(input, title, text);
    return label;
  }));
}

async function create(): Promise<void> {
  const starter = starters[Number(document.querySelector<HTMLInputElement>('input[name=starter]:checked')?.value ?? 0)]!;
  try {
    const app = await client.apps.create({ title: part<HTMLInputElement>('name').value.trim() || starter.title, files: [...starter.files] });
    apps.set(app.id, app);
    location.hash = app.id;
    part<HTMLDialogElement>('starters').close();
  } catch {
    part('problem').textContent = 'The app could not be created. Try again in a moment.';
  }
}

const schemes = ['system', 'light', 'dark'] as const;
function setScheme(scheme: string): void {
  document.documentElement.dataset['scheme'] = scheme;
  part('scheme').textContent = `Theme: ${scheme}`;
  localStorage.setItem('scheme', scheme);
}

part('new').addEventListener('click', () => {
  part('problem').textContent = '';
  part<HTMLInputElement>('name').value = '';
  part<HTMLDialogElement>('starters').showModal();
});
part('create').addEventListener('click', (event) => {
  event.preventDefault();
  void create();
});
part('scheme').addEventListener('click', () => setScheme(schemes[(schemes.indexOf(document.documentElement.dataset['scheme'] as 'system') + 1) % schemes.length]!));
addEventListener('hashchange', choose);
const showTab = makeTabs(document.querySelector('[role=tablist]')!);
// Whatever asked for a deploy, its stages are what there is to see.
for (const type of ['fapi-deploy-start', 'fapi-open-deployment'] as const) document.addEventListener(type, () => showTab('panel-deploy'));

setScheme(localStorage.getItem('scheme') ?? 'system');
offerStarters();
choose();
await follow().catch(() => say('The list of apps is not followed any more. Reload the page to sign in again.'));
