/** The door of the SDK. Withheld on purpose: `call` and the transport, which are free to change. */
export { createClient } from './client.ts';
export type { Auth, AuthState, CallOptions, ClientOptions, Connection, FetchToken, PagePromise, StreamOptions } from './client-types.ts';
export { AbortError, ApiError, ConnectionError, ContractError, FapiError, isApiError, isFapiError, isTokenError, TimeoutError, TokenError } from './errors.ts';
export { looksSecret } from './contract/variable-names.ts';
export type { FapiClient } from './fapi-client.ts';
export { isSettled } from './settled.ts';
export type { LanguageEnd, LanguageHandlers, LanguageResource, LanguageSession } from './resources/language.ts';
export { version, type VersionMismatch } from './version.ts';
export type * from './contract/index.ts';
