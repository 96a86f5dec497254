import { until } from '../scenes/server/responder.ts';

// What was chosen in the page of another test file, or had not been saved there, is none of ours.
before(() => localStorage.clear());
before(() => new Promise<void>((resolve, reject) => {
  const opening = indexedDB.open('fapi-journal', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('drafts', { keyPath: 'key' });
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const clearing = opening.result.transaction('drafts', 'readwrite').objectStore('drafts').clear();
    clearing.onsuccess = () => (opening.result.close(), resolve());
    clearing.onerror = () => reject(clearing.error);
  };
}));

// Nor is the page asked before it goes: what was typed last is kept by then.
after(() => until(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })), 'everything kept'));
