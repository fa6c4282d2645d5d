import { costOfUsage } from '../../functions/shared/cost/usage-cost.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import type { Deployed } from './deployed.ts';
import { count, dollars, duration, table } from './format.ts';
import { type Night, night, type Scenario, usageOfNight } from './model.ts';
import * as units from './units.ts';
import { callsOfCpu, cpuShare, type Sizes, secondsPerRow } from './worker.ts';

/** Before the first profile is due again. */
const MILLION: Scenario = {
  ...{ customers: 1_000_000, changedShare: 0.01, file: 'full' },
  expirationDays: Number.POSITIVE_INFINITY,
};
const MEMORIES_MIB = [512, 768, 1_024, 1_769];
const CHUNKS_ROWS = [500, 1_000, 2_000, 5_000, 10_000, 20_000];
const CALLS_IN_FLIGHT = [8, 16, 32, 64, 128];
const LATENCIES_S = [0.05, 0.2, 0.9, 3];
/** As in the rate plan. */
export const SPARE_WORKERS = 1.5;
/** What a worker is given beside what it was measured to need: of memory, and of CPU while its process is new. */
const ROOM = 2;
/** A chunk of changed rows may take this part of the function's time, so that a slow service does not break it off. */
const PART_OF_TIMEOUT = 0.5;
/** A row number with its comma, in a line of chunks.jsonl that names every row as superseded. */
export const BYTES_PER_SUPERSEDED = 9;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11. */
const STATE_KIB = 256;
const KIB = 1_024;

const PLAN = ratePlan(DEFAULT_QUOTA_PER_SECOND);

/** The least memory with room to spare: the rest of a cost does not grow when memory shrinks. */
export function chosenMemory(): number | undefined {
  return MEMORIES_MIB.find((mib) => mib >= ROOM * units.WORKER_MIB_USED && cpuRoom(mib) >= ROOM);
}

/** Most rows of a chunk of which all changed, at its worker's share of the rate. */
export function chosenRowsPerChunk(deployed: Deployed): number {
  const share = PLAN.quota / PLAN.maxConcurrency;
  return share * deployed.timeoutSeconds('SyncChunk') * PART_OF_TIMEOUT;
}

/** Calls per second that the CPUs of new processes can make, beside the rate. */
function cpuRoom(mib: number): number {
  return (PLAN.maxConcurrency * callsOfCpu(mib, units.FIRST_CPU_MS_PER_CALL)) / PLAN.quota;
}

interface Nights {
  readonly first: Night;
  readonly second: Night;
}

function nights(sizes: Partial<Sizes>, deployed: Deployed): Nights {
  return {
    first: night({ ...MILLION, changedShare: 1, sizes }, deployed),
    second: night({ ...MILLION, sizes }, deployed),
  };
}

const usd = (of: Night): string => dollars(costOfUsage(usageOfNight(of)));
const mark = (cell: string, isDeployed: boolean): string => (isDeployed ? `**${cell}**, deployed` : cell);

/** Why the workers are as large, and their chunks as long, as they are. */
export function whyTheseSizes(deployed: Deployed): string[] {
  return [
    `Of a million customers and ${PLAN.quota} calls per second: ${PLAN.maxConcurrency} workers, chunks of up to ${count(PLAN.rowsPerChunk)} rows, ${MILLION.changedShare * 100} % changed in the second night.`,
    '',
    ...memoryTable(deployed),
    '',
    `A worker waits most of its time, so memory is what it costs, and CPU, which Lambda gives by memory, is what it needs. The least memory is taken that is ${ROOM} times what a worker was measured to use (${units.WORKER_MIB_USED} MiB), and whose CPU makes ${ROOM} times the calls even while its process is new: the first calls take ${units.FIRST_CPU_MS_PER_CALL} ms each, later ones ${units.CPU_MS_PER_CALL} ms, and ${units.LAMBDA_CPU_FACTOR} times that is counted for a CPU of Lambda.`,
    '',
    ...chunkTable(deployed),
    '',
    `Longer chunks cost less in state transitions and starts. A chunk of which all rows changed must still end within half of the ${deployed.timeoutSeconds('SyncChunk') / 60} minutes of its function: one that is broken off asks the ledger again for all its rows. What an attempt that crashes loses is the reading of its rows; what arrived is in the ledger. The line of a chunk that is superseded in every row has to stay far below the ${STATE_KIB} KiB of a state.`,
    '',
    ...inFlightTable(deployed),
    '',
    `More calls in flight make fewer workers do: that costs less while calls wait for permits. But the workers also read the unchanged rows side by side, and one of few that crashes is a large part of the rate. Where the service is slow, a worker may have up to ${PLAN.maxCallsInFlight} calls in flight:`,
    '',
    ...latencyTable(),
  ];
}

function memoryTable(deployed: Deployed): string[] {
  return table(
    [
      'memory',
      'CPU',
      'calls of the CPUs beside the rate, new and warm',
      'memory beside what is used',
      'first night',
      'second night',
      'it takes',
    ],
    MEMORIES_MIB.map((mib) => {
      const { first, second } = nights({ workerMib: mib }, deployed);
      const warm = (PLAN.maxConcurrency * callsOfCpu(mib, units.CPU_MS_PER_CALL)) / PLAN.quota;
      return [
        mark(`${count(mib)} MiB`, mib === deployed.memoryGb('SyncChunk') * KIB),
        `${Math.round(cpuShare(mib) * 100)} %`,
        `${cpuRoom(mib).toFixed(1)} ×, ${warm.toFixed(1)} ×`,
        `${(mib / units.WORKER_MIB_USED).toFixed(1)} ×`,
        ...[usd(first), usd(second), duration(second.seconds)],
      ];
    }),
  );
}

function chunkTable(deployed: Deployed): string[] {
  const sizes = [...CHUNKS_ROWS, PLAN.rowsPerChunk].toSorted((a, b) => a - b);
  return table(
    [
      'rows per chunk',
      'chunks',
      'state transitions',
      'second night',
      'it takes',
      'a chunk of changed rows',
      'lost by a crash',
      'superseded rows',
    ],
    sizes.map((rowsPerChunk) => {
      const { second } = nights({ rowsPerChunk }, deployed);
      return [
        mark(count(rowsPerChunk), rowsPerChunk === PLAN.rowsPerChunk),
        ...[count(second.chunks), count(second.transitions), usd(second), duration(second.seconds)],
        duration((rowsPerChunk * PLAN.maxConcurrency) / PLAN.quota),
        `${(rowsPerChunk * secondsPerRow(deployed.memoryGb('SyncChunk') * KIB)).toFixed(1)} s`,
        `${count((rowsPerChunk * BYTES_PER_SUPERSEDED) / KIB)} KiB`,
      ];
    }),
  );
}

function inFlightTable(deployed: Deployed): string[] {
  return table(
    ['calls in flight per worker', 'workers', 'first night', 'second night', 'it takes', 'CPU of a worker'],
    CALLS_IN_FLIGHT.map((callsInFlight) => {
      const needed = Math.ceil((PLAN.quota * units.CALL_SECONDS) / callsInFlight);
      const workers = Math.ceil(needed * SPARE_WORKERS);
      const { first, second } = nights({ workers }, deployed);
      const ofCpu = PLAN.quota / needed / callsOfCpu(deployed.memoryGb('SyncChunk') * KIB, units.CPU_MS_PER_CALL);
      return [
        mark(count(callsInFlight), needed === PLAN.workersNeeded),
        ...[count(workers), usd(first), usd(second), duration(second.seconds)],
        `${Math.round(ofCpu * 100)} %`,
      ];
    }),
  );
}

function latencyTable(): string[] {
  return table(
    ['seconds per call', 'calls in flight, of all', 'of each worker', 'calls per second that they could make'],
    LATENCIES_S.map((seconds) => [
      String(seconds),
      count(Math.ceil(PLAN.quota * seconds)),
      count(Math.ceil((PLAN.quota * seconds) / PLAN.maxConcurrency)),
      count((PLAN.maxConcurrency * PLAN.maxCallsInFlight) / seconds),
    ]),
  );
}
