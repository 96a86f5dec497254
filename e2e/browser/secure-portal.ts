import { createServer } from 'node:https';
import type { FapiClient } from '@fapi/sdk';
import { createAuthority } from '../../packages/runner-controller/src/runtime/kubernetes/agents/certificates.ts';
import { identities } from '../../packages/runner-controller/src/runtime/kubernetes/objects/identities.ts';
import { freePort } from '../../tools/parts/port.ts';
import type { System } from '../system.ts';

/** A portal as others have it: HTTPS, an origin of its own, the strictest policy that the elements' documentation allows. */
export interface SecurePortal { readonly origin: string; stop(): Promise<void> }

/** Serves one page with `body` in it, under a certificate that nobody vouches for. `client` is the operator's; `port` is any that is free when absent. */
export async function startSecurePortal(system: System, client: FapiClient, body: string, port?: number): Promise<SecurePortal> {
  port ??= await freePort();
  const origin = `https://portal.localhost:${port}`;
  const { origins } = await client.workspaces.read('default');
  await client.workspaces.put('default', { title: 'Portal', origins: [...origins, origin] });
  const policy = `default-src 'none'; img-src 'self'; script-src ${system.baseUrl}; style-src 'self'; connect-src 'self' ${system.baseUrl} ${system.baseUrl.replace('http', 'ws')}; frame-src http://*.localhost:${system.gatewayPort}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Portal</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/portal.css"><script type="module" src="${system.baseUrl}/embed/fapi.js"></script><fapi-provider base-url="${system.baseUrl}" token-url="/token">${body}</fapi-provider></html>`;
  const files: Record<string, readonly [type: string, text: string]> = { '/': ['text/html', page], '/favicon.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'], '/portal.css': ['text/css', 'body { margin: 0; --fapi-builder-height: 100vh; }'] };
  const server = createServer(await (await createAuthority(new Date())).issue(identities.agent, 1), (request, answer) => {
    const { pathname } = new URL(request.url!, origin);
    if (pathname === '/token') {
      void client.embedTokens.create({ subject: 'a builder', origins: [origin] }).then(({ token, expiresInSeconds }) => answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expiresInSeconds })), (error: unknown) => answer.writeHead(500).end(String(error)));
      return;
    }
    const [type, text] = files[pathname] ?? ['text/plain', 'nothing'];
    answer.writeHead(pathname in files ? 200 : 404, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin,
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
