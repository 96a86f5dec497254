import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf, isWrite, problems, type Route, routes } from '@fapi/sdk/contract';
import { startSystem, type System } from '../../server/test/parts/system.ts';

const rows = Object.entries(routes).flatMap(([resource, own]) => Object.entries(own as Record<string, Route>).map(([name, route]) => ({ id: `${resource}.${name}`, route })));
const pathOf = ({ path }: Route): string => path.replace(/:([A-Za-z]+)/g, '{$1}');

describe('GET /v1/openapi.json', () => {
  let system: System;
  let document: any;
  beforeAll(async () => {
    system = await startSystem();
    document = (await system.call('/v1/openapi.json', { token: '' })).json;
  });
  afterAll(() => system?.stop());
  const resolve = (schema: any): any => (schema?.$ref ? resolve(schema.$ref.slice(2).split('/').reduce((part: any, key: string) => part[key], document)) : schema);

  it('is a valid document of OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) expect(resolve({ $ref: reference }), reference).toBeTypeOf('object');
  });

  it('holds every route of the table, and no other', () => {
    const held = Object.entries(document.paths).flatMap(([path, operations]) => Object.entries(operations as Record<string, any>).map(([method, operation]) => `${operation.operationId}: ${method.toUpperCase()} ${path}`));
    expect(held.toSorted()).toEqual(rows.map(({ id, route }) => `${id}: ${route.method} ${pathOf(route)}`).toSorted());
  });

  it.each(rows.map(({ id, route }) => [id, route] as const))('says of %s every error it can answer, under its status', (_, route) => {
    const { responses } = document.paths[pathOf(route)][route.method.toLowerCase()];
    for (const code of errorsOf(route)) {
      const response = responses[problems[code].status];
      expect(response?.description.split(', '), code).toContain(code);
      expect(resolve(response.content['application/problem+json'].schema).required).toEqual(expect.arrayContaining(['code', 'status', 'requestId']));
    }
  });

  it.each(rows.map(({ id, route }) => [id, route] as const))('says of %s what goes in, what comes out and who may', (_, route) => {
    const operation = document.paths[pathOf(route)][route.method.toLowerCase()];
    const names = (place: string): string[] => (operation.parameters ?? []).map(resolve).filter((parameter: any) => parameter.in === place).map((parameter: any) => parameter.name).toSorted();
    expect(names('path')).toEqual([...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name).toSorted());
    expect(names('query')).toEqual(Object.keys(route.query?.shape ?? {}).toSorted());
    expect(names('header')).toEqual([...Object.keys(route.headers?.shape ?? {}), ...(isWrite(route) ? ['idempotency-key'] : [])].toSorted());
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined || route.bodyType !== undefined);
    expect(operation.security).toEqual(route.access === 'public' ? undefined : [{ bearer: [] }]);
    const mediaOf = { 'event-stream': 'text/event-stream', zip: 'application/zip', bytes: 'application/octet-stream', socket: undefined } as const;
    const media = route.response === undefined || route.response === 'socket' ? undefined : [typeof route.response === 'string' ? mediaOf[route.response] : 'application/json'];
    if (route.bodyType) expect(Object.keys(operation.requestBody.content)).toEqual([`application/${route.bodyType}`]);
    expect(operation.responses[route.status].content && Object.keys(operation.responses[route.status].content)).toEqual(media);
  });

  it.each(rows.flatMap(({ id, route }) => (route.body ? [[id, route] as const] : [])))('says of %s that its body takes no other names, at whatever depth', (_, route) => {
    const open: string[] = [];
    const walk = (schema: any, place: string, seen: readonly string[]): void => {
      if (schema?.$ref) return seen.includes(schema.$ref) ? undefined : walk(resolve(schema), place, [...seen, schema.$ref]);
      if (schema?.type === 'object' && (schema.additionalProperties === undefined || schema.additionalProperties === true)) open.push(place);
      for (const [name, inner] of Object.entries(schema?.properties ?? {})) walk(inner, `${place}/${name}`, seen);
      for (const [at, inner] of [...(schema?.anyOf ?? []), ...(schema?.oneOf ?? []), schema?.items].entries()) if (inner) walk(inner, `${place}/${at}`, seen);
      // Then two closed forms would have to hold at once.
      if (schema?.allOf?.some((one: any) => resolve(one).type === 'object')) open.push(`${place} allOf`);
    };
    walk(document.paths[pathOf(route)][route.method.toLowerCase()].requestBody.content['application/json'].schema, '', []);
    expect(open).toEqual([]);
  });

  it('holds the closed list of codes', () => {
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(problems));
  });

  it('describes the body of a stream by the events that the contract knows', () => {
    expect(document.components.schemas).toHaveProperty('StreamEvent');
  });
});
