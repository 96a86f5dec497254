/** Asks for files of the disk; an empty list when nothing was chosen. Has to be called soon after a click or a key. */
export function pickFiles(what: 'files' | 'folder' | 'zip'): Promise<readonly File[]> {
  const input = Object.assign(document.createElement('input'), { type: 'file', multiple: what === 'files', webkitdirectory: what === 'folder', accept: what === 'zip' ? '.zip,application/zip' : '' });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...input.files ?? []]), { once: true });
    input.addEventListener('cancel', () => resolve([]), { once: true });
    input.click();
  });
}
