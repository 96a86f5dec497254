import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';
import { openEditor, openPeer, text, timeKeys, withPortal } from './typing.ts';

/** A hand that types into a file of 5,000 lines: `fapi-editor` with its server, its language servers, its journal and its autosave at work, beside CodeMirror with nothing but `basicSetup` and Python. */
export const measureKeystrokes = (rounds: number): Promise<Figures> => withPortal(({ client, browser, editorUrl, peerUrl }) => inTurn(rounds, async (round) => {
  // A new one each time: what the round before has typed is not there.
  const { id } = await client.apps.create({ title: `Keys ${round}`, files: [{ path: 'main.py', content: text }] });
  return timeKeys(browser, editorUrl, (page) => openEditor(page, id));
}, () => timeKeys(browser, peerUrl, openPeer)));
