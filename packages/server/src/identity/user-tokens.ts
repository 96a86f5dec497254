import type { WorkspaceOidc } from '@fapi/sdk/contract';
import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { DomainError } from '../domain/errors.ts';
import type { Claims } from '../domain/access/user-claims.ts';
import { createProviderKeys } from './provider-keys.ts';

/** How far the provider's clock and ours may be apart. */
const skewS = 60;
/** Signatures by the provider alone: with a shared secret whoever checks could sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] satisfies JWTVerifyOptions['algorithms'];
/** Of the kinds of JWT that a provider signs only these say who somebody is. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

export interface UserTokens {
  /** Throws `unauthorized`, `token_expired` or `identity_provider_unavailable`. */
  verify(token: string, oidc: Pick<WorkspaceOidc, 'issuer' | 'audience'>): Promise<{ claims: Claims; expiresAt: Date }>;
}

/** Reads what a token says of itself, believing nothing: enough to find the workspaces that it could be for. */
export function peek(token: string): { issuer: string; audiences: string[] } | undefined {
  try {
    const { iss, aud } = decodeJwt(token);
    const audiences = [aud].flat().filter((one) => typeof one === 'string');
    return typeof iss === 'string' && iss.length <= 500 && audiences.length <= 20 ? { issuer: iss, audiences } : undefined;
  } catch {
    return undefined;
  }
}

/** Checks the tokens of identity providers. */
export function createUserTokens(now: () => Date): UserTokens {
  const keys = createProviderKeys(() => now().getTime());
  return {
    async verify(token, { issuer, audience }) {
      const options: JWTVerifyOptions = { issuer, audience, algorithms, clockTolerance: skewS, currentDate: now(), requiredClaims: ['exp'] };
      try {
        const claims = await verifyWith(token, await keys.get(issuer), options).catch(async (error: unknown) => {
          if (error instanceof errors.JWKSNoMatchingKey) return verifyWith(token, await keys.renew(issuer), options);
          throw error;
        });
        return { claims: claims as Claims, expiresAt: new Date((claims.exp! + skewS) * 1_000) };
      } catch (error) {
        throw toDomainError(error);
      }
    },
  };
}

async function verifyWith(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return payloadOf(await jwtVerify(token, keys, options));
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithAny(token, error, options);
    throw error;
  }
}

/** A token that names no key: one of those that fit has signed it. */
async function verifyWithAny(token: string, candidates: AsyncIterable<CryptoKey>, options: JWTVerifyOptions): Promise<JWTPayload> {
  for await (const key of candidates) {
    try {
      return payloadOf(await jwtVerify(token, key, options));
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function payloadOf({ payload, protectedHeader: { typ } }: { payload: JWTPayload; protectedHeader: { typ?: string } }): JWTPayload {
  // A logout token is signed with the same keys for the same audience, and lets nobody in.
  if (!types.includes(typ?.toLowerCase()) || 'events' in payload) throw new DomainError('unauthorized', 'the token is not one of a user');
  return payload;
}

function toDomainError(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new DomainError('token_expired');
  if (error instanceof errors.JWTClaimValidationFailed) return new DomainError('unauthorized', error.claim === 'nbf' ? 'the token is not valid yet' : `the claim ${error.claim} of the token is not the one that is expected here`);
  if (error instanceof errors.JWKSNoMatchingKey) return new DomainError('unauthorized', 'the token is signed with a key that the issuer does not name');
  return error instanceof errors.JOSEError ? new DomainError('unauthorized', 'the token is not signed by the issuer') : error;
}
