// node mint-embed-token.ts <subject> <page origin> [app id …]      Mints what a portal's page may hold for some minutes.
// In a portal this is a route: `createTokenHandler` of @fapi/sdk/portal is one.
import { connect, readArguments } from './connect.ts';

const [subject, page, ...apps] = readArguments(2, 'mint-embed-token.ts <subject> <page origin> [app id ...]') as [string, string, ...string[]];
const { origin } = new URL(page);
const fapi = connect();

const { token, expiresInSeconds, sessionId } = await fapi.embedTokens.create({
  subject,
  role: 'deployer',
  origins: [origin],
  ttlSeconds: 600,
  ...(apps.length > 0 ? { apps } : {}),
});

// The token on stdout alone, so that it can be piped; what is about it beside it.
console.log(token);
console.error(`for ${subject} at ${origin}, ${expiresInSeconds} s; it is revoked by fapi.embedTokens.revoke('${sessionId}')`);
fapi.close();
