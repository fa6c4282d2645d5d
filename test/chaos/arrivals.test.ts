import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Service } from '../../local/service.ts';
import { serve } from '../helpers/serve.ts';
import { type ArrivalLog, createArrivalLog } from './system/arrivals.ts';

const OBJECTS = '/domains/demo/profiles/objects';
const BATCH = `${OBJECTS}/batch-put-profile-object`;

let log: ArrivalLog;
let served: Awaited<ReturnType<typeof serve>>;
/** The bodies that the service itself read. */
const bodies: string[] = [];
beforeAll(async () => {
  log = createArrivalLog();
  const service: Service = {
    signingName: 'profile',
    async handle(request, response) {
      bodies.push(await text(request));
      response.end();
    },
    close: async () => {},
  };
  served = await serve(log.around(service));
});
afterAll(async () => {
  log.close();
  await served.close();
});

it('each call that puts objects is noted with its records, and the service still reads all of it', async () => {
  const Items = Array.from({ length: 10 }, (_, n) => ({
    Id: String(n),
    Object: JSON.stringify({ text: 'x'.repeat(100_000) }),
  }));
  const calls: [string, string, object][] = [
    ['PUT', OBJECTS, { Object: '{}' }],
    ['PUT', BATCH, { Items }],
    ['PUT', BATCH, { Items: Items.slice(0, 3) }],
    ['POST', '/domains/demo/profiles/search', {}],
  ];
  for (const [method, path, body] of calls) {
    await fetch(`${served.endpoint}${path}`, { method, body: JSON.stringify(body) });
  }
  expect(bodies).toEqual(calls.map(([, , body]) => JSON.stringify(body)));
  expect(log.arrivals.map(({ api, records }) => [api, records])).toEqual([
    ['PutProfileObject', 1],
    ['BatchPutProfileObject', 10],
    ['BatchPutProfileObject', 3],
  ]);
});
