import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const code = `
from typing import Annotated

from fastapi import Depends, FastAPI, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, Field

app = FastAPI(root_path="/behind")


class Item(BaseModel):
    name: str = Field(examples=["Lamp"])
    price: float = 2.5


@app.post("/items/{shelf}", summary="Add an item")
def add(shelf: int, item: Item, copies: int = 1) -> dict[str, object]:
    return {"shelf": shelf, "item": item, "copies": copies}


@app.get("/who", summary="Who am I")
def who(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> dict[str, str]:
    return {"user": credentials.username}


@app.get("/long", summary="Much")
def long() -> Response:
    return Response("x" * 3_000_000, media_type="text/plain")
`;
const secret = 'typed-and-not-kept';

describe('an app that is tried at the page', () => {
  let portal: Portal;
  let client: FapiClient;
  let watched: Watched;
  let appId: string;
  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Tried', files: [{ path: 'main.py', content: code }] }));
    watched = await portal.open(`/#${appId}`);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    await watched.page.evaluate((id) => {
      const element = document.createElement('fapi-try');
      element.setAttribute('app-id', id);
      document.querySelector('fapi-provider')!.append(element);
    }, appId);
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });
  const trial = () => watched.page.locator('fapi-try');
  const send = async (): Promise<void> => watched.page.keyboard.press('Control+Enter');

  it('says that nothing is live, and lists the operations as soon as something is', async () => {
    await trial().getByText('Nothing is live').waitFor();
    await client.deployments.untilSettled(await client.deployments.create(appId, { draftVersion: 1 }));
    await trial().getByRole('button', { name: 'Add an item' }).waitFor();
  });

  it('is sent the example as it stands, and shows the answer of the real app', async () => {
    await trial().getByRole('button', { name: 'Add an item' }).click();
    await trial().getByLabel('shelf path, required').fill('7');
    await send();
    await trial().getByText('200 Success').first().waitFor();
    expect(JSON.parse((await trial().locator('pre').textContent())!)).toEqual({ shelf: 7, item: { name: 'Lamp', price: 2.5 }, copies: 1 });
  });

  it('shows the refusal of the app, what is cut, and what was sent before', async () => {
    await trial().getByLabel('shelf path, required').fill('x');
    await send();
    await trial().getByText('422 Request refused').first().waitFor();
    await trial().getByRole('button', { name: 'Much' }).click();
    await trial().getByRole('button', { name: 'Send' }).click();
    await trial().getByText('The answer is longer: the first 1 MB are shown.').waitFor();
    await trial().getByRole('region', { name: 'Sent before' }).getByRole('button').nth(2).click();
    expect(await trial().getByLabel('shelf path, required').inputValue()).toBe('7');
  });

  it('signs in with what was typed, which is in no audit row and no log', async () => {
    await trial().getByRole('button', { name: 'Who am I' }).click();
    await trial().getByLabel('User name (HTTPBasic)').fill('ada');
    await trial().getByLabel('Password (HTTPBasic)').fill(secret);
    await send();
    await trial().getByText('"user": "ada"').waitFor();
    const audit = await client.audit.list({ appId });
    expect(audit.items.filter(({ action }) => action === 'apps.try')).toHaveLength(2);
    expect(JSON.stringify([audit, await client.logs.read(appId)])).not.toContain(secret);
  });

  it('is asked the same by a shell: with what is copied as curl, here and beside what is live', async () => {
    const { page, context } = watched;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const answerTo = async (tag: string): Promise<readonly [head: string, body: string]> => {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await page.locator(tag).getByRole('button', { name: 'Copy as curl' }).click();
      const command = await seen(() => page.evaluate(() => navigator.clipboard.readText()), `the command of ${tag}`);
      const { stdout } = await promisify(execFile)('sh', ['-c', command]);
      const end = stdout.indexOf('\r\n\r\n');
      return [stdout.slice(0, stdout.indexOf('\r\n')), stdout.slice(end).trim()];
    };
    await trial().getByRole('button', { name: 'Add an item' }).click();
    await trial().getByLabel('shelf path, required').fill('7');
    await trial().locator('textarea[name=body]').fill(JSON.stringify({ name: "Ada's $(lamp) {\u00e9}" }));
    const [head, body] = await answerTo('fapi-try');
    expect([head, JSON.parse(body)]).toEqual(['HTTP/1.1 200 OK', { shelf: 7, item: { name: "Ada's $(lamp) {\u00e9}", price: 2.5 }, copies: 1 }]);
    // The app has no page of its own at /: it says so itself.
    expect(await answerTo('fapi-deploy-status')).toEqual(['HTTP/1.1 404 Not Found', '{"detail":"Not Found"}']);
  });

  it('breaks no policy of the page', () => {
    expect(troubles(watched).filter((trouble) => !trouble.startsWith('409'))).toEqual([]);
  });
});
