import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CustomerProfilesClient, GetDomainCommand } from '@aws-sdk/client-customer-profiles';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, expect, it } from 'vitest';
import { createClients } from '../../cli/connect/clients.ts';
import { untilEnded } from '../../cli/runs/started-run.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { openSession, type Session, type SessionOptions } from '../../local/session.ts';
import { smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { DOMAIN } from '../helpers/stack.ts';

const HOST = fileURLToPath(new URL('../local/host-process.ts', import.meta.url));
const QUOTA = 100;
const ROWS = 400;
const KILL_AFTER = 200;

const stateDirectory = mkdtempSync(join(tmpdir(), 'killed-host-'));
const options: SessionOptions = {
  stateDirectory,
  templates: join(tmpdir(), 'connect-profile-sync-test-templates'),
  context: { domainName: DOMAIN, mapping: smallMappingFile(), quota: String(QUOTA) },
  settings: { putRatePerSecond: QUOTA, latencyMs: { median: 20, spread: 0.2 } },
  port: 0,
  timeScale: 0.05,
};

let host: ChildProcess | undefined;
let session: Session | undefined;
afterAll(async () => {
  host?.kill('SIGKILL');
  await session?.close();
  rmSync(stateDirectory, { recursive: true, force: true, maxRetries: 5 });
});

const clientsOf = ({ url, region, credentials }: Session) => createClients({ endpoint: url, region, credentials });

/** How many profile objects the service holds: every row that was accepted is one. */
async function objects({ url, region, credentials }: Session): Promise<number> {
  const client = new CustomerProfilesClient({ endpoint: url, region, credentials });
  const { Stats } = await client.send(new GetDomainCommand({ DomainName: DOMAIN }));
  client.destroy();
  return Stats?.ObjectCount ?? 0;
}

it('a run whose host was killed is there after a restart, as stopped; its redrive sends only the rest', async () => {
  const child = spawn(process.execPath, [HOST, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  host = child;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const guest = await openSession(options);
  const s3 = clientsOf(guest).s3;
  const Bucket = guest.outputs.ExportBucketName;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'exports/customers.csv', Body: smallExport(ROWS, 'First') }));
  while ((await objects(guest)) < KILL_AFTER) await systemClock.sleep(20);
  child.kill('SIGKILL');
  await exited;
  await guest.close();

  session = await openSession(options);
  const { stack, outputs } = session;
  const { sfn } = clientsOf(session);
  const list = new ListExecutionsCommand({ stateMachineArn: outputs.StateMachineArn });
  const { executions = [] } = await sfn.send(list);
  expect(executions).toMatchObject([{ status: 'ABORTED', redriveCount: 0 }]);
  const executionArn = executions[0]?.executionArn ?? '';
  const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(described.redriveStatus).toBe('REDRIVABLE');
  const sent = await objects(session);
  expect(sent).toBeLessThan(ROWS);

  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  const ended = await untilEnded(sfn, executionArn, systemClock, async () => {});
  expect(ended.status, ended.cause).toBe('SUCCEEDED');
  const summary = JSON.parse(ended.output ?? '') as RunSummary;
  expect(summary).toMatchObject({ rows: ROWS, synced: ROWS, rejected: 0, accounted: true });
  expect(await objects(session)).toBe(ROWS);
  // What was accepted and not yet noted in the ledger when the host died is sent once more: calls of less than a second.
  const calls = stack?.customerProfiles.stats().accepted ?? 0;
  expect(calls).toBeGreaterThanOrEqual(ROWS - sent);
  expect(calls).toBeLessThanOrEqual(ROWS - sent + QUOTA);
});
