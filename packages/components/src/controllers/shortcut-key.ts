/**
 * The key of a shortcut, in lower case, whatever Caps Lock makes of it. A keyboard of another script has no Latin letters: there it is the place of the key that counts, as it does for the browser's own shortcuts.
 * A Latin letter counts itself, wherever it stands: Ctrl+Z is another place on a German keyboard.
 */
export function shortcutKey({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  const isOther = key.length === 1 && !/^[\p{Script=Latin}\u0020-\u007E]$/u.test(key);
  return (isOther && place !== undefined ? place : key).toLowerCase();
}
