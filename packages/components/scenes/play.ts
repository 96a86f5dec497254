import { appId, until } from './server/responder.ts';
import type { Responder } from './server/responder.ts';
import type { Scene, Shown, Tag, Where } from './scene.ts';

/** Everything under an element, shadow roots included. */
export function* allUnder(root: Element | ShadowRoot): Generator<HTMLElement> {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    yield element;
    if (element.shadowRoot) yield* allUnder(element.shadowRoot);
  }
}

function findUnder(root: Element | ShadowRoot, selector: string): HTMLElement | undefined {
  const own = root.querySelector<HTMLElement>(selector);
  if (own) return own;
  for (const element of root.querySelectorAll('*')) {
    const inner = element.shadowRoot && findUnder(element.shadowRoot, selector);
    if (inner) return inner;
  }
  return undefined;
}

/** Puts an element into `place` as a scene has it, and resolves when it is so; rejects where it does not come to that. */
export async function playScene(tag: Tag, scene: Scene, place: HTMLElement, where: Where): Promise<Shown> {
  const server = scene.server?.(where) as Responder;
  // Of somebody else each time: what was typed in another scene is not restored in this one.
  if (server?.subject === 'tester') server.subject = crypto.randomUUID();
  const provider = Object.assign(document.createElement('fapi-provider'), { client: server?.client });
  const element = document.createElement(scene.inside ?? tag) as HTMLElement;
  if ('appId' in element) element.appId = appId;
  Object.assign(element, typeof scene.given === 'function' ? scene.given(where) : scene.given);
  provider.append(element);
  place.append(provider);
  const find: Shown['find'] = (selector) => findUnder(provider, selector) as never;
  const seen: Shown['seen'] = (selector) => until(() => { const found = find(selector); return found?.checkVisibility({ visibilityProperty: true }) && found; }, selector) as never;
  const shown: Shown = {
    element, server, find, seen,
    async press(selector) { (await seen(selector)).click(); },
    async fill(selector, text) {
      const field = await seen<HTMLInputElement>(selector);
      field.value = text;
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
    },
  };
  await scene.act?.(shown as never);
  await seen(scene.shows);
  return shown;
}

/** What can be read in an element, shadow roots included. */
export function wordsIn(root: Element | ShadowRoot): string {
  const inner = [...root.querySelectorAll('*')].map((element) => (element.shadowRoot ? wordsIn(element.shadowRoot) : ''));
  return [root.textContent, ...inner].join(' ').replace(/\s+/g, ' ');
}
