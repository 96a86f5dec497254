import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** A signing key as the provider holds it. */
export interface SigningKey { kid: string; alg: 'RS256' | 'ES256'; privateKey: CryptoKey; publicKey: CryptoKey }

export async function makeKey(kid: string, alg: SigningKey['alg'] = 'RS256'): Promise<SigningKey> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

/** A real OpenID provider on a port of its own. Everybody signs in as who they say they are. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  /** Requests for its keys so far. */
  readonly keyRequests: number;
  /** Signs somebody in with the code flow and PKCE, as a portal does; the answer is the ID token. */
  signIn(account: string): Promise<string>;
  /** What the provider itself would never sign, with its own key. */
  sign(claims: JWTPayload, header?: { kid?: string | undefined; typ?: string; alg?: string }, key?: SigningKey): Promise<string>;
  /** Comes up again on the same port with other keys. */
  restart(keys: readonly SigningKey[]): Promise<void>;
  stop(): Promise<void>;
}

const [clientId, redirectUri] = ['portal', 'https://portal.example/callback'];

/** `groupsOf` gives the claim `groups` of an account. */
export async function startIdentityProvider(first: readonly SigningKey[], groupsOf: (account: string) => readonly string[]): Promise<IdentityProvider> {
  // @ts-expect-error -- it comes without types
  const { Provider } = await import('oidc-provider');
  let keys = first;
  let port = 0;
  let http: Server | undefined;
  let keyRequests = 0;
  let issuer = '';

  const start = async (): Promise<void> => {
    // Once the port is known it stays: it is a part of the issuer's name.
    http = createServer();
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    port = (http.address() as { port: number }).port;
    issuer = `http://127.0.0.1:${port}`;
    const provider = new Provider(issuer, {
      clients: [{ client_id: clientId, token_endpoint_auth_method: 'none', redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'] }],
      jwks: { keys: await Promise.all(keys.map(async ({ kid, alg, privateKey }) => ({ ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }))) },
      claims: { openid: ['sub', 'groups'] },
      conformIdTokenClaims: false,
      findAccount: (_: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId, groups: groupsOf(accountId) }) }),
      cookies: { keys: [randomBytes(16).toString('hex')] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    });
    const answer = provider.callback();
    http.on('request', async (request, response) => {
      if (request.url === '/jwks') keyRequests += 1;
      if (!request.url?.startsWith('/interaction/')) return answer(request, response);
      const { params } = await provider.interactionDetails(request, response);
      const grant = new provider.Grant({ accountId: params.login_hint, clientId });
      grant.addOIDCScope('openid');
      return provider.interactionFinished(request, response, { login: { accountId: params.login_hint }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false });
    });
  };
  const stop = async (): Promise<void> => {
    if (!http) return;
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
    http = undefined;
  };
  await start();

  return {
    get issuer() { return issuer; },
    get keyRequests() { return keyRequests; },
    clientId,
    async signIn(account) {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({ client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: redirectUri, login_hint: account, code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' });
      const jar = new Map<string, string>();
      let address = `${issuer}/auth?${query.toString()}`;
      while (!address.startsWith(redirectUri)) {
        const step = await fetch(address, { redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const cookie of step.headers.getSetCookie()) jar.set(...(cookie.split(';')[0]!.split(/=(.*)/s, 2) as [string, string]));
        const next = step.headers.get('location');
        if (next === null) throw new Error(`the provider answers ${step.status}: ${await step.text()}`);
        address = new URL(next, issuer).href;
      }
      const code = new URL(address).searchParams.get('code') ?? '';
      const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri, code_verifier: verifier }) });
      const { id_token: token } = (await answer.json()) as { id_token?: string };
      if (token === undefined) throw new Error('the provider gave no token');
      return token;
    },
    async sign(claims, { kid, typ, alg } = {}, key = keys[0]!) {
      const header = { alg: alg ?? key.alg, ...(kid === undefined ? { kid: key.kid } : kid === '' ? {} : { kid }), ...(typ === undefined ? {} : { typ }) };
      return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
    },
    async restart(others) {
      await stop();
      keys = others;
      await start();
    },
    stop,
  };
}
