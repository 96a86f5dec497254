import type { FapiLogs, FapiTry } from '../src/index.ts';
import { toCurl } from '../src/elements/try/curl.ts';
import { exampleOf } from '../src/elements/try/example.ts';
import { readApi } from '../src/elements/try/operations.ts';
import { makeApi, document as shownDocument, tried, url } from '../scenes/server/api.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hear, show, text } from './show.ts';

afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

const secret = "pa'ss$(x)";
/** A page that is held up, on any machine; what is held up for longer is not there any more. */
const hangMs = 5_000;
async function open(responder: Responder): Promise<FapiTry> {
  const element = show<FapiTry>('fapi-try', responder);
  await until(() => find(element, 'form'));
  return element;
}
const operations = (element: Element): HTMLButtonElement[] => [...element.shadowRoot!.querySelectorAll<HTMLButtonElement>('button.operation')];
async function choose(element: FapiTry, words: string): Promise<void> {
  operations(element).find((one) => one.textContent!.includes(words))!.click();
  await element.updateComplete;
}
const field = (element: Element, name: string): HTMLInputElement => find<HTMLInputElement>(element, `[name="${name}"]`)!;
async function fill(element: FapiTry, name: string, value: string): Promise<void> {
  const input = field(element, name);
  input.value = value;
  input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
  await element.updateComplete;
}

describe('fapi-try', () => {
  it('lists the operations of the document, finds them by words, and begins with the first one', async () => {
    const element = await open(makeApi());
    expect(operations(element).map((one) => one.querySelector('.method')!.textContent), ['GET', 'POST', 'DELETE', 'POST', 'POST', '…']);
    expect(operations(element)[0]!.getAttribute('aria-current'), 'true');
    const search = find<HTMLInputElement>(element, '[type=search]')!;
    search.value = 'ADD item';
    search.dispatchEvent(new Event('input'));
    await element.updateComplete;
    expect(operations(element).map((one) => one.querySelector('.path')!.textContent), ['/items', 'Custom request']);
  });

  it('sends parameters where they belong, encoded, and leaves out what is empty', async () => {
    const responder = makeApi();
    const element = await open(responder);
    expect(['limit', 'tag', 'sort'].map((name) => field(element, `query:${name}`).value), ['10', '', '']);
    await fill(element, 'query:tag', 'a, b&c');
    await fill(element, 'query:sort', 'price');
    await element.send();
    expect(tried(responder), [{ method: 'GET', path: '/items?limit=10&tag=a&tag=b%26c&sort=price', headers: [['Cookie', 'theme=dark%20mode']] }]);
    await choose(element, 'Delete an item');
    await element.send();
    expect(tried(responder)[1]!.path, '/items/a%2Fb%20c');
    await fill(element, 'path:item_id', '');
    await element.send();
    expect([tried(responder).length, text(element).includes('item_id is required.')], [2, true]);
  });

  it('makes an example of the schema, ends in a model that holds itself, and sends it with what was typed to sign in', async () => {
    const responder = makeApi();
    const element = await open(responder);
    await choose(element, 'Add an item');
    const body = JSON.parse(field(element, 'body').value) as Record<string, unknown>;
    expect([body['name'], body['price'], body['tags'], body['at']], ['Lamp', 1, ['string'], '2026-01-31']);
    await fill(element, 'secret:HTTPBearer', secret);
    await fill(element, 'secret:Key', 'k&1');
    await fill(element, 'body', '{"name":"\u00e4"}');
    await element.send();
    expect(tried(responder), [{ method: 'POST', path: '/items?api_key=k%261', headers: [['Authorization', `Bearer ${secret}`], ['Content-Type', 'application/json']], body: '{"name":"\u00e4"}' }]);
    await choose(element, 'Delete an item');
    await fill(element, 'user:HTTPBasic', 'ada');
    await fill(element, 'secret:HTTPBasic', 'x');
    await element.send();
    expect(tried(responder)[1]!.headers, [['Authorization', `Basic ${btoa('ada:x')}`]]);
    // What was sent before holds no word of it.
    find<HTMLButtonElement>(element, '.entry:last-child')!.click();
    expect(JSON.stringify(element.sent).includes(secret), false);
  });

  it('sends forms and files', async () => {
    const responder = makeApi();
    const element = await open(responder);
    await choose(element, 'Log in');
    await element.send();
    expect([tried(responder)[0]!.body, tried(responder)[0]!.headers], ['user=ada+%26+co', [['Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8']]]);
    await choose(element, 'Upload');
    await element.send();
    expect([tried(responder).length, text(element).includes('file is required.')], [1, true]);
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array([0, 255, 254])], 'a.bin'));
    field(element, 'field:file').files = files.files;
    field(element, 'field:file').dispatchEvent(new Event('change'));
    await element.send();
    const sent = tried(responder)[1]!;
    const raw = atob(sent.body!);
    expect([sent.bodyEncoding, raw.includes('\x00\xff\xfe'), raw.includes('filename="a.bin"'), raw.includes('hello')], ['base64', true, true, true]);
    const large = new DataTransfer();
    large.items.add(new File([new Uint8Array(1_000_001)], 'b.bin'));
    field(element, 'field:file').files = large.files;
    field(element, 'field:file').dispatchEvent(new Event('change'));
    await element.send();
    expect([tried(responder).length, text(element).includes('The body is too large: the limit is 1 MB.')], [2, true]);
    // A field shows the file that goes out, and none where none does.
    await choose(element, 'Add an item');
    await choose(element, 'Upload');
    expect(field(element, 'field:file').files!.length, 0);
    element.shadowRoot!.querySelectorAll<HTMLButtonElement>('.entry')[0]!.click();
    await element.updateComplete;
    expect(field(element, 'field:file').files![0]!.name, 'a.bin');
  });

  it('sends at Ctrl+Enter, says that it waits, and ends the request at Cancel', async () => {
    const responder = makeApi(() => new Promise(() => undefined));
    const element = await open(responder);
    field(element, 'query:limit').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, composed: true }));
    const cancel = await until(() => find<HTMLButtonElement>(element, '[data-cancel]'));
    await until(() => text(element).includes('Waiting for the app'));
    cancel.click();
    await until(() => text(element).includes('Send the request, and the answer appears here.') && !find(element, '[data-cancel]'));
    expect(element.sent.length, 0);
    // What was chosen meanwhile stays, whatever becomes of the one that was left.
    void element.send();
    await until(() => find(element, '[data-cancel]'));
    await choose(element, 'Delete an item');
    await until(() => !find(element, '[data-cancel]'));
    expect([field(element, 'path:item_id').value, text(element).includes('Not answered')], ['a/b c', false]);
  });

  it('reads the document again after a deploy, and keeps what was typed', async () => {
    let limit = 10;
    const responder = makeApi();
    const before = responder.app;
    responder.app = (request) => (request.path === '/openapi.json' && limit !== 10 ? { body: JSON.stringify({ openapi: '3.1.0', paths: { '/items': { get: { parameters: [{ name: 'limit', in: 'query', schema: { default: limit } }, { name: 'page', in: 'query', schema: { default: 3 } }] } } } }) } : before(request));
    const element = await open(responder);
    await fill(element, 'query:limit', '7');
    limit = 20;
    const app = await responder.client.apps.read(appId);
    responder.send({ type: 'app', id: '', appId, app: { ...app, live: { ...app.live!, id: 'dep_2' } } });
    await until(() => field(element, 'query:page'));
    expect([field(element, 'query:limit').value, field(element, 'query:page').value, operations(element).length], ['7', '3', 2]);
  });

  it('shows status, time, headers and JSON with a line for each value, tells the page, and goes back to what was sent before', async () => {
    let count = 0;
    const responder = makeApi(() => ({ status: ++count === 1 ? 200 : 422, body: `{"n":${count}}` }));
    const element = await open(responder);
    const heard = hear(element, 'fapi-try-response');
    await element.send();
    await until(() => find(element, 'pre')?.textContent === '{\n  "n": 1\n}');
    expect([text(element).includes('200 Success'), text(element).includes('12 ms'), text(element).includes('Headers (1)')], [true, true, true]);
    await fill(element, 'query:limit', '5');
    await element.send();
    await until(() => text(element).includes('422 Request refused'));
    expect(heard, [{ appId, method: 'GET', status: 200, durationMs: 12.3, bytes: 7 }, { appId, method: 'GET', status: 422, durationMs: 12.3, bytes: 7 }]);
    const [, first] = element.shadowRoot!.querySelectorAll<HTMLButtonElement>('.entry');
    first!.click();
    await until(() => find(element, 'pre')!.textContent!.includes('1'));
    expect(field(element, 'query:limit').value, '10');
    for (let sent = 0; sent < 21; sent++) await element.send();
    expect(element.sent.length, 20);
  });

  it('shows the answer in the view, however little of it is left below the form', async () => {
    const element = await open(makeApi());
    const room = document.createElement('div');
    Object.assign(room.style, { height: '200px', overflow: 'auto' });
    element.replaceWith(room);
    room.append(element);
    await until(() => find(element, 'form'));
    room.scrollTop = 0;
    await element.send();
    await until(() => find(element, '[part=body]'));
    const [answer, view] = [find(element, '[part=response]')!.getBoundingClientRect(), room.getBoundingClientRect()];
    expect(answer.top < view.bottom - 40 && answer.bottom > view.top + 40, true);
  });

  it('draws an image, offers bytes for download, and says what was cut', async () => {
    const canvas = new OffscreenCanvas(3, 2);
    canvas.getContext('2d')!.fillRect(0, 0, 1, 1);
    const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    const answers = [
      { headers: [['content-type', 'image/png']], body: btoa(String.fromCharCode(...png)), bodyEncoding: 'base64', bodyBytes: png.length },
      { headers: [], body: btoa('\xff\x00'), bodyEncoding: 'base64', bodyBytes: 2 },
      { body: 'x'.repeat(10), bodyBytes: 1_000_000, isTruncated: true, truncatedBy: 'size' },
    ] as const;
    let next = 0;
    const element = await open(makeApi(() => answers[next++] as never));
    await element.send();
    await until(() => find<HTMLCanvasElement>(element, 'canvas')?.width === 3);
    await element.send();
    await until(() => text(element).includes('2 bytes that are not text') && find(element, '[data-download]'));
    await element.send();
    await until(() => text(element).includes('The answer is longer: the first 1 MB are shown.'));
  });

  it('leads from an error of the app to what the app says of it, and from no other answer', async () => {
    const responder = makeApi(({ path }) => ({ status: path.includes('limit=5') ? 500 : 422, body: '{}' }));
    const element = await open(responder);
    await element.send();
    await until(() => text(element).includes('422 Request refused'));
    expect(find(element, '[data-errors]'), null);
    await fill(element, 'query:limit', '5');
    await element.send();
    const way = await until(() => find<HTMLButtonElement>(element, '[data-errors]'));
    expect(way.textContent!.trim(), 'Show errors in the logs');
    const asked = hear(document.body, 'fapi-open-logs');
    // Of this app on the same page, whatever holds it.
    const logs = show<FapiLogs>('fapi-logs', responder);
    const other = Object.assign(show<FapiLogs>('fapi-logs', responder), { appId: 'app_other' });
    [logs.query, logs.paused] = ['health', true];
    await logs.updateComplete;
    way.click();
    expect(asked, [{ appId, during: { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:00.012Z' } }]);
    expect([logs.level, logs.query, logs.paused, other.level], ['error', '', false, undefined]);
  });

  it('begins with the operation that the page asks for, and with a free request where there is none', async () => {
    const element = show<FapiTry>('fapi-try', makeApi());
    element.path = '/items';
    element.method = 'post';
    await until(() => find(element, 'form'));
    const chosen = (): string => find(element, '.operation[aria-current]')!.textContent!.replace(/\s+/g, ' ').trim();
    expect(chosen(), 'POST/itemsAdd an item');
    await choose(element, 'Upload');
    await element.send();
    expect(chosen(), 'POST/uploadUpload');
    element.method = undefined;
    await element.updateComplete;
    await element.updateComplete;
    expect(chosen(), 'GET/itemsList the items');
    [element.path, element.method] = ['/health?deep=1', 'PUT'];
    await element.updateComplete;
    await element.updateComplete;
    expect([field(element, 'method').value, field(element, 'path').value], ['PUT', '/health?deep=1']);
  });

  it('sends any request where there is no document, and says of a header that it cannot go', async () => {
    const responder = makeApi(() => ({}), null);
    const element = await open(responder);
    await until(() => text(element).includes('serves no OpenAPI document'));
    await fill(element, 'method', 'PUT');
    await fill(element, 'path', '/a b?c=\u00e4#no');
    await fill(element, 'body-type', 'text/plain');
    await fill(element, 'body', 'hi');
    await fill(element, 'headers', 'X-One: 1\n\n X-Two : a: b ');
    await element.send();
    expect(tried(responder), [{ method: 'PUT', path: '/a%20b?c=%C3%A4', headers: [['X-One', '1'], ['X-Two', 'a: b'], ['Content-Type', 'text/plain']], body: 'hi' }]);
    for (const [headers, words] of [['Host: evil', 'The header Host cannot be sent'], ['nonsense', 'Write each header as Name: value']] as const) {
      await fill(element, 'headers', headers);
      await element.send();
      expect(text(element).includes(words), true);
    }
    expect(tried(responder).length, 1);
  });

  it('says what is wrong when the app has not answered, in German too, and keeps the form', async () => {
    const responder = makeApi();
    const element = await open(responder);
    for (const [code, words] of [['app_timeout', 'The app did not answer within 30 seconds'], ['app_unavailable', 'The app does not take requests now'], ['gateway_unavailable', 'The gateway to the apps cannot be reached'], ['app_answer_invalid', 'The app closed the connection']] as const) {
      responder.refuse(`/v1/apps/${appId}/try`, 503, code);
      await element.send();
      await until(() => text(element).includes(words));
    }
    element.lang = 'de';
    element.requestUpdate();
    await until(() => text(element).includes('Die App hat die Verbindung ohne Antwort geschlossen') && find(element, 'button.primary')!.textContent!.trim() === 'Senden');
  });

  it('says that nothing is live, and who can when the role does not allow it', async () => {
    const alone = show('fapi-try', makeResponder());
    await until(() => text(alone).includes('Deploy the app to try its requests here.'));
    const refused = makeApi();
    refused.refuse(`/v1/apps/${appId}/try`, 403, 'forbidden');
    const element = show('fapi-try', refused);
    await until(() => text(element).includes('needs the editor role'));
  });

  it('draws hostile documents: what is no document, circles, 3,000 operations', async () => {
    const circle = { openapi: '3.1.0', paths: { '/a': { get: { parameters: [{ $ref: '#/x' }, null, 7, { name: 'b', in: 'query', schema: { $ref: '#/x' } }], requestBody: 'x', security: 'x' } }, 'no': 7, '/n': null }, x: { $ref: '#/x' } };
    for (const [shown, count] of [[[], 0], ['x', 0], [{ openapi: '3.1.0', paths: 1 }, 0], [circle, 2], [{ openapi: '3.0.0', paths: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`/p${index}`, { get: {} }])) }, 201]] as const) {
      const element = await open(makeApi(() => ({}), shown));
      await element.updateComplete;
      expect(operations(element).length, count);
      document.body.replaceChildren();
    }
    expect(shownDocument.openapi, '3.1.0');
  });

  const list = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const paths = (count: number, item: unknown): Record<string, unknown> => Object.fromEntries(list(count, (index) => [`/p${index}`, item]));
  const ref = (name: string) => ({ $ref: `#/x/${name}` });
  const takesJson = (schema: unknown) => ({ requestBody: { content: { 'application/json': { schema } } } });
  const query = (name: string, schema: unknown) => ({ name, in: 'query', schema });
  const long = 'x'.repeat(200_000);
  const wide = { type: 'object', properties: Object.fromEntries(list(5_000, (index) => [`f${index}`, ref('wide')])) };
  /** Put in as text: nothing writes what is nested so deep. */
  const nested = 'nested here';
  const hostile: readonly (readonly [string, () => unknown, () => unknown])[] = [
    ['5,000 routes that take a model that holds itself', () => paths(5_000, { post: takesJson(ref('node')) }), () => ({ node: { type: 'object', properties: Object.fromEntries(list(9, (index) => [`f${index}`, ref('node')])) } })],
    ['a model of 5,000 fields that hold it', () => paths(1, { post: takesJson(ref('wide')) }), () => ({ wide })],
    ['9,000 routes with a summary of a fifth of a megabyte', () => paths(9_000, ref('item')), () => ({ item: { get: { summary: long } } })],
    ['3,000 routes with an example of a fifth of a megabyte', () => paths(3_000, { get: { parameters: [ref('one')] }, post: { requestBody: ref('body') } }), () => ({ one: { ...query('a', {}), example: { long } }, body: { content: { 'application/json': { example: { long } } } } })],
    ['20,000 parameters', () => paths(1, { get: { parameters: list(20_000, (index) => query(`p${index}`, {})) } }), () => ({})],
    ['100 choices of 60,000', () => paths(1, { get: { parameters: list(100, (index) => query(`p${index}`, ref('many'))) } }), () => ({ many: { enum: list(60_000, (index) => index) } })],
    ['examples, defaults and choices that are nested 100,000 deep', () => paths(1, { get: { parameters: [query('a', { default: nested }), query('b', { enum: [nested] })] }, post: { requestBody: { content: { 'application/json': { example: nested } } } } }), () => ({})],
    ['choices that are no texts and cannot become any', () => paths(1, { get: { parameters: [query('a', { enum: [{ toString: 1, valueOf: 1 }] }), { name: { toString: 1 }, in: { toString: 1 } }] } }), () => ({})],
    ['a path and a name of a quarter megabyte', () => ({ [`/${'y'.repeat(250_000)}`]: { get: { parameters: [query('z'.repeat(250_000), {})] } } }), () => ({})],
    ['one of hundreds, and schemas nested 500 deep', () => paths(1, { post: takesJson({ oneOf: [...list(900, () => ({ type: 'null' })), list(500, (index) => index).reduce<object>((inner) => ({ type: 'object', properties: { a: inner } }), {})] }) }), () => ({})],
  ];
  for (const [name, makePaths, x] of hostile) {
    it(`draws a hostile document at once: ${name}`, async () => {
      const body = JSON.stringify({ openapi: '3.1.0', paths: makePaths(), x: x() }).replaceAll(`"${nested}"`, `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
      const responder = makeApi();
      responder.app = () => ({ body });
      const element = await open(responder);
      expect(body.length < 1_000_000 && operations(element).length > 1, true);
      // Every operation that is drawn by name is opened, with what holds the page up meanwhile.
      let slowest = 0;
      for (const operation of operations(element).slice(0, 3)) {
        const start = performance.now();
        operation.click();
        await element.updateComplete;
        slowest = Math.max(slowest, performance.now() - start);
      }
      const start = performance.now();
      const read = readApi(JSON.parse(body));
      expect([read !== undefined, performance.now() - start < hangMs, slowest < hangMs], [true, true, true]);
      expect(text(element).length < 300_000, true);
    });
  }

  it('takes the names of files for names, marks what turns a text around, and sends half a character as none', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const form = JSON.parse(`{"type":"object","properties":{${names.map((name) => `"${name}":{"type":"string","format":"binary"}`).join(',')}}}`) as object;
    const responder = makeApi(() => ({}), { openapi: '3.1.0', paths: { '/a\u202eb': { post: { summary: 'c\u202ed', requestBody: { content: { 'multipart/form-data': { schema: form } } } } }, '/half/{id}': { get: { parameters: [{ name: 'id', in: 'path', example: '\ud800' }] } } } });
    const element = await open(responder);
    await element.updateComplete;
    expect(names.map((name) => field(element, `field:${name}`).files!.length), [0, 0, 0]);
    expect([operations(element)[0]!.textContent!.includes('/a\ufffdb'), text(element).includes('\u202e')], [true, false]);
    await element.send();
    await choose(element, '/half');
    await element.send();
    expect(tried(responder).map(({ path }) => path), ['/a%E2%80%AEb', '/half/%EF%BF%BD']);
  });

  it('takes the name of a scheme for a name, whatever it is', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const shown = { openapi: '3.1.0', paths: { '/': { get: { security: names.map((name) => JSON.parse(`{"${name}":[]}`) as object) } } }, components: { securitySchemes: JSON.parse(`{${names.map((name) => `"${name}":{"type":"http","scheme":"bearer"}`).join(',')}}`) as object } };
    const element = await open(makeApi(() => ({}), shown));
    expect(names.map((name) => (find(element, `input[name="secret:${name}"]`) as HTMLInputElement).value), ['', '', '']);
    expect((await element.curl())!.includes('Authorization'), false);
    await fill(element, 'secret:__proto__', secret);
    expect((await element.curl())!.includes(`Bearer pa'\\''ss$(x)`), true);
  });

  it('says that there are more fields than it shows only where there are', async () => {
    for (const [count, isSaid] of [[100, false], [101, true]] as const) {
      const parameters = Array.from({ length: count }, (_, index) => ({ name: `p${index}`, in: 'query', schema: { type: 'string' } }));
      const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
      const element = await open(makeApi(() => ({}), { openapi: '3.1.0', paths: { '/a': { get: { parameters } }, '/b': { post: { requestBody: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object', properties } } } } } } } }));
      for (const path of ['/a', '/b']) {
        await choose(element, path);
        expect([find(element, 'form')!.querySelectorAll('input[name*=":p"]').length, text(element).includes('Only the first 100 fields are shown.')], [100, isSaid]);
      }
      document.body.replaceChildren();
    }
  });

  it('makes no more of a model that holds itself in each of its fields than fits into a form', () => {
    const root = { node: { type: 'object', properties: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, { $ref: '#/node' }])) } };
    const made = JSON.stringify(exampleOf({ $ref: '#/node' }, root));
    expect([made.startsWith('{"f0":{"f0":{'), made.length < 100_000], [true, true]);
  });

  it('gives the request as a command for a shell that runs nothing else, with a password only where one was typed', async () => {
    const element = await open(makeApi());
    await choose(element, 'Add an item');
    expect((await element.curl())!.includes('Authorization'), false);
    await fill(element, 'body', `{"name":"it's"}`);
    await fill(element, 'secret:HTTPBearer', secret);
    expect(await element.curl(), `curl -i --globoff --path-as-is \\\n  -X POST \\\n  '${url}items' \\\n  -H 'Authorization: Bearer pa'\\''ss$(x)' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"name":"it'\\''s"}'`);
    expect(toCurl(url, { method: 'PUT', path: '/', headers: [], body: new Uint8Array([255, 0]) }), `printf %s '/wA=' | base64 -d | curl -i --globoff --path-as-is \\\n  -X PUT \\\n  '${url}' \\\n  --data-binary @-`);
  });
});
