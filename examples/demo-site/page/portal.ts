import type { FapiApps, FapiBuilder } from '@fapi/components';
import { starters } from './starters.ts';

/** An imaginary portal around two elements: the list of apps, the builder of the one that the address names, and a theme of its own. */
const part = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [apps, builder] = [part<FapiApps>('apps'), part<FapiBuilder>('builder')];
await Promise.all(['fapi-apps', 'fapi-builder'].map((tag) => customElements.whenDefined(tag)));

apps.starters = starters;
apps.hrefOf = ({ id }) => `#${id}`;

/** Where there is no room beside the builder, the list is behind a button. */
function openMenu(isOpen: boolean): void {
  part('menu').setAttribute('aria-expanded', String(isOpen));
  document.querySelector('.page')!.toggleAttribute('data-menu', isOpen);
}
part('menu').addEventListener('click', () => openMenu(part('menu').ariaExpanded !== 'true'));

function choose(): void {
  const appId = location.hash.slice(1) || undefined;
  [apps.selected, builder.appId] = [appId, appId];
  openMenu(appId === undefined);
}
addEventListener('hashchange', choose);
apps.addEventListener('fapi-app-select', ({ detail }) => { location.hash = detail.appId; });

// Who has made an app wants to type.
apps.addEventListener('fapi-app-create', ({ detail }) => {
  builder.appId = detail.appId;
  void builder.focusCode();
});

// Who comes without an address sees the newest app.
apps.addEventListener('fapi-apps-change', ({ detail: { apps: [newest] } }) => { if (location.hash === '' && newest) location.replace(`#${newest.id}`); });

const schemes = ['system', 'light', 'dark'] as const;
function setScheme(scheme: string): void {
  document.documentElement.dataset['scheme'] = scheme;
  part('scheme').textContent = `Theme: ${scheme}`;
  localStorage.setItem('scheme', scheme);
}
part('scheme').addEventListener('click', () => setScheme(schemes[(schemes.indexOf(document.documentElement.dataset['scheme'] as 'system') + 1) % schemes.length]!));

setScheme(localStorage.getItem('scheme') ?? 'system');
choose();
