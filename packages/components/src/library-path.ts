const root = 'file:///library/';

/** Is this a source of a library or of Python itself? It has a tab like a file of the app, and is neither changed nor saved. */
export const isLibraryPath = (path: string): boolean => path.startsWith(root);

/** As it is shown: without where it lies. */
export const libraryName = (path: string): string => decodeURIComponent(path.slice(root.length));
