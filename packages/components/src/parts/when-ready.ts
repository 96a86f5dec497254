import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { AppStoreController, Seen } from '../controllers/app-store.ts';
import { awayBar, errorNotice, notice, skeleton } from './notice.ts';

/** Draws the app when there is one to draw, and until then says why not. `lines` is the height of what is coming; `meanwhile` says what still works while nobody answers, absent where the element says so itself, and left to whoever says it for the whole page. */
export function whenReady<Key extends keyof AppSnapshot>(app: AppStoreController<Key>, appId: string | undefined, lines: number, draw: (snapshot: Seen<Key>) => TemplateResult, meanwhile?: string): TemplateResult {
  const { client, strings, locale, snapshot, store } = app;
  if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
  if (!appId) return notice(strings.noAppTitle, strings.noAppText);
  if (!snapshot || snapshot.load === 'loading') return skeleton(strings, lines);
  if (snapshot.load === 'failed') return errorNotice(snapshot.error, strings, locale, () => void store?.reload());
  if (snapshot.load === 'deleted') return notice(strings.deletedTitle, `${strings.deletedText}${store!.snapshot.dirtyPaths.size > 0 ? ` ${strings.deletedKept}` : ''}`);
  const isSaid = meanwhile !== undefined && snapshot.connection === 'reconnecting' && !app.isBesideEditor;
  // One template with and without the bar: with two, all that was typed, scrolled and shown in a frame would be drawn anew.
  return html`${isSaid ? awayBar(meanwhile) : nothing}${draw(snapshot)}`;
}
