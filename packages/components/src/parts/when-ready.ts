import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { ReactiveElement, TemplateResult } from 'lit';
import type { AppStoreController, Seen } from '../controllers/app-store.ts';
import type { Strings } from '../strings.ts';
import { awayBar, errorNotice, notice, skeleton } from './notice.ts';

/** What is drawn in the place of an app that was deleted on this page, by who has deleted it: what that was done in may be gone with it. Undefined where nothing else is to be drawn than for any app that was deleted. */
export type WayBack = (host: ReactiveElement, kept: string, strings: Strings, locale: string) => TemplateResult | undefined;
export const waysBack = new WeakMap<AppStore, WayBack>();

/** Draws the app when there is one to draw, and until then says why not. `lines` is how much is coming; `meanwhile` says what still works while nobody answers, absent where the element says so itself, and left to whoever says it for the whole page. */
export function whenReady<Key extends keyof AppSnapshot>(app: AppStoreController<Key>, appId: string | undefined, lines: number, draw: (snapshot: Seen<Key>) => TemplateResult, meanwhile?: string): TemplateResult {
  const { client, strings, locale, snapshot, store } = app;
  if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
  if (!appId) return notice(strings.noAppTitle, strings.noAppText);
  if (!snapshot || snapshot.load === 'loading') return skeleton(strings, lines, true);
  if (snapshot.load === 'failed') return errorNotice(snapshot.error, strings, locale, () => void store?.reload());
  if (snapshot.load === 'deleted') {
    const kept = store!.snapshot.dirtyPaths.size > 0 ? ` ${strings.deletedKept}` : '';
    return waysBack.get(store!)?.(app.host, kept, strings, locale) ?? notice(strings.deletedTitle, `${strings.deletedText}${kept}`);
  }
  const isSaid = meanwhile !== undefined && snapshot.connection === 'reconnecting' && !app.isBesideEditor;
  // One template with and without the bar: with two, all that was typed, scrolled and shown in a frame would be drawn anew.
  return html`${isSaid ? awayBar(meanwhile) : nothing}${draw(snapshot)}`;
}
