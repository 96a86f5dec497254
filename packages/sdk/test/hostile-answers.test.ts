import { describe, expect, it } from 'vitest';
import { caught, client, stage } from './on-stage.ts';

const save = (url: string): Promise<any> => caught(client({ baseUrl: url }).environment.save('app_1', { version: 1, variables: [{ name: 'KEY', value: 'top-secret', secret: true, scope: 'both' }] }));

describe('an answer that no server of ours gives', () => {
  it.each([301, 302, 303, 307, 308])('sends nothing on to where a redirect (%s) points, least of all a secret', async (status) => {
    const elsewhere = await stage((response) => void response.end('{}'));
    const { url, requests } = await stage((response, request) => void response.writeHead(status, { location: `${elsewhere.url}${request.url}?to=them` }).end());
    expect(await save(url)).toMatchObject({ name: 'ContractError', status, message: `the answer is a redirect to ${elsewhere.url}/v1/apps/app_1/environment: baseUrl must name the server itself` });
    expect([elsewhere.requests.length, requests.length]).toEqual([0, 1]);
  });

  it('is not read for ever: more than any answer has is an error, and the connection ends', async () => {
    let isOver = false;
    const { url, requests } = await stage((response) => {
      const block = Buffer.alloc(1 << 20, ' ');
      const more = (): void => { while (!isOver && response.write(block)); };
      response.writeHead(200, { 'content-type': 'application/json' }).on('drain', more).on('close', () => { isOver = true; });
      more();
    });
    expect(await save(url)).toMatchObject({ name: 'ContractError', message: expect.stringContaining('more than 128 MB') });
    await expect.poll(() => isOver, { timeout: 5_000 }).toBe(true);
    expect(requests).toHaveLength(1);
  }, 30_000);
});
