import { createClient } from '@fapi/sdk';
import { createTokenHandler, nodeListener } from '@fapi/sdk/portal';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const server = process.env['FAPI_URL'] ?? 'http://127.0.0.1:8787';
/** Where apps have their addresses, for the live preview. */
const apps = process.env['FAPI_APPS'] ?? 'http://*.localhost:*';

/** What a portal's backend does, here inside vite's own server: it knows its visitor and mints tokens with the portal's key. */
function portalBackend(): Plugin {
  const listen = ({ middlewares }: { middlewares: { use(path: string, listener: ReturnType<typeof nodeListener>): unknown } }): void => {
    const apiKey = process.env['FAPI_API_KEY'];
    if (!apiKey) throw new Error('set FAPI_API_KEY to a key of the server: README.md says where it is');
    const client = createClient({ baseUrl: server, apiKey });
    middlewares.use('/portal/embed-token', nodeListener(createTokenHandler({ client, identify: () => ({ subject: 'ada' }) })));
  };
  return { name: 'portal-backend', configureServer: listen, configurePreviewServer: listen };
}

/** As strict as a policy can be; docs/embedding.md explains each line. */
const policy = `default-src 'none'; script-src 'self'; connect-src 'self' ${server} ${server.replace(/^http/, 'ws')}; frame-src ${apps}; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html svelte-trusted-html`;

export default defineConfig({
  plugins: [svelte(), portalBackend()],
  define: { __FAPI_URL__: JSON.stringify(server) },
  build: { target: 'es2022' },
  preview: { headers: { 'content-security-policy': policy } },
});
