import { Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, ViewPlugin } from '@codemirror/view';

/**
 * Escape makes Tab move focus until the next typed character, without CodeMirror's two-second limit:
 * somebody who reads the hint slowly still gets out.
 */
export function tabFocus(onChange: (isOn: boolean) => void): Extension {
  let isOn = false;
  const set = (view: EditorView, next: boolean): void => {
    if (next === isOn) return;
    isOn = next;
    view.setTabFocusMode(next);
    onChange(next);
  };
  return [
    Prec.lowest(EditorView.domEventHandlers({
      keydown(event, view) {
        if (event.key === 'Escape') set(view, true);
        else if (isOn && event.key.length === 1) set(view, false);
        return false;
      },
    })),
    ViewPlugin.define((view) => ({ destroy: () => { view.setTabFocusMode(false); if (isOn) { isOn = false; onChange(false); } } })),
  ];
}
