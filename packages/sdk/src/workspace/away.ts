import { type ContractError, isApiError, isFapiError, isTokenError } from '../errors.ts';

/** Nobody answered, not in time, or a proxy did whose server is away: with a page of its own. By name: the client may be of another copy of this package than the store. */
const isUnanswered = (error: unknown): boolean =>
  isFapiError(error) && (error.name === 'ConnectionError' || error.name === 'TimeoutError' || (error.name === 'ContractError' && (error as ContractError).status >= 500));

/** Nothing is wrong but that nobody answered. */
export const isAway = (error: unknown): boolean => isUnanswered(error) || isTokenError(error) || isApiError(error, 'not_ready');

/** Nobody could say now; later somebody may. */
export const mayPass = (error: unknown): boolean => isAway(error) || (isApiError(error) && error.status >= 429);
