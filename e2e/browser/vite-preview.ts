import { preview } from 'vite';

/** Serves a built host with its own settings, as `vite preview` does; ends with SIGTERM. */
const server = await preview({ root: process.env['HOST_FOLDER']!, logLevel: 'error', preview: { host: '127.0.0.1', port: Number(process.env['HOST_PORT']), strictPort: true } });
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
console.log(JSON.stringify({ ready: true }));
