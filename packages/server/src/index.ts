/** The public door: a server to compose into a program. */
export { ConfigError, readConfig, type ServerConfig } from './config.ts';
export { createServer, type Server, type ServerOptions, ServerStartError } from './server.ts';
export type { Middleware } from 'koa';
