import type { AppSnapshot } from '@fapi/sdk/workspace';
import type { TemplateResult } from 'lit';
import type { AppStoreController } from '../controllers/app-store.ts';
import { errorNotice, notice, skeleton } from './notice.ts';

/** Draws the app when there is one to draw, and until then says why not. `lines` is the height of what is coming. */
export function whenReady(app: AppStoreController, appId: string | undefined, lines: number, draw: (snapshot: AppSnapshot) => TemplateResult): TemplateResult {
  const { client, strings, locale, snapshot, store } = app;
  if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
  if (!appId) return notice(strings.noAppTitle, strings.noAppText);
  if (!snapshot || snapshot.load === 'loading') return skeleton(strings, lines);
  if (snapshot.load === 'failed') return errorNotice(snapshot.error, strings, locale, () => void store?.reload());
  if (snapshot.load === 'deleted') return notice(strings.deletedTitle, strings.deletedText);
  return draw(snapshot);
}
