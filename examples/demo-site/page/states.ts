import { playScene } from '../../../packages/components/scenes/play.ts';
import { isAbsent, lookStates } from '../../../packages/components/scenes/scene.ts';
import type { Row, Scene, Tag } from '../../../packages/components/scenes/scene.ts';
import { scenesOf, table, tags } from '../../../packages/components/scenes/table.ts';

/**
 * Every element in every state, without a server: `#fapi-apps` shows all of one, `#fapi-apps/offline` one.
 * `?lang=de&dir=rtl` as a portal's page would be; `?alone` without what is around.
 */
const part = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [elementList, stateList, stage] = [part<HTMLSelectElement>('element'), part<HTMLSelectElement>('state'), part('stage')];
const asked = new URLSearchParams(location.search);
const page = document.documentElement;
page.lang = asked.get('lang') ?? 'en';
page.dir = asked.get('dir') ?? 'ltr';
page.dataset['scheme'] = localStorage.getItem('scheme') ?? 'system';
page.toggleAttribute('data-alone', asked.has('alone'));
const where = { appOrigin: `http://${location.hostname === 'localhost' ? '127.0.0.1' : 'localhost'}:${location.port}/`, appPath: '/states-app.html' };
const everyState = 'every state';

function fill(list: HTMLSelectElement, words: readonly string[], chosen: string): void {
  list.replaceChildren(...words.map((word) => new Option(word, word, false, word === chosen)));
}

function section(title: string, ...content: readonly (HTMLElement | string)[]): HTMLElement {
  const own = document.createElement('section');
  const heading = document.createElement('h2');
  heading.textContent = title;
  own.append(heading, ...content);
  return own;
}

async function play(tag: Tag, state: string, scene: Scene): Promise<void> {
  const place = document.createElement('div');
  place.className = 'scene';
  stage.append(section(`${tag}: ${state}`, place));
  await Promise.all([tag, scene.inside ?? tag].map((name) => customElements.whenDefined(name)));
  await playScene(tag, scene, place, where);
}

/** A newer choice ends the one before. */
let turn = 0;
async function show(): Promise<void> {
  const own = (turn += 1);
  delete page.dataset['shown'];
  const [tag, state = ''] = (decodeURIComponent(location.hash.slice(1)) || tags[0]!).split('/') as [Tag, string?];
  if (!(tag in table)) return;
  const { states }: Row = table[tag];
  const scenes = scenesOf(tag);
  fill(elementList, tags, tag);
  fill(stateList, [everyState, ...scenes.map(([name]) => name)], state || everyState);
  stage.replaceChildren();
  const failed: string[] = [];
  // CodeMirror is here already, or soon, but for who keeps it from coming and asks for the state by its name.
  for (const [name, scene] of scenes.filter(([one, { isCodeHeld }]) => (state === '' ? !isCodeHeld : one === state))) {
    await play(tag, name, scene).catch((error: unknown) => failed.push(`${tag} ${name}: ${String(error)}`));
    if (own !== turn) return;
  }
  for (const name of state === '' ? lookStates : []) {
    const one = states[name];
    if (!isAbsent(one)) continue;
    const why = document.createElement('p');
    why.textContent = one.absent;
    stage.append(section(`${tag}: ${name}`, why));
  }
  page.dataset['shown'] = failed.join('; ') || 'yes';
}

const go = (): void => { location.hash = `${elementList.value}${stateList.value === everyState ? '' : `/${encodeURIComponent(stateList.value)}`}`; };
elementList.addEventListener('change', () => {
  stateList.value = everyState;
  go();
});
stateList.addEventListener('change', go);
addEventListener('hashchange', () => void show());
void show();
