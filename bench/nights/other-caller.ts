import { CustomerProfilesClient, PutProfileObjectCommand } from '@aws-sdk/client-customer-profiles';
import type { EmbeddedStack } from '../../local/stack.ts';

export interface OtherCaller {
  /** Ends it, and says what it did once its last call is answered. */
  stop(): Promise<{ readonly calls: number; readonly throttled: number }>;
}

/** Another application that uses so much of the same quota: it calls at an even rate, whatever becomes of its calls, for one customer of its own. */
export function startOtherCaller({ url, region, credentials, outputs }: EmbeddedStack, perSecond: number): OtherCaller {
  const client = new CustomerProfilesClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  const object = JSON.stringify({ customerId: 'OTHER', lastName: 'Caller' });
  const { DomainName, ObjectTypeName } = outputs;
  const counts = { calls: 0, throttled: 0 };
  const underWay = new Set<Promise<void>>();

  async function call(): Promise<void> {
    counts.calls += 1;
    try {
      await client.send(new PutProfileObjectCommand({ DomainName, ObjectTypeName, Object: object }));
    } catch {
      counts.throttled += 1;
    }
  }
  const startedAt = performance.now();
  const timer = setInterval(() => {
    // What a busy machine kept it from is made up for, so that the rate holds.
    while (counts.calls < ((performance.now() - startedAt) / 1000) * perSecond) {
      const done = call().finally(() => underWay.delete(done));
      underWay.add(done);
    }
  }, 1000 / perSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      client.destroy();
      return counts;
    },
  };
}
