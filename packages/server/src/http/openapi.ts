import { errorsOf, isWrite, Problem, problems, type Route, routes, StreamEvent } from '@fapi/sdk/contract';
import * as z from 'zod/mini';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { IdempotencyHeader } from './route.ts';

/** This API as OpenAPI 3.1, made from the route table alone. */
export function makeOpenApi(version: string): Record<string, unknown> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [resource, rows] of Object.entries(routes)) {
    for (const [name, route] of Object.entries(rows as Record<string, Route>)) {
      const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: makeOperation(resource, name, route) };
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'fapi', version, description: 'Embed a FastAPI builder: edit, validate, deploy, iterate.' },
    paths,
    // Named by no route, because the media type of a stream is text: what its events hold.
    components: { schemas: { StreamEvent }, securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A key, an embed token, or the JWT of a user of the workspace.' } } },
  }, {
    // What is sent is refused with a name that is not known (unknown-names.ts), at whatever depth.
    override({ zodSchema, jsonSchema, io }) {
      if (io === 'input' && zodSchema._zod.def.type === 'object') jsonSchema.additionalProperties = false;
    },
  }) as unknown as Record<string, unknown>;
}

function makeOperation(resource: string, name: string, route: Route): ZodOpenApiOperationObject {
  const byStatus = Map.groupBy(errorsOf(route), (code) => problems[code].status);
  const failures = [...byStatus].map(([status, group]) => [String(status), { description: group.join(', '), content: { 'application/problem+json': { schema: Problem } } }]);
  const content = contentOf(route.response);
  const headers = isWrite(route) ? z.object({ ...route.headers?.shape, ...IdempotencyHeader.shape }) : route.headers;
  return {
    operationId: `${resource}.${name}`,
    tags: [resource],
    summary: route.summary,
    ...(route.access === 'public' ? {} : { security: [{ bearer: [] }] }),
    requestParams: { ...(route.params ? { path: route.params as never } : {}), ...(route.query ? { query: route.query as never } : {}), ...(headers ? { header: headers as never } : {}) },
    ...(route.body || route.bodyType ? { requestBody: { required: !(route.body && z.safeParse(route.body, undefined).success), content: contentOf(route.body ?? route.bodyType) as never } } : {}),
    responses: { [String(route.status)]: { description: route.summary, ...(content ? { content: content as never } : {}) }, ...Object.fromEntries(failures) },
  };
}

/** Bytes and text streams have a media type and no schema of ours. */
function contentOf(kind: Route['response']): object | undefined {
  if (kind === undefined || kind === 'socket') return undefined;
  if (kind === 'event-stream') return { 'text/event-stream': { schema: { type: 'string' } } };
  if (kind === 'bytes') return { 'application/octet-stream': {} };
  return kind === 'zip' ? { 'application/zip': { schema: { type: 'string', contentMediaType: 'application/zip' } } } : { 'application/json': { schema: kind } };
}
