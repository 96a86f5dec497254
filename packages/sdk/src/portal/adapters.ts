import type { TokenHandler } from './token-handler.ts';

/** What is used of Node's `IncomingMessage`, which Express extends. */
export interface NodeRequest { readonly method?: string | undefined; readonly url?: string | undefined; readonly headers: Readonly<Record<string, string | string[] | undefined>> }
/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  readonly writableFinished: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: string): unknown;
  once(event: 'close', listener: () => void): unknown;
}
/** What is used of Koa's context. */
export interface KoaContext { readonly req: NodeRequest; readonly res: NodeResponse; status: number; body: unknown; set(headers: Record<string, string>): unknown }

/**
 * For `node:http` and Express; `context` is their request, with the session that a middleware has put there.
 * @example
 * app.post('/portal/embed-token', nodeListener(createTokenHandler({ client: fapi, identify: (_, req) => req.session.user && { subject: req.session.user.id } })));
 */
export function nodeListener<Q extends NodeRequest>(handle: TokenHandler<Q>): (request: Q, response: NodeResponse) => Promise<void> {
  return async (request, response) => {
    const answer = await handle(toRequest(request, response), request);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  };
}

/**
 * For Koa, behind its router; `context` is Koa's own.
 * @example
 * router.all('/portal/embed-token', koaMiddleware(createTokenHandler({ client: fapi, identify: (_, ctx) => ctx.state.user && { subject: ctx.state.user.id } })));
 */
export function koaMiddleware<C extends KoaContext>(handle: TokenHandler<C>): (ctx: C) => Promise<void> {
  return async (ctx) => {
    const answer = await handle(toRequest(ctx.req, ctx.res), ctx);
    ctx.status = answer.status;
    ctx.set(Object.fromEntries(answer.headers));
    ctx.body = await answer.text();
  };
}

/** The head of a request; its body says nothing that is needed. Its signal fires when the visitor leaves before the answer. */
function toRequest({ method, url = '/', headers }: NodeRequest, response: NodeResponse): Request {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  const host = [headers['host']].flat()[0] ?? '';
  const address = new URL(/^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? `http://${host}` : 'http://localhost');
  // Whatever stands in the request line, it is no other host.
  [address.pathname = '', address.search = ''] = url.replace(/#.*/, '').split(/(?=\?)/);
  const pairs = Object.entries(headers).flatMap(([name, value]) => (value === undefined || name.startsWith(':') ? [] : [value].flat().map((one): [string, string] => [name, one])));
  // Some methods cannot be made into a Request; none but POST is answered.
  return new Request(address, { method: method === 'POST' ? 'POST' : 'GET', headers: pairs, signal: leaving.signal });
}
