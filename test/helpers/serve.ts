import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '../../local/service.ts';

/** One service behind a real HTTP server on a free port of the loopback interface. */
export async function serve(service: Service): Promise<{
  endpoint: string;
  /** Resolves when the service is done with every request that it got so far. */
  settled: () => Promise<void>;
  close: () => Promise<void>;
}> {
  const handled = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const done = service.handle(request, response, { accessKeyId: 'test' }).finally(() => handled.delete(done));
    handled.add(done);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async settled() {
      await Promise.all(handled);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.close();
    },
  };
}
