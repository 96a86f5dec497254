import { shortcutKey } from '../../controllers/shortcut-key.ts';

/** What a key asks of the whole editor, wherever in it the focus is. */
export function actOfKey(event: KeyboardEvent): 'find' | 'save' | 'deploy' | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const key = shortcutKey(event);
  if (event.shiftKey) return key === 'f' ? 'find' : undefined;
  return key === 's' ? 'save' : key === 'enter' ? 'deploy' : undefined;
}
