// node mint-embed-token.ts <subject> <page origin> [app id …]      Mints what a portal's page may hold for some minutes.
// In a portal this is a route: `createTokenHandler` of @fapi/sdk/portal is one.
import { createClient } from '@fapi/sdk';

const fapi = createClient({ baseUrl: process.env['FAPI_URL'] ?? 'http://127.0.0.1:8787', apiKey: process.env['FAPI_API_KEY'] });
const [subject = '', origin = '', ...apps] = process.argv.slice(2);
if (subject === '' || !URL.canParse(origin)) throw new TypeError('who, and from which page? node mint-embed-token.ts ada https://portal.example');

const { token, expiresInSeconds, sessionId } = await fapi.embedTokens.create({
  subject,
  role: 'deployer',
  origins: [new URL(origin).origin],
  ttlSeconds: 600,
  ...(apps.length > 0 ? { apps } : {}),
});

// The token on stdout alone, so that it can be piped; what is about it beside it.
console.log(token);
console.error(`for ${subject} at ${new URL(origin).origin}, ${expiresInSeconds} s; it is revoked by fapi.embedTokens.revoke('${sessionId}')`);
fapi.close();
