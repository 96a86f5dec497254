/** What a key asks of the whole editor, wherever in it the focus is. */
export function actOfKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): 'find' | 'save' | 'deploy' | undefined {
  if (!(ctrlKey || metaKey) || altKey) return undefined;
  if (shiftKey) return key.toLowerCase() === 'f' ? 'find' : undefined;
  return key === 's' ? 'save' : key === 'Enter' ? 'deploy' : undefined;
}
