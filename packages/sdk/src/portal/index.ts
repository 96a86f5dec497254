/** For a portal's backend: the endpoint from which its pages get their tokens. Free of any framework, and of Node's own modules. */
export { nodeListener, type NodeRequest, type NodeResponse, koaMiddleware, type KoaContext } from './adapters.ts';
export { createTokenHandler, type Grant, type TokenHandler, type TokenHandlerOptions } from './token-handler.ts';
