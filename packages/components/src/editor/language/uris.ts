import { isLibraryPath } from '../../library-path.ts';

/** The app's files under `root`, as URIs and back. What lies in a library is known by its URI all over the editor. */
export interface Uris {
  toUri(path: string): string;
  /** Undefined for what is neither of the app nor of a library. */
  toPath(uri: string): string | undefined;
}

export function makeUris(root: string): Uris {
  return {
    toUri: (path) => (isLibraryPath(path) ? path : root + path.split('/').map(encodeURIComponent).join('/')),
    toPath(uri) {
      if (isLibraryPath(uri)) return uri;
      return uri.startsWith(root) ? decodeURIComponent(uri.slice(root.length)) : undefined;
    },
  };
}
