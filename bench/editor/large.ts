import { limits } from '@fapi/sdk/contract';
import type { AppFile } from '@fapi/sdk/contract';
import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';
import { openEditor, text, timeKeys, withPortal } from './typing.ts';

const main: AppFile = { path: 'main.py', content: text };
const line = 'TIDE = {"high": 4.1, "low": 0.7, "where": "Harbour"}  # a line like many\n';
/** For what is typed. */
const spareBytes = 20_000;
/** As many files as a draft may have, and as much in them. */
function makeLargest(): AppFile[] {
  const bytesEach = (limits.draftBytes - spareBytes - Buffer.byteLength(text)) / (limits.files - 1);
  const content = line.repeat(Math.floor(bytesEach / line.length));
  return [main, ...Array.from({ length: limits.files - 1 }, (_, at) => ({ path: `tables/year_${at % 20}/day_${at}.py`, content }))];
}

/** The same hand in the same file of 5,000 lines, once among 199 others that make a draft of 5 MB, once alone. */
export const measureLargeKeystrokes = (rounds: number): Promise<Figures> => withPortal(({ client, browser, editorUrl }) => {
  const time = (files: AppFile[]) => async (round: number): Promise<number> => {
    const { id } = await client.apps.create({ title: `Keys ${round}`, files });
    return timeKeys(browser, editorUrl, (page) => openEditor(page, id));
  };
  return inTurn(rounds, time(makeLargest()), time([main]));
});
