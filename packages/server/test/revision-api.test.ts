import { describe, expect, it } from 'vitest';
import { compareApis as compareWithin } from '../src/domain/diff/api.ts';

/** As whoever asks for a diff does: a second is what it may take. */
function compareApis(...sides: [Parameters<typeof compareWithin>[0], Parameters<typeof compareWithin>[1]]): ReturnType<typeof compareWithin> {
  const endsAt = performance.now() + 1_000;
  return compareWithin(...sides, () => performance.now() > endsAt);
}

type Part = Record<string, unknown>;
const json = (schema: unknown): Part => ({ content: { 'application/json': { schema } } });
const ref = (name: string): Part => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Part, required: string[] = [], more: Part = {}): Part => ({ type: 'object', properties, required, ...more });
const text = { type: 'string' };
const orNull = (schema: unknown): Part => ({ anyOf: [schema, { type: 'null' }] });

const document = (paths: Record<string, Part>, schemas: Part = {}, more: Part = {}): Part => ({ openapi: '3.1.0', info: { title: 'x', version: '1' }, paths, components: { schemas }, ...more });
/** One route. */
const get = (operation: Part = {}, schemas: Part = {}, more: Part = {}): Part => document({ '/items/{id}': { get: { responses: { 200: json({}) }, ...operation } } }, schemas, more);
const takes = (...parameters: Part[]): Part => get({ parameters });
const query = (name: string, schema: unknown = text, required = false): Part => ({ in: 'query', name, schema, required });
const takesBody = (schema: unknown, required = true, schemas: Part = {}): Part => get({ requestBody: { ...json(schema), required } }, schemas);
const answers = (schema: unknown, schemas: Part = {}): Part => get({ responses: { 200: json(schema) } }, schemas);

/** `!` before a message: it breaks. */
const tell = (from: Part, to: Part): string[] => compareApis(from, to).routes.flatMap(({ reasons }) => reasons.map(({ isBreaking, message }) => `${isBreaking ? '! ' : ''}${message}`));

describe('the routes of two documents', () => {
  it('are the same when only words differ', () => {
    const from = get({ summary: 'a', description: 'b', operationId: 'c', tags: ['d'], parameters: [query('q', { type: 'string', title: 'Q' })] });
    const to = get({ parameters: [query('q', { type: 'string', description: 'better' })] });
    expect(compareApis(from, to)).toEqual({ isKnown: true, routes: [], schemas: [] });
  });

  it('are added, removed and changed, in the order of their paths', () => {
    const route = { responses: { 200: json(text) } };
    const from = document({ '/b': { get: route, post: route }, '/a': { get: route } });
    const to = document({ '/c': { get: route }, '/b': { get: { responses: { 200: json({ type: 'integer' }) } } }, '/a': { get: route, put: route } });
    expect(compareApis(from, to).routes).toEqual([
      { method: 'PUT', path: '/a', change: 'added', isBreaking: false, reasons: [] },
      { method: 'GET', path: '/b', change: 'changed', isBreaking: true, reasons: [{ isBreaking: true, message: 'answer 200 may now be an integer' }, { isBreaking: false, message: 'answer 200 is no longer a string' }] },
      { method: 'POST', path: '/b', change: 'removed', isBreaking: true, reasons: [{ isBreaking: true, message: 'the route is gone' }] },
      { method: 'GET', path: '/c', change: 'added', isBreaking: false, reasons: [] },
    ]);
  });

  it('are one when only the name of a path parameter differs', () => {
    const named = (name: string, schema: unknown): Part => document({ [`/items/{${name}}`]: { get: { parameters: [{ in: 'path', name, required: true, schema }] } } });
    expect(compareApis(named('id', text), named('item_id', text)).routes).toEqual([]);
    expect(tell(named('id', text), named('item_id', { type: 'integer' }))).toEqual(['! path parameter item_id no longer takes a string', 'path parameter item_id also takes an integer']);
  });
});

describe('a route', () => {
  it.each<[string, Part, Part, string[]]>([
    ['has a new parameter', takes(), takes(query('q')), ['query parameter q is new']],
    ['has a new one that it needs', takes(), takes(query('q', text, true)), ['! query parameter q is new and required']],
    ['lost one', takes(query('q')), takes(), ['query parameter q is no longer read']],
    ['needs one that it did not', takes(query('q')), takes(query('q', text, true)), ['! query parameter q is required now']],
    ['no longer needs one', takes(query('q', text, true)), takes(query('q')), ['query parameter q is no longer required']],
    ['has another default', takes(query('q', { type: 'integer', default: 1 })), takes(query('q', { type: 'integer', default: 2 })), ['query parameter q is 2 by default instead of 1']],
    ['has a narrower type', takes(query('q', { type: 'number' })), takes(query('q', { type: 'integer' })), ['! query parameter q takes integers only']],
    ['has a wider type', takes(query('q', { type: 'integer' })), takes(query('q', { type: 'number' })), ['query parameter q also takes a number with a fraction']],
    ['takes fewer values', takes(query('q', { enum: ['a', 'b'] })), takes(query('q', { enum: ['a'] })), ['! query parameter q no longer takes "b"']],
    ['takes more values', takes(query('q', { enum: ['a'] })), takes(query('q', { enum: ['a', 'b'] })), ['query parameter q also takes "b"']],
    ['takes named values only', takes(query('q')), takes(query('q', { type: 'string', enum: ['a'] })), ['! query parameter q takes only "a"']],
    ['has a lower ceiling', takes(query('q', { type: 'integer', maximum: 100 })), takes(query('q', { type: 'integer', maximum: 10 })), ['! query parameter q has maximum 10 instead of 100']],
    ['has a lower floor', takes(query('q', { type: 'integer', minimum: 5 })), takes(query('q', { type: 'integer', minimum: 1 })), ['query parameter q has minimum 1 instead of 5']],
    ['has a new floor', takes(query('q')), takes(query('q', { type: 'string', minLength: 1 })), ['! query parameter q has minLength 1']],
    ['has no ceiling any more', takes(query('q', { type: 'string', maxLength: 9 })), takes(query('q')), ['query parameter q has maxLength no more, it was 9']],
    ['has another pattern', takes(query('q', { type: 'string', pattern: '^a' })), takes(query('q', { type: 'string', pattern: '^b' })), ['! query parameter q has pattern "^b" instead of "^a"']],
    ['takes null no longer', takes(query('q', orNull(text))), takes(query('q', text)), ['! query parameter q no longer takes null']],
    ['takes null however it is said', takes(query('q', orNull(text))), takes(query('q', { type: ['string', 'null'] })), []],
    ['takes null as OpenAPI 3.0 says it', takes(query('q', orNull(text))), takes(query('q', { type: 'string', nullable: true })), []],
    ['knows headers by any case', takes({ in: 'header', name: 'X-Token', schema: text }), takes({ in: 'header', name: 'x-token', schema: text }), []],
    ['takes a parameter of its path item', document({ '/a': { parameters: [query('q', text, true)], get: {} } }), document({ '/a': { get: { parameters: [query('q', text, true)] } } }), []],

    ['has a body now', get(), takesBody(text), ['! a body is new and required']],
    ['has a body if one likes', get(), takesBody(text, false), ['a body is new']],
    ['lost its body', takesBody(text), get(), ['a body is no longer read']],
    ['needs its body now', takesBody(text, false), takesBody(text), ['! the body is required now']],
    ['needs a new field', takesBody(object({})), takesBody(object({ a: text }, ['a'])), ['! body.a is new and required']],
    ['has a new field', takesBody(object({})), takesBody(object({ a: text })), ['body.a is new']],
    ['needs a field that it did not', takesBody(object({ a: text })), takesBody(object({ a: text }, ['a'])), ['! body.a is required now']],
    ['reads a field no longer', takesBody(object({ a: text })), takesBody(object({})), ['body.a is no longer read']],
    ['refuses a field that it took', takesBody(object({ a: text })), takesBody(object({}, [], { additionalProperties: false })), ['! body.a is no longer taken', '! body.*: no other fields are taken any more']],
    ['has a field of another type, deep down', takesBody(object({ a: { type: 'array', items: object({ b: text }) } })), takesBody(object({ a: { type: 'array', items: object({ b: { type: 'boolean' } }) } })), ['! body.a[].b no longer takes a string', 'body.a[].b also takes a boolean']],
    ['has another body by reference', takesBody(ref('A'), true, { A: object({ a: text }) }), takesBody(ref('B'), true, { B: object({ a: text, b: text }, ['b']) }), ['! body.b is new and required']],
    ['has a form instead of JSON', takesBody(text), get({ requestBody: { required: true, content: { 'multipart/form-data': { schema: text } } } }), ['! a body of application/json is no longer taken', 'a body of multipart/form-data is taken now']],
    ['takes one more of several models', takesBody({ oneOf: [ref('A')] }, true, { A: object({}), B: object({}) }), takesBody({ oneOf: [ref('A'), ref('B')] }, true, { A: object({}), B: object({}) }), ['body also takes B']],
    ['takes one model less', takesBody({ oneOf: [ref('A'), ref('B')] }, true, { A: object({}), B: object({}) }), takesBody({ oneOf: [ref('B')] }, true, { B: object({}) }), ['! body no longer takes A']],
    ['has fields of an allOf', takesBody({ allOf: [ref('A'), object({ b: text })] }, true, { A: object({ a: text }) }), takesBody(object({ a: text, b: text })), []],

    ['answers a field no longer', answers(object({ a: text }, ['a'])), answers(object({})), ['! answer 200.a is no longer answered']],
    ['answers one more field', answers(object({})), answers(object({ a: text }, ['a'])), ['answer 200.a is new']],
    ['may leave a field out', answers(object({ a: text }, ['a'])), answers(object({ a: text })), ['! answer 200.a may be absent now']],
    ['never leaves a field out', answers(object({ a: text })), answers(object({ a: text }, ['a'])), ['answer 200.a is always there now']],
    ['may answer null', answers(object({ a: text })), answers(object({ a: orNull(text) })), ['! answer 200.a may now be null']],
    ['never answers null', answers(object({ a: orNull(text) })), answers(object({ a: text })), ['answer 200.a is no longer null']],
    ['answers another value', answers({ enum: ['a'] }), answers({ enum: ['a', 'b'] }), ['! answer 200 may now be "b"']],
    ['answers fewer values', answers({ enum: ['a', 'b'] }), answers({ enum: ['a'] }), ['answer 200 is no longer "b"']],
    ['has a model for what was anything', answers({}), answers(object({ a: text })), ['answer 200 is always an object']],
    ['answers anything instead of a model', answers(ref('A'), { A: object({ a: text }) }), answers({}), ['! answer 200 may now be anything, it was A']],
    ['has a field that is called constructor', answers(object({ constructor: text, toString: text })), answers(object({ constructor: text })), ['! answer 200.toString is no longer answered']],
    ['answers another status', get({ responses: { 200: {} } }), get({ responses: { 201: {} } }), ['! it no longer answers 200, but 201', 'it may answer 201']],
    ['answers one more error', get({ responses: { 200: {} } }), get({ responses: { 200: {}, 422: {} } }), ['it may answer 422']],
    ['answers one error less', get({ responses: { 200: {}, 404: {} } }), get({ responses: { 200: {} } }), ['it no longer answers 404']],
    ['answers another media type', answers(text), get({ responses: { 200: { content: { 'text/plain': {} } } } }), ['! answer 200 is no longer application/json', 'answer 200 may be text/plain']],

    ['needs a key now', get(), get({ security: [{ APIKeyHeader: [] }] }), ['! it needs authentication by APIKeyHeader']],
    ['needs no key any more', get({ security: [{ APIKeyHeader: [] }] }), get(), ['it needs no authentication any more']],
    ['takes another key too', get({ security: [{ A: [] }] }), get({ security: [{ A: [] }, { B: [] }] }), ['it needs authentication by A or B instead of A']],
    ['takes another key instead', get({ security: [{ A: [] }] }), get({ security: [{ B: [] }] }), ['! it needs authentication by B instead of A']],
    ['needs one more scope', get({ security: [{ A: ['read'] }] }), get({ security: [{ A: ['read', 'write'] }] }), ['! it needs authentication by A read and A write instead of A read']],
    ['needs a key by the document', get(), get({}, {}, { security: [{ A: [] }] }), ['! it needs authentication by A']],
    ['is deprecated', get(), get({ deprecated: true }), ['it is deprecated now']],
  ])('%s', (_, from, to, expected) => {
    expect(tell(from, to)).toEqual(expected);
    expect(tell(from, from)).toEqual([]);
    expect(compareApis(from, to).routes.map(({ isBreaking }) => isBreaking)).toEqual(expected.length === 0 ? [] : [expected.some((line) => line.startsWith('! '))]);
  });
});

describe('the schemas of two documents', () => {
  const sent = (schemas: Part): Part => takesBody(ref('A'), true, schemas);
  const answered = (schemas: Part): Part => answers(ref('A'), schemas);
  it.each<[string, Part, Part, [string, string, boolean, string[]][]]>([
    ['are added, without harm', sent({ A: text }), sent({ A: text, B: text }), [['B', 'added', false, []]]],
    ['are removed: the routes that used them tell the harm', sent({ A: text, B: text }), sent({ A: text }), [['B', 'removed', false, []]]],
    ['that are sent break with a required field', sent({ A: object({}) }), sent({ A: object({ a: text }, ['a']) }), [['A', 'changed', true, ['! a is new and required']]]],
    ['that are answered do not', answered({ A: object({}) }), answered({ A: object({ a: text }, ['a']) }), [['A', 'changed', false, ['a is new']]]],
    ['that are answered break without a field', answered({ A: object({ a: text }) }), answered({ A: object({}) }), [['A', 'changed', true, ['! a is no longer answered']]]],
    ['that nobody uses are judged both ways', document({}, { A: object({ a: text }) }), document({}, { A: object({}) }), [['A', 'changed', true, ['! a is no longer answered', 'a is no longer read']]]],
    ['tell of themselves, not of those that they hold', answered({ A: object({ b: ref('B') }), B: object({ c: text }) }), answered({ A: object({ b: ref('B') }), B: object({}) }), [['B', 'changed', true, ['! c is no longer answered']]]],
    ['may hold themselves', answered({ A: object({ next: orNull(ref('A')) }) }), answered({ A: object({ next: orNull(ref('A')), a: text }) }), [['A', 'changed', false, ['a is new']]]],
    ['are values', sent({ A: { enum: ['x', 'y'] } }), sent({ A: { enum: ['x'] } }), [['A', 'changed', true, ['! it no longer takes "y"']]]],
  ])('%s', (_, from, to, expected) => {
    expect(compareApis(from, to).schemas.map(({ name, change, isBreaking, reasons }) => [name, change, isBreaking, reasons.map((reason) => `${reason.isBreaking ? '! ' : ''}${reason.message}`)])).toEqual(expected);
  });
});

describe('a document that user code made', () => {
  const odd = [null, 1, 'x', [], [1], {}, { $ref: '#/components/schemas/A' }, { $ref: '#/nowhere' }, { $ref: 5 }, { $ref: 'https://x.example/a.json' }, { type: 5 }, { type: [] }, { enum: [] }, { properties: [] }, { anyOf: {} }, { allOf: [null] }, { required: 'x' }, true, false];
  it.each(odd.map((part) => [JSON.stringify(part), part]))('is read wherever it holds %s', (_, part) => {
    const documents = [
      document(part as never), document({ '/a': part as Part }), document({ '/a': { get: part as Part } }), takes(part as Part), get({ parameters: part as Part }), get({ requestBody: part as Part }), get({ responses: part as Part }), get({ responses: { 200: part as Part } }),
      get({ security: part as Part }), takesBody(part), answers(object({ a: part })), answers({ anyOf: [part, ref('A')] }, { A: part }), document({}, part as Part), { ...document({}), components: part },
    ];
    for (const one of documents) for (const other of [documents[0]!, takesBody(text), answers(object({ a: text })), one]) for (const pair of [[one, other], [other, one]] as const) expect(compareApis(...pair).isKnown).toBe(true);
  });

  it('is said to break also when what breaks comes after a hundred changes that do not', () => {
    const fields = (count: number): Part => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, text]));
    const [route] = compareApis(takesBody(object({ ...fields(120), last: text })), takesBody(object({ last: object({ deep: text }, ['deep']) }))).routes;
    expect(route!.isBreaking).toBe(true);
    expect(route!.reasons).toHaveLength(50);
    expect(route!.reasons[0]).toEqual({ isBreaking: true, message: 'body.last no longer takes a string' });
  });

  it('is compared with a bound, and the answer says so', () => {
    const bomb = (leaf: unknown): Part => ({ ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`A${index}`, object(Object.fromEntries(Array.from({ length: 40 }, (__, field) => [`f${field}`, { anyOf: [ref(`A${(index + field) % 40}`), ref(`A${(index + field + 1) % 40}`), leaf] }])))])), L: { anyOf: [ref('L'), ref('L'), ref('M')] }, M: { allOf: [ref('M'), ref('L'), ref('M')] } });
    const of = (leaf: unknown): Part => document(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`/r${index}`, { post: { requestBody: json(ref(`A${index % 40}`)), responses: { 200: json(ref('L')) } } }])), bomb(leaf));
    const { reason, routes } = compareApis(of(text), of({ type: 'integer' }));
    expect(reason).toContain('too large');
    expect(routes.length).toBeGreaterThan(0);
  });

  const many = (count: number, make: (index: number) => unknown): unknown[] => Array.from({ length: count }, (_, index) => make(index));
  const routes = (count: number, operation: Part): Record<string, Part> => Object.fromEntries(many(count, (index) => [`/p${index}`, { get: operation }]) as [string, Part][]);
  const deep = (levels: number, leaf: unknown): unknown => many(levels, (index) => index).reduce((inner) => object({ a: inner }), leaf);
  const parameter = { $ref: '#/components/parameters/a' };
  const shared = (one: Part): Part => ({ ...document(routes(2_000, { parameters: [parameter] })), components: { parameters: { a: { in: 'query', ...one } } } });
  it.each<[string, (turn: number) => Part]>([
    ['forty thousand values', (turn) => takesBody({ enum: many(40_000, (index) => index * 2 + turn) })],
    ['thousands of values that are objects', (turn) => takesBody({ enum: many(8_000, (index) => ({ a: index * 2 + turn })) })],
    ['a name of half a megabyte in two thousand routes', (turn) => shared({ name: 'n'.repeat(500_000), required: turn === 1 })],
    ['a default of half a megabyte in two thousand routes', (turn) => shared({ name: 'n', schema: { default: 'n'.repeat(500_000) + turn } })],
    ['a default of ten thousand parts in two thousand routes', (turn) => shared({ name: 'n', schema: { default: [...many(10_000, (index) => ({ a: index })), turn] } })],
    ['five hundred ways to sign in, in thousands of routes', (turn) => document(routes(1_500, {}), {}, { security: many(500, (index) => ({ [`s${index * 2 + turn}`]: [], [`t${index}`]: [] })) })],
    ['a path of half a million braces', (turn) => document({ [`/${'{'.repeat(500_000)}${turn}`]: { get: {} } })],
    ['four hundred thousand parts in a list', (turn) => answers({ ...ref('A'), turn }, { A: { examples: many(380_000, () => 1), items: ref('B') } })],
    ['a schema that joins itself, wide, two hundred times', (turn) => takesBody(ref('N'), true, { W: object(Object.fromEntries(many(12_000, (index) => [`f${index}`, ref('N')]) as [string, unknown][])), N: { turn, allOf: many(190, () => ref('W')) } })],
    ['schemas nested five hundred deep', (turn) => takesBody(deep(500, { maxLength: turn }))],
    ['schemas nested fifty thousand deep', (turn) => document({}, { A: deep(50_000, { maxLength: turn }) })],
    ['names of properties that every object has', (turn) => takesBody(ref('__proto__'), true, JSON.parse(`{"__proto__":{"properties":{"__proto__":{"maxLength":${turn}},"constructor":{"type":"${turn === 0 ? 'string' : 'constructor'}"}},"required":["toString"]}}`) as Part)],
  ])('is compared in bounded time, and told in bounded words: %s', { timeout: 30_000 }, (_, make) => {
    const [from, to] = [make(0), make(1)];
    const start = performance.now();
    const told = compareApis(from, to);
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(JSON.stringify(told).length).toBeLessThan(4_000_000);
    expect(told.isKnown || told.reason !== undefined).toBe(true);
    expect(({} as Part)['maxLength']).toBeUndefined();
  });
});
