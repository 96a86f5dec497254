/** Of this package; a test holds it to package.json. */
export const version = '0.1.0';

/** The SDK and the server are of different minors (0.x) or majors (from 1.0 on): something may be missing on one of the sides. */
export interface VersionMismatch { readonly clientVersion: string; readonly serverVersion: string }

export interface HandshakeOptions {
  /** Who uses the SDK, as `name/version`; it stands beside the SDK's own in the header `fapi-client`. */
  clientName?: string | undefined;
  /** Told once, when the server's version differs in its minor (0.x) or major. A server that serves this client no more answers `client_too_old`. */
  onVersionMismatch?: ((mismatch: VersionMismatch) => void) | undefined;
}

/** Says who we are with every request, and hears who answers. */
export interface Handshake {
  readonly header: { readonly 'fapi-client': string };
  readonly serverVersion: string | undefined;
  hear(headers: Headers): void;
}

export function createHandshake({ clientName, onVersionMismatch }: HandshakeOptions): Handshake {
  if (clientName !== undefined && !/^[a-z0-9][a-z0-9._-]{0,39}\/[0-9A-Za-z][0-9A-Za-z.+-]{0,39}$/.test(clientName)) throw new TypeError(`clientName must be name/version such as portal/1.2.0, and is "${clientName}"`);
  let serverVersion: string | undefined;
  let isTold = false;
  return {
    header: { 'fapi-client': `sdk/${version}${clientName === undefined ? '' : ` ${clientName}`}` },
    get serverVersion() {
      return serverVersion;
    },
    hear(headers) {
      const heard = headers.get('fapi-version') ?? '';
      const line = lineOf(heard);
      if (line === undefined) return;
      serverVersion = heard;
      if (isTold || line === lineOf(version)) return;
      isTold = true;
      const mismatch = { clientVersion: version, serverVersion: heard };
      // What it throws is the page's own error, not that of the call that happened to hear it.
      if (onVersionMismatch) queueMicrotask(() => onVersionMismatch(mismatch));
    },
  };
}

/** What must be equal for two versions to understand each other wholly: the major, and before 1.0 the minor. */
function lineOf(text: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(text) ?? [];
  return major === '0' ? `0.${minor}` : major;
}
