/** What may go to an app and come back, in bytes, and how long an answer is waited for. */
export const tryLimits = { bodyBytes: 1_000_000, answerBytes: 1_000_000, deadlineMs: 30_000, headers: 64, pathCharacters: 8_000 } as const;

export const tryMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Names that belong to the connection, or that only the way to the app may write. */
const ours = /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|http2-settings|forwarded|proxy|proxy-.*|x-fapi-.*|x-forwarded-.*)$/i;

/** May nobody write this header for an app? It is of the connection, or of the way to the app. */
export const isHeaderOfTheWay = (name: string): boolean => ours.test(name);
