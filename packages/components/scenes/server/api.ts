import type { TryAnswer, TryRequest } from '@fapi/sdk/contract';
import { makeDeployment, makeResponder, type Responder } from './responder.ts';

const live = makeDeployment({ status: 'live', liveAt: '2026-11-24T10:00:05.000Z' });
export const url = 'http://hello-abc.localhost:8788/';

/** A document as FastAPI writes it, with every kind of field. */
export const document = {
  openapi: '3.1.0', info: { title: 'Shop', version: '1' }, servers: [{ url: '/behind' }],
  paths: {
    '/items': {
      get: { summary: 'List the items', parameters: [
        { name: 'limit', in: 'query', schema: { type: 'integer', default: 10 } }, { name: 'tag', in: 'query', schema: { type: 'array', items: { type: 'string' } }, description: 'Of these tags' },
        { name: 'sort', in: 'query', schema: { $ref: '#/components/schemas/Sort' } }, { name: 'X-Trace', in: 'header', schema: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, { name: 'theme', in: 'cookie', schema: { type: 'string' }, example: 'dark mode' },
      ] },
      post: { summary: 'Add an item', requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } }, security: [{ HTTPBearer: [] }, { Key: [] }] },
    },
    '/items/{item_id}': { delete: { summary: 'Delete an item', deprecated: true, parameters: [{ name: 'item_id', in: 'path', required: true, schema: { type: 'string', examples: ['a/b c'] } }], security: [{ HTTPBasic: [] }] } },
    '/upload': { post: { summary: 'Upload', requestBody: { content: { 'multipart/form-data': { schema: { type: 'object', required: ['file', 'note'], properties: { file: { type: 'string', format: 'binary' }, note: { type: 'string', default: 'hello' } } } } } } } },
    '/login': { post: { summary: 'Log in', requestBody: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { user: { type: 'string', default: 'ada & co' } } } } } } } },
  },
  components: {
    schemas: {
      Sort: { type: 'string', enum: ['name', 'price'] },
      Item: { type: 'object', properties: { name: { type: 'string', examples: ['Lamp'] }, price: { type: 'number', exclusiveMinimum: 0 }, tags: { type: 'array', items: { type: 'string' } }, at: { type: 'string', format: 'date' }, parent: { anyOf: [{ $ref: '#/components/schemas/Item' }, { type: 'null' }] } } },
    },
    securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' }, HTTPBasic: { type: 'http', scheme: 'basic' }, Key: { type: 'apiKey', in: 'query', name: 'api_key' } },
  },
};

/** A live app that shows this document and answers `app` to everything else. */
export function makeApi(app: Responder['app'] = () => ({}), shown: unknown = document): Responder {
  const responder = makeResponder(undefined, { live, latest: live, health: 'running', freshness: 'up_to_date' });
  responder.app = (request): Partial<TryAnswer> | Promise<Partial<TryAnswer>> => (request.path === '/openapi.json' ? (shown === null ? { status: 404, body: '{}' } : { body: JSON.stringify(shown) }) : app(request));
  return responder;
}

/** What was sent to the app, without the document. */
export const tried = (responder: Responder): TryRequest[] => responder.seen.filter(({ path }) => path.endsWith('/try')).map(({ body }) => body as TryRequest).filter(({ path }) => path !== '/openapi.json');
