import { Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { isLibraryPath } from '../../library-path.ts';
import { completion } from './completion.ts';
import { hover } from './hover.ts';
import type { Active } from './language.ts';
import { menus } from './menu.ts';
import { messages } from './message.ts';
import { signature } from './signature.ts';
import { languageTheme } from './theme.ts';
import type { LanguageCommand } from './types.ts';

type Run = (command: LanguageCommand, view: EditorView) => boolean;

/** Everything for the view of one file; what would change it is left out of a library's. */
export function languageExtension(active: Active, path: string, run: Run): Extension {
  const key = (keys: string, command: LanguageCommand) => ({ key: keys, run: (view: EditorView) => run(command, view), preventDefault: true });
  const reading = [key('Mod-k Mod-i', 'hover'), key('F12', 'definition'), key('Shift-F12', 'references')];
  const writing = [key('F2', 'rename'), key('Mod-.', 'actions'), key('Shift-Alt-f', 'format')];
  const isLibrary = isLibraryPath(path);
  return [
    active.client.plugin(active.uris.toUri(path), 'python'),
    hover(active), messages, menus, languageTheme, clickToDefinition(run),
    Prec.high(keymap.of(isLibrary ? reading : [...reading, ...writing])),
    isLibrary ? [] : [completion(active), signature(active)],
  ];
}

/** Ctrl or Cmd and a click; a second cursor then is set with Alt. */
function clickToDefinition(run: Run): Extension {
  return [
    EditorView.clickAddsSelectionRange.of((event) => event.altKey),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return false;
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (at === null) return false;
        view.dispatch({ selection: { anchor: at } });
        view.focus();
        run('definition', view);
        return true;
      },
    }),
  ];
}
