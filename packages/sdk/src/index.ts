/** The door of the SDK. Withheld on purpose: `call` and the transport, which are free to change. */
export { createClient } from './client.ts';
export type { Auth, AuthState, CallOptions, ClientOptions, Connection, FetchToken, PagePromise, StreamOptions } from './client-types.ts';
export type { FapiClient } from './fapi-client.ts';
export { AbortError, ApiError, ConnectionError, ContractError, isApiError, isTokenError, TimeoutError, TokenError } from './errors.ts';
export { isSettled } from './resources/deployments.ts';
export type * from './contract/index.ts';
